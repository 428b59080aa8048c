//! Blocks that show or store data.
//!
//! * [`screen`]: the block `screen`: what it declares, and which of the following it uses.
//! * [`stage`]: the newest picture, held where it lies until somebody wants to see it.
//! * [`web`]: a page on this host that shows the pictures live.
//! * [`keep`]: the newest picture as a PNG file.
//!
//! What needs OpenCV stands with the program `screen_opencv`, so that nothing else links it.

pub mod keep;
pub mod screen;
pub mod stage;
pub mod web;
