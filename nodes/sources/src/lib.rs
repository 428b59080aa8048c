//! Blocks that produce data.
//!
//! * [`camera`]: the block `camera`: what it declares, and what its parameter `source` means.
//! * [`synthetic`]: a moving scene drawn from a frame number.
//!
//! What needs OpenCV stands with the program `camera_capture`, so that nothing else links it.

pub mod camera;
pub mod synthetic;
