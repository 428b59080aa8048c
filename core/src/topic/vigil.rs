//! What a reader does that finds nothing while samples come in quick succession.
//!
//! Going to rest costs a reader some system calls, and its sender one more for the wake-up. Where the next
//! sample comes sooner than that takes, looking on is cheaper for both. Where there is no processor for looking on but
//! a long queue, sleeping for a moment is, without being woken: samples gather meanwhile, and nobody rings. At the rates
//! of cameras and controllers nobody does either: a reader with nothing to do rests.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Samples of one publisher that follow each other within this time come in quick succession.
const QUICK_NS: u64 = 10_000;
/// How long a reader looks on before it goes to rest all the same.
pub(super) const WATCH_NS: u64 = 20_000;
/// Where they follow each other within this time, a reader with a long queue may doze.
const DOZY_NS: u64 = 25_000;
/// The part of its queue that may fill while it dozes.
const DOZE_FILLS: u64 = 2;
/// What the kernel adds to a sleep on most machines: its slack of 50 µs, and the way back to a processor.
const OVERSLEPT_NS: u64 = 80_000;
/// A shorter doze is not worth its two system calls, a longer one gains nothing.
const DOZES_NS: RangeInclusive<u64> = 20_000..=200_000;
/// A longer gap counts as this one, so that a pause is soon forgotten.
const LONGEST_GAP_NS: u64 = 100_000;
/// The smoothed gap follows the last one by this part of the difference.
const SMOOTHING: u64 = 8;
/// Rests without trying again, at most, after a try that was in vain.
const LONGEST_DOUBT: u32 = 4095;

/// What a reader does that finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// It waits until it is woken.
    Rest,
    /// It looks on for [`WATCH_NS`], and rests if that was in vain.
    LookOn,
    /// It sleeps for so long, looks once, and rests if that was in vain.
    Doze(Duration),
}

/// Decides what a reader that finds nothing does.
#[derive(Debug)]
pub(super) struct Vigil {
    /// The shortest of the reader's queues, in samples.
    queue: u64,
    /// Between two samples of one publisher, smoothed.
    gap_ns: u64,
    /// Of looking on: a sender on the same processor cannot send while its reader looks on.
    looking: Doubt,
    /// Of dozing: a sender that waits for an answer sends no second sample meanwhile.
    dozing: Doubt,
    /// Samples found since it dozed; none: it did not.
    since_doze: Option<u64>,
}

/// How rarely something is tried that was in vain.
#[derive(Debug, Default)]
struct Doubt {
    /// Rests without trying after the last one that was in vain, and how many of them are left.
    rests: u32,
    left: u32,
}

impl Doubt {
    /// Whether not to try this time.
    fn holds(&mut self) -> bool {
        let holds = self.left > 0;
        self.left = self.left.saturating_sub(1);
        holds
    }

    fn learn(&mut self, was_worth_it: bool) {
        self.rests = if was_worth_it { 0 } else { (2 * self.rests + 1).min(LONGEST_DOUBT) };
        self.left = self.rests;
    }
}

impl Vigil {
    pub(super) fn new(queue: usize) -> Self {
        Self {
            queue: queue as u64,
            gap_ns: LONGEST_GAP_NS,
            looking: Doubt::default(),
            dozing: Doubt::default(),
            since_doze: None,
        }
    }

    /// A sample was found that its publisher sent `gap_ns` after the one before.
    pub(super) fn note(&mut self, gap_ns: u64) {
        if let Some(found) = &mut self.since_doze {
            *found += 1;
        }
        self.gap_ns -= self.gap_ns / SMOOTHING;
        self.gap_ns += gap_ns.min(LONGEST_GAP_NS) / SMOOTHING;
    }

    /// Nothing is there.
    pub(super) fn then(&mut self) -> Then {
        if let Some(found) = self.since_doze.take() {
            self.dozing.learn(found > 1);
        }
        if self.gap_ns <= QUICK_NS && !self.looking.holds() {
            return Then::LookOn;
        }
        match self.doze_ns() {
            Some(doze_ns) if !self.dozing.holds() => {
                self.since_doze = Some(0);
                Then::Doze(Duration::from_nanos(doze_ns))
            }
            _ => Then::Rest,
        }
    }

