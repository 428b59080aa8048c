//! Launch files → plans and mistakes, with blocks that are only described, never run.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod any_project;
mod corpus;
mod docs;
mod fake;
mod graphs;
mod hostile;
mod includes;
mod loops;
mod machines;
mod mistakes;
mod plans;
mod projects;
mod python;
mod relays;
mod replay;
mod schema;
mod substitutions;
