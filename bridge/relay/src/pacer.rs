//! Keeps a publisher's samples to a rate, by leaving some out.

use std::time::{Duration, Instant};

/// Which samples are sent.
#[derive(Debug)]
pub(crate) struct Pacer {
    period: Duration,
    next: Option<Instant>,
    /// Samples left out so far.
    pub(crate) left_out: u64,
}

impl Pacer {
    /// At most `rate` samples a second, a finite number above 0.
    pub(crate) fn new(rate: f64) -> Self {
        let period = Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX);
        Self { period, next: None, left_out: 0 }
    }

    /// Whether a sample that is there now is sent.
    pub(crate) fn takes(&mut self, now: Instant) -> bool {
        if self.next.is_some_and(|next| now < next) {
            self.left_out += 1;
            return false;
        }
        // From when it was due, so that the rate is kept however samples fall; but what was missed is not made up for.
        let due = self.next.filter(|next| now.duration_since(*next) < self.period).unwrap_or(now);
        self.next = due.checked_add(self.period);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_kept_on_average_and_nothing_is_made_up_for() {
        let (mut pacer, began) = (Pacer::new(10.0), Instant::now());
        let sent = |pacer: &mut Pacer, from: u64| {
            (0..30).filter(|n| pacer.takes(began + Duration::from_millis(from + n * 33))).count()
        };
        // 30 samples within 990 ms, as a camera gives them.
        assert_eq!(sent(&mut pacer, 0), 10);
        assert_eq!(pacer.left_out, 20);
        // Nothing for 9 seconds, then the same again.
        assert_eq!(sent(&mut pacer, 10_000), 10);
    }

    #[test]
    fn any_rate_is_one() {
        for rate in [f64::MIN_POSITIVE, 1e300] {
            assert!(Pacer::new(rate).takes(Instant::now()));
        }
    }
}
