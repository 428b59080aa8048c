//! Blocks that work on pictures, with OpenCV on the samples' own memory.
//!
//! * Algorithms, one a block: [`edges`], [`blur`], [`color_filter`], [`threshold`], [`morphology`] (dilation and
//!   erosion), [`contour`],
//!   [`convert`] (of the block [`ros_camera`]).
//! * [`marks`]: pictures with boxes drawn on them.
//! * [`mat`]: OpenCV's matrix over pixels that lie elsewhere; [`scratch`]: pictures in the layout an algorithm wants.

pub mod blur;
pub mod color_filter;
pub mod contour;
pub mod convert;
pub mod edges;
mod error;
pub mod marks;
pub mod mat;
pub mod morphology;
pub mod ros_camera;
pub mod scratch;
pub mod threshold;

pub use error::VisionError;
