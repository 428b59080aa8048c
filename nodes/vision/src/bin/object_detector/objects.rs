//! Asks a network what is to be seen.

use opencv::core::{self, Mat, Rect, Rect2d, Scalar, Size, Vector};
use opencv::dnn::{self, Net};
use opencv::prelude::*;
use vc_picture::Picture;
use vc_vision::VisionError;
use vc_vision::scratch::bgr;

use crate::model::{Files, Format, ModelError};

/// Something in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Object {
    /// The number of what it is, from 0, in the network's order.
    pub(crate) class: usize,
    /// 0 to 1.
    pub(crate) confidence: f32,
    /// Where, in pixels; it may reach beyond the picture.
    pub(crate) place: Rect,
}

impl Object {
    /// [class, confidence, left, top, width, height]
    #[expect(clippy::cast_precision_loss, reason = "networks know some thousand classes")]
    pub(crate) fn row(&self) -> [f64; 6] {
        let Rect { x, y, width, height } = self.place;
        let [left, top, width, height] = [x, y, width, height].map(f64::from);
        [self.class as f64, self.confidence.into(), left, top, width, height]
    }
}

/// What counts as found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// The least confidence, 0 to 1.
    pub(crate) confidence: f32,
    /// How much of two boxes may be common, as a share of what they cover together, before only the better one counts.
    pub(crate) overlap: f32,
}

/// A network and its scratch memory.
#[derive(Debug)]
pub(crate) struct Objects {
    net: Net,
    format: Format,
    outputs: Vector<String>,
    size: (i32, i32),
    bgr: Mat,
    blob: Mat,
    answers: Vector<Mat>,
}

impl Objects {
    /// Makes the network of `files`, which gets pictures scaled to `size` pixels.
    ///
    /// # Errors
    /// [`ModelError`] if there is none.
    pub(crate) fn open(files: &Files, size: (i32, i32)) -> Result<Self, ModelError> {
        let failed = |source| ModelError::Format { path: files.model.clone(), source };
        let net = files.net()?;
        let outputs = net.get_unconnected_out_layers_names().map_err(failed)?;
        let (bgr, blob) = (Mat::default(), Mat::default());
        Ok(Self { net, format: files.format, outputs, size, bgr, blob, answers: Vector::new() })
    }

    /// Everything found in a picture, the surest first.
    ///
    /// The network gets it scaled, red first, each channel 0 to 1. Of its answers, rows of Darknet's are `[x, y, width,
    /// height, is anything there, class, class, …]`, of the middle and in shares of the picture. Those of an ONNX network
    /// are the same in pixels of what it got, the class still to be multiplied with whether anything is there (`YOLOv5` to
    /// v7); or, where they are columns, without that number (`YOLOv8` and later).
    ///
    /// Source: J. Redmon and A. Farhadi, "`YOLOv3`: An Incremental Improvement", 2018.
    ///
    /// # Errors
    /// [`VisionError`] if OpenCV cannot read the picture, or the network does not take pictures of this size, or gives
    /// something else.
    pub(crate) fn all(&mut self, picture: Picture<'_>, limits: Limits) -> Result<Vec<Object>, VisionError> {
        let seen = bgr(picture, &mut self.bgr)?;
        let size = Size::new(self.size.0, self.size.1);
        let (scale, mean) = (1.0 / 255.0, Scalar::default());
        dnn::blob_from_image_to(&seen, &mut self.blob, scale, size, mean, true, false, core::CV_32F)?;
        self.net.set_input_def(&self.blob)?;
        self.net.forward(&mut self.answers, &self.outputs)?;

        let shares = match self.format {
            Format::Darknet => (1.0, 1.0),
            Format::Onnx => (f64::from(self.size.0), f64::from(self.size.1)),
        };
        let (width, height) = picture.size();
        let scale = (f64::from(width) / shares.0, f64::from(height) / shares.1);
        let mut finds = Finds::default();
        for answer in &self.answers {
            self.format.read(&answer, |class, confidence, [x, y, width, height]| {
                if confidence > limits.confidence {
                    let (width, height) = (f64::from(width) * scale.0, f64::from(height) * scale.1);
                    let (x, y) = (f64::from(x) * scale.0, f64::from(y) * scale.1);
                    let place = Rect2d::new(x - width / 2.0, y - height / 2.0, width, height);
                    finds.push(class, confidence, place);
                }
            })?;
        }
        finds.best(limits)
    }
}

