//! The socket on which a node answers. Nothing here waits: a client that hangs holds up nobody.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, listen,
    recv, send, socket_with, sockopt,
};
use vc_words::NodeName;

use super::service::answer;
use super::table::Table;
use super::{LONGEST_ADDRESS, LONGEST_PACKET, prefix};
use crate::domain::Domain;
use crate::keeper::Chore;

/// Clients served at once; when another comes, the one silent for longest is dropped.
const CLIENTS: usize = 16;
/// Connections that wait to be taken in.
const BACKLOG: i32 = 16;

const LISTENER: u64 = u64::MAX;

/// Answers requests about a node's parameters.
pub(crate) struct Server {
    table: Arc<Table>,
    node: NodeName,
    listener: OwnedFd,
    /// Readable when the listener or a client is.
    poller: OwnedFd,
    /// The one heard last stands last.
    clients: Vec<Client>,
    met: u64,
}

struct Client {
    number: u64,
    socket: OwnedFd,
}

impl Server {
    /// Takes the node's address in `domain`.
    pub(crate) fn open(domain: Domain, node: NodeName, table: Arc<Table>) -> io::Result<Self> {
        let listener = socket(SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)?;
        take_address(&listener, domain, &node)?;
        listen(&listener, BACKLOG)?;
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&poller, &listener, epoll::EventData::new_u64(LISTENER), epoll::EventFlags::IN)?;
        Ok(Self { table, node, listener, poller, clients: Vec::new(), met: 0 })
    }

    fn take_in(&mut self) {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let Ok(socket) = accept_with(&self.listener, flags) else { return };
        if !is_trusted(socket.as_fd()) {
            return;
        }
        if self.clients.len() == CLIENTS {
            self.clients.remove(0);
        }
        self.met += 1;
        let number = self.met;
        let data = epoll::EventData::new_u64(number);
        if epoll::add(&self.poller, &socket, data, epoll::EventFlags::IN).is_ok() {
            self.clients.push(Client { number, socket });
        }
    }

    /// Answers one request of a client, or lets it go.
    fn hear(&mut self, number: u64) {
        let Some(at) = self.clients.iter().position(|client| client.number == number) else { return };
        let client = self.clients.remove(at);
        if self.converse(client.socket.as_fd()).is_ok() {
            self.clients.push(client);
        }
    }

    fn converse(&self, socket: BorrowedFd<'_>) -> Result<(), Errno> {
        // How long it is, before any memory is taken for it.
        let (_, len) = recv(socket, &mut [0u8; 0], RecvFlags::PEEK | RecvFlags::TRUNC)?;
        if len == 0 || len > LONGEST_PACKET {
            return Err(Errno::MSGSIZE);
        }
        let mut packet = vec![0; len];
        let (read, _) = recv(socket, packet.as_mut_slice(), RecvFlags::empty())?;
        let answer = answer(&self.table, &self.node, &packet[..read]);
        // One that does not take its answers in is let go: it would wait for ever otherwise, or we.
        send(socket, &answer, SendFlags::NOSIGNAL | SendFlags::DONTWAIT).map(drop)
    }
}

impl Chore for Server {
    fn fd(&self) -> BorrowedFd<'_> {
        self.poller.as_fd()
    }

    fn do_it(&mut self) {
        let mut events = Vec::with_capacity(CLIENTS + 1);
        let now = Timespec::default();
        if epoll::wait(&self.poller, rustix::buffer::spare_capacity(&mut events), Some(&now)).is_err() {
            return;
        }
        for event in events {
            match event.data.u64() {
                LISTENER => self.take_in(),
                number => self.hear(number),
            }
        }
    }
}

/// A socket for packets.
pub(super) fn socket(flags: SocketFlags) -> Result<OwnedFd, Errno> {
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)
}

/// The address that is the node's name, or else one that says nothing: where another node of that name is
/// alive, or the name is too long for an address.
fn take_address(listener: &OwnedFd, domain: Domain, node: &NodeName) -> Result<(), Errno> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let named = format!("{}{node}", prefix(domain));
    if named.len() <= LONGEST_ADDRESS {
        match bind(listener, &SocketAddrUnix::new_abstract_name(named.as_bytes())?) {
            Err(Errno::ADDRINUSE) => {}
            bound => return bound,
        }
    }
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let other = format!("{}/#{}.{count}", prefix(domain), std::process::id());
    bind(listener, &SocketAddrUnix::new_abstract_name(other.as_bytes())?)
}

/// Whether the other side is of this process's own user, or root.
pub(super) fn is_trusted(socket: BorrowedFd<'_>) -> bool {
    let own = rustix::process::getuid();
    sockopt::socket_peercred(socket).is_ok_and(|peer| peer.uid == own || peer.uid.is_root())
}
