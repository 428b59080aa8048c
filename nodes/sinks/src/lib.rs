//! Blocks that show or store data.
//!
//! * [`stage`]: the newest picture, held where it lies until somebody wants to see it.
//! * [`encode`]: pixels to JPEG and PNG.
//! * [`keep`]: the newest picture as a PNG file.
//! * [`web`]: a page on this host that shows the pictures live.

pub mod encode;
pub mod keep;
pub mod stage;
pub mod web;
