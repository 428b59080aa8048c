//! What the kernel is told of each connection to another session.
//!
//! zenoh sets up its connections itself, and keeps them to itself: here they are found among this process's own
//! descriptors, by the address at their other end.

use std::fs;
use std::io::ErrorKind;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::time::Duration;

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use socket2::SockRef;
use zenoh::sample::SampleKind;
use zenoh::session::{Link, LinkEvent};
use zenoh::{Session, Wait};

use crate::error::RelayError;

/// So much of what is to be sent waits in the kernel, beside what is under way; the rest waits in zenoh, where what is
/// more urgent goes first. Two of zenoh's pieces: one that is sent, and one that follows.
const UNSENT_BYTES: u32 = 128 << 10;

/// How long a session may take to say that it leaves.
const PARTING: Duration = Duration::from_secs(1);

/// Tells the kernel of each connection of this session, of those to come too.
pub(crate) fn tune(session: &Session) -> Result<(), RelayError> {
    let patience = vc_session::lease(session) * 2 / 3;
    let tune = move |event: LinkEvent| {
        let Some((own, other)) = ends(event.link()) else { return };
        let tell = |socket: &OwnedFd| match event.kind() {
            SampleKind::Put => set(socket, patience),
            SampleKind::Delete => hang_up(socket),
        };
        if let Err(error) = between(own, other).and_then(|sockets| sockets.iter().try_for_each(tell)) {
            // Large samples then hold up small ones a little longer, and a cut link the next one.
            tracing::debug!(%own, %other, %error, "cannot tune a connection");
        }
    };
    let info = session.info();
    let following = info.link_events_listener().history(true).callback(tune);
    following.background().wait().map_err(RelayError::zenoh("follow the connections"))
}

fn set(socket: &OwnedFd, patience: Duration) -> std::io::Result<()> {
    let socket = SockRef::from(socket);
    socket.set_tcp_notsent_lowat(UNSENT_BYTES)?;
    // Sooner than zenoh misses a sign of life: see `hang_up`.
    socket.set_tcp_user_timeout(Some(patience))
}

/// A link that ends must fail to whoever writes. Where zenoh ends it first, for want of a sign of life or since the other
/// side has closed it, it waits for the one who puts a large sample, and he waits for the one who writes, who is gone.
fn hang_up(socket: &OwnedFd) -> std::io::Result<()> {
    match SockRef::from(socket).shutdown(Shutdown::Both) {
        Err(error) if error.kind() != ErrorKind::NotConnected => Err(error),
        _ => Ok(()),
    }
}

/// Closes a session: if that takes long, without those who still wait for a link.
pub(crate) fn close(session: &Session) -> Result<(), RelayError> {
    let links: Vec<_> = session.info().links().wait().filter_map(|link| ends(&link)).collect();
    if session.close().timeout(PARTING).wait().is_ok() {
        return Ok(());
    }
    for socket in links.into_iter().filter_map(|(own, other)| between(own, other).ok()).flatten() {
        let _ = hang_up(&socket);
    }
    session.close().wait().map_err(RelayError::zenoh("close the session"))
}

/// The addresses of a link here and there; of TCP, with and without TLS.
fn ends(link: &Link) -> Option<(SocketAddr, SocketAddr)> {
    let [own, other] = [link.src(), link.dst()].map(|end| end.address().as_str().parse().ok());
    own.zip(other)
}

/// This process's sockets with these ends.
fn between(own: SocketAddr, other: SocketAddr) -> std::io::Result<Vec<OwnedFd>> {
    let process = pidfd_open(getpid(), PidfdFlags::empty())?;
    let mut sockets = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let path = entry?.path();
        let is_socket = fs::read_link(&path).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"));
        let number = path.file_name().and_then(|name| name.to_str()?.parse::<RawFd>().ok());
        let Some(number) = number.filter(|_| is_socket) else { continue };
        // One that has been closed meanwhile is none.
        let Ok(socket) = pidfd_getfd(process.as_fd(), number, PidfdGetfdFlags::empty()) else { continue };
        let ends = SockRef::from(&socket);
        let ends = [ends.local_addr(), ends.peer_addr()].map(|end| end.ok().and_then(|end| end.as_socket()));
        if ends == [Some(own), Some(other)] {
            sockets.push(socket);
        }
    }
    Ok(sockets)
}
