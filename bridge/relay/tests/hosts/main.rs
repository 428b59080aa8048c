//! Relays between hosts: what crosses, what does not, and what is left behind. A host is a domain of its own, or, in
//! `networks`, a network namespace of its own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a panic is a test's answer, and figures are printed"
)]

mod conformance;
mod dds;
mod figures;
mod fleet;
mod flows;
mod hiroz;
mod interop;
mod keys;
mod life;
mod links;
mod networks;
mod order;
mod peers;
mod rig;
mod robot;
mod soak;
mod traffic;
