//! Blocks that produce data.
//!
//! * [`synthetic`]: a moving scene drawn from a frame number.

pub mod synthetic;
