//! What travels beside each sample: who sent it, when, and as which of its own.

use std::time::Duration;

use iceoryx2::prelude::ZeroCopySend;

use crate::clock::monotonic_ns;

/// The user header of each sample. Fixed: every node of a domain must agree on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ZeroCopySend)]
#[repr(C)]
pub struct Envelope {
    /// The publisher's own count, from 1. A gap is a loss.
    pub sequence: u64,
    /// When the data were taken, in nanoseconds since the Unix epoch.
    pub source_time_ns: i64,
    /// When the sample was sent, on the host's monotonic clock: for latencies. Of a sample of another host whose clock
    /// its relay knows, when it was sent there; of others, when the relay sent it here.
    pub sent_ns: u64,
    /// When the publisher sent its first sample, on the same clock: who listened by then knows that a
    /// sequence beginning later than at 1 is a loss.
    pub first_sent_ns: u64,
    /// The publisher, low half first.
    pub gid: [u64; 2],
    /// The host it came from through a relay; zero: this one.
    pub origin: [u64; 2],
    /// How many samples the publisher keeps for late joiners, who get this one by that way too; 0: none.
    pub latched: u64,
}

impl Envelope {
    /// The publisher's identity: unique over all hosts and restarts.
    pub fn publisher(&self) -> u128 {
        u128::from(self.gid[0]) | (u128::from(self.gid[1]) << 64)
    }

    /// How long ago the sample was sent.
    pub fn age(&self) -> Duration {
        Duration::from_nanos(monotonic_ns().saturating_sub(self.sent_ns))
    }

    /// Whether a relay brought it from another host.
    pub fn is_relayed(&self) -> bool {
        self.origin != [0; 2]
    }
}
