//! Blocks that work on pictures, with OpenCV on the samples' own memory.
//!
//! * [`edge_detector`]: the block `edge_detector`; [`edges`]: its detector, Canny's.
//! * [`mat`]: OpenCV's matrix over pixels that lie elsewhere.

pub mod edge_detector;
pub mod edges;
mod error;
pub mod mat;

pub use error::VisionError;
