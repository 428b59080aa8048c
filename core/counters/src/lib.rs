//! A node's own counters, always on, in memory that a watcher can map too.
//!
//! Each node process has one [`Page`]: an anonymous memory file (`memfd`). It has no name in
//! `/dev/shm`, so nothing is left behind however a process dies, and a watcher that holds it still
//! reads the last figures of a node that was killed. The launcher makes the page and passes its
//! place in the environment as [`PAGE_VARIABLE`]; a node started by hand makes its own.
//!
//! Counting costs the node a few relaxed atomic additions a message: no call into the kernel, no
//! lock, no allocation, no wake-up. Watching costs the node nothing.
//!
//! * [`page`]: the page, its rows and their counters
//! * [`histogram`]: latencies in buckets of equal relative width

pub mod histogram;
mod map;
pub mod page;

pub use histogram::Histogram;
pub use page::{OutputCounters, OutputReading, Page, PageError, SourceCounters, SourceReading};

/// The environment variable that holds the path of a node's page, such as `/proc/4711/fd/9`.
pub const PAGE_VARIABLE: &str = "VC_COUNTERS";
