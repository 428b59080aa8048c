//! VisualCircuit projects, read and flattened. Pure: text in, circuit out.
//!
//! project text → [`read()`] → [`Project`] → [`flatten`] → [`Flat`], every code block with what reaches it.

mod error;
mod flatten;
mod frequency;
mod json;
mod names;
mod project;
mod python;

pub use error::ReadError;
pub use flatten::{Connection, Doubt, Flat, FlatBlock, Given, Problem, flatten};
pub use frequency::Frequency;
pub use project::{Entry, Format, Project, read};
pub use python::{Kind, Uses};
