//! What an agent remembers of a run, for an operator who asks again or comes back.

use std::collections::{BTreeMap, VecDeque};

use vc_supervise::{Name, NodeChange, WireFigures};

use crate::protocol::Told;

/// The most that is remembered word by word, in bytes.
const MOST_BYTES: usize = 4 << 20;
/// The most that one answer holds, in bytes.
const MOST_IN_ANSWER: usize = 256 << 10;

/// The last things that happened, and how all nodes stand.
#[derive(Debug, Default)]
pub struct Record {
    items: VecDeque<(Told, usize)>,
    bytes: usize,
    /// How many items ever came.
    count: u64,
    states: BTreeMap<Name, NodeChange>,
    wires: Vec<WireFigures>,
}

/// What is told at a time.
#[derive(Debug, PartialEq)]
pub struct News {
    /// In order.
    pub told: Vec<Told>,
    /// How much was told with this.
    pub next: u64,
    /// How much is forgotten that was never told.
    pub forgotten: u64,
}

impl Record {
    /// Remembers.
    pub fn add(&mut self, told: Told) {
        match &told {
            Told::State(change) => drop(self.states.insert(change.node.clone(), change.clone())),
            // The next figures make these stale.
            Told::Wires(wires) => self.wires.clone_from(wires),
            _ => {}
        }
        let size = size(&told);
        self.count += 1;
        self.bytes += size;
        self.items.push_back((told, size));
        while self.bytes > MOST_BYTES
            && let Some((_, size)) = self.items.pop_front()
        {
            self.bytes -= size;
        }
    }

    /// How much there is to tell in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What came after the first `after` items, as far as one answer holds it. Where that is forgotten,
    /// the nodes' states come first.
    pub fn news(&self, after: u64) -> News {
        let first = self.count - self.items.len() as u64;
        let after = after.min(self.count);
        let (begin, forgotten) = (after.max(first), first.saturating_sub(after));
        let mut told = Vec::new();
        if forgotten > 0 {
            told.extend(self.states.values().cloned().map(Told::State));
            told.push(Told::Wires(self.wires.clone()));
        }
        let (mut next, mut room) = (begin, MOST_IN_ANSWER);
        let skipped = usize::try_from(begin - first).unwrap_or(usize::MAX);
        for (item, size) in self.items.iter().skip(skipped) {
            // At least one, however large: the way must go on.
            if *size > room && next > begin {
                break;
            }
            room = room.saturating_sub(*size);
            told.push(item.clone());
            next += 1;
        }
        News { told, next, forgotten }
    }
}

/// About how many bytes an item takes.
fn size(told: &Told) -> usize {
    64 + match told {
        Told::Line(line) => line.text.len(),
        Told::Status { text, .. } | Told::Warning(text) => text.len(),
        Told::State(change) => 200 + change.last_words.iter().map(String::len).sum::<usize>(),
        Told::Wires(wires) => wires.len() * 200,
        Told::Summary(summary) => (summary.nodes.len() + summary.wires.len()) * 200,
        Told::Planned { reason } => reason.len(),
        Told::Flows { topic, .. } => 256 + topic.as_str().len(),
        Told::Began { .. } | Told::RequiredEnded { .. } | Told::Settled | Told::Opened { .. } => 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vc_supervise::child_state::ChildState;
    use vc_supervise::{Line, Stream};

    fn line(text: String) -> Told {
        Told::Line(Line { node: "a".into(), stream: Stream::Stdout, text })
    }

    #[test]
    fn everything_is_told_once_in_order() {
        let mut record = Record::default();
        (0..3000).for_each(|number| record.add(line(format!("{number} {}", "x".repeat(300)))));

        let (mut after, mut seen) = (0, Vec::new());
        while after < record.count() {
            let news = record.news(after);
            assert!(news.next > after && news.forgotten == 0);
            seen.extend(news.told);
            after = news.next;
        }

        assert_eq!(seen.len(), 3000);
        assert!(seen.iter().enumerate().all(|(at, told)| {
            matches!(told, Told::Line(line) if line.text.starts_with(&format!("{at} ")))
        }));
        assert_eq!(record.news(after), News { told: Vec::new(), next: 3000, forgotten: 0 });
        assert_eq!(record.news(u64::MAX).next, 3000);
    }

    #[test]
    fn what_is_forgotten_is_counted_and_the_states_are_not() {
        let mut record = Record::default();
        let state = ChildState::Running { retries: 0 };
        let change = NodeChange {
            node: "a".into(),
            state,
            pid: Some(7),
            restarts: 0,
            last_words: Vec::new(),
            memory_limit: None,
        };
        record.add(Told::State(change.clone()));
        (0..200).for_each(|_| record.add(line("x".repeat(64 << 10))));

        let news = record.news(0);

        assert!(news.forgotten > 100, "{}", news.forgotten);
        assert_eq!(news.told[0], Told::State(change));
        assert!(record.bytes <= MOST_BYTES);
    }
}
