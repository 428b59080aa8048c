//! ROS 2 interface text to Rust text.
//!
//! A build script of three lines makes Rust types of a folder of `.msg`, `.srv` and `.action` files:
//!
//! ```no_run
//! fn main() -> Result<(), vc_msggen::Error> {
//!     vc_msggen::Build::new().package("my_msgs", "my_msgs").emit()
//! }
//! ```
//!
//! and one line in the crate takes them in: `vc_msgs::include_messages!();`. The stock packages can be named in the
//! texts without further ado; they resolve to the types of `vc-msgs`.
//!
//! The way of a text: `source` finds files and cuts them into sections, `parse` reads a section line by line,
//! `expand` makes the messages that services and actions consist of, `describe` computes the RIHS01 hash, `schema` the
//! self-contained text, `rust_type` and `value` the Rust words, and `emit` puts them together. Everything between
//! reading and writing files is pure.
//!
//! At run time [`Texts`] tells what a message looks like, for programs that meet types they were not built with.

mod build;
mod describe;
mod emit;
mod error;
mod expand;
mod literal;
mod model;
mod parse;
mod rust_type;
mod schema;
mod source;
mod texts;

pub use build::{Build, Generated};
pub use error::Error;
pub use literal::Literal;
pub use model::{Base, Constant, Count, Definition, Field, Primitive, Space, TypeName};
pub use texts::Texts;
