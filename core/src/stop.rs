//! The request to end: from a signal, from the node's own code, seen by every wait.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::error::Error;

/// Ends a node, from anywhere. Clones are the same request.
#[derive(Debug, Clone)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Raised by signals too, so it needs its own shared cell.
    raised: Arc<AtomicBool>,
    /// A byte written here makes `watched` readable, and it stays so: nobody reads it.
    wake: UnixStream,
    watched: UnixStream,
}

impl Stop {
    /// A request of its own, not yet made.
    ///
    /// # Errors
    /// [`Error::Io`] if the system has no descriptors left.
    pub fn new() -> Result<Self, Error> {
        let (wake, watched) = UnixStream::pair().map_err(Error::io("make a stop signal"))?;
        wake.set_nonblocking(true).map_err(Error::io("make a stop signal"))?;
        Ok(Self(Arc::new(Inner { raised: Arc::default(), wake, watched })))
    }

    /// One that SIGINT and SIGTERM make too. A second signal ends the process at once.
    ///
    /// # Errors
    /// [`Error::Io`] if the handlers cannot be installed.
    pub fn on_signals() -> Result<Self, Error> {
        let stop = Self::new()?;
        for signal in [SIGINT, SIGTERM] {
            let again = Arc::clone(&stop.0.raised);
            signal_hook::flag::register_conditional_default(signal, again)
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop.0.raised)))
                .and_then(|_| signal_hook::low_level::pipe::register(signal, stop.0.wake.try_clone()?))
                .map_err(Error::io("handle signals"))?;
        }
        Ok(stop)
    }

    /// Asks for the end.
    pub fn stop(&self) {
        self.0.raised.store(true, Ordering::Release);
        // Full means that a byte is there already, which is all that is wanted.
        let _ = (&self.0.wake).write(&[1]);
    }

    /// Whether the end was asked for.
    pub fn is_stopped(&self) -> bool {
        self.0.raised.load(Ordering::Acquire)
    }
}

impl AsFd for Stop {
    /// Readable once the end was asked for.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.watched.as_fd()
    }
}
