//! Divides a picture into bright and dark.

use opencv::core::Mat;
use opencv::imgproc;
use vc_picture::filter::Filter;
use vc_picture::{Encoding, Picture, PictureMut};

use crate::VisionError;
use crate::scratch::{grey, write_grey};

/// A threshold on grey levels by ITU-R BT.601's weights: what is above `lower` becomes `upper`, all else 0.
///
/// What OpenCV's `threshold(grey, lower, upper, THRESH_BINARY)` gives.
#[derive(Debug)]
pub struct Threshold {
    /// The grey level, 0 to 255, above which a pixel is bright; fractions are cut.
    pub lower: f64,
    /// The grey level, 0 to 255, that bright pixels get; rounded.
    pub upper: f64,
    /// How the output is laid out: `bgr8` or `mono8`.
    pub encoding: Encoding,
    grey: Mat,
    mask: Mat,
}

impl Threshold {
    /// A threshold with an output of this layout.
    pub fn new(lower: f64, upper: f64, encoding: Encoding) -> Self {
        Self { lower, upper, encoding, grey: Mat::default(), mask: Mat::default() }
    }
}

impl Filter for Threshold {
    type Error = VisionError;

    fn encoding(&self, _picture: Picture<'_>) -> Encoding {
        self.encoding
    }

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), VisionError> {
        room.fits(picture)?;
        let grey = grey(picture, &mut self.grey)?;
        write_grey(room, &mut self.mask, "threshold", |bright| {
            imgproc::threshold(&grey, bright, self.lower, self.upper, imgproc::THRESH_BINARY).map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_becomes_bright() {
        let pixels = [0, 99, 100, 101, 255];
        let picture = Picture::new((5, 1), Encoding::Mono8, 5, &pixels).unwrap();
        let mut out = [7; 15];

        let mut room = PictureMut::new((5, 1), Encoding::Mono8, 5, &mut out[..5]).unwrap();
        Threshold::new(100.9, 200.0, Encoding::Mono8).apply(picture, &mut room).unwrap();
        assert_eq!(out[..5], [0, 0, 0, 200, 200]);

        let mut room = PictureMut::new((5, 1), Encoding::Bgr8, 15, &mut out).unwrap();
        Threshold::new(254.0, 255.0, Encoding::Bgr8).apply(picture, &mut room).unwrap();
        assert_eq!(out, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255]);
    }
}
