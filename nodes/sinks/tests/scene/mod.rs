//! The synthetic scene on a stage, without a circuit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use vc_picture::{Encoding, Picture, PictureError, PictureMut};
use vc_sinks::stage::{Shot, Stage};
use vc_sources::synthetic::Scene;

/// A picture in memory of its own; of no size, to be a broken one.
pub(crate) struct Copied(Vec<u8>);

impl Shot for Copied {
    fn picture(&self) -> Result<Picture<'_>, PictureError> {
        Picture::new((640, 480), Encoding::Bgr8, 1920, &self.0)
    }
}

/// The scene of number `frame`.
pub(crate) fn scene(frame: u64) -> Copied {
    let mut data = vec![0; 640 * 480 * 3];
    let mut room = PictureMut::new((640, 480), Encoding::Bgr8, 1920, &mut data).unwrap();
    Scene::new(640, 480).unwrap().draw(frame, &mut room).unwrap();
    Copied(data)
}

/// A picture that is none.
pub(crate) fn broken() -> Copied {
    Copied(Vec::new())
}

/// The time as samples carry it.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos().try_into().unwrap()
}

/// Shows the scene 30 times a second until dropped.
pub(crate) struct Player {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Player {
    pub(crate) fn start(stage: &Arc<Stage<Copied>>) -> Self {
        let (stage, stop) = (Arc::clone(stage), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let play = move || {
            for frame in (0..).take_while(|_| !stopped.load(Ordering::Relaxed)) {
                stage.show(scene(frame), now());
                std::thread::sleep(Duration::from_millis(33));
            }
        };
        Self { stop, thread: Some(std::thread::spawn(play)) }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
    }
}
