//! Blocks that produce data.
//!
//! * [`camera`]: the block `camera`: what it declares, and what its parameter `source` means.
//! * [`synthetic`]: a moving scene drawn from a frame number.
//! * [`capture`]: pictures from devices, video files and picture files, by OpenCV.

pub mod camera;
pub mod capture;
pub mod synthetic;
