//! Counts what comes, and what does not, for each publisher heard.

use vc_counters::{Page, SourceCounters};
use vc_words::TopicName;

use crate::clock::monotonic_ns;
use crate::envelope::Envelope;

/// Publishers remembered for counting; beyond, the one heard longest ago is forgotten.
const KNOWN_PUBLISHERS: usize = 64;

/// What one input counts.
#[derive(Debug)]
pub(super) struct Ledger {
    page: Page,
    port: String,
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    gid: u128,
    sequence: u64,
    sent_ns: u64,
    counters: SourceCounters,
}

impl Ledger {
    pub(super) fn new(page: Page, port: String) -> Self {
        Self { page, port, known: Vec::new() }
    }

    /// Counts a sample that came over `topic`, to which the input is connected since `since_ns`. How long
    /// after its publisher's previous one it was sent, if that is known.
    pub(super) fn enter(&mut self, topic: &TopicName, since_ns: u64, envelope: &Envelope) -> Option<u64> {
        let latency = monotonic_ns().saturating_sub(envelope.sent_ns);
        let gid = envelope.publisher();
        let at = self
            .known
            .iter()
            .position(|known| known.gid == gid)
            .unwrap_or_else(|| self.meet(topic, since_ns, envelope));
        let known = &mut self.known[at];
        let steps = envelope.sequence.saturating_sub(known.sequence);
        if steps > 1 {
            known.counters.lost(steps - 1);
            tracing::debug!(%topic, lost = steps - 1, "samples were dropped before this node took them");
        }
        known.counters.received(latency);
        if steps == 0 {
            return None;
        }
        let between = envelope.sent_ns.saturating_sub(known.sent_ns) / steps;
        (known.sequence, known.sent_ns) = (envelope.sequence, envelope.sent_ns);
        Some(between)
    }

    /// Begins to count for a publisher. What it sent before this subscriber was there is no loss.
    fn meet(&mut self, topic: &TopicName, since_ns: u64, envelope: &Envelope) -> usize {
        if self.known.len() == KNOWN_PUBLISHERS {
            self.known.remove(0);
        }
        let gid = envelope.publisher();
        let counters = self.page.add_source(&self.port, topic.as_str(), gid);
        let heard_from_its_first = envelope.first_sent_ns >= since_ns;
        let sequence = if heard_from_its_first { 0 } else { envelope.sequence.saturating_sub(1) };
        self.known.push(Known { gid, sequence, sent_ns: 0, counters });
        self.known.len() - 1
    }
}
