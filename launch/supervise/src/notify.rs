//! What nodes say by the `sd_notify` protocol: datagrams of `KEY=value` lines.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags};
use tokio::io::Interest;
use vc_words::{NodeName, TopicName};

/// The longest datagram that is read; longer ones are ignored.
const LONGEST: usize = 4096;
/// The longest status kept, in characters.
const LONGEST_STATUS: usize = 200;

/// What a node said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// `READY=1`
    Ready,
    /// `WATCHDOG=1`
    Alive,
    /// `STOPPING=1`
    Stopping,
    /// `STATUS=…`
    Status(String),
    /// `ERRNO=…`
    Errno(i32),
    /// `X_VC_FLOWS=TOPIC NODE`, of a relay: the topic flows to or from that node elsewhere.
    Flows {
        /// The topic.
        topic: TopicName,
        /// The node at its other end.
        node: NodeName,
    },
}

/// Reads one datagram. What is not understood is left out.
pub fn parse(datagram: &[u8]) -> Vec<Notice> {
    let lines = datagram.split(|byte| *byte == b'\n');
    lines.filter_map(|line| notice(&String::from_utf8_lossy(line))).collect()
}

fn notice(line: &str) -> Option<Notice> {
    match line.split_once('=')? {
        ("READY", "1") => Some(Notice::Ready),
        ("WATCHDOG", "1") => Some(Notice::Alive),
        ("STOPPING", "1") => Some(Notice::Stopping),
        ("STATUS", text) => {
            let text = text.chars().filter(|c| !c.is_control()).take(LONGEST_STATUS).collect();
            Some(Notice::Status(text))
        }
        ("X_VC_FLOWS", text) => {
            let (topic, node) = text.split_once(' ')?;
            let topic = TopicName::absolute(topic).ok()?;
            Some(Notice::Flows { topic, node: NodeName::parse(node).ok()? })
        }
        ("ERRNO", number) => number.parse().ok().map(Notice::Errno),
        _ => None,
    }
}

/// Where one process of a node reports to. In the abstract namespace: it has no file, and is gone
/// with the last descriptor.
#[derive(Debug)]
pub struct NotifySocket {
    socket: tokio::net::UnixDatagram,
    address: String,
}

impl NotifySocket {
    /// Binds a socket of an unguessable name. Needs a tokio runtime.
    ///
    /// # Errors
    /// The system's.
    pub fn bind() -> io::Result<Self> {
        let name = format!("vc-{}-{}", std::process::id(), crate::random::token());
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
        rustix::net::sockopt::set_socket_passcred(&socket, true)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: tokio::net::UnixDatagram::from_std(socket)?, address: format!("@{name}") })
    }

    /// The value for `NOTIFY_SOCKET`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the next datagram of our own user (or root) and reads it.
    ///
    /// # Errors
    /// The system's.
    pub async fn receive(&self) -> io::Result<Vec<Notice>> {
        self.socket.async_io(Interest::READABLE, || receive_now(&self.socket)).await
    }
}

/// Any local user can reach an abstract socket, so the kernel's word on the sender is asked for.
/// Descriptors that somebody attaches have no room here: the kernel closes them.
fn receive_now(socket: &tokio::net::UnixDatagram) -> io::Result<Vec<Notice>> {
    let mut bytes = [0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let message = rustix::net::recvmsg(socket, &mut parts, &mut control, flags)?;
    let ours = control.drain().any(|item| match item {
        RecvAncillaryMessage::ScmCredentials(sender) => {
            sender.uid == rustix::process::getuid() || sender.uid.is_root()
        }
        _ => false,
    });
    let whole = !message.flags.contains(ReturnFlags::TRUNC);
    Ok(if ours && whole { parse(&bytes[..message.bytes.min(LONGEST)]) } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_datagram_may_say_several_things() {
        let seen = parse(b"READY=1\nSTATUS=30 Hz\x1b[2J\nMAINPID=7\nERRNO=5\nERRNO=x\nREADY=2\n\nWATCHDOG=1");

        let status = Notice::Status("30 Hz[2J".into());
        assert_eq!(seen, [Notice::Ready, status, Notice::Errno(5), Notice::Alive]);
    }

    #[test]
    fn a_relay_tells_what_flows() {
        let seen = parse(b"X_VC_FLOWS=/camera/image /edges\nX_VC_FLOWS=/a\nX_VC_FLOWS=a b/\n");

        let topic = TopicName::absolute("/camera/image").unwrap();
        assert_eq!(seen, [Notice::Flows { topic, node: NodeName::parse("/edges").unwrap() }]);
    }

    #[test]
    fn a_long_status_is_cut() {
        let seen = parse(format!("STATUS={}", "ü".repeat(1000)).as_bytes());

        assert_eq!(seen, [Notice::Status("ü".repeat(LONGEST_STATUS))]);
    }

    proptest! {
        #[test]
        fn garbage_is_ignored(bytes in proptest::collection::vec(any::<u8>(), 0..5000)) {
            parse(&bytes);
        }
    }

    #[test]
    fn a_socket_hears_what_is_sent_to_its_address() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let socket = NotifySocket::bind().unwrap();
            let name = socket.address().strip_prefix('@').unwrap().to_owned();
            let sender = UnixDatagram::unbound().unwrap();
            let address = SocketAddr::from_abstract_name(name).unwrap();

            sender.send_to_addr(&vec![b'x'; LONGEST + 1], &address).unwrap();
            sender.send_to_addr(b"READY=1", &address).unwrap();

            assert_eq!(socket.receive().await.unwrap(), []);
            assert_eq!(socket.receive().await.unwrap(), [Notice::Ready]);
        });
    }
}
