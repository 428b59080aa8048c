//! The block `camera` with OpenCV: publishes pictures of a device, a video file or a picture file on `image`.
//!
//! Not meant to be started by name: `camera` becomes it when its parameter `source` asks for it.

mod error;
mod play;
mod reader;

use vc::prelude::*;
use vc_sources::camera::{Camera, Source, play_scene};

fn main() -> NodeResult {
    let (block, camera) = Camera::declare();
    let mut node = block.open()?;
    let failed = |source| Error::Callback { port: "camera".to_owned(), source };
    match camera.settings(&node).source {
        Source::Synthetic => play_scene(&mut node, &camera).map_err(|error| failed(error.into()))?,
        _ => play::play(&mut node, &camera).map_err(|error| failed(error.into()))?,
    }
    node.run()
}
