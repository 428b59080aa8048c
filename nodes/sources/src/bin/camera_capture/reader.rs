//! One source of pictures, opened.

use std::path::Path;

use opencv::core::{CV_8UC3, Mat, MatTraitConst};
use opencv::videoio::{self, VideoCapture, VideoCaptureTrait, VideoCaptureTraitConst};
use opencv::{imgcodecs, prelude::*};
use vc_picture::{Encoding, Picture, PictureMut};
use vc_vision::VisionError;
use vc_vision::mat::{self, Kept};

use crate::error::{CaptureError, device_hint};
use vc_sources::camera::{Settings, Source};

/// Where a picture was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// Into the room given.
    InPlace,
    /// Into the driver's memory, and from there into the room given.
    Copied,
    /// Into the driver's memory: it has another size than the room. See [`Reader::copy_into`].
    Resized,
}

/// An open source of `bgr8` pictures.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
    size: (u32, u32),
    /// The last picture, if it was not written into the room given; the only one of a picture file.
    held: Mat,
}

#[derive(Debug)]
enum Kind {
    Still,
    Video { capture: VideoCapture, path: String, repeat: bool, since_begin: u64 },
    Device { capture: VideoCapture, name: String },
}

impl Reader {
    /// Opens what the settings name.
    ///
    /// # Errors
    /// [`CaptureError`] that tells what was tried, and what to try instead.
    pub(crate) fn open(settings: &Settings) -> Result<Self, CaptureError> {
        // What matters of OpenCV's own warnings stands in our errors.
        opencv::core::set_log_level(opencv::core::LogLevel::LOG_LEVEL_ERROR)?;
        match &settings.source {
            Source::Synthetic => Err(CaptureError::Synthetic),
            Source::File(path) => Self::file(path, settings),
            Source::Device(number) => {
                let open = || VideoCapture::new(*number, videoio::CAP_V4L2);
                Self::device(&number.to_string(), open, settings)
            }
            Source::DevicePath(path) => {
                let name = path.to_string_lossy();
                let open = || VideoCapture::from_file(&*name, videoio::CAP_V4L2);
                Self::device(&name, open, settings)
            }
        }
    }

    fn file(path: &Path, settings: &Settings) -> Result<Self, CaptureError> {
        let file = |source| CaptureError::File { path: path.to_owned(), source };
        drop(std::fs::File::open(path).map_err(file)?);
        if path.is_dir() {
            return Err(file(std::io::ErrorKind::IsADirectory.into()));
        }
        // An absolute path, so that no part of it is taken for an address or a pattern of numbers.
        let path = path.canonicalize().map_err(file)?;
        let format = || CaptureError::Format { path: path.clone() };
        let text = path.to_str().ok_or_else(format)?.to_owned();
        if imgcodecs::have_image_reader(&text)? {
            let held = imgcodecs::imread(&text, imgcodecs::IMREAD_COLOR)?;
            return if held.empty() {
                Err(format())
            } else {
                Ok(Self::of(Kind::Still, size_of(&held), held))
            };
        }
        let capture = VideoCapture::from_file(&text, videoio::CAP_ANY)?;
        if !capture.is_opened()? {
            return Err(format());
        }
        let size = reported_size(&capture)?;
        let kind = Kind::Video { capture, path: text, repeat: settings.repeat, since_begin: 0 };
        Ok(Self::of(kind, size, Mat::default()))
    }

    fn device(
        name: &str,
        open: impl FnOnce() -> opencv::Result<VideoCapture>,
        settings: &Settings,
    ) -> Result<Self, CaptureError> {
        let refused = || CaptureError::Device { device: name.to_owned(), hint: device_hint() };
        let mut capture = open().map_err(|_| refused())?;
        if !capture.is_opened()? {
            return Err(refused());
        }
        let wishes = [
            (videoio::CAP_PROP_FRAME_WIDTH, f64::from(settings.size.0)),
            (videoio::CAP_PROP_FRAME_HEIGHT, f64::from(settings.size.1)),
            (videoio::CAP_PROP_FPS, settings.rate),
        ];
        for (property, wish) in wishes.into_iter().filter(|(_, wish)| *wish > 0.0) {
            if !capture.set(property, wish)? {
                tracing::warn!(device = name, property, wish, "the driver did not take a setting");
            }
        }
        let size = reported_size(&capture)?;
        Ok(Self::of(Kind::Device { capture, name: name.to_owned() }, size, Mat::default()))
    }

