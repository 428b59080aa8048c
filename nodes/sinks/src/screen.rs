//! The block `screen`: one manifest for two programs.
//!
//! `screen` serves the page, writes PNG files and counts; it links no OpenCV. For a window or a video file it
//! becomes `screen_opencv`.

mod choice;

use std::path::PathBuf;
use std::sync::Arc;

use vc::error::BoxError;
use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc::words::StandsFor;
use vc_gate::{Complaint, Gate};
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::sibling::Preview;
use vc_picture::{Picture, PictureError, message};

pub use self::choice::{Out, View};
use crate::keep::{KeepError, Keeper};
use crate::stage::{Shot, Stage};
use crate::web::{Web, WebError, WebOptions};

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScreenError {
    /// `file` without a place.
    #[error(
        "`view` is `file`, but `out` does not say where: give a folder, or a file ending in .mp4 or .avi"
    )]
    NoPlace,
    /// The page.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The picture file.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// What else is done with a picture.
    #[error("cannot handle a picture")]
    Also(#[source] BoxError),
    /// The picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The topic.
    #[error(transparent)]
    Topic(#[from] Error),
}

impl From<ScreenError> for Error {
    fn from(error: ScreenError) -> Self {
        match error {
            ScreenError::Topic(error) => error,
            error => Self::Callback { port: "screen".to_owned(), source: BoxError::from(error) },
        }
    }
}

/// What the block declares.
#[derive(Debug)]
pub struct Screen {
    /// The pictures.
    pub image: Input<Image>,
    /// When it shows them. The page and the picture file take the newest picture at their own pace anyway.
    pub gate: Gate,
    view: ParameterHandle<String>,
    out: ParameterHandle<String>,
    rate: ParameterHandle<f64>,
    port: ParameterHandle<i64>,
    quality: ParameterHandle<i64>,
}

/// The parameters' values.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where pictures are shown.
    pub view: View,
    /// Where they are stored.
    pub out: Out,
    /// Pictures a second of a video file.
    pub rate: f64,
    /// The page's port; 0: any.
    pub port: u16,
    /// JPEG quality of the page's pictures.
    pub quality: u8,
}

impl Screen {
    /// The block and its declaration.
    pub fn declare() -> (Block, Self) {
        let block =
            Block::new("screen", "Shows pictures in a window or on a page of this host, and stores them.");
        let screen = Self {
            image: block.input("image", "Pictures, `bgr8`, `rgb8`, `mono8`, `bgra8` or `rgba8`.").required(),
            gate: Gate::declare(&block),
            view: block
                .parameter("view", "auto".to_owned(), "Where to show. `auto`: a window if there is an X display, else the page.")
                .choices(["auto", "window", "web", "file", "none"]),
            out: block.parameter(
                "out",
                String::new(),
                "Where to store: a folder for the newest picture as last.png, or a video file ending in .mp4 or .avi.",
            ),
            rate: block
                .parameter("rate", 30.0, "Pictures a second at which a video file plays.")
                .range(1.0..=1000.0)
                .unit("Hz"),
            port: block
                .parameter("port", 0, "The page's TCP port on 127.0.0.1. 0: 8080 or any that is free.")
                .range(0..=i64::from(u16::MAX)),
            quality: block
                .parameter("quality", 80, "JPEG quality of the page's pictures.")
                .range(1..=100)
                .unit("%"),
        };
        let package =
            StandsFor::package("Screen", &["9e3c232f1ebb41a5", "b7315b55e1bdbffa"]).input("Img", "image");
        block.stands_for(package.input("Enable", "enable").frequency("max_rate"));
        let package = StandsFor::package2("Screen").input("0", "image").input("E", "enable");
        block.stands_for(package.frequency("max_rate"));
        (block, screen)
    }

    /// The values the node was given.
    pub fn settings(&self, node: &Node) -> Settings {
        Settings {
            view: View::here(&node.get(&self.view)),
            out: Out::parse(&node.get(&self.out)),
            rate: node.get(&self.rate),
            port: u16::try_from(node.get(&self.port)).unwrap_or_default(),
            quality: u8::try_from(node.get(&self.quality)).unwrap_or(80),
        }
    }
}

/// Whether what the command line asks for takes OpenCV: a window, or a video file.
pub fn needs_opencv(given: &Preview) -> bool {
    View::here(&given.text("view")) == View::Window || matches!(Out::parse(&given.text("out")), Out::Video(_))
}

/// A picture in the shared memory it came in.
struct Held(Sample<Image, Shared>);

impl Shot for Held {
    fn picture(&self) -> Result<Picture<'_>, PictureError> {
        message::read(&self.0.view()?)
    }
}

/// Shows and stores pictures, without a window, until the node is asked to stop. `also` sees each of them first.
///
/// Nothing is copied: the newest sample is kept where it lies for the page and the file.
///
/// # Errors
/// [`ScreenError`] if the page or the file cannot be had, or the topic; or the one of `also`.
pub fn run(
    mut node: Node,
    screen: &Screen,
    mut also: impl FnMut(Picture<'_>) -> Result<(), BoxError>,
) -> Result<(), ScreenError> {
    let settings = screen.settings(&node);
    let stage = Arc::new(Stage::default());
    let displays = Displays::start(&stage, &settings, &node.name().to_string())?;
    let mut complaint = Complaint::default();
    let mut pictures = node.shared_subscriber(&screen.image)?;
    let mut gate = screen.gate.poll(&mut node)?;
    node.ready()?;
    let mut is_first = true;
    while let Some(sample) = pictures.recv()? {
        if !gate.is_on()? {
            continue;
        }
        if std::mem::take(&mut is_first) {
            tracing::info!("the first picture is here");
        }
        let (taken_ns, held) = (sample.envelope().source_time_ns, Held(sample));
        if let Some(picture) = complaint.hear(held.picture())
            && gate.takes_turn()
        {
            also(picture).map_err(ScreenError::Also)?;
        }
        stage.show(held, taken_ns);
    }
    displays.finish()
}

/// What shows and stores the pictures of a stage.
#[derive(Debug)]
pub struct Displays {
    web: Option<Web>,
    keeper: Option<Keeper>,
}

impl Displays {
    /// Starts the page and the picture file, as the settings say.
    ///
    /// # Errors
    /// [`ScreenError`] if one of them cannot be had.
    pub fn start<S: Shot>(
        stage: &Arc<Stage<S>>,
        settings: &Settings,
        title: &str,
    ) -> Result<Self, ScreenError> {
        if settings.view == View::File && settings.out == Out::Nowhere {
            return Err(ScreenError::NoPlace);
        }
        let options = WebOptions { title: title.to_owned(), port: settings.port, quality: settings.quality };
        let web = (settings.view == View::Web).then(|| Web::start(Arc::clone(stage), options)).transpose()?;
        if let Some(web) = &web {
            tracing::info!("pictures are shown at http://{}/", web.address());
        }
        let keep = |folder: &PathBuf| Keeper::start(Arc::clone(stage), folder);
        let keeper = if let Out::Folder(folder) = &settings.out { Some(keep(folder)?) } else { None };
        Ok(Self { web, keeper })
    }

    /// Whether there is anything that wants pictures.
    pub fn is_empty(&self) -> bool {
        self.web.is_none() && self.keeper.is_none()
    }

    /// Writes the last picture and closes the page.
    ///
    /// # Errors
    /// [`ScreenError::Keep`] if the last picture was not stored.
    pub fn finish(self) -> Result<(), ScreenError> {
        drop(self.web);
        self.keeper.map_or(Ok(()), |keeper| Ok(keeper.finish()?))
    }
}
