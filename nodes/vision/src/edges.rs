//! Marks edges with Canny's detector.

use opencv::core::Mat;
use opencv::imgproc;
use vc_picture::filter::Filter;
use vc_picture::{Encoding, Picture, PictureMut};

use crate::VisionError;
use crate::scratch::{grey, write_grey};

/// The largest gradient there is: Sobel's weights on a step from 0 to 255, in both directions.
pub const LARGEST_GRADIENT: f64 = 2040.0;

/// Canny's detector with its thresholds and its scratch memory.
///
/// Grey levels by ITU-R BT.601's weights, gradients by Sobel's 3×3 operator, their strength as |dx| + |dy|, no
/// blur: what OpenCV's `Canny(grey, lower, upper)` gives.
///
/// Source: J. Canny, "A Computational Approach to Edge Detection", IEEE TPAMI 8(6), 1986.
#[derive(Debug)]
pub struct Edges {
    /// An edge goes on while the gradient is above this.
    pub lower: f64,
    /// An edge starts where the gradient is above this.
    pub upper: f64,
    /// How the block lays its output out: `bgr8` or `mono8`.
    pub encoding: Encoding,
    grey: Mat,
    mask: Mat,
}

impl Edges {
    /// A detector. An edge starts where the gradient is above `upper` and goes on while it is above `lower`, both
    /// in grey levels summed over Sobel's weights: 0 to 2040. If they are given the other way round they are
    /// swapped, as OpenCV does.
    pub fn new(lower: f64, upper: f64) -> Self {
        Self { lower, upper, encoding: Encoding::Bgr8, grey: Mat::default(), mask: Mat::default() }
    }

    /// Goes on with other thresholds.
    pub fn set_thresholds(&mut self, lower: f64, upper: f64) {
        (self.lower, self.upper) = (lower, upper);
    }

    /// Writes the edges of `picture` into `out`: 255 on an edge, 0 elsewhere, the same in every channel.
    ///
    /// `picture` is read and `out` is written where they lie. Allocates nothing itself once it has seen the size;
    /// OpenCV's own detector takes and returns scratch memory each time.
    ///
    /// # Errors
    /// [`VisionError::Picture`] if `out` is of another size, [`VisionError::Output`] if it is neither `bgr8` nor
    /// `mono8`, [`VisionError::Moved`] if OpenCV did not write where it was told to.
    pub fn detect(&mut self, picture: Picture<'_>, out: &mut PictureMut<'_>) -> Result<(), VisionError> {
        out.fits(picture)?;
        let grey = grey(picture, &mut self.grey)?;
        write_grey(out, &mut self.mask, "Canny", |marked| {
            imgproc::canny_def(&grey, marked, self.lower, self.upper)
        })
    }
}

impl Filter for Edges {
    type Error = VisionError;

    fn encoding(&self, _picture: Picture<'_>) -> Encoding {
        self.encoding
    }

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), VisionError> {
        self.detect(picture, room)
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::MatTraitConst;
    use vc_picture::PictureError;

    use super::*;

    /// A white square on black, by layout.
    fn square(encoding: Encoding, step: u32) -> Vec<u8> {
        let (channels, step) = (encoding.channels(), step as usize);
        let mut data = vec![0; step * 32];
        for y in 8..24 {
            data[y * step + 8 * channels..y * step + 24 * channels].fill(255);
        }
        data
    }

    fn marked(encoding: Encoding, step: u32, out: Encoding) -> Vec<u8> {
        let data = square(encoding, step);
        let picture = Picture::new((32, 32), encoding, step, &data).unwrap();
        let out_step = 32 * u32::try_from(out.channels()).unwrap();
        let mut result = vec![7; out_step as usize * 32];
        let mut room = PictureMut::new((32, 32), out, out_step, &mut result).unwrap();
        Edges::new(127.0, 255.0).detect(picture, &mut room).unwrap();
        result
    }

    #[test]
    fn every_layout_gives_the_same_edges() {
        let expected = marked(Encoding::Mono8, 32, Encoding::Mono8);
        assert_eq!(expected.iter().filter(|level| **level != 0).count(), 60, "the outline of 16x16 pixels");
        assert!(expected.iter().all(|level| [0, 255].contains(level)));

        for encoding in Encoding::ALL {
            assert_eq!(marked(encoding, 130, Encoding::Mono8), expected, "{encoding}");
        }
        let in_three: Vec<u8> = expected.iter().flat_map(|level| [*level; 3]).collect();
        assert_eq!(marked(Encoding::Rgb8, 96, Encoding::Bgr8), in_three);
    }

    #[test]
    fn the_scratch_memory_is_kept_from_picture_to_picture() {
        let data = square(Encoding::Bgr8, 96);
        let picture = Picture::new((32, 32), Encoding::Bgr8, 96, &data).unwrap();
        let mut result = vec![0; 96 * 32];
        let mut room = PictureMut::new((32, 32), Encoding::Bgr8, 96, &mut result).unwrap();
        let mut edges = Edges::new(127.0, 255.0);

        edges.detect(picture, &mut room).unwrap();
        let scratch = (edges.grey.data(), edges.mask.data());
        edges.detect(picture, &mut room).unwrap();

        assert_eq!((edges.grey.data(), edges.mask.data()), scratch);
        assert!(!scratch.0.is_null() && !scratch.1.is_null());
    }

    #[test]
    fn rooms_that_do_not_fit_are_refused() {
        let data = square(Encoding::Mono8, 32);
        let picture = Picture::new((32, 32), Encoding::Mono8, 32, &data).unwrap();
        let mut edges = Edges::new(127.0, 255.0);
        let mut result = vec![0; 4 * 32 * 32];
        let mut detect = |size, encoding, step| {
            edges
                .detect(picture, &mut PictureMut::new(size, encoding, step, &mut result).unwrap())
                .unwrap_err()
        };

        let error = detect((16, 32), Encoding::Mono8, 16);
        assert!(matches!(error, VisionError::Picture(PictureError::Size { out_width: 16, .. })));
        assert!(matches!(detect((32, 32), Encoding::Rgba8, 128), VisionError::Output { .. }));
    }
}
