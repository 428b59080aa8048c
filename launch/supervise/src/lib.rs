//! Starts, watches and stops the nodes of a plan. Prints nothing.
//!
//! # Theory of operation
//!
//! One [`Supervisor`] runs one [`vc_plan::Plan`]. Its mind is a pure state machine for each node
//! ([`child_state`]), whose hands are one event loop: signals, ends of processes, what nodes say
//! (`sd_notify`) and deadlines become one line of events, each event one step of one machine, and
//! each step at most one deed: make a process, or send a signal to a process group.
//!
//! Around it, each in its own thread or process so that it can never hold up the loop:
//! * a thread a process that reads its output into the log file and hands lines to the [`Observer`],
//! * a thread that removes what dead nodes left in shared memory ([`Cleaner`]),
//! * a guard process that ends everything if this process dies without a word ([`guard`]).
//!
//! # Map
//!
//! * [`supervisor`]: the handle, its options, the event loop
//! * [`observer`]: what a watcher is told
//! * [`child_state`], [`policy`]: the mind, pure
//! * [`flow`]: who is downstream of whom
//! * [`wires`]: the wires' figures from the nodes' counters
//! * [`notify`]: the `sd_notify` protocol
//! * [`process_table`]: what `/proc` knows
//! * [`guard`], [`cleaner`], [`log_folder`]: as they say

pub mod child_state;
mod circuit;
pub mod cleaner;
mod clock_text;
pub mod flow;
mod gate;
pub mod guard;
mod leftovers;
pub mod log_folder;
mod message;
pub mod notify;
pub mod observer;
mod output;
pub mod policy;
mod process;
pub mod process_table;
mod random;
pub mod supervisor;
#[cfg(test)]
mod testing;
mod tty;
mod typed;
pub mod wires;

pub use child_state::{ChildState, End};
pub use circuit::Order;
pub use cleaner::{Cleaner, NoCleaner};
pub use guard::GuardCommand;
pub use observer::{Event, Line, Name, NodeChange, Observer, StopReason, Stream, Summary, Verdict, Warning};
pub use supervisor::{Options, StopHandle, SuperviseError, Supervisor};
pub use wires::{Latency, WireFigures};
