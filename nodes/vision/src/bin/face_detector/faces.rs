//! Finds faces, by cascades of Haar's features.

use std::path::{Path, PathBuf};

use opencv::core::{Mat, Rect, Size, Vector};
use opencv::objdetect::CascadeClassifier;
use opencv::prelude::*;
use vc_picture::Picture;
use vc_vision::VisionError;
use vc_vision::scratch::grey;

/// What faces from the front look like, as Debian's package `opencv-data` has it.
pub(crate) const FRONTAL_FACE: &str = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

/// Why nothing is looked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CascadeError {
    /// No such file.
    #[error(
        "cannot read the cascade `{}`; Debian's package `opencv-data` has some in /usr/share/opencv4/haarcascades",
        .path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// Not a cascade.
    #[error("`{}` is no cascade that OpenCV can read", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
}

/// How closely is looked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Care {
    /// What a size is multiplied by to get the next one that is looked for; above 1.
    pub(crate) scale: f64,
    /// How many neighbouring finds make one.
    pub(crate) neighbours: i32,
    /// The least side that is looked for, in pixels; 0: the cascade's own.
    pub(crate) least: i32,
}

/// A cascade and its scratch memory.
#[derive(Debug)]
pub(crate) struct Faces {
    cascade: CascadeClassifier,
    grey: Mat,
    found: Vector<Rect>,
}

impl Faces {
    /// Reads a cascade.
    ///
    /// # Errors
    /// [`CascadeError`] if there is none at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, CascadeError> {
        let file = |source| CascadeError::File { path: path.to_owned(), source };
        drop(std::fs::File::open(path).map_err(file)?);
        let format = || CascadeError::Format { path: path.to_owned() };
        // A file that is no XML at all is told by an exception, any other by an empty cascade.
        let cascade = CascadeClassifier::new(path).map_err(|_| format())?;
        if cascade.empty().map_err(|_| format())? {
            return Err(format());
        }
        Ok(Self { cascade, grey: Mat::default(), found: Vector::new() })
    }

    /// Every face of a picture, the largest first; of equally large ones, the left one.
    ///
    /// What OpenCV's `detectMultiScale(grey, scale, neighbours)` gives.
    ///
    /// Source: P. Viola and M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001.
    ///
    /// # Errors
    /// [`VisionError`] if OpenCV cannot read the picture.
    pub(crate) fn all(&mut self, picture: Picture<'_>, care: Care) -> Result<Vec<Rect>, VisionError> {
        let grey = grey(picture, &mut self.grey)?;
        let (least, most) = (Size::new(care.least, care.least), Size::default());
        let (scale, neighbours) = (care.scale, care.neighbours);
        self.cascade.detect_multi_scale(&grey, &mut self.found, scale, neighbours, 0, least, most)?;
        let mut faces = self.found.to_vec();
        faces.sort_by_key(|face| (-i64::from(face.width) * i64::from(face.height), face.x, face.y));
        Ok(faces)
    }
}

/// [left, top, width, height]
pub(crate) fn row(face: &Rect) -> [f64; 4] {
    [face.x, face.y, face.width, face.height].map(f64::from)
}
