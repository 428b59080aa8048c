//! The operator's link to one agent: asks, and connects again when it broke. With keys, both ends are certified.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use vc_fleet::keys::{Channel, Identity, Keys, Whom};
use vc_fleet::{Answer, Ask, Request, frame};
use vc_plan::MachineName;

use super::PORT;

/// How long connecting may take, and how long an answer.
const CONNECT: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(4);
/// A look at all of a machine's blocks for the first time takes longer.
const SLOW_ANSWER: Duration = Duration::from_secs(60);

/// A link to an agent.
#[derive(Debug)]
pub(crate) struct Link {
    address: String,
    /// Whose agent it must be; none: any.
    machine: Option<MachineName>,
    keys: Option<Keys>,
    channel: Option<Channel>,
    /// Where it was reached last.
    peer: Option<IpAddr>,
}

impl Link {
    /// A link to an agent at `host` or `host:port`. Nothing is connected yet.
    pub(crate) fn new(address: &str, machine: Option<MachineName>, keys: Option<Keys>) -> Self {
        Self { address: with_port(address), machine, keys, channel: None, peer: None }
    }

    /// Where the agent is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The address at which the agent was reached; none: it was not.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// Asks. After an error the next question connects anew.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(crate) fn ask(&mut self, ask: Ask) -> io::Result<Answer> {
        let patience = if matches!(ask, Ask::LookUp(_) | Ask::Start(_)) { SLOW_ANSWER } else { ANSWER };
        let question = serde_json::to_vec(&Request::new(ask))?;
        let mut channel = if let Some(channel) = self.channel.take() {
            channel
        } else {
            let whom = self.machine.as_ref().map_or(Whom::AnyMachine, Whom::Machine);
            let stream = connect(&self.address)?;
            self.peer = stream.peer_addr().ok().map(|peer| peer.ip());
            Channel::connect(stream, self.keys.as_ref(), whom, ANSWER)?
        };
        channel.set_patience(patience, ANSWER)?;
        frame::write(&mut channel, &question)?;
        let answer = frame::read(&mut channel)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let answer = serde_json::from_slice(&answer).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("no agent's answer: {error}"))
        })?;
        self.channel = Some(channel);
        Ok(answer)
    }

    /// The certificate that the agent has shown, if there are keys.
    pub(crate) fn certified(&self) -> Option<&Identity> {
        self.channel.as_ref()?.peer()
    }
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for candidate in address.to_socket_addrs()?.take(4) {
        match TcpStream::connect_timeout(&candidate, CONNECT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// `arm` → `arm:7450`; what names a port stays.
pub(crate) fn with_port(address: &str) -> String {
    let names_port = address.parse::<SocketAddr>().is_ok()
        || (!address.ends_with(']') && address.matches(':').count() == 1);
    if names_port {
        return address.to_owned();
    }
    if address.contains(':') && !address.starts_with('[') {
        return format!("[{address}]:{PORT}");
    }
    format!("{address}:{PORT}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_added_where_none_is_named() {
        let seen = ["arm", "arm:1", "10.0.0.2", "10.0.0.2:1", "::1", "[::1]", "[::1]:1"].map(with_port);

        assert_eq!(
            seen,
            ["arm:7450", "arm:1", "10.0.0.2:7450", "10.0.0.2:1", "[::1]:7450", "[::1]:7450", "[::1]:1"]
        );
    }

    #[test]
    fn nobody_there_is_an_error_and_no_wait() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);

        assert_eq!(
            Link::new(&address, None, None).ask(Ask::Hello).unwrap_err().kind(),
            io::ErrorKind::ConnectionRefused
        );
    }
}
