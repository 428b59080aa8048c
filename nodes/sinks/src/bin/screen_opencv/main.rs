//! The block `screen` with OpenCV: shows the pictures of `image` in a window, or stores them in a video file.
//!
//! Not meant to be started by name: `screen` becomes it when its parameters ask for it.

mod record;
mod window;

use vc::prelude::*;
use vc_sinks::screen::{self, Out, Screen, View};

use crate::record::Recorder;

fn main() -> NodeResult {
    let (block, screen) = Screen::declare();
    let node = block.open()?;
    let settings = screen.settings(&node);
    match &settings.out {
        _ if settings.view == View::Window => window::run(node, &screen)?,
        Out::Video(path) => {
            let mut recorder = Recorder::new(path, settings.rate);
            screen::run(node, &screen, |picture| Ok(recorder.write(picture)?))?;
        }
        _ => screen::run(node, &screen, |_| Ok(()))?,
    }
    Ok(())
}
