//! Resting until something happens, and waking the relay's loop from zenoh's threads.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use crate::error::RelayError;

/// Something may have changed. Clones wake the same loop.
#[derive(Debug, Clone)]
pub(crate) struct Wake(Arc<OwnedFd>);

impl Wake {
    pub(crate) fn new() -> Result<Self, RelayError> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK);
        Ok(Self(Arc::new(fd.map_err(RelayError::io("make a wake-up"))?)))
    }

    /// Wakes the loop, now or when it rests next.
    pub(crate) fn wake(&self) {
        // Full means that it is awake.
        let _ = rustix::io::write(&*self.0, &1u64.to_ne_bytes());
    }

    /// Takes the wake-ups back, before the loop looks at what there is.
    pub(crate) fn take(&self) {
        let _ = rustix::io::read(&*self.0, &mut [0; 8]);
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Sleeps until there is something to read, or a signal, but not longer than this. Whether there was one of both.
pub(crate) fn rest<const N: usize>(of: [BorrowedFd<'_>; N], pause: Duration) -> Result<bool, RelayError> {
    let mut fds = of.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
    match poll(&mut fds, Some(&Timespec::try_from(pause).unwrap_or_default())) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(errno) => Err(RelayError::io("wait")(errno)),
    }
}
