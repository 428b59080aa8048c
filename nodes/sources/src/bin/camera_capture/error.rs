//! What can go wrong with a source of pictures.

use std::path::PathBuf;

use vc_picture::PictureError;
use vc_vision::VisionError;

/// Why a source gives no pictures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CaptureError {
    /// No such file, or not readable.
    #[error("cannot read `{}`", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// A file that is neither.
    #[error("`{}` is neither a picture nor a video that OpenCV can read", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A device that does not open.
    #[error("cannot open capture device `{device}`; {hint}")]
    Device {
        /// What was tried.
        device: String,
        /// What there is instead, and what to try.
        hint: String,
    },
    /// A device that stopped.
    #[error("capture device `{device}` delivers no more pictures; was it unplugged?")]
    Lost {
        /// The device.
        device: String,
    },
    /// A picture of a kind that is not published.
    #[error("the driver gives pictures of OpenCV's type {kind}, not of 8-bit blue, green and red")]
    Kind {
        /// OpenCV's number of the type.
        kind: i32,
    },
    /// The synthetic scene has no file.
    #[error("the synthetic scene is not captured")]
    Synthetic,
    /// The picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The picture's memory.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// OpenCV's own report.
    #[error("OpenCV failed")]
    OpenCv(#[from] opencv::Error),
    /// The topic.
    #[error(transparent)]
    Topic(#[from] vc::Error),
}

/// What to try when `device` does not open: the devices there are, and who may use them.
pub(crate) fn device_hint() -> String {
    let mut devices: Vec<String> = std::fs::read_dir("/dev")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("video"))
        .collect();
    devices.sort();
    if devices.is_empty() {
        return "this host has no /dev/video*; in a container, pass one in with `--device`".to_owned();
    }
    let there: Vec<String> = devices.iter().map(|name| format!("/dev/{name}")).collect();
    format!(
        "this host has {}; using one takes membership in group `video`, and nobody else using it",
        there.join(", ")
    )
}
