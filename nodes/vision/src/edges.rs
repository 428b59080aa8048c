//! Marks edges with Canny's detector.

use opencv::core::{Mat, ToInputArray};
use opencv::imgproc;
use vc_picture::{Encoding, Picture, PictureMut};

use crate::VisionError;
use crate::mat::{self, Kept};

/// Canny's detector with its thresholds and its scratch memory.
///
/// Grey levels by ITU-R BT.601's weights, gradients by Sobel's 3×3 operator, their strength as |dx| + |dy|, no
/// blur: what OpenCV's `Canny(grey, lower, upper)` gives.
///
/// Source: J. Canny, "A Computational Approach to Edge Detection", IEEE TPAMI 8(6), 1986.
#[derive(Debug)]
pub struct Edges {
    lower: f64,
    upper: f64,
    grey: Mat,
    mask: Mat,
}

impl Edges {
    /// A detector. An edge starts where the gradient is above `upper` and goes on while it is above `lower`, both
    /// in grey levels summed over Sobel's weights: 0 to 2040. If they are given the other way round they are
    /// swapped, as OpenCV does.
    pub fn new(lower: f64, upper: f64) -> Self {
        Self { lower, upper, grey: Mat::default(), mask: Mat::default() }
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
    /// [`VisionError::Size`] if `out` is of another size, [`VisionError::Output`] if it is neither `bgr8` nor
    /// `mono8`, [`VisionError::Moved`] if OpenCV did not write where it was told to.
    pub fn detect(&mut self, picture: Picture<'_>, out: &mut PictureMut<'_>) -> Result<(), VisionError> {
        if (picture.width(), picture.height()) != (out.width(), out.height()) {
            return Err(VisionError::Size {
                width: picture.width(),
                height: picture.height(),
                out_width: out.width(),
                out_height: out.height(),
            });
        }
        let seen = mat::view(picture)?;
        let to_grey = match picture.encoding() {
            Encoding::Mono8 => return self.mark(&seen, out),
            Encoding::Bgr8 => imgproc::COLOR_BGR2GRAY,
            Encoding::Rgb8 => imgproc::COLOR_RGB2GRAY,
            Encoding::Bgra8 => imgproc::COLOR_BGRA2GRAY,
            Encoding::Rgba8 => imgproc::COLOR_RGBA2GRAY,
        };
        let mut grey = std::mem::take(&mut self.grey);
        imgproc::cvt_color_def(&seen, &mut grey, to_grey)?;
        let marked = self.mark(&grey, out);
        self.grey = grey;
        marked
    }

    fn mark(&mut self, grey: &impl ToInputArray, out: &mut PictureMut<'_>) -> Result<(), VisionError> {
        let encoding = out.encoding();
        let mut marked = mat::view_mut(out)?;
        let kept = Kept::of(&marked);
        match encoding {
            Encoding::Mono8 => {
                imgproc::canny_def(grey, &mut marked, self.lower, self.upper)?;
                kept.check(&marked, "Canny")
            }
            Encoding::Bgr8 => {
                imgproc::canny_def(grey, &mut self.mask, self.lower, self.upper)?;
                imgproc::cvt_color_def(&self.mask, &mut marked, imgproc::COLOR_GRAY2BGR)?;
                kept.check(&marked, "cvtColor")
            }
            _ => Err(VisionError::Output { encoding }),
        }
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::MatTraitConst;

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

        assert!(matches!(detect((16, 32), Encoding::Mono8, 16), VisionError::Size { out_width: 16, .. }));
        assert!(matches!(detect((32, 32), Encoding::Rgba8, 128), VisionError::Output { .. }));
    }
}
