//! Where a relay tells how it is, and by which it knows that it is the only one: an abstract socket.

use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use vc::domain::Domain;

use crate::error::RelayError;
use crate::status::Status;

/// How long a relay or whoever asks it may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest answer that is read.
const LONGEST: u64 = 64 << 20;

/// `vc1000_0@relay`: behind the user and domain no slash, so nobody takes it for a node.
fn address(domain: Domain) -> Result<SocketAddr, RelayError> {
    let name = format!("vc{}_{}@relay", rustix::process::getuid().as_raw(), domain.id());
    SocketAddr::from_abstract_name(name).map_err(RelayError::io("name the relay's socket"))
}

/// A relay's end.
#[derive(Debug)]
pub(crate) struct Door(UnixListener);

impl Door {
    /// Opens it, if no other relay has this domain.
    pub(crate) fn open(domain: Domain) -> Result<Self, RelayError> {
        let listener = UnixListener::bind_addr(&address(domain)?).map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => RelayError::Second { domain: domain.id() },
            _ => RelayError::Io { action: "open the relay's socket", source: error },
        })?;
        listener.set_nonblocking(true).map_err(RelayError::io("open the relay's socket"))?;
        Ok(Self(listener))
    }

    /// Tells everybody who has asked, if it is this user or root. Who does not read in time is left.
    pub(crate) fn answer(&self, status: impl Fn() -> Status) {
        while let Ok((mut stream, _)) = self.0.accept() {
            let own = rustix::process::getuid();
            if !socket_peercred(&stream).is_ok_and(|other| other.uid == own || other.uid.is_root()) {
                continue;
            }
            let text = serde_json::to_vec(&status()).unwrap_or_default();
            // In a thread of its own: the relay goes on, whoever asks.
            let told = std::thread::Builder::new().name("tells".to_owned()).spawn(move || {
                let _ = stream.set_nonblocking(false);
                let _ = stream.set_write_timeout(Some(PATIENCE));
                let _ = stream.write_all(&text);
            });
            if let Err(error) = told {
                tracing::warn!(%error, "cannot tell how the relay is");
            }
        }
    }
}

impl AsFd for Door {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Asks a domain's relay how it is.
///
/// # Errors
/// [`RelayError::None`] if there is no relay, [`RelayError::Io`] if it does not answer.
pub fn ask(domain: Domain) -> Result<Status, RelayError> {
    let unanswered = || RelayError::io("ask the relay");
    let stream = UnixStream::connect_addr(&address(domain)?).map_err(|error| match error.kind() {
        std::io::ErrorKind::ConnectionRefused => RelayError::None { domain: domain.id() },
        _ => RelayError::Io { action: "ask the relay", source: error },
    })?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(unanswered())?;
    let mut text = Vec::new();
    stream.take(LONGEST).read_to_end(&mut text).map_err(unanswered())?;
    serde_json::from_slice(&text).map_err(|error| unanswered()(std::io::Error::other(error)))
}
