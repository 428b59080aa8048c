//! Staying awake for the next sample while samples come in quick succession.
//!
//! Going to rest costs a reader some system calls, and its sender one more for the wake-up. Where the next
//! sample comes sooner than that takes, looking on is cheaper for both. At the rates of cameras and controllers
//! nobody ever looks on: a reader with nothing to do sleeps.

/// Samples of one publisher that follow each other within this time come in quick succession.
const QUICK_NS: u64 = 10_000;
/// How long a reader looks on before it goes to rest all the same.
pub(super) const WATCH_NS: u64 = 20_000;
/// A longer gap counts as this one, so that a pause is soon forgotten.
const LONGEST_GAP_NS: u64 = 100_000;
/// The smoothed gap follows the last one by this part of the difference.
const SMOOTHING: u64 = 8;
/// Rests without looking on, at most, after one that was in vain.
const LONGEST_DOUBT: u32 = 4095;

/// Decides whether a reader that finds nothing looks on for a moment before it goes to rest.
#[derive(Debug)]
pub(super) struct Vigil {
    /// Between two samples of one publisher, smoothed.
    gap_ns: u64,
    /// Rests without looking on after the last one that was in vain, and how many of them are left. A
    /// sender on the same processor cannot send while its reader looks on.
    doubt: u32,
    doubt_left: u32,
}

impl Default for Vigil {
    fn default() -> Self {
        Self { gap_ns: LONGEST_GAP_NS, doubt: 0, doubt_left: 0 }
    }
}

impl Vigil {
    /// A publisher sent two samples `gap_ns` apart.
    pub(super) fn note(&mut self, gap_ns: u64) {
        self.gap_ns -= self.gap_ns / SMOOTHING;
        self.gap_ns += gap_ns.min(LONGEST_GAP_NS) / SMOOTHING;
    }

    /// Nothing is there. Whether to look on for [`WATCH_NS`].
    pub(super) fn is_worth_it(&mut self) -> bool {
        if self.gap_ns > QUICK_NS {
            return false;
        }
        let doubted = self.doubt_left > 0;
        self.doubt_left = self.doubt_left.saturating_sub(1);
        !doubted
    }

    /// What came of looking on.
    pub(super) fn learn(&mut self, came: bool) {
        self.doubt = if came { 0 } else { (2 * self.doubt + 1).min(LONGEST_DOUBT) };
        self.doubt_left = self.doubt;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(gaps_ns: impl IntoIterator<Item = u64>) -> Vigil {
        let mut vigil = Vigil::default();
        gaps_ns.into_iter().for_each(|gap| vigil.note(gap));
        vigil
    }

    #[test]
    fn nobody_looks_on_at_the_rate_of_a_camera_or_controller() {
        for hertz in [1, 30, 1_000, 20_000] {
            assert!(!after([1_000_000_000 / hertz; 1000]).is_worth_it(), "{hertz} Hz");
        }
    }

    #[test]
    fn a_few_samples_at_once_are_no_flood() {
        assert!(!after([1_000; 8]).is_worth_it());
        assert!(after([1_000; 40]).is_worth_it());
    }

    #[test]
    fn one_pause_does_not_end_a_flood_but_a_slow_stream_does() {
        let mut vigil = after([1_000; 100].into_iter().chain([u64::MAX]).chain([1_000; 5]));
        assert!(vigil.is_worth_it());

        (0..10).for_each(|_| vigil.note(33_000_000));
        assert!(!vigil.is_worth_it());
    }

    #[test]
    fn who_looked_on_in_vain_does_it_ever_more_rarely() {
        let mut vigil = after([1_000; 100]);

        let looked = (0..100_000).filter(|_| {
            let looks = vigil.is_worth_it();
            if looks {
                vigil.learn(false);
            }
            looks
        });

        assert!(looked.count() < 500);
    }

    #[test]
    fn who_was_rewarded_looks_on_again() {
        let mut vigil = after([1_000; 100]);
        vigil.learn(false);
        while !vigil.is_worth_it() {}

        vigil.learn(true);

        assert!(vigil.is_worth_it());
    }
}
