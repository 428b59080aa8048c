//! VisualCircuit projects → circuits. Pure: text in, text out; nothing is read, written or started.
//!
//! project text → [`read()`] → [`Project`] → [`flatten`] → [`Flat`] (every code block with what reaches it) → [`circuit`] →
//! [`Circuit`] (what runs natively, what in Python) → [`launch_text`] (a launch file, readable, and Python files).

mod circuit;
mod code_hash;
mod error;
mod flatten;
mod frequency;
mod json;
mod kinds;
mod launch_text;
mod names;
mod native;
mod project;
mod python;
mod python_file;
mod values;

pub use circuit::{Circuit, CircuitBlock, CircuitWire, Mistake, Runs, circuit};
pub use code_hash::code_hash;
pub use error::ReadError;
pub use flatten::{Connection, Doubt, Flat, FlatBlock, Given, Problem, flatten};
pub use frequency::Frequency;
pub use launch_text::{LaunchText, Places, launch_text};
pub use native::{Choice, Native, Why};
pub use project::{Format, Project, read};
pub use python::Uses;
pub use python_file::PythonFile;
pub use values::{Settable, settable};
pub use vc_words::host_line::{HostEntry as Entry, HostKind as Kind};
