//! Serves the page with the synthetic scene, without a circuit: `page [PORT [SECONDS]]`, then falls silent.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for whoever changes the page")]

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use vc_picture::{Encoding, Picture, PictureError, PictureMut};
use vc_sinks::stage::{Shot, Stage};
use vc_sinks::web::{Web, WebOptions};
use vc_sources::synthetic::Scene;

struct Copied(Vec<u8>);

impl Shot for Copied {
    fn picture(&self) -> Result<Picture<'_>, PictureError> {
        Picture::new((640, 480), Encoding::Bgr8, 1920, &self.0)
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let port = args.next().map_or(0, |arg| arg.parse().unwrap());
    let frames = args.next().map_or(u64::MAX, |arg| 30 * arg.parse::<u64>().unwrap());
    let stage = Arc::new(Stage::default());
    let options = WebOptions { title: "/screen".to_owned(), port, quality: 80 };
    let web = Web::start(Arc::clone(&stage), options).unwrap();
    println!("http://{}/", web.address());
    let scene = Scene::new(640, 480).unwrap();
    for frame in 0..frames {
        let mut data = vec![0; 640 * 480 * 3];
        scene
            .draw(frame, &mut PictureMut::new((640, 480), Encoding::Bgr8, 1920, &mut data).unwrap())
            .unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        stage.show(Copied(data), i64::try_from(now).unwrap());
        std::thread::sleep(Duration::from_millis(33));
    }
    loop {
        std::thread::park();
    }
}
