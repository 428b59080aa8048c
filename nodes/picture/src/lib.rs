//! What the picture blocks share: a checked view of pixels in anybody's memory.
//!
//! * [`Encoding`]: the pixel layouts understood, by ROS's names.
//! * [`Picture`], [`PictureMut`]: pixels to read and to write, checked once when made.
//! * [`message`]: pictures in `sensor_msgs/msg/Image`.
//! * [`filter`]: a block that makes a picture of each picture; [`crop`]: the simplest, of the block `cropper`.
//! * [`encode`], [`decode`]: pixels to JPEG and PNG and back, of the blocks `image_encode` and `image_decode`.
//! * [`sibling`]: steps aside for a program that links OpenCV, when a parameter asks for it.
//!
//! Nothing here knows OpenCV, so a block that only moves pixels starts without loading it.

pub mod crop;
pub mod decode;
pub mod encode;
mod encoding;
pub mod filter;
pub mod message;
mod picture;
pub mod sibling;

pub use encoding::{Encoding, UnknownEncoding};
pub use picture::{Picture, PictureError, PictureMut};
