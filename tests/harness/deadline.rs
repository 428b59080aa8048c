//! Waiting for conditions. A deadline only ends a test that would hang; no test asserts how long a thing took.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use vc::stop::Stop;

/// How long a condition may take before the test is given up: far more than any machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `condition` holds.
#[track_caller]
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "gave up waiting until {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Raises a [`Stop`] if it is not dropped in time, so that a wait that never ends fails its test.
#[derive(Debug)]
pub struct Watchdog(#[expect(dead_code, reason = "its drop is the message")] Sender<()>);

impl Watchdog {
    /// Watches from now on.
    pub fn over(stop: Stop) -> Self {
        let (alive, watch) = mpsc::channel();
        thread::spawn(move || {
            if watch.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                stop.stop();
            }
        });
        Self(alive)
    }
}
