//! Projects of our own making, read and flattened.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bombs;
mod drawing;
mod malformed;
mod natives;
mod oddities;
mod reference;
mod shapes;
mod speed;
mod torn;
mod version_2;
