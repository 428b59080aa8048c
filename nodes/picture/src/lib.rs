//! What the picture blocks share: a checked view of pixels in anybody's memory.
//!
//! * [`Encoding`]: the pixel layouts understood, by ROS's names.
//! * [`Picture`], [`PictureMut`]: pixels to read and to write, checked once when made.
//!
//! Nothing here knows OpenCV, so a block that only moves pixels starts without loading it.

mod encoding;
mod picture;

pub use encoding::{Encoding, UnknownEncoding};
pub use picture::{Picture, PictureError, PictureMut};
