//! The relay: joins a host's topics to other hosts and to ROS 2 over zenoh.
//!
//! One relay serves one domain of one host. It takes part in that domain as a tool, sees which nodes have which ports,
//! and shows them to others as ROS 2 would: a liveliness token for each node, publisher and subscription. Samples cross
//! only where both ends want them: a topic is read here while somebody elsewhere subscribes to it, and written here
//! while a node here subscribes to it and somebody elsewhere publishes.
//!
//! * [`demand`]: who wants what of whom; a pure function of the two graphs
//! * [`remote`]: the graph of the others, from their tokens
//! * [`remarks`]: what the quality of service of two that meet means for them
//! * [`rules`]: which topics may leave and come in, and how; [`config`]: the same as a file
//! * [`peers`]: lists that are for one peer only, as zenoh keeps them
//! * [`across`]: who wants what of whom among others who speak different dialects; `crossing`: such a topic
//! * [`expected`]: what a circuit expects to flow before it begins
//! * [`stand_in()`]: a relay in name only, where the domain has one already
//! * `tokens`: what we show of ourselves
//! * `outlet`: a topic that leaves; `inlet`: a topic that comes in
//! * [`relay`]: the loop that keeps all that true
//! * [`status`]: what the relay knows, for people; `door`: where it tells them
//!
//! # What keeps samples from going in circles
//!
//! A sample that a relay brought carries the host it came from in its envelope, and no relay sends such a sample out.
//! zenoh itself delivers a sample once to each session, whatever the links look like.

pub mod across;
mod clocks;
pub mod config;
pub mod counters;
mod crossing;
pub mod demand;
mod door;
mod error;
pub mod expected;
mod inlet;
mod line;
mod outlet;
mod pacer;
pub mod peers;
pub mod relay;
pub mod remarks;
pub mod remote;
pub mod rules;
mod sockets;
mod stand_in;
pub mod status;
mod tokens;
mod voice;
mod wake;
mod writer;

pub use door::ask;
pub use error::{ConfigError, RelayError, chain};
pub use relay::{Relay, Settings};
pub use rules::Rules;
pub use stand_in::stand_in;
