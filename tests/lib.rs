//! What the tests of this crate share.
//!
//! * [`conformance`]: the promises of a topic, for every way a sample can travel
//! * [`harness`]: domains of their own, child processes, waiting, what the kernel knows
//!
//! Beside them lie the suites (`behaviour`, `allocation`, `memory`, `system`, `architecture`) and the `fixtures`:
//! blocks with one vice each. What each proves, and how to run one, stands in `docs/testing.md`.

pub mod conformance;
pub mod harness;
