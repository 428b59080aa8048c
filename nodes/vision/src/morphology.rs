//! Lets bright places grow or shrink.

use opencv::core::{BORDER_CONSTANT, CV_8UC1, Mat, MatTraitConst, Point, Scalar};
use opencv::imgproc;
use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc_gate::possible;
use vc_picture::filter::{Filter, Ports};
use vc_picture::{Encoding, Picture, PictureMut};

use crate::VisionError;
use crate::scratch::{grey, write_grey};

/// The largest side of a box, in pixels.
pub const LARGEST: i64 = 255;
/// The most often that a box is applied.
pub const MOST_ITERATIONS: i64 = 100;

/// What becomes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The brightest in the box: bright places grow.
    Dilate,
    /// The darkest in the box: bright places shrink.
    Erode,
}

/// Dilation or erosion of grey levels, by ITU-R BT.601's weights, with a box around each pixel. What lies beyond
/// the border does not count.
///
/// What OpenCV's `dilate` and `erode` give for a kernel of ones.
///
/// Source: J. Serra, "Image Analysis and Mathematical Morphology", 1982.
#[derive(Debug)]
pub struct Morphology {
    operation: Operation,
    kernel: Mat,
    iterations: i64,
    /// How the output is laid out: `bgr8` or `mono8`.
    pub encoding: Encoding,
    grey: Mat,
    changed: Mat,
}

/// Why a box cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BoxError {
    /// Not two sides, or none of that many pixels.
    #[error("a box is [rows, columns], each 1 to {LARGEST} pixels; {given:?} is none")]
    Sides {
        /// The numbers given.
        given: Vec<i64>,
    },
    /// OpenCV's own report.
    #[error("OpenCV failed")]
    OpenCv(#[from] opencv::Error),
}

impl Morphology {
    /// An operation with OpenCV's own box of 3 by 3 pixels, applied once; with an output in `bgr8`.
    pub fn new(operation: Operation) -> Self {
        let none = Mat::default;
        Self {
            operation,
            kernel: none(),
            iterations: 1,
            encoding: Encoding::Bgr8,
            grey: none(),
            changed: none(),
        }
    }

    /// Another box of [rows, columns], each 1 to [`LARGEST`] pixels, applied `iterations` times, 0 to
    /// [`MOST_ITERATIONS`]. The middle of an even side is the pixel right of, or below, its half.
    ///
    /// # Errors
    /// [`BoxError`] if there is no such box; the old one stays.
    pub fn set_box(&mut self, box_of: &[i64], iterations: i64) -> Result<(), BoxError> {
        self.iterations = iterations;
        if box_of != [i64::from(self.kernel.rows()), i64::from(self.kernel.cols())] {
            self.kernel = kernel(box_of)?;
        }
        Ok(())
    }
}

fn kernel(box_of: &[i64]) -> Result<Mat, BoxError> {
    let sides = || BoxError::Sides { given: box_of.iter().copied().take(8).collect() };
    let [rows, columns] = box_of else { return Err(sides()) };
    let side = |side: i64| match i32::try_from(side) {
        Ok(pixels) if (1..=LARGEST).contains(&side) => Ok(pixels),
        _ => Err(sides()),
    };
    Ok(Mat::new_rows_cols_with_default(side(*rows)?, side(*columns)?, CV_8UC1, Scalar::all(1.0))?)
}

impl Filter for Morphology {
    type Error = VisionError;

    fn encoding(&self, _picture: Picture<'_>) -> Encoding {
        self.encoding
    }

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), VisionError> {
        room.fits(picture)?;
        let grey = grey(picture, &mut self.grey)?;
        let (kernel, middle) = (&self.kernel, Point::new(-1, -1));
        let iterations = i32::try_from(self.iterations.clamp(0, MOST_ITERATIONS)).unwrap_or(1);
        let border = imgproc::morphology_default_border_value()?;
        write_grey(room, &mut self.changed, "morphologyEx", |out| match self.operation {
            Operation::Dilate => {
                imgproc::dilate(&grey, out, kernel, middle, iterations, BORDER_CONSTANT, border)
            }
            Operation::Erode => {
                imgproc::erode(&grey, out, kernel, middle, iterations, BORDER_CONSTANT, border)
            }
        })
    }
}

/// The parameters of the blocks `dilation` and `erosion`.
#[derive(Debug)]
pub struct Settings {
    kernel: ParameterHandle<Vec<i64>>,
    iterations: ParameterHandle<i64>,
    encoding: ParameterHandle<String>,
}

impl Settings {
    /// Declares them.
    pub fn declare(block: &Block) -> Self {
        Self {
            kernel: block
                .parameter("kernel", vec![5, 5], "Rows and columns of the box, each 1 to 255.")
                .unit("px")
                .live(),
            iterations: block
                .parameter("iterations", 1, "How often the box is applied.")
                .range(0..=MOST_ITERATIONS)
                .live(),
            encoding: Encoding::parameter(block),
        }
    }

    /// Opens the ports.
    ///
    /// # Errors
    /// [`Error`] if the box cannot be had, or a topic cannot be opened.
    pub fn attach(&self, node: &mut Node, ports: &Ports, operation: Operation) -> Result<(), Error> {
        let kernel = node.live_if(&self.kernel, |kernel| possible(self::kernel(kernel)))?;
        let (iterations, encoding) = (node.live(&self.iterations), node.live(&self.encoding));
        ports.attach(node, Morphology::new(operation), move |morphology| {
            let _it_is_a_box = morphology.set_box(&kernel.get(), iterations.get());
            morphology.encoding = Encoding::chosen(&encoding);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(operation: Operation, box_of: &[i64], iterations: i64, pixels: &[u8]) -> Vec<u8> {
        let width = u32::try_from(pixels.len()).unwrap();
        let picture = Picture::new((width, 1), Encoding::Mono8, width, pixels).unwrap();
        let mut out = vec![7; pixels.len()];
        let mut room = PictureMut::new((width, 1), Encoding::Mono8, width, &mut out).unwrap();
        let mut morphology = Morphology::new(operation);
        morphology.encoding = Encoding::Mono8;
        morphology.set_box(box_of, iterations).unwrap();
        morphology.apply(picture, &mut room).unwrap();
        out
    }

    #[test]
    fn bright_places_grow_and_shrink() {
        let pixels = [0, 0, 0, 9, 9, 9, 0, 0];

        assert_eq!(changed(Operation::Dilate, &[5, 3], 1, &pixels), [0, 0, 9, 9, 9, 9, 9, 0]);
        assert_eq!(changed(Operation::Dilate, &[1, 3], 2, &pixels), [0, 9, 9, 9, 9, 9, 9, 9]);
        assert_eq!(changed(Operation::Erode, &[1, 3], 1, &pixels), [0, 0, 0, 0, 9, 0, 0, 0]);
        assert_eq!(changed(Operation::Erode, &[1, 3], 1, &[9; 4]), [9; 4], "the border does not eat");
        assert_eq!(changed(Operation::Erode, &[1, 3], 0, &pixels), pixels);
    }

    #[test]
    fn boxes_that_cannot_be_had_are_told() {
        for given in [&[5][..], &[5, 5, 5], &[0, 5], &[5, 256], &[-1, 3]] {
            let error = Morphology::new(Operation::Dilate).set_box(given, 1).unwrap_err();
            assert!(error.to_string().contains("[rows, columns]"), "{given:?}");
        }
    }
}
