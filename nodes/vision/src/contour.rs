//! Finds the largest bright patch.

use opencv::core::{Mat, Point, RotatedRect, Vector};
use opencv::imgproc;
use vc_picture::Picture;

use crate::VisionError;
use crate::scratch::grey;

/// The grey level above which a pixel belongs to a patch, if nobody says otherwise.
pub const USUAL_LEVEL: f64 = 60.0;

/// Finds contours, with its scratch memory.
#[derive(Debug, Default)]
pub struct Contours {
    grey: Mat,
    bright: Mat,
    found: Vector<Vector<Point>>,
}

/// A patch by its outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contour {
    /// Column of its centre of mass, in pixels, rounded down.
    pub x: f64,
    /// Row of its centre of mass, in pixels, rounded down.
    pub y: f64,
    /// The side, in pixels, of the smallest rectangle around it that is turned by `angle` from the rows.
    pub width: f64,
    /// The other side.
    pub height: f64,
    /// Degrees, 0 to below 90, clockwise as seen: an upright rectangle has 0, and its width lies along the rows.
    pub angle: f64,
}

impl Contour {
    /// `[x, y, width, height, angle]`
    pub fn to_array(self) -> [f64; 5] {
        [self.x, self.y, self.width, self.height, self.angle]
    }
}

impl Contours {
    /// The outline with the largest area of all that a picture has, inner ones too: patches are pixels whose grey
    /// level, by ITU-R BT.601's weights, is above `level`. `None` if there is none. Of several equally large, the
    /// first that OpenCV finds.
    ///
    /// What OpenCV's `findContours`, `contourArea`, `moments` and `minAreaRect` give, but for the rectangle's angle:
    /// its convention changed from release to release of OpenCV, so it is given in one of our own. An outline
    /// without area, such as a line, has its rectangle's middle as centre.
    ///
    /// Sources: S. Suzuki and K. Abe, "Topological structural analysis of digitized binary images by border
    /// following", CVGIP 30(1), 1985; G. Toussaint, "Solving geometric problems with the rotating calipers", 1983.
    ///
    /// # Errors
    /// [`VisionError`] if OpenCV cannot read the picture.
    pub fn largest(&mut self, picture: Picture<'_>, level: f64) -> Result<Option<Contour>, VisionError> {
        let grey = grey(picture, &mut self.grey)?;
        imgproc::threshold(&grey, &mut self.bright, level, 255.0, imgproc::THRESH_BINARY)?;
        let (mode, method) = (imgproc::RETR_LIST, imgproc::CHAIN_APPROX_SIMPLE);
        imgproc::find_contours_def(&self.bright, &mut self.found, mode, method)?;
        let mut largest: Option<(f64, Vector<Point>)> = None;
        for outline in &self.found {
            let area = imgproc::contour_area_def(&outline)?;
            if largest.as_ref().is_none_or(|(most, _)| area > *most) {
                largest = Some((area, outline));
            }
        }
        largest.map(|(_, outline)| describe(&outline)).transpose()
    }
}

fn describe(outline: &Vector<Point>) -> Result<Contour, VisionError> {
    let rectangle = imgproc::min_area_rect(outline)?;
    let moments = imgproc::moments_def(outline)?;
    let (x, y) = if moments.m00 == 0.0 {
        (f64::from(rectangle.center.x), f64::from(rectangle.center.y))
    } else {
        (moments.m10 / moments.m00, moments.m01 / moments.m00)
    };
    let (width, height, angle) = upright(&rectangle);
    Ok(Contour { x: x.trunc(), y: y.trunc(), width, height, angle })
}

/// The same rectangle with an angle of 0 to below 90 degrees.
fn upright(rectangle: &RotatedRect) -> (f64, f64, f64) {
    /// Degrees that come from rounding.
    const ROUNDING: f64 = 1e-3;
    let (width, height) = (f64::from(rectangle.size.width), f64::from(rectangle.size.height));
    let angle = f64::from(rectangle.angle).rem_euclid(180.0);
    match angle {
        angle if !(ROUNDING..=180.0 - ROUNDING).contains(&angle) => (width, height, 0.0),
        angle if angle < 90.0 - ROUNDING => (width, height, angle),
        angle if angle <= 90.0 + ROUNDING => (height, width, 0.0),
        angle => (height, width, angle - 90.0),
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::{Point2f, Size2f};
    use vc_picture::Encoding;

    use super::*;

    fn largest(width: u32, pixels: &[u8]) -> Option<Contour> {
        let height = u32::try_from(pixels.len()).unwrap() / width;
        let picture = Picture::new((width, height), Encoding::Mono8, width, pixels).unwrap();
        Contours::default().largest(picture, USUAL_LEVEL).unwrap()
    }

    #[test]
    fn the_larger_of_two_patches_is_described() {
        let mut pixels = vec![0; 40 * 30];
        for y in 5..15 {
            pixels[y * 40 + 10..y * 40 + 31].fill(61);
        }
        pixels[25 * 40..25 * 40 + 5].fill(255);

        let found = largest(40, &pixels).unwrap();

        let Contour { x, y, width, height, angle } = found;
        assert_eq!((x, y, width, height, angle), (20.0, 9.0, 20.0, 9.0, 0.0));
    }

    #[test]
    fn a_dark_picture_has_none_and_a_line_has_its_middle() {
        assert_eq!(largest(8, &[60; 64]), None);

        let mut pixels = vec![0; 64];
        pixels[17..22].fill(255);
        let line = largest(8, &pixels).unwrap();
        assert_eq!((line.x, line.y, line.width.max(line.height)), (3.0, 2.0, 4.0));
    }

    #[test]
    fn one_rectangle_has_one_description() {
        let of = |width, height, angle| {
            upright(&RotatedRect::new(Point2f::new(0.0, 0.0), Size2f::new(width, height), angle).unwrap())
        };

        for (width, height, angle) in
            [(4.0, 2.0, 0.0), (2.0, 4.0, 90.0), (2.0, 4.0, -90.0), (4.0, 2.0, 180.0)]
        {
            assert_eq!(of(width, height, angle), (4.0, 2.0, 0.0), "{angle}");
        }
        assert_eq!(of(4.0, 2.0, 30.0), (4.0, 2.0, 30.0));
        assert_eq!(of(4.0, 2.0, -60.0), (2.0, 4.0, 30.0));
        assert_eq!(of(4.0, 2.0, 120.0), (2.0, 4.0, 30.0));
        assert_eq!(of(4.0, 2.0, 89.9999), (2.0, 4.0, 0.0));
    }
}
