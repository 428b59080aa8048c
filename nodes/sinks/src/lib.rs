//! Blocks that show or store data.
//!
//! * [`screen`]: the block `screen`: what it declares, and which of the following it uses.
//! * [`stage`]: the newest picture, held where it lies until somebody wants to see it.
//! * [`web`]: a page on this host that shows the pictures live.
//! * [`keep`]: the newest picture as a PNG file.
//! * [`encode`]: pixels to JPEG and PNG.
//! * [`window`], [`record`]: a window and a video file, by OpenCV.

pub mod encode;
pub mod keep;
pub mod record;
pub mod screen;
pub mod stage;
pub mod web;
pub mod window;
