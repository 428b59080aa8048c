//! Keeps what has one of some colours.

use opencv::core::{Mat, Scalar, in_range};
use opencv::imgproc;
use vc_picture::filter::Filter;
use vc_picture::{Encoding, Picture, PictureMut};

use crate::VisionError;
use crate::mat::{self, Kept};
use crate::scratch::bgr;

/// Keeps the pixels whose hue, saturation and value all lie between two bounds, and makes the others black.
///
/// Hue is in steps of 2 degrees, 0 to 179; saturation and value are 0 to 255; both bounds are inside. What OpenCV's
/// `cvtColor(…, COLOR_BGR2HSV)` and `inRange` give.
///
/// Source: A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978.
#[derive(Debug, Default)]
pub struct ColorFilter {
    lower: [u8; 3],
    upper: [u8; 3],
    bgr: Mat,
    hsv: Mat,
    mask: Mat,
}

/// Why a bound is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a bound is [hue, saturation, value], each 0 to 255; {given:?} is none")]
pub struct BoundError {
    given: Vec<i64>,
}

impl ColorFilter {
    /// A filter between two bounds of [hue, saturation, value]. A lower bound above the upper one keeps nothing.
    ///
    /// # Errors
    /// [`BoundError`] if they are not three numbers of 0 to 255.
    pub fn new(lower: &[i64], upper: &[i64]) -> Result<Self, BoundError> {
        let mut filter = Self::default();
        filter.set_bounds(lower, upper)?;
        Ok(filter)
    }

    /// Other bounds.
    ///
    /// # Errors
    /// [`BoundError`] if they are none; the old ones stay.
    pub fn set_bounds(&mut self, lower: &[i64], upper: &[i64]) -> Result<(), BoundError> {
        (self.lower, self.upper) = (Self::bound(lower)?, Self::bound(upper)?);
        Ok(())
    }

    /// The bound of [hue, saturation, value].
    ///
    /// # Errors
    /// [`BoundError`] if it is none.
    pub fn bound(given: &[i64]) -> Result<[u8; 3], BoundError> {
        let numbers: Option<Vec<u8>> = given.iter().map(|number| u8::try_from(*number).ok()).collect();
        numbers
            .and_then(|numbers| numbers.try_into().ok())
            .ok_or_else(|| BoundError { given: given.iter().copied().take(8).collect() })
    }
}

impl Filter for ColorFilter {
    type Error = VisionError;

    fn encoding(&self, _picture: Picture<'_>) -> Encoding {
        Encoding::Bgr8
    }

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), VisionError> {
        let scalar = |bound: [u8; 3]| {
            let [hue, saturation, value] = bound.map(f64::from);
            Scalar::new(hue, saturation, value, 0.0)
        };
        room.fits(picture)?;
        let seen = bgr(picture, &mut self.bgr)?;
        imgproc::cvt_color_def(&seen, &mut self.hsv, imgproc::COLOR_BGR2HSV)?;
        in_range(&self.hsv, &scalar(self.lower), &scalar(self.upper), &mut self.mask)?;
        room.data_mut().fill(0);
        let mut out = mat::view_mut(room)?;
        let kept = Kept::of(&out);
        opencv::core::copy_to(&seen, &mut out, &self.mask)?;
        kept.check(&out, "copyTo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(lower: &[i64], upper: &[i64], encoding: Encoding, pixels: &[u8]) -> Vec<u8> {
        let width = u32::try_from(pixels.len() / encoding.channels()).unwrap();
        let step = u32::try_from(pixels.len()).unwrap();
        let picture = Picture::new((width, 1), encoding, step, pixels).unwrap();
        let mut out = vec![7; 3 * width as usize];
        let mut room = PictureMut::new((width, 1), Encoding::Bgr8, 3 * width, &mut out).unwrap();
        ColorFilter::new(lower, upper).unwrap().apply(picture, &mut room).unwrap();
        out
    }

    #[test]
    fn colours_within_both_bounds_stay() {
        let (green, red) = ([0, 255, 0], [0, 0, 255]);
        let pixels = [green, red].concat();

        assert_eq!(kept(&[60, 255, 255], &[60, 255, 255], Encoding::Bgr8, &pixels), [green, [0; 3]].concat());
        assert_eq!(kept(&[0, 0, 0], &[179, 255, 255], Encoding::Bgr8, &pixels), pixels);
        assert_eq!(kept(&[61, 0, 0], &[60, 255, 255], Encoding::Bgr8, &pixels), [0; 6]);
        assert_eq!(kept(&[60, 0, 0], &[60, 255, 255], Encoding::Rgba8, &[0, 255, 0, 9]), green);
    }

    #[test]
    fn bounds_that_are_none_are_told() {
        for bound in [&[1, 2][..], &[1, 2, 3, 4], &[0, 0, 256], &[-1, 0, 0]] {
            let error = ColorFilter::new(bound, &[0, 0, 0]).unwrap_err();
            assert!(error.to_string().contains("[hue, saturation, value]"), "{bound:?}");
        }
    }
}
