//! Reads launch files and turns them into checked plans. Starts nothing.
//!
//! text → `Document` (as written, every value with its place) → expand (arguments, substitutions,
//! conditions, groups) → check (against what the blocks say of themselves) → [`Plan`].
//!
//! * [`read()`]: the whole way; [`arguments`]: what a launch file can be given
//! * [`describe`]: how blocks are asked what they are
//! * [`diagnostic`]: mistakes, and how they are shown
//! * [`find`]: where programs are found
//! * [`graph`]: drawings of a plan
//! * [`machine`]: the computers of a plan, and what is installed on them
//! * [`plan`]: the result
//! * [`python`]: blocks in Python
//! * [`relay`]: what carries wires between machines
//! * [`shell_words`]: command lines
//! * [`schema()`]: the grammar, for editors
//!
//! ```no_run
//! use vc_plan::{Options, ProcessDescribe, Search};
//!
//! let options = Options {
//!     arguments: vec![("source".into(), "clip.mp4".into())],
//!     search: Search::default_folders(),
//!     ..Options::default()
//! };
//! match vc_plan::read("edges.launch.yaml".as_ref(), &options, &ProcessDescribe::new()) {
//!     Ok(checked) => println!("{}", vc_plan::graph::dot(&checked.plan)),
//!     Err(report) => println!("{}", report.render(true)),
//! }
//! ```

mod build;
mod check;
pub mod describe;
pub mod diagnostic;
mod document;
mod entity;
mod eval;
mod expand;
pub mod find;
mod front_door;
mod grammar;
pub mod graph;
mod listen;
pub mod machine;
pub mod plan;
pub mod python;
mod read;
pub mod relay;
pub mod shell_words;
mod source;
mod template;
pub mod visualcircuit;
mod xml;
mod yaml;

pub use describe::{Describe, DescribeError, ProcessDescribe};
pub use diagnostic::{Also, Diagnostic, Report, Severity, Spot};
pub use find::{MissingPackage, Search, blocks, package_share};
pub use grammar::schema;
pub use machine::{LOCAL, MachineName, OnOperatorLost, PlannedMachine};
pub use plan::{Plan, PlannedNode, PlannedWire, PortRef};
pub use python::Program;
pub use read::{ArgumentInfo, Checked, Options, arguments, read};
pub use relay::{PlannedBridge, PlannedRelay};
pub use visualcircuit::{BlockNote, Choice, Converted, ProjectNotes, WireNote, convert};
