//! Removing what dead nodes left in shared memory, beside the event loop.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

/// Removes what dead nodes left in shared memory. What living nodes use stays.
pub trait Cleaner: Send + Sync {
    /// Cleans up once.
    fn clean_up(&self);
}

/// Leaves everything as it is: for circuits without shared memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCleaner;

impl Cleaner for NoCleaner {
    fn clean_up(&self) {}
}

/// A thread that cleans up when asked. Requests that come while one waits are one request.
pub(crate) struct CleaningThread {
    requests: SyncSender<()>,
    finished: Receiver<()>,
}

impl CleaningThread {
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn start(cleaner: Arc<dyn Cleaner>) -> io::Result<Self> {
        let (requests, asked) = mpsc::sync_channel(1);
        let (finish, finished) = mpsc::channel();
        thread::Builder::new().name("vc-clean".into()).spawn(move || {
            while let Ok(()) = asked.recv() {
                cleaner.clean_up();
            }
            let _ = finish.send(());
        })?;
        Ok(Self { requests, finished })
    }

    /// Asks for a clean-up that begins after this call.
    pub(crate) fn ask(&self) {
        match self.requests.try_send(()) {
            Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
        }
    }

    /// Cleans up a last time and ends; waits at most `limit`. Whether it was done by then.
    pub(crate) fn finish(self, limit: Duration) -> bool {
        self.ask();
        drop(self.requests);
        self.finished.recv_timeout(limit).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Counting(AtomicUsize);

    impl Cleaner for Counting {
        fn clean_up(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn the_last_request_is_always_served() {
        let counting = Arc::new(Counting(AtomicUsize::new(0)));
        let thread = CleaningThread::start(counting.clone()).unwrap();

        (0..1000).for_each(|_| thread.ask());
        assert!(thread.finish(Duration::from_secs(10)));

        let times = counting.0.load(Ordering::SeqCst);
        assert!((1..=1001).contains(&times), "{times}");
    }
}