    fn of(kind: Kind, size: (u32, u32), held: Mat) -> Self {
        Self { kind, size, held }
    }

    /// Pixels in a row and rows of the next picture, as far as known: at least 1.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The source's own rate in Hz, if it says one.
    pub(crate) fn own_rate(&self) -> Option<f64> {
        match &self.kind {
            Kind::Still => None,
            Kind::Video { capture, .. } | Kind::Device { capture, .. } => {
                capture.get(videoio::CAP_PROP_FPS).ok()
            }
        }
    }

    /// Waits for the next picture; false: there is none.
    ///
    /// # Errors
    /// [`CaptureError::Lost`] if a device stopped.
    pub(crate) fn wait(&mut self) -> Result<bool, CaptureError> {
        match &mut self.kind {
            Kind::Still => Ok(true),
            Kind::Device { capture, name } => {
                if capture.grab()? {
                    Ok(true)
                } else {
                    Err(CaptureError::Lost { device: name.clone() })
                }
            }
            Kind::Video { capture, path, repeat, since_begin } => {
                let mut grabbed = capture.grab()?;
                // A video that gave nothing since its beginning would begin again for ever.
                if !grabbed && *repeat && *since_begin > 0 {
                    *capture = VideoCapture::from_file(path, videoio::CAP_ANY)?;
                    *since_begin = 0;
                    grabbed = capture.grab()?;
                }
                *since_begin += u64::from(grabbed);
                Ok(grabbed)
            }
        }
    }

    /// Writes the picture waited for into `room`, where the driver allows it directly.
    ///
    /// # Errors
    /// [`CaptureError`] if the picture cannot be decoded, or is not of 8-bit blue, green and red.
    pub(crate) fn read_into(&mut self, room: &mut PictureMut<'_>) -> Result<Read, CaptureError> {
        if let Kind::Video { capture, .. } | Kind::Device { capture, .. } = &mut self.kind {
            let mut target = mat::view_mut(room)?;
            let kept = Kept::of(&target);
            if !capture.retrieve(&mut target, 0)? {
                return Err(VisionError::Moved { call: "retrieve" }.into());
            }
            if kept.check(&target, "retrieve").is_ok() {
                return Ok(Read::InPlace);
            }
            self.held = target.try_clone()?;
            self.size = size_of(&self.held);
        }
        let fits = (room.width(), room.height()) == (self.size.0 as usize, self.size.1 as usize);
        if !fits {
            return Ok(Read::Resized);
        }
        self.copy_into(room)?;
        Ok(Read::Copied)
    }

    /// Copies the picture last read into `room`, which has its size.
    ///
    /// # Errors
    /// [`CaptureError::Kind`] if it is not of 8-bit blue, green and red.
    pub(crate) fn copy_into(&self, room: &mut PictureMut<'_>) -> Result<(), CaptureError> {
        if self.held.typ() != CV_8UC3 {
            return Err(CaptureError::Kind { kind: self.held.typ() });
        }
        let step = u32::try_from(self.held.step1_def()?).unwrap_or(u32::MAX);
        let picture = Picture::new(self.size, Encoding::Bgr8, step, self.held.data_bytes()?)?;
        room.rows_mut().zip(picture.rows()).for_each(|(to, from)| to.copy_from_slice(from));
        Ok(())
    }
}

fn reported_size(capture: &VideoCapture) -> Result<(u32, u32), CaptureError> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped; a wrong size is corrected by the first picture"
    )]
    let side = |property| Ok::<_, CaptureError>(capture.get(property)?.clamp(1.0, 65535.0) as u32);
    Ok((side(videoio::CAP_PROP_FRAME_WIDTH)?, side(videoio::CAP_PROP_FRAME_HEIGHT)?))
}

fn size_of(mat: &Mat) -> (u32, u32) {
    let side = |pixels| u32::try_from(pixels).unwrap_or(1);
    (side(mat.cols()), side(mat.rows()))
}
