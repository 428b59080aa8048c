//! Pictures into a video file, by OpenCV.

use std::path::{Path, PathBuf};

use opencv::core::{Mat, MatTraitConst, Size};
use opencv::imgproc;
use opencv::videoio::{VideoWriter, VideoWriterTrait, VideoWriterTraitConst};
use vc_picture::{Encoding, Picture};
use vc_vision::{VisionError, mat};

/// Why a video is not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    /// The file.
    #[error("cannot write video file `{}`", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// A video has one size.
    #[error("picture of {0}x{1} pixels, but the video began with {2}x{3}", .found.0, .found.1, .expected.0, .expected.1)]
    Size {
        /// Of this picture.
        found: (i32, i32),
        /// Of the first.
        expected: (i32, i32),
    },
    /// The picture.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// OpenCV's own report.
    #[error("OpenCV failed")]
    OpenCv(#[from] opencv::Error),
}

/// A video file, opened with the first picture. MPEG-4 in `.mp4`, motion JPEG in `.avi`.
#[derive(Debug)]
pub(crate) struct Recorder {
    path: PathBuf,
    rate: f64,
    open: Option<(VideoWriter, Size)>,
    scratch: Mat,
}

impl Recorder {
    /// A file at `path` that plays `rate` pictures a second.
    pub(crate) fn new(path: &Path, rate: f64) -> Self {
        Self { path: path.to_owned(), rate, open: None, scratch: Mat::default() }
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// [`RecordError`] if the file cannot be written, or the picture is of another size than the first.
    pub(crate) fn write(&mut self, picture: Picture<'_>) -> Result<(), RecordError> {
        let seen = mat::view(picture)?;
        let size = seen.size()?;
        let (mut writer, expected) = match self.open.take() {
            Some(open) => open,
            None => (self.create(size)?, size),
        };
        if size != expected {
            let (found, expected) = ((size.width, size.height), (expected.width, expected.height));
            return Err(RecordError::Size { found, expected });
        }
        match to_bgr(picture.encoding()) {
            None => writer.write(&seen)?,
            Some(rule) => {
                imgproc::cvt_color_def(&seen, &mut self.scratch, rule)?;
                writer.write(&self.scratch)?;
            }
        }
        self.open = Some((writer, expected));
        Ok(())
    }

    fn create(&self, size: Size) -> Result<VideoWriter, RecordError> {
        let refused = || RecordError::Open { path: self.path.clone() };
        let path = self.path.to_str().ok_or_else(refused)?;
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|_| refused())?;
        }
        let moving_jpeg = self.path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("avi"));
        let [a, b, c, d] = if moving_jpeg { ['M', 'J', 'P', 'G'] } else { ['m', 'p', '4', 'v'] };
        let writer = VideoWriter::new(path, VideoWriter::fourcc(a, b, c, d)?, self.rate, size, true)?;
        if writer.is_opened()? { Ok(writer) } else { Err(refused()) }
    }
}

/// OpenCV's rule from a layout to blue, green, red; none if it is that.
pub(crate) fn to_bgr(encoding: Encoding) -> Option<i32> {
    match encoding {
        Encoding::Bgr8 => None,
        Encoding::Rgb8 => Some(imgproc::COLOR_RGB2BGR),
        Encoding::Mono8 => Some(imgproc::COLOR_GRAY2BGR),
        Encoding::Bgra8 => Some(imgproc::COLOR_BGRA2BGR),
        Encoding::Rgba8 => Some(imgproc::COLOR_RGBA2BGR),
    }
}
