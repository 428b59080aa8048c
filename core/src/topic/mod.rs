//! Topics on one host: typed, zero-copy, over shared memory.
//!
//! A topic is one publish-subscribe service of byte slices and one event service to wake sleepers,
//! both under the topic's name. Its attributes carry the type, so every node checks it on opening
//! and any tool can tell it at any time.
//!
//! A sample's slot holds 60 bytes of padding, the 4-byte CDR encapsulation header, and the CDR body,
//! which is thereby 64-byte aligned.

mod held;
mod label;
mod ledger;
mod loan;
mod observe;
mod publisher;
mod sample;
mod service;
mod subscriber;
mod touched;
mod transport;
mod vigil;
mod wait;

pub use loan::{DetachedLoan, Loan, RawLoan};
pub use publisher::Publisher;
pub use sample::{Received, Sample, SampleBytes};
pub use subscriber::{AsyncSubscriber, Subscriber};
pub use transport::{Local, Shared, Transport};
pub use wait::wait_for_news;

pub use publisher::Relayed;

pub(crate) use observe::{Observed, ObservedPort, service_names};
pub(crate) use publisher::{Kept, Latch};
pub(crate) use service::LongestQueues;
pub(crate) use subscriber::Wiring;

/// In the place of a message type: a port whose type is known at run time only. Its samples and loans are
/// CDR bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw;

/// Alignment of a slot, and of the CDR body in it, in bytes.
const ALIGNMENT: usize = 64;
/// Where the CDR bytes begin in a slot: their header ends where the aligned body begins.
const CDR_OFFSET: usize = ALIGNMENT - vc_cdr::ENCAPSULATION_LEN;

/// Publishers a topic can have at once.
pub const MAX_PUBLISHERS: usize = 16;
/// Subscribers a topic can have at once.
pub const MAX_SUBSCRIBERS: usize = 16;
/// Nodes that can have a topic open at once.
pub const MAX_NODES: usize = 64;
/// Samples one subscriber can hold at once, beside those in its queue.
pub const MAX_HELD_SAMPLES: usize = 8;
/// Loans one publisher can hold at once.
pub const MAX_LOANS: usize = 4;
