//! What crossed, and what did not, by topic and cause.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of one cause; many threads add, few read.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds.
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// The count now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a topic's counters say at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    /// Samples carried.
    pub samples: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Samples lost, by cause; only causes that were.
    pub losses: BTreeMap<&'static str, u64>,
}

/// What left of one topic.
#[derive(Debug, Default)]
pub struct Left {
    /// Samples given to zenoh.
    pub samples: Count,
    /// Their bytes.
    pub bytes: Count,
    /// Overwritten here before the relay took them: the link is slower than the publisher.
    pub too_slow: Count,
    /// Of a publisher that is no node's, or had gone.
    pub unknown_publisher: Count,
    /// Refused by zenoh.
    pub refused: Count,
}

impl Left {
    /// What they say now.
    pub fn carried(&self) -> Carried {
        let losses = present([
            ("link slower than the publisher", &self.too_slow),
            ("publisher unknown", &self.unknown_publisher),
            ("refused by zenoh", &self.refused),
        ]);
        Carried { samples: self.samples.get(), bytes: self.bytes.get(), losses }
    }
}

/// What came in of one topic.
#[derive(Debug, Default)]
pub struct Came {
    /// Samples written here.
    pub samples: Count,
    /// Their bytes.
    pub bytes: Count,
    /// Missing in a publisher's count: lost before they came here.
    pub on_the_way: Count,
    /// Of another definition of the type.
    pub other_type: Count,
    /// Without a count, time and gid beside them.
    pub no_attachment: Count,
    /// No CDR.
    pub no_cdr: Count,
    /// Too many before the topic was opened here.
    pub too_early: Count,
    /// No room in shared memory, or its transport failed.
    pub no_room: Count,
}

impl Came {
    /// What they say now.
    pub fn carried(&self) -> Carried {
        let losses = present([
            ("lost before it came here", &self.on_the_way),
            ("another definition of the type", &self.other_type),
            ("no attachment", &self.no_attachment),
            ("no CDR", &self.no_cdr),
            ("came before the topic was open here", &self.too_early),
            ("no room in shared memory", &self.no_room),
        ]);
        Carried { samples: self.samples.get(), bytes: self.bytes.get(), losses }
    }
}

/// What was interpreted of one topic, one way.
#[derive(Debug, Default)]
pub struct Crossed {
    /// Samples given to zenoh again.
    pub samples: Count,
    /// Their bytes.
    pub bytes: Count,
    /// Dropped because those before had not left yet.
    pub too_slow: Count,
    /// Without a count, time and gid beside them.
    pub no_attachment: Count,
    /// No CDR.
    pub no_cdr: Count,
    /// Refused by zenoh.
    pub refused: Count,
}

impl Crossed {
    /// What they say now.
    pub fn carried(&self) -> Carried {
        let losses = present([
            ("link slower than the publisher", &self.too_slow),
            ("no attachment", &self.no_attachment),
            ("no CDR", &self.no_cdr),
            ("refused by zenoh", &self.refused),
        ]);
        Carried { samples: self.samples.get(), bytes: self.bytes.get(), losses }
    }
}

fn present<const N: usize>(causes: [(&'static str, &Count); N]) -> BTreeMap<&'static str, u64> {
    causes.into_iter().map(|(cause, count)| (cause, count.get())).filter(|(_, count)| *count > 0).collect()
}

/// Follows each publisher's count, to see what is missing in it.
#[derive(Debug, Default)]
pub struct Sequences(BTreeMap<u128, u64>);

/// Publishers that are followed at once; strangers could name any number of them.
const MOST_PUBLISHERS: usize = 256;

impl Sequences {
    /// A publisher's sample came: how many are missing before it. What was before the first is not missing.
    pub fn missing(&mut self, publisher: u128, sequence: u64) -> u64 {
        if let Some(last) = self.0.get_mut(&publisher) {
            let missing = sequence.saturating_sub(last.saturating_add(1));
            *last = sequence.max(*last);
            return missing;
        }
        if self.0.len() >= MOST_PUBLISHERS {
            self.0.pop_first();
        }
        self.0.insert(publisher, sequence);
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_counted_for_each_publisher() {
        let mut sequences = Sequences::default();
        let missing: Vec<u64> = [(1, 5), (1, 6), (2, 1), (1, 9), (1, 8), (1, 10), (2, 2)]
            .map(|(p, s)| sequences.missing(p, s))
            .into();
        assert_eq!(missing, [0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(sequences.missing(1, u64::MAX), u64::MAX - 11);
    }

    #[test]
    fn any_number_of_publishers_takes_little_room() {
        let mut sequences = Sequences::default();
        for publisher in 0..10_000 {
            assert_eq!(sequences.missing(publisher, 7), 0);
        }
        assert_eq!(sequences.0.len(), MOST_PUBLISHERS);
    }

    #[test]
    fn only_losses_that_were_are_told() {
        let came = Came::default();
        assert!(came.carried().losses.is_empty());
        came.no_cdr.add(3);
        assert_eq!(came.carried().losses, [("no CDR", 3)].into());
    }
}
