//! The library a block author uses.
//!
//! A block states its ports and parameters once, opens, and handles what arrives:
//!
//! ```no_run
//! use vc::prelude::*;
//! use vc_msgs::std_msgs::msg::Float64;
//!
//! fn main() -> NodeResult {
//!     let block = Block::new("doubler", "Doubles each number.");
//!     let number = block.input::<Float64>("number", "Numbers to double.");
//!     let doubled = block.output::<Float64>("doubled", "Each number times `factor`.");
//!     let factor = block.parameter("factor", 2.0, "What to multiply by.");
//!     let mut node = block.open()?;
//!     let (out, factor) = (node.publisher(&doubled)?, node.get(&factor));
//!     node.on(&number, move |n| out.publish(&Float64 { data: n.data() * factor }))?;
//!     node.run()
//! }
//! ```
//!
//! * [`block`]: what a block declares; [`node`]: the running process of a block
//! * [`live`]: parameters that change while the node runs, and asking other nodes for theirs
//! * [`topic`]: publishers, subscribers, loans and samples over shared memory
//! * [`domain`]: which nodes see each other, and cleaning up after dead ones
//! * [`timer`], [`clock`], [`stop`]: time and the end
//! * [`host`]: the topics of a host, for tools that look at them or carry them elsewhere
//! * [`launcher`]: not outliving whoever started the process
//! * [`notify`]: telling whoever started the process that it is ready
//! * [`error`]: what can go wrong

pub mod args;
pub mod block;
pub mod clock;
pub mod domain;
pub mod envelope;
pub mod error;
mod heap;
pub mod host;
mod keeper;
pub mod launcher;
pub mod live;
mod log;
pub mod node;
pub mod notify;
pub mod parameter;
pub mod stop;
pub mod timer;
pub mod topic;

pub use block::{Block, Input, Output};
pub use error::{Error, NodeResult};
pub use node::Node;
pub use vc_cdr as cdr;
pub use vc_words as words;

/// What most blocks need.
pub mod prelude {
    pub use crate::block::{Block, Input, Output};
    pub use crate::clock::{from_time, now};
    pub use crate::error::{Error, NodeResult};
    pub use crate::live::Live;
    pub use crate::node::Node;
    pub use crate::stop::Stop;
    pub use crate::timer::{Alarm, Hertz, Pace, Tick};
    pub use crate::topic::{AsyncSubscriber, Loan, Publisher, Received, Sample, Shared, Subscriber};
    pub use vc_cdr::{InPlace, Message};
    pub use vc_words::Qos;
}

/// The README's block compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
