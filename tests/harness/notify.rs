//! The supervisor's end of `sd_notify`.

use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::child::Program;
use super::deadline::PATIENCE;

/// A socket that a program started with [`NotifySocket::given_to`] speaks to.
#[derive(Debug)]
pub struct NotifySocket {
    socket: UnixDatagram,
    folder: TempDir,
}

impl NotifySocket {
    /// A socket of its own.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        Self { socket, folder }
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("notify")
    }

    /// Tells a program of it.
    #[must_use]
    pub fn given_to(&self, program: Program) -> Program {
        program.env("NOTIFY_SOCKET", self.path())
    }

    /// Waits for the next notification; `None` if there is none for so long.
    pub fn next_within(&self, patience: Duration) -> Option<String> {
        let mut bytes = [0; 4096];
        self.socket.set_read_timeout(Some(patience)).unwrap();
        match self.socket.recv(&mut bytes) {
            Ok(len) => Some(String::from_utf8_lossy(&bytes[..len]).into_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits until the program says `state`.
    #[track_caller]
    pub fn wait_for(&self, state: &str) {
        while let Some(said) = self.next_within(PATIENCE) {
            if said.lines().any(|line| line == state) {
                return;
            }
        }
        panic!("{state} was never said");
    }
}
