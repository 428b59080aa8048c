//! Reads launch files and turns them into checked plans. Starts nothing.

pub mod plan;

pub use plan::{Plan, PlannedNode, PlannedWire, PortRef};
