//! The block `camera`: one manifest for two programs.
//!
//! `camera` draws the synthetic scene and links no OpenCV; for anything else it becomes `camera_capture`.

use std::path::PathBuf;

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc::words::{ParameterValue, StandsFor};
use vc_gate::Enable;
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::{Encoding, PictureError, message};

use crate::synthetic::{LARGEST, LEAST, Scene, SceneError};

/// The rate of what has none of its own, in Hz.
pub const USUAL_RATE: f64 = 30.0;

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The drawn scene.
    Synthetic,
    /// The capture device of this number: `0` is `/dev/video0`.
    Device(i32),
    /// A capture device by path.
    DevicePath(PathBuf),
    /// A picture or video file.
    File(PathBuf),
}

impl Source {
    /// Reads the parameter: `synthetic`, a number, a path in `/dev`, or any other path.
    pub fn parse(text: &str) -> Self {
        match text.trim() {
            "" | "synthetic" => Self::Synthetic,
            number if number.parse::<i32>().is_ok_and(|number| number >= 0) => {
                Self::Device(number.parse().unwrap_or_default())
            }
            path if path.starts_with("/dev/") => Self::DevicePath(path.into()),
            path => Self::File(path.into()),
        }
    }
}

/// What the block declares.
#[derive(Debug)]
pub struct Camera {
    /// The pictures.
    pub image: Output<Image>,
    /// Whether it takes any.
    pub enable: Enable,
    source: ParameterHandle<String>,
    width: ParameterHandle<i64>,
    height: ParameterHandle<i64>,
    rate: ParameterHandle<f64>,
    repeat: ParameterHandle<bool>,
    frames: ParameterHandle<i64>,
}

/// The parameters' values.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where pictures come from.
    pub source: Source,
    /// Pixels in a row and rows, of what has no size of its own; 0 leaves a device its own.
    pub size: (u32, u32),
    /// Pictures a second; 0: the source's own.
    pub rate: f64,
    /// Whether a video begins again at its end.
    pub repeat: bool,
    /// Pictures after which the node ends; 0: no end.
    pub frames: u64,
}

impl Camera {
    /// The block and its declaration.
    pub fn declare() -> (Block, Self) {
        let block =
            Block::new("camera", "Publishes pictures of a camera, a video, a picture file or a drawn scene.");
        let side = 0..=i64::from(LARGEST);
        let camera = Self {
            image: block.output("image", "Pictures, `bgr8`."),
            enable: Enable::declare(&block),
            source: block.parameter(
                "source",
                "synthetic".to_owned(),
                "`synthetic`, a device (number or path in /dev), or the path of a video or picture file.",
            ),
            width: block
                .parameter(
                    "width",
                    640,
                    "Width of synthetic and device pictures; files have their own. 0: the device's.",
                )
                .range(side.clone())
                .unit("px"),
            height: block
                .parameter(
                    "height",
                    480,
                    "Height of synthetic and device pictures; files have their own. 0: the device's.",
                )
                .range(side)
                .unit("px"),
            rate: block
                .parameter(
                    "rate",
                    0.0,
                    "Pictures a second, at most, of a device. 0: the source's own; 30 for scenes and picture files.",
                )
                .range(0.0..=1000.0)
                .unit("Hz")
                .live(),
            repeat: block.parameter("loop", false, "Whether a video begins again at its end."),
            frames: block
                .parameter("frames", 0, "Pictures after which the node ends with success. 0: no end.")
                .range(0..=i64::from(u32::MAX)),
        };
        for package in packages() {
            block.stands_for(package);
        }
        (block, camera)
    }

    /// The rate asked for, in Hz, as it changes; 0: the source's own.
    pub fn rate(&self, node: &mut Node) -> Live<f64> {
        node.live(&self.rate)
    }

    /// Has a timer at a rate follow the parameter from now on; `own` is the source's own rate.
    ///
    /// # Errors
    /// [`Error::Io`] if the system has no descriptors left.
    pub fn follow_rate(&self, node: &mut Node, pace: Pace, own: f64) -> Result<(), Error> {
        let rate = node.live(&self.rate);
        node.on_change(&rate, move |rate| pace.set(rate_or(rate, own)))
    }

    /// The values the node was given.
    pub fn settings(&self, node: &Node) -> Settings {
        let side = |handle| u32::try_from(node.get(handle)).unwrap_or_default();
        Settings {
            source: Source::parse(&node.get(&self.source)),
            size: (side(&self.width), side(&self.height)),
            rate: node.get(&self.rate),
            repeat: node.get(&self.repeat),
            frames: u64::try_from(node.get(&self.frames)).unwrap_or_default(),
        }
    }
}

impl Settings {
    /// The rate asked for, or else `own`, or else 30 Hz.
    pub fn rate_or(&self, own: f64) -> Hertz {
        rate_or(self.rate, own)
    }
}

