//! Drawings of a plan.

mod cards;
mod layers;
mod layout;
mod machines;
mod svg;
mod text;

pub use svg::svg;
pub use text::{dot, mermaid};
