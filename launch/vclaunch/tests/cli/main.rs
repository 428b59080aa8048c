//! What a user of the command line sees: exit code, standard output and standard error together.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agents;
mod keys;
mod machines;
mod mistakes;
mod new_block;
mod param;
mod projects;
mod ros;
mod run;
mod seen;
mod trust;
mod typed;
