//! One file a command; each ends with an exit code.

pub(crate) mod across;
pub(crate) mod agent;
pub(crate) mod arguments;
pub(crate) mod blocks;
pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod keys;
pub(crate) mod new;
mod package;
pub(crate) mod param;
pub(crate) mod part;
mod read;
pub(crate) mod run;
pub(crate) mod schema;
