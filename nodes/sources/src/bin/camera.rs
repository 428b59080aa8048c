//! Publishes pictures of a camera, a video, a picture file or a drawn scene on `image`.
//!
//! Draws the scene itself; for everything else it becomes `camera_capture`, which links OpenCV.

use vc::prelude::*;
use vc_picture::sibling::{Preview, become_sibling};
use vc_sources::camera::{Camera, Source, play_scene};

fn main() -> NodeResult {
    let (block, camera) = Camera::declare();
    if Preview::of(&block).is_some_and(|given| Source::parse(&given.text("source")) != Source::Synthetic) {
        become_sibling("camera_capture", "for devices, video files and picture files")?;
    }
    let mut node = block.open()?;
    play_scene(&mut node, &camera)
        .map_err(|error| Error::Callback { port: "camera".to_owned(), source: error.into() })?;
    node.run()
}
