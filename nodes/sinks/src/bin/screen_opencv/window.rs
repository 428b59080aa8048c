//! Pictures in a window, by OpenCV.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use opencv::core::{Mat, MatTraitConst};
use opencv::{highgui, imgproc};
use vc::prelude::*;
use vc_gate::Complaint;
use vc_picture::{Encoding, Picture, PictureError, message};
use vc_vision::{VisionError, mat};

use vc_sinks::screen::{Displays, Out, Screen, ScreenError};
use vc_sinks::stage::{Shot, Stage};

use crate::record::{RecordError, Recorder, to_bgr};

/// How often the window looks for keys and for being closed.
const PUMP: Hertz = Hertz(50.0);
/// The largest size a window opens with; it can be made larger.
const LARGEST: (i32, i32) = (1600, 900);
/// Keys that close the window.
const CLOSING_KEYS: [i32; 2] = ['q' as i32, 27];

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WindowError {
    /// The picture.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// The video file.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// OpenCV's own report.
    #[error("OpenCV failed")]
    OpenCv(#[from] opencv::Error),
}

/// A window. OpenCV wants it to stay on the thread that made it; the `Rc` it is kept in sees to that.
#[derive(Debug)]
pub(crate) struct Window {
    title: String,
    scratch: Mat,
    shown: bool,
}

impl Window {
    /// Opens a window.
    ///
    /// # Errors
    /// [`WindowError::OpenCv`] if OpenCV refuses. Without a display the window library ends the process.
    pub(crate) fn open(title: &str) -> Result<Self, WindowError> {
        let look = highgui::WINDOW_NORMAL | highgui::WINDOW_KEEPRATIO | highgui::WINDOW_GUI_NORMAL;
        highgui::named_window(title, look)?;
        Ok(Self { title: title.to_owned(), scratch: Mat::default(), shown: false })
    }

    /// Shows a picture. The window library copies it.
    ///
    /// # Errors
    /// [`WindowError`]
    pub(crate) fn show(&mut self, picture: Picture<'_>) -> Result<(), WindowError> {
        let seen = mat::view(picture)?;
        if !std::mem::replace(&mut self.shown, true) {
            let size = seen.size()?;
            highgui::resize_window(&self.title, size.width.min(LARGEST.0), size.height.min(LARGEST.1))?;
        }
        match to_bgr(picture.encoding()).filter(|_| picture.encoding() != Encoding::Mono8) {
            None => highgui::imshow(&self.title, &seen)?,
            Some(rule) => {
                imgproc::cvt_color_def(&seen, &mut self.scratch, rule)?;
                highgui::imshow(&self.title, &self.scratch)?;
            }
        }
        Ok(())
    }

    /// Lets the window work, and says whether it is still wanted: neither closed nor `q` or Escape pressed.
    ///
    /// # Errors
    /// [`WindowError::OpenCv`]
    pub(crate) fn pump(&mut self) -> Result<bool, WindowError> {
        let key = highgui::poll_key()?;
        let visible = highgui::get_window_property(&self.title, highgui::WND_PROP_VISIBLE)? >= 1.0;
        Ok(visible && !CLOSING_KEYS.contains(&key))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Closed by the user, it is gone already.
        let _ = highgui::destroy_all_windows();
    }
}

/// A picture in memory of its own, for the picture file beside a window.
struct Copied {
    pixels: Vec<u8>,
    size: (u32, u32),
    step: u32,
    encoding: Encoding,
}

impl Copied {
    fn of(picture: Picture<'_>) -> Self {
        let number = |number| u32::try_from(number).unwrap_or_default();
        Self {
            pixels: picture.data().to_vec(),
            size: (number(picture.width()), number(picture.height())),
            step: number(picture.step()),
            encoding: picture.encoding(),
        }
    }
}

impl Shot for Copied {
    fn picture(&self) -> Result<Picture<'_>, PictureError> {
        Picture::new(self.size, self.encoding, self.step, &self.pixels)
    }
}

/// Shows pictures in a window until it is closed or the node is asked to stop, and stores them as `out` says.
///
/// # Errors
/// [`ScreenError`] if there can be no window, the files cannot be written, or the topic cannot be had.
pub(crate) fn run(mut node: Node, screen: &Screen) -> Result<(), ScreenError> {
    let unopened = |error: WindowError| ScreenError::Also(error.into());
    let settings = screen.settings(&node);
    let title = node.name().to_string();
    let stage = Arc::new(Stage::default());
    let displays = Displays::start(&stage, &settings, &title)?;
    let keeps = !displays.is_empty();
    let mut complaint = Complaint::default();
    let mut recorder =
        if let Out::Video(path) = &settings.out { Some(Recorder::new(path, settings.rate)) } else { None };
    let window = Rc::new(RefCell::new(Window::open(&title).map_err(unopened)?));
    let (shown, pumped, stop) = (Rc::clone(&window), window, node.stopper());
    let gate = screen.gate.open(&mut node)?;
    gate.on(&mut node, &screen.image, move |sample| {
        let seen = sample.view().map_err(PictureError::from).and_then(|image| message::read(&image));
        let Some(picture) = complaint.hear(seen) else { return Ok(()) };
        shown.borrow_mut().show(picture)?;
        if let Some(recorder) = &mut recorder {
            recorder.write(picture)?;
        }
        if keeps {
            stage.show(Copied::of(picture), sample.envelope().source_time_ns);
        }
        Ok::<_, WindowError>(())
    })?;
    node.every(PUMP, move |_| {
        if !pumped.borrow_mut().pump()? {
            tracing::info!("the window was closed");
            stop.stop();
        }
        Ok::<_, WindowError>(())
    })?;
    node.run()?;
    displays.finish()
}
