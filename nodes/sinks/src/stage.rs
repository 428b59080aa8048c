//! The newest picture, held where it lies until somebody wants to see it.
//!
//! The node's thread puts each sample on the stage and is done: no copy, no encoding. Whoever shows or stores
//! pictures takes a share of the newest one at its own pace, so that a slow viewer costs the circuit nothing. At
//! most three samples are held at once: the newest, one being encoded for the page, one being written to a file.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use vc_picture::{Picture, PictureError};

/// Something that holds a picture: a sample, or a copy.
pub trait Shot: Send + 'static {
    /// The picture.
    ///
    /// # Errors
    /// [`PictureError`] if what is held is none.
    fn picture(&self) -> Result<Picture<'_>, PictureError>;
}

/// A picture on the stage.
#[derive(Debug)]
pub struct Shown<S> {
    /// What holds it. Locked while it is read; the thread that shows pictures never does.
    shot: Mutex<S>,
    /// Counts the pictures put on the stage, from 1.
    pub sequence: u64,
    /// When it was taken, in nanoseconds since the Unix epoch.
    pub taken_ns: i64,
}

impl<S: Shot> Shown<S> {
    /// Gives the picture to `reading`, where it lies; or why it is none.
    pub fn read<R>(&self, reading: impl FnOnce(Result<Picture<'_>, PictureError>) -> R) -> R {
        reading(self.shot.lock().unwrap_or_else(PoisonError::into_inner).picture())
    }
}

impl<S> Shown<S> {
    /// Time since it was taken; zero if the clocks disagree.
    pub fn age(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.saturating_sub(Duration::from_nanos(u64::try_from(self.taken_ns).unwrap_or(0)))
    }
}

/// Where the newest picture stands.
#[derive(Debug)]
pub struct Stage<S> {
    newest: Mutex<Newest<S>>,
    /// The newest picture's number, watched by those who wait for the next.
    pulse: watch::Sender<u64>,
}

#[derive(Debug)]
struct Newest<S> {
    shown: Option<Arc<Shown<S>>>,
    arrivals: Arrivals,
}

impl<S> Default for Stage<S> {
    fn default() -> Self {
        let newest = Newest { shown: None, arrivals: Arrivals::default() };
        Self { newest: Mutex::new(newest), pulse: watch::Sender::new(0) }
    }
}

impl<S> Stage<S> {
    /// Puts a picture on the stage; the one before leaves.
    pub fn show(&self, shot: S, taken_ns: i64) {
        let sequence = *self.pulse.borrow() + 1;
        let shown = Arc::new(Shown { shot: Mutex::new(shot), sequence, taken_ns });
        let before = {
            let mut newest = self.lock();
            newest.arrivals.enter(Instant::now());
            newest.shown.replace(shown)
        };
        drop(before);
        self.pulse.send_replace(sequence);
    }

    /// The newest picture.
    pub fn newest(&self) -> Option<Arc<Shown<S>>> {
        self.lock().shown.clone()
    }

    /// Pictures a second, of late; and the time since the last one came.
    pub fn rhythm(&self) -> (f64, Option<Duration>) {
        let now = Instant::now();
        let newest = self.lock();
        (newest.arrivals.rate(now), newest.arrivals.silence(now))
    }

    /// Tells the number of each new picture to whoever waits.
    pub(crate) fn pulse(&self) -> watch::Receiver<u64> {
        self.pulse.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Newest<S>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the last pictures came.
#[derive(Debug, Default)]
struct Arrivals(VecDeque<Instant>);

impl Arrivals {
    /// How many are remembered: more than two seconds' worth at 30 Hz.
    const MEMORY: usize = 64;
    /// Older ones say nothing about the present rate, unless the source is slower than that.
    const WINDOW: Duration = Duration::from_secs(2);

    fn enter(&mut self, now: Instant) {
        if self.0.len() == Self::MEMORY {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    fn silence(&self, now: Instant) -> Option<Duration> {
        self.0.back().map(|last| now.saturating_duration_since(*last))
    }

    /// Arrivals a second over the last two seconds; over the last two arrivals if they were rarer; 0 with fewer
    /// than two, or when the next one is overdue by far.
    fn rate(&self, now: Instant) -> f64 {
        let recent = self.0.iter().rev().take_while(|at| now.saturating_duration_since(**at) <= Self::WINDOW);
        let used = recent.count().max(2);
        let (Some(last), Some(first)) = (self.0.back(), self.0.iter().rev().nth(used - 1)) else {
            return 0.0;
        };
        let span = last.saturating_duration_since(*first);
        let intervals = u32::try_from(used - 1).unwrap_or(1);
        let overdue = now.saturating_duration_since(*last) > Self::WINDOW.max(3 * span / intervals);
        if overdue || span.is_zero() { 0.0 } else { f64::from(intervals) / span.as_secs_f64() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(period_ms: u64, count: u64) -> (Arrivals, Instant) {
        let (mut arrivals, start) = (Arrivals::default(), Instant::now());
        for n in 0..count {
            arrivals.enter(start + Duration::from_millis(period_ms * n));
        }
        (arrivals, start + Duration::from_millis(period_ms * count.saturating_sub(1)))
    }

    #[test]
    fn the_rate_is_that_of_late_arrivals() {
        for (period_ms, count, expected) in
            [(25, 100, 40.0), (500, 5, 2.0), (4000, 3, 0.25), (1, 200, 1000.0)]
        {
            let (arrivals, last) = arrivals(period_ms, count);
            let rate = arrivals.rate(last);
            assert!((rate - expected).abs() < 1e-6 * expected, "{period_ms} ms: {rate}");
        }
    }

    #[test]
    fn a_silent_source_has_no_rate() {
        let (many, last) = arrivals(25, 100);
        assert!(many.rate(last + Duration::from_secs(3)).abs() < f64::EPSILON);
        assert_eq!(many.silence(last + Duration::from_secs(3)), Some(Duration::from_secs(3)));
        assert!(arrivals(25, 1).0.rate(last).abs() < f64::EPSILON);
        assert_eq!(Arrivals::default().silence(last), None);
    }

    #[test]
    fn the_stage_holds_only_the_newest() {
        let stage = Stage::default();
        let shots: Vec<Arc<u8>> = (0..3).map(Arc::new).collect();

        for shot in &shots {
            stage.show(Arc::clone(shot), 0);
        }

        assert_eq!(shots.iter().map(Arc::strong_count).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!(stage.newest().map(|shown| shown.sequence), Some(3));
    }
}
