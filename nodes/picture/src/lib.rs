//! What the picture blocks share: a checked view of pixels in anybody's memory.
//!
//! * [`Encoding`]: the pixel layouts understood, by ROS's names.
//! * [`Picture`], [`PictureMut`]: pixels to read and to write, checked once when made.
//! * [`message`]: pictures in `sensor_msgs/msg/Image`; [`Complaint`]: what is done about bad ones.
//! * [`sibling`]: steps aside for a program that links OpenCV, when a parameter asks for it.
//!
//! Nothing here knows OpenCV, so a block that only moves pixels starts without loading it.

mod complaint;
mod encoding;
pub mod message;
mod picture;
pub mod sibling;

pub use complaint::Complaint;
pub use encoding::{Encoding, UnknownEncoding};
pub use picture::{Picture, PictureError, PictureMut};
