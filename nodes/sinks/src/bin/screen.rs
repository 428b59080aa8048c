//! Shows the pictures of `image` in a window or on a page of this host, and stores them.
//!
//! Serves the page and writes PNG files itself; for a window or a video file it becomes `screen_opencv`.

use vc::prelude::*;
use vc_picture::sibling::{Preview, become_sibling};
use vc_sinks::screen::{self, Screen};

fn main() -> NodeResult {
    let (block, screen) = Screen::declare();
    if Preview::of(&block).is_some_and(|given| screen::needs_opencv(&given)) {
        become_sibling("screen_opencv", "for windows and video files")?;
    }
    Ok(screen::run(block.open()?, &screen, |_| Ok(()))?)
}
