//! How far another machine's clock is ahead of ours, by four times as in NTP: when we asked, when the question came, when
//! the answer left, when we heard it.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Questions remembered: the one whose way was shortest counts.
const REMEMBERED: usize = 16;

/// How far a clock is ahead of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offset {
    /// In nanoseconds; below 0: it is behind.
    pub ahead_ns: i64,
    /// At most so far wrong: half of what the way there and back took.
    pub uncertainty: Duration,
}

/// The last questions to another machine.
#[derive(Debug, Clone, Default)]
pub struct Clock(VecDeque<Offset>);

impl Clock {
    /// An answer: what our clock said when we asked and when we heard it, what theirs said when the question came and when the
    /// answer left. What cannot be is left out.
    pub fn take(&mut self, asked_ns: i64, (came_ns, left_ns): (i64, i64), heard_ns: i64) {
        let [asked, came, left, heard] = [asked_ns, came_ns, left_ns, heard_ns].map(i128::from);
        let way = (heard - asked) - (left - came);
        let ahead = i64::try_from(i128::midpoint(came - asked, left - heard));
        // Whoever answers before being asked, or has a clock of another age, tells nothing.
        let (Ok(way), Ok(ahead_ns)) = (u64::try_from(way), ahead) else { return };
        if left < came {
            return;
        }
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(Offset { ahead_ns, uncertainty: Duration::from_nanos(way.div_ceil(2)) });
    }

    /// The best that is known; none: nothing is.
    pub fn offset(&self) -> Option<Offset> {
        self.0.iter().min_by_key(|offset| offset.uncertainty).copied()
    }
}

impl fmt::Display for Offset {
    /// `12.3 ms ahead (± 0.2 ms)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64() * 1e3;
        let way = if self.ahead_ns < 0 { "behind" } else { "ahead" };
        let uncertainty = self.uncertainty.as_secs_f64() * 1e3;
        write!(f, "{:.1} ms {way} (± {uncertainty:.1} ms)", millis(self.ahead_ns.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_shortest_way_counts_and_old_ones_are_forgotten() {
        let mut clock = Clock::default();
        assert_eq!(clock.offset(), None);
        // Their clock is 1000 ahead; the ways take 30 and 50, then 10 and 10, then 40 and 40.
        for (there, back) in [(30, 50), (10, 10), (40, 40)] {
            clock.take(0, (there + 1000, there + 1005), there + 5 + back);
        }
        assert_eq!(clock.offset(), Some(Offset { ahead_ns: 1000, uncertainty: Duration::from_nanos(10) }));
        assert_eq!(
            Offset { ahead_ns: -12_340_000, ..Offset::default() }.to_string(),
            "12.3 ms behind (± 0.0 ms)"
        );
        for _ in 0..REMEMBERED {
            clock.take(0, (1040, 1045), 85);
        }
        assert_eq!(clock.offset().unwrap().uncertainty, Duration::from_nanos(40));
    }

    #[test]
    fn what_cannot_be_is_left_out() {
        let mut clock = Clock::default();
        clock.take(100, (0, 0), 50);
        clock.take(0, (10, 5), 100);
        clock.take(0, (0, 100), 50);
        assert_eq!(clock.offset(), None);
    }

    proptest! {
        #[test]
        fn the_truth_is_within_the_uncertainty(
            ahead in -1_000_000_000_i64..1_000_000_000,
            ways in proptest::collection::vec((0_i64..10_000_000, 0_i64..10_000_000, 0_i64..1_000_000), 1..30),
        ) {
            let mut clock = Clock::default();
            for (there, back, work) in ways {
                let came = 5 + there + ahead;
                clock.take(5, (came, came + work), 5 + there + work + back);
            }
            let offset = clock.offset().unwrap();
            let wrong = u64::try_from((offset.ahead_ns - ahead).abs()).unwrap();
            prop_assert!(Duration::from_nanos(wrong) <= offset.uncertainty + Duration::from_nanos(1));
        }

        #[test]
        fn any_answer_is_taken(a in any::<i64>(), b in any::<i64>(), c in any::<i64>(), d in any::<i64>()) {
            let mut clock = Clock::default();
            clock.take(a, (b, c), d);
            let _ = clock.offset().map(|offset| offset.to_string());
        }
    }
}
