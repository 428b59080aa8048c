//! At most so many a second.

use std::time::Duration;

/// Spaces what happens, so that on average no more than a rate's number happens a second.
///
/// What comes up to a quarter of a period early may happen at once, so that a source of just this rate, whose
/// messages never come quite evenly, is not thinned out; what follows is due accordingly later.
///
/// Source: the generic cell rate algorithm of ITU-T I.371, annex A.
#[derive(Debug, Default)]
pub struct Spacing {
    /// When the next one is due, in nanoseconds of the clock that it is asked with.
    due_ns: u64,
}

impl Spacing {
    /// Lets one happen at `now_ns`, or says how long to wait at most if nothing newer comes. `rate` is in Hz; one
    /// that is not positive limits nothing.
    ///
    /// # Errors
    /// The time from now on to wait: a quarter of a period longer than until it is due, so that something newer can
    /// take its place.
    pub fn ask(&mut self, now_ns: u64, rate: f64) -> Result<(), Duration> {
        if rate.is_nan() || rate <= 0.0 {
            return Ok(());
        }
        let period = Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::MAX);
        let period = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4);
        // Due later than two periods from now: the rate was raised meanwhile.
        self.due_ns = self.due_ns.min(now_ns.saturating_add(2 * period));
        if now_ns.saturating_add(period / 4) < self.due_ns {
            return Err(Duration::from_nanos(self.due_ns - now_ns + period / 4));
        }
        self.due_ns = self.due_ns.max(now_ns).saturating_add(period);
        Ok(())
    }

    /// Lets one happen at `now_ns` that has waited long enough.
    pub fn take(&mut self, now_ns: u64) {
        self.due_ns = self.due_ns.min(now_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: f64 = 1e9;

    /// How many of the messages that come at `times` (s) are let through at once.
    fn passed(times: impl Iterator<Item = f64>, rate: f64) -> usize {
        let mut spacing = Spacing::default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a test")]
        times.filter(|time| spacing.ask((time * SECOND) as u64, rate).is_ok()).count()
    }

    #[test]
    fn a_source_of_the_same_rate_passes_whole_though_it_jitters() {
        let jitter = [0.0, 0.003, -0.004, 0.001, 0.004, -0.003, -0.002];
        let times = (1..300).zip(jitter.into_iter().cycle()).map(|(n, late)| f64::from(n) / 30.0 + late);

        assert_eq!(passed(times, 30.0), 299);
    }

    #[test]
    fn faster_sources_are_thinned_to_the_rate() {
        for source in [31.0, 40.0, 45.0, 60.0, 100.0, 1000.0, 30_000.0] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of a test")]
            let times = (1..=(10.0 * source) as u32).map(|n| f64::from(n) / source);
            let passed = passed(times, 30.0);
            // The even beat of a source that is little faster cannot be cut finer than to every second one.
            assert!((225..=302).contains(&passed), "{source} Hz: {passed} in 10 s");
        }
    }

    #[test]
    fn no_rate_is_no_limit() {
        for rate in [0.0, -1.0, f64::NAN] {
            assert_eq!(passed((0..100).map(f64::from), rate), 100);
            assert_eq!(passed((0..100).map(|_| 1.0), rate), 100);
        }
        assert_eq!(passed((0..100).map(|_| 1.0), 1e-300), 1);
    }

    #[test]
    fn what_is_early_is_told_when_to_come_again() {
        let mut spacing = Spacing::default();
        assert_eq!(spacing.ask(1_000_000_000, 10.0), Ok(()));

        assert_eq!(spacing.ask(1_030_000_000, 10.0), Err(Duration::from_millis(70 + 25)));

        spacing.take(1_125_000_000);
        assert_eq!(spacing.ask(1_125_000_000, 10.0), Ok(()));
        assert!(spacing.ask(1_130_000_000, 10.0).is_err());
    }

    #[test]
    fn a_rate_that_is_raised_counts_at_once() {
        let mut spacing = Spacing::default();
        assert_eq!(spacing.ask(1, 0.001), Ok(()));

        let wait = spacing.ask(2, 1000.0).unwrap_err();

        assert!(wait <= Duration::from_millis(3), "{wait:?}");
    }
}