fn rate_or(asked: f64, own: f64) -> Hertz {
    let usable = |rate: f64| rate.is_finite() && rate > 0.0;
    Hertz([asked, own].into_iter().find(|rate| usable(*rate)).unwrap_or(USUAL_RATE))
}

/// The packages of VisualCircuit that it can stand in for.
fn packages() -> [StandsFor; 6] {
    let device = |package: StandsFor| {
        let package = package.frequency("rate").preset("source", ParameterValue::String("0".to_owned()));
        package.preset("width", ParameterValue::Integer(0)).preset("height", ParameterValue::Integer(0))
    };
    let video = |package: StandsFor| package.frequency("rate").preset("loop", ParameterValue::Bool(true));
    let image = |package: StandsFor| package.frequency("rate");
    let v3 = |name: &str, code: &[&str], out: &str| {
        StandsFor::package(name, code).input("Enable", "enable").output(out, "image")
    };
    let v2 = |name: &str| StandsFor::package2(name).input("E", "enable").output("0", "image");
    [
        device(v3("Camera", &["779aa4ec75f3a8f4"], "Img")),
        video(
            v3("VideoStreamer", &["c5e74a78e231f23c", "1c9658c749384d8b"], "Out")
                .parameter("PathToFile", "source"),
        ),
        image(v3("ImageRead", &["9d7064aaa83a96b2"], "Out").parameter("ImagePath", "source")),
        device(v2("Camera")),
        video(v2("VideoStreamer").parameter("1", "source")),
        image(v2("ImageRead").parameter("1", "source")),
    ]
}

/// Counts published pictures and ends the node after the last.
#[derive(Debug)]
pub struct Countdown {
    sent: u64,
    frames: u64,
    stop: Stop,
}

impl Countdown {
    /// Ends `node` after `frames` pictures; 0: never.
    pub fn new(node: &Node, frames: u64) -> Self {
        Self { sent: 0, frames, stop: node.stopper() }
    }

    /// The number of the next picture, from 0; `None` if the last one was sent.
    pub fn next(&self) -> Option<u64> {
        (self.frames == 0 || self.sent < self.frames).then_some(self.sent)
    }

    /// One more was sent.
    pub fn count(&mut self) {
        self.sent += 1;
        if self.sent == self.frames {
            self.end();
        }
    }

    /// There are no more.
    pub fn end(&mut self) {
        self.frames = self.sent.max(1);
        self.sent = self.frames;
        self.stop.stop();
    }
}

/// Why a scene is not published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CameraError {
    /// The scene.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// The picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The topic.
    #[error(transparent)]
    Topic(#[from] Error),
}

/// Publishes the synthetic scene, drawn into shared memory.
///
/// # Errors
/// [`CameraError`] if the size is not one a scene can have, or the topic cannot be opened.
pub fn play_scene(node: &mut Node, camera: &Camera) -> Result<(), CameraError> {
    let settings = camera.settings(node);
    let or = |side: u32, usual: u32| if side == 0 { usual } else { side };
    let size = (or(settings.size.0, 10 * LEAST), or(settings.size.1, 480));
    let scene = Scene::new(size.0, size.1)?;
    let mut layout = message::layout(size, Encoding::Bgr8, "camera")?;
    let images = node.publisher(&camera.image)?;
    let mut countdown = Countdown::new(node, settings.frames);
    let switch = camera.enable.open(node)?;
    let pace = node.timer(settings.rate_or(USUAL_RATE), move |tick: Tick| {
        let Some(number) = countdown.next().filter(|_| switch.is_on()) else {
            return Ok::<_, CameraError>(());
        };
        message::stamp(&mut layout, tick.time_ns);
        let mut slot = message::loan(&images, &layout)?;
        scene.draw(number, &mut message::pixels(&mut slot, &layout)?)?;
        slot.send_at(tick.time_ns)?;
        countdown.count();
        Ok(())
    })?;
    Ok(camera.follow_rate(node, pace, USUAL_RATE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_apart() {
        assert_eq!(Source::parse("synthetic"), Source::Synthetic);
        assert_eq!(Source::parse("0"), Source::Device(0));
        assert_eq!(Source::parse("/dev/video2"), Source::DevicePath("/dev/video2".into()));
        assert_eq!(Source::parse("clip.mp4"), Source::File("clip.mp4".into()));
        assert_eq!(Source::parse("-1"), Source::File("-1".into()));
    }

    #[test]
    fn the_rate_asked_for_wins_over_the_sources_own() {
        let settings =
            |rate| Settings { source: Source::Synthetic, size: (64, 64), rate, repeat: false, frames: 0 };

        assert_eq!(settings(10.0).rate_or(25.0), Hertz(10.0));
        assert_eq!(settings(0.0).rate_or(25.0), Hertz(25.0));
        for unknown in [0.0, f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(settings(0.0).rate_or(unknown), Hertz(USUAL_RATE));
        }
    }
}
