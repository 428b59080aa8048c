//! Blocks that work on pictures, with OpenCV on the samples' own memory.
//!
//! * [`edges`]: Canny's edge detector.
//! * [`mat`]: OpenCV's matrix over pixels that lie elsewhere.

pub mod edges;
mod error;
pub mod mat;

pub use error::VisionError;
