//! Blurs.

use opencv::core::Size;
use opencv::imgproc;
use vc_picture::filter::Filter;
use vc_picture::{Picture, PictureMut};

use crate::VisionError;
use crate::mat::{self, Kept};

/// The largest side of a blur's window, in pixels: what OpenCV's median can count.
pub const LARGEST: i64 = 255;

/// How pixels are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By Gaussian weights, the standard deviation being 0.3 ((n - 1) / 2 - 1) + 0.8 pixels of a side of n.
    Gaussian,
    /// All alike.
    Averaging,
    /// The middle one.
    Median,
}

impl Kind {
    /// The names of all.
    pub const NAMES: [&str; 3] = ["gaussian", "averaging", "median"];

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let kinds = [Self::Gaussian, Self::Averaging, Self::Median];
        Self::NAMES.iter().position(|known| *known == name).map(|at| kinds[at])
    }
}

/// A blur: each pixel and channel becomes a mixture of those in a window around it. Beyond the border the picture
/// goes on mirrored, without its last pixel; for the median, with its last pixel.
///
/// What OpenCV's `GaussianBlur(picture, window, 0)`, `blur` and `medianBlur` give, bit by bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blur {
    kind: Kind,
    window: (i32, i32),
}

/// Why a window cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// Not two sides, or none of that many pixels.
    #[error("a window is [width, height], each 1 to {LARGEST} pixels; {given:?} is none")]
    Sides {
        /// The numbers given.
        given: Vec<i64>,
    },
    /// Without a middle.
    #[error("a {} window must have odd sides, so that it has a middle; {width}x{height} does not", Kind::NAMES[*.kind as usize])]
    Even {
        /// The kind of blur.
        kind: Kind,
        /// Pixels in a row.
        width: i32,
        /// Rows.
        height: i32,
    },
}

impl Default for Blur {
    fn default() -> Self {
        Self { kind: Kind::Gaussian, window: (5, 5) }
    }
}

impl Blur {
    /// As [`Blur::new`], by the name of its kind.
    ///
    /// # Errors
    /// [`WindowError`] as there. A name that is none means [`Kind::Gaussian`]: the parameter allows no such.
    pub fn parse(kind: &str, window: &[i64]) -> Result<Self, WindowError> {
        Self::new(Kind::parse(kind).unwrap_or(Kind::Gaussian), window)
    }

    /// A blur with a window of [width, height] pixels, 1 to [`LARGEST`]. The median's window is a square of `width`.
    ///
    /// # Errors
    /// [`WindowError`] if there is no such window, or if it has no middle: only [`Kind::Averaging`] does without,
    /// and takes the pixel right and below.
    pub fn new(kind: Kind, window: &[i64]) -> Result<Self, WindowError> {
        let sides = || WindowError::Sides { given: window.iter().copied().take(8).collect() };
        let [width, height] = window else { return Err(sides()) };
        let side = |side: i64| match i32::try_from(side) {
            Ok(pixels) if (1..=LARGEST).contains(&side) => Ok(pixels),
            _ => Err(sides()),
        };
        let (width, height) = (side(*width)?, side(*height)?);
        let height = if kind == Kind::Median { width } else { height };
        if kind != Kind::Averaging && (width % 2 == 0 || height % 2 == 0) {
            return Err(WindowError::Even { kind, width, height });
        }
        Ok(Self { kind, window: (width, height) })
    }
}

impl Filter for Blur {
    type Error = VisionError;

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), VisionError> {
        room.fits(picture)?;
        let seen = mat::view(picture)?;
        let mut out = mat::view_mut(room)?;
        let (kept, window) = (Kept::of(&out), Size::new(self.window.0, self.window.1));
        match self.kind {
            Kind::Gaussian => imgproc::gaussian_blur_def(&seen, &mut out, window, 0.0)?,
            Kind::Averaging => imgproc::blur_def(&seen, &mut out, window)?,
            Kind::Median => imgproc::median_blur(&seen, &mut out, window.width)?,
        }
        kept.check(&out, Kind::NAMES[self.kind as usize])
    }
}

#[cfg(test)]
mod tests {
    use vc_picture::Encoding;

    use super::*;

    fn blurred(kind: Kind, window: &[i64], pixels: &[u8]) -> Vec<u8> {
        let width = u32::try_from(pixels.len()).unwrap();
        let picture = Picture::new((width, 1), Encoding::Mono8, width, pixels).unwrap();
        let mut out = vec![0; pixels.len()];
        let mut room = PictureMut::new((width, 1), Encoding::Mono8, width, &mut out).unwrap();
        Blur::new(kind, window).unwrap().apply(picture, &mut room).unwrap();
        out
    }

    #[test]
    fn each_kind_mixes_its_way() {
        let pixels = [0, 0, 90, 0, 0];

        assert_eq!(blurred(Kind::Averaging, &[3, 1], &pixels), [0, 30, 30, 30, 0]);
        assert_eq!(blurred(Kind::Median, &[3, 9], &pixels), [0; 5]);
        let gaussian = blurred(Kind::Gaussian, &[3, 1], &pixels);
        assert!(gaussian[2] > gaussian[1] && gaussian[1] == gaussian[3] && gaussian[0] == 0, "{gaussian:?}");
        assert_eq!(blurred(Kind::Gaussian, &[1, 1], &pixels), pixels);
    }

    #[test]
    fn windows_that_cannot_be_had_are_told() {
        let refused = |kind, window: &[i64]| Blur::new(kind, window).unwrap_err().to_string();

        assert_eq!(
            refused(Kind::Gaussian, &[4, 5]),
            "a gaussian window must have odd sides, so that it has a middle; 4x5 does not"
        );
        assert!(refused(Kind::Median, &[4, 5]).contains("4x4"));
        for window in [&[5][..], &[5, 5, 5], &[0, 5], &[5, 257], &[-3, 3], &[i64::MAX, 1]] {
            assert!(refused(Kind::Averaging, window).contains("[width, height]"), "{window:?}");
        }
        assert!(Blur::new(Kind::Averaging, &[4, 255]).is_ok());
    }
}