    /// For how long samples may gather; none: they come too slowly, or the queue is too short for that.
    fn doze_ns(&self) -> Option<u64> {
        let doze_ns = (self.queue * self.gap_ns / DOZE_FILLS).saturating_sub(OVERSLEPT_NS);
        let gathers = self.gap_ns <= DOZY_NS && doze_ns >= *DOZES_NS.start();
        gathers.then(|| doze_ns.min(*DOZES_NS.end()))
    }

    /// What came of looking on.
    pub(super) fn learn(&mut self, came: bool) {
        self.looking.learn(came);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(gaps_ns: impl IntoIterator<Item = u64>) -> Vigil {
        with(10, gaps_ns)
    }

    fn with(queue: usize, gaps_ns: impl IntoIterator<Item = u64>) -> Vigil {
        let mut vigil = Vigil::new(queue);
        gaps_ns.into_iter().for_each(|gap| vigil.note(gap));
        vigil
    }

    /// One that has looked on in vain so often that it hardly does so any more.
    fn tired(queue: usize, gap_ns: u64) -> Vigil {
        let mut vigil = with(queue, [gap_ns; 100]);
        (0..20).for_each(|_| vigil.learn(false));
        vigil
    }

    #[test]
    fn nobody_looks_on_or_dozes_at_the_rate_of_a_camera_or_controller() {
        for hertz in [1, 30, 1_000, 20_000] {
            assert_eq!(with(256, [1_000_000_000 / hertz; 1000]).then(), Then::Rest, "{hertz} Hz");
        }
    }

    #[test]
    fn a_few_samples_at_once_are_no_flood() {
        assert_eq!(after([1_000; 8]).then(), Then::Rest);
        assert_eq!(after([1_000; 40]).then(), Then::LookOn);
    }

    #[test]
    fn one_pause_does_not_end_a_flood_but_a_slow_stream_does() {
        let mut vigil = after([1_000; 100].into_iter().chain([u64::MAX]).chain([1_000; 5]));
        assert_eq!(vigil.then(), Then::LookOn);

        (0..10).for_each(|_| vigil.note(33_000_000));
        assert_eq!(vigil.then(), Then::Rest);
    }

    #[test]
    fn where_looking_on_is_in_vain_a_long_queue_lets_samples_gather() {
        let dozes_us = |mut vigil: Vigil| match vigil.then() {
            Then::Doze(doze) => doze.as_micros(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            [tired(256, 1_000), tired(256, 2_000), with(256, [20_000; 100])].map(dozes_us),
            [48, 176, 200]
        );
    }

    #[test]
    fn nobody_dozes_whose_queue_may_fill_meanwhile() {
        for queue in [1, 10, 16] {
            assert_eq!(tired(queue, 5_000).then(), Then::Rest, "{queue}");
        }
        assert_eq!(tired(256, 500).then(), Then::Rest);
    }

    #[test]
    fn who_finds_several_after_a_doze_dozes_again_and_who_finds_one_at_most_ever_more_rarely() {
        for (found, dozes) in [(0, 1..20), (1, 1..20), (2, 999..1_001)] {
            let mut vigil = tired(256, 5_000);

            let dozed = (0..1_000).filter(|_| {
                let dozed = matches!(vigil.then(), Then::Doze(_));
                (0..found).for_each(|_| vigil.note(5_000));
                dozed
            });

            let count = dozed.count();
            assert!(dozes.contains(&count), "{found}: {count}");
        }
    }

    #[test]
    fn who_looked_on_in_vain_does_it_ever_more_rarely() {
        let mut vigil = after([1_000; 100]);

        let looked = (0..100_000).filter(|_| {
            let looks = vigil.then() == Then::LookOn;
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
        while vigil.then() != Then::LookOn {}

        vigil.learn(true);

        assert_eq!(vigil.then(), Then::LookOn);
    }
}
