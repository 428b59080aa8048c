//! What can go wrong with a picture.

use vc_picture::{Encoding, PictureError};

/// Why a picture was not worked on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisionError {
    /// Not a picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A layout this block has no rule for.
    #[error("cannot write pictures as `{encoding}`; `bgr8` and `mono8` can be written")]
    Output {
        /// The layout asked for.
        encoding: Encoding,
    },
    /// Larger than OpenCV can count.
    #[error("picture of {width}x{height} pixels is larger than OpenCV can handle")]
    Large {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Bytes of an encoding that is not known here.
    #[error("cannot convert pictures of encoding `{name}`")]
    Encoding {
        /// The encoding's name as received.
        name: String,
    },
    /// Pixels that share their colour, one of them alone.
    #[error(
        "picture of {width}x{height} pixels has an odd side, but its encoding has pixels share their colour"
    )]
    Odd {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A network that answers otherwise than detectors do.
    #[error(
        "the network gives numbers of shape {shape:?}; a detector gives [objects, 5 + classes], or [1, 4 + classes, objects]"
    )]
    Answer {
        /// The shape of its answer.
        shape: Vec<i32>,
    },
    /// OpenCV took memory of its own where it was given the sample's.
    #[error("OpenCV's `{call}` wrote into memory of its own instead of the sample's")]
    Moved {
        /// The call.
        call: &'static str,
    },
    /// OpenCV's own report.
    #[error("OpenCV failed")]
    OpenCv(#[from] opencv::Error),
}
