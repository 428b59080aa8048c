//! What the kernel is told of each connection to another session.
//!
//! zenoh sets up its connections itself, and keeps them to itself: here they are found among this process's own
//! descriptors, by the address at their other end.

use std::fs;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd, RawFd};

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use socket2::SockRef;
use zenoh::sample::SampleKind;
use zenoh::session::LinkEvent;
use zenoh::{Session, Wait};

use crate::error::RelayError;

/// So much of what is to be sent waits in the kernel, beside what is under way; the rest waits in zenoh, where what is
/// more urgent goes first. Two of zenoh's pieces: one that is sent, and one that follows.
const UNSENT_BYTES: u32 = 128 << 10;

/// Tells the kernel of each connection of this session, of those to come too.
pub(crate) fn tune(session: &Session) -> Result<(), RelayError> {
    let tune = |event: LinkEvent| {
        let address = event.link().dst().address().as_str().parse::<SocketAddr>();
        let Some(address) = address.ok().filter(|_| event.kind() == SampleKind::Put) else { return };
        if let Err(error) = to(address).and_then(|sockets| sockets.iter().try_for_each(limit)) {
            // Large samples then hold up small ones a little longer.
            tracing::debug!(%address, %error, "cannot tune a connection");
        }
    };
    let info = session.info();
    let following = info.link_events_listener().history(true).callback(tune);
    following.background().wait().map_err(RelayError::zenoh("follow the connections"))
}

fn limit(socket: &OwnedFd) -> std::io::Result<()> {
    SockRef::from(socket).set_tcp_notsent_lowat(UNSENT_BYTES)
}

/// This process's sockets that are connected to an address.
fn to(address: SocketAddr) -> std::io::Result<Vec<OwnedFd>> {
    let own = pidfd_open(getpid(), PidfdFlags::empty())?;
    let mut sockets = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let path = entry?.path();
        let is_socket = fs::read_link(&path).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"));
        let number = path.file_name().and_then(|name| name.to_str()?.parse::<RawFd>().ok());
        let Some(number) = number.filter(|_| is_socket) else { continue };
        // One that has been closed meanwhile is none.
        let Ok(socket) = pidfd_getfd(own.as_fd(), number, PidfdGetfdFlags::empty()) else { continue };
        if SockRef::from(&socket).peer_addr().is_ok_and(|peer| peer.as_socket() == Some(address)) {
            sockets.push(socket);
        }
    }
    Ok(sockets)
}