impl Format {
    /// Tells of each row of an answer the likeliest class, how sure it is, and where: [x, y, width, height].
    fn read(self, answer: &Mat, mut tell: impl FnMut(usize, f32, [f32; 4])) -> Result<(), VisionError> {
        let shape = answer.mat_size().to_vec();
        let numbers = answer.data_typed::<f32>()?;
        let (rows, columns) = match shape[..] {
            [rows, columns] | [1, rows, columns] => (at_least_0(rows), at_least_0(columns)),
            _ => return Err(VisionError::Answer { shape }),
        };
        let is_lying = self == Format::Onnx && columns > rows;
        let (finds, facts) = if is_lying { (columns, rows) } else { (rows, columns) };
        let before_classes = if is_lying { 4 } else { 5 };
        if facts <= before_classes {
            return Err(VisionError::Answer { shape });
        }
        let number = |find: usize, fact: usize| {
            numbers[if is_lying { fact * columns + find } else { find * columns + fact }]
        };
        for find in 0..finds {
            let classes = (before_classes..facts).map(|fact| (fact - before_classes, number(find, fact)));
            let Some((class, score)) = classes.max_by(|(_, a), (_, b)| a.total_cmp(b)) else { continue };
            let sure = if self == Format::Onnx && !is_lying { score * number(find, 4) } else { score };
            let place = [0, 1, 2, 3].map(|fact| number(find, fact));
            if sure.is_finite() && place.iter().all(|number| number.is_finite()) {
                tell(class, sure, place);
            }
        }
        Ok(())
    }
}

fn at_least_0(side: i32) -> usize {
    usize::try_from(side).unwrap_or_default()
}

/// What was found, the same thing several times.
#[derive(Debug, Default)]
struct Finds {
    classes: Vec<usize>,
    scores: Vector<f32>,
    places: Vector<Rect2d>,
}

impl Finds {
    fn push(&mut self, class: usize, score: f32, place: Rect2d) {
        self.classes.push(class);
        self.scores.push(score);
        self.places.push(place);
    }

    /// Each thing once.
    ///
    /// Source: greedy non-maximum suppression as in N. Dalal, "Finding People in Images and Videos", 2006; OpenCV's
    /// `NMSBoxes`.
    fn best(&self, limits: Limits) -> Result<Vec<Object>, VisionError> {
        let mut kept = Vector::<i32>::new();
        let (least, overlap) = (limits.confidence, limits.overlap);
        dnn::nms_boxes_f64_def(&self.places, &self.scores, least, overlap, &mut kept)?;
        kept.iter().map(|at| self.object(at_least_0(at))).collect()
    }

    fn object(&self, at: usize) -> Result<Object, VisionError> {
        let Rect2d { x, y, width, height } = self.places.get(at)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it saturates, which is far outside of any picture"
        )]
        let pixels = |number: f64| (number.trunc() as i32).clamp(-1_000_000, 1_000_000);
        let place = Rect::new(pixels(x), pixels(y), pixels(width), pixels(height));
        Ok(Object { class: self.classes[at], confidence: self.scores.get(at)?, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a network of `format` is understood to say, that answers rows.
    fn said<const N: usize>(
        format: Format,
        rows: &[[f32; N]],
    ) -> Result<Vec<(usize, f32, [f32; 4])>, VisionError> {
        let mut told = Vec::new();
        let answer = Mat::from_slice_2d(rows).unwrap();
        format.read(&answer, |class, sure, place| told.push((class, sure, place))).map(|()| told)
    }

    #[test]
    fn rows_and_columns_are_told_apart() {
        let place = [0.1, 0.2, 0.3, 0.4];
        let row = [0.1, 0.2, 0.3, 0.4, 0.5, 0.25, 0.75];
        assert_eq!(said(Format::Darknet, &[row]).unwrap(), [(1, 0.75, place)]);
        assert_eq!(said(Format::Onnx, &[row; 9]).unwrap(), [(1, 0.375, place); 9]);

        // Six facts of seven objects: four of the place, and two classes.
        let columns = [[0.1; 7], [0.2; 7], [0.3; 7], [0.4; 7], [0.9; 7], [0.8; 7]];
        assert_eq!(said(Format::Onnx, &columns).unwrap(), [(0, 0.9, place); 7]);
    }

    #[test]
    fn what_is_no_detectors_answer_is_told_and_what_is_no_number_is_nothing() {
        for answer in [said(Format::Darknet, &[[0.0; 5]; 3]), said(Format::Onnx, &[[0.0; 3]; 3])] {
            assert!(matches!(answer, Err(VisionError::Answer { .. })), "{answer:?}");
        }
        let cube = Mat::zeros_nd(&[2, 3, 7], core::CV_32F).unwrap().to_mat().unwrap();
        assert!(Format::Onnx.read(&cube, |_, _, _| {}).is_err());

        let nan = [0.1, f32::NAN, 0.3, 0.4, 0.5, 0.9];
        let unsure = [0.1, 0.2, 0.3, 0.4, 0.5, f32::INFINITY];
        assert_eq!(said(Format::Darknet, &[nan, unsure]).unwrap(), []);
    }
}
