//! Waiting for samples with an end to patience, and on several inputs at once.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::sample::Sample;
use super::subscriber::Subscriber;
use super::transport::Transport;
use crate::error::Error;
use crate::stop::Stop;

/// Sleeps until one of `subscribers` may have samples, `stop` asks for the end, or `timeout` is over; without
/// subscribers it only sleeps. Whether there may be samples: then each of them is to be looked at.
///
/// # Errors
/// [`Error::Io`] if the system cannot wait.
pub fn wait_for_news<T, S: Transport>(
    subscribers: &[&Subscriber<T, S>],
    stop: &Stop,
    timeout: Option<Duration>,
) -> Result<bool, Error> {
    // A limit beyond what a clock can hold is none.
    let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut fds: Vec<PollFd<'_>> = Vec::new();
    for subscriber in subscribers {
        if !subscriber.may_rest() {
            return Ok(true);
        }
        fds.extend(subscriber.wake_fds().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
    }
    fds.push(PollFd::from_borrowed_fd(stop.as_fd(), PollFlags::IN));
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(fds.iter().rev().skip(1).any(|fd| !fd.revents().is_empty())),
            // A signal: it may be the request to stop, which makes its descriptor readable.
            Err(Errno::INTR) => {}
            Err(errno) => return Err(Error::os("wait for samples")(errno)),
        }
    }
}

impl<T, S: Transport> Subscriber<T, S> {
    /// As [`Subscriber::recv`], but gives up after `timeout`: then, too, the answer is `None`.
    ///
    /// # Errors
    /// As [`Subscriber::take`].
    pub fn recv_timeout(&mut self, timeout: Duration) -> Result<Option<Sample<T, S>>, Error> {
        let until = Instant::now().checked_add(timeout);
        loop {
            if let Some(sample) = self.take_awake()? {
                return Ok(Some(sample));
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let stop = self.stopper().clone();
            if stop.is_stopped() || left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
            wait_for_news(&[&*self], &stop, left)?;
        }
    }
}
