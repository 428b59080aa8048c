//! Latencies in buckets of equal relative width.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Buckets for each doubling of the value: widths of 3 % and less.
const PER_OCTAVE: usize = 32;
const PER_OCTAVE_BITS: u32 = PER_OCTAVE.trailing_zeros();
/// Values from here on, about 18 minutes in nanoseconds, share the last bucket.
const LARGEST_BITS: u32 = 40;
/// How many buckets there are.
pub const BUCKETS: usize = (LARGEST_BITS - PER_OCTAVE_BITS + 1) as usize * PER_OCTAVE;

/// The bucket that `value` falls into: exact below 32, then 32 buckets for each doubling.
fn bucket(value: u64) -> usize {
    let value = value.min((1 << LARGEST_BITS) - 1);
    let octave = (value | 1).ilog2().saturating_sub(PER_OCTAVE_BITS);
    let within = usize::try_from(value >> octave).unwrap_or(PER_OCTAVE);
    octave as usize * PER_OCTAVE + within
}

/// The middle of a bucket.
fn middle(bucket: usize) -> u64 {
    let octave = (bucket / PER_OCTAVE).saturating_sub(1);
    let within = (bucket - octave * PER_OCTAVE) as u64;
    (within << octave) + ((1 << octave) >> 1)
}

/// The counters of a histogram, in shared memory.
#[repr(C)]
pub(crate) struct Buckets {
    max: AtomicU64,
    counts: [AtomicU64; BUCKETS],
}

impl Buckets {
    pub(crate) fn record(&self, value: u64) {
        self.counts[bucket(value)].fetch_add(1, Relaxed);
        if value > self.max.load(Relaxed) {
            self.max.fetch_max(value, Relaxed);
        }
    }

    pub(crate) fn read(&self) -> Histogram {
        let counts = self.counts.iter().enumerate().map(|(at, count)| (at, count.load(Relaxed)));
        Histogram { counts: counts.filter(|(_, count)| *count > 0).collect(), max: self.max.load(Relaxed) }
    }
}

/// A snapshot of latencies, in nanoseconds. Percentiles are right to within 2 %.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Bucket and count, by rising bucket, none of them empty.
    counts: Vec<(usize, u64)>,
    max: u64,
}

impl Histogram {
    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// The value that half of all values do not exceed; 0 if there are none.
    pub fn p50_ns(&self) -> u64 {
        self.percentile(50)
    }

    /// The value that 99 % of all values do not exceed; 0 if there are none.
    pub fn p99_ns(&self) -> u64 {
        self.percentile(99)
    }

    /// The largest value, exactly; 0 if there are none.
    pub fn max_ns(&self) -> u64 {
        self.max
    }

    /// Adds the values of `other`.
    pub fn merge(&mut self, other: &Self) {
        let mut sums = std::mem::take(&mut self.counts);
        sums.extend(&other.counts);
        sums.sort_unstable();
        for (at, count) in sums {
            match self.counts.last_mut() {
                Some((last, sum)) if *last == at => *sum += count,
                _ => self.counts.push((at, count)),
            }
        }
        self.max = self.max.max(other.max);
    }

    /// What was recorded since `earlier`, a snapshot of the same histogram. `max_ns` stays that of all.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = |at| {
            earlier.counts.binary_search_by_key(&at, |(bucket, _)| *bucket).map_or(0, |i| earlier.counts[i].1)
        };
        let counts = self.counts.iter().map(|(at, count)| (*at, count.saturating_sub(before(*at))));
        Self { counts: counts.filter(|(_, count)| *count > 0).collect(), max: self.max }
    }

    fn percentile(&self, percent: u64) -> u64 {
        let rank = (self.count() * percent).div_ceil(100);
        let mut seen = 0;
        let found = self.counts.iter().find(|(_, count)| {
            seen += count;
            seen >= rank
        });
        found.map_or(0, |(at, _)| middle(*at).min(self.max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[u64]) -> Histogram {
        let mut sum = Histogram::default();
        for value in values {
            sum.merge(&Histogram { counts: vec![(bucket(*value), 1)], max: *value });
        }
        sum
    }

    #[test]
    fn percentiles_are_within_the_bucket_width() {
        let values: Vec<u64> = (1..=1000).map(|n| n * 1000).collect();
        let all = of(&values);

        assert_eq!(all.count(), 1000);
        assert!(all.p50_ns().abs_diff(500_000) <= 500_000 / 50, "{}", all.p50_ns());
        assert!(all.p99_ns().abs_diff(990_000) <= 990_000 / 50, "{}", all.p99_ns());
        assert_eq!(all.max_ns(), 1_000_000);
        assert_eq!(Histogram::default().p50_ns(), 0);
    }

    #[test]
    fn since_tells_what_is_new() {
        let (before, mut after) = (of(&[10, 20]), of(&[10, 20]));
        after.merge(&of(&[20, 5000]));

        let new = after.since(&before);

        assert_eq!((new.count(), new.p50_ns()), (2, 20));
    }

    proptest! {
        #[test]
        fn each_value_lies_near_its_buckets_middle(value in 0u64..1 << 40) {
            prop_assert!(bucket(value) < BUCKETS);
            prop_assert!(middle(bucket(value)).abs_diff(value) <= value / 32);
        }

        #[test]
        fn huge_values_share_the_last_bucket(value in 1u64 << 40..) {
            prop_assert_eq!(bucket(value), BUCKETS - 1);
        }
    }
}
