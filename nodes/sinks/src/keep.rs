//! The newest picture as a PNG file: once a second while pictures come, and at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use vc_picture::{Picture, PictureError};

use crate::stage::{Shot, Stage};
use vc_picture::encode::{EncodeError, png};

/// Time between two writings of the file.
const PERIOD: Duration = Duration::from_secs(1);

/// Why a picture was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeepError {
    /// The folder or a file in it.
    #[error("cannot write `{}`", .path.display())]
    Write {
        /// What could not be written.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not a picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Not encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// No thread to do it.
    #[error("cannot start the thread that writes pictures")]
    Thread(#[source] std::io::Error),
}

/// Writes the newest picture to `last.png` in a folder, on a thread of its own.
#[derive(Debug)]
pub struct Keeper {
    stop: Sender<()>,
    thread: JoinHandle<Result<(), KeepError>>,
}

impl Keeper {
    /// Starts to keep what is on `stage` in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// [`KeepError`] if the folder cannot be made.
    pub fn start<S: Shot>(stage: Arc<Stage<S>>, folder: &Path) -> Result<Self, KeepError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| KeepError::Write { path: folder.to_owned(), source })?;
        let path = folder.join("last.png");
        let (stop, stopped) = channel();
        let work = move || {
            let mut written = 0;
            loop {
                let end = !matches!(stopped.recv_timeout(PERIOD), Err(RecvTimeoutError::Timeout));
                if let Some(shown) = stage.newest().filter(|shown| shown.sequence != written) {
                    let outcome = shown.read(|picture| store(picture?, &path));
                    if end {
                        return outcome;
                    }
                    if let Err(error) = outcome {
                        tracing::warn!(error = &error as &dyn std::error::Error, "picture not stored");
                    }
                    written = shown.sequence;
                }
                if end {
                    return Ok(());
                }
            }
        };
        let thread = std::thread::Builder::new().name("keep".to_owned()).spawn(work);
        Ok(Self { stop, thread: thread.map_err(KeepError::Thread)? })
    }

    /// Writes the last picture and ends.
    ///
    /// # Errors
    /// [`KeepError`] if the last picture was not stored.
    pub fn finish(self) -> Result<(), KeepError> {
        drop(self.stop);
        self.thread.join().unwrap_or(Ok(()))
    }
}

/// Writes a picture so that a reader of `path` finds the old one or the new one, never a part.
fn store(picture: Picture<'_>, path: &Path) -> Result<(), KeepError> {
    let bytes = png(picture)?;
    let unfinished = path.with_extension(format!("png.{}", std::process::id()));
    let written = std::fs::write(&unfinished, bytes).and_then(|()| std::fs::rename(&unfinished, path));
    written.map_err(|source| {
        let _ = std::fs::remove_file(&unfinished);
        KeepError::Write { path: path.to_owned(), source }
    })
}

#[cfg(test)]
mod tests {
    use vc_picture::Encoding;

    use super::*;

    struct Grey(Vec<u8>);

    impl Shot for Grey {
        fn picture(&self) -> Result<Picture<'_>, PictureError> {
            Picture::new((4, 4), Encoding::Mono8, 4, &self.0)
        }
    }

    fn level(path: &Path) -> Option<u8> {
        let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
        let mut pixels = [0; 16];
        png::Decoder::new(file).read_info().unwrap().next_frame(&mut pixels).unwrap();
        Some(pixels[0])
    }

    #[test]
    fn the_last_picture_is_kept_at_the_end_and_no_other_file_is_left() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("not/yet");
        let stage = Arc::new(Stage::default());
        let keeper = Keeper::start(Arc::clone(&stage), &folder).unwrap();

        (0..10).for_each(|level| stage.show(Grey(vec![level; 16]), 0));
        keeper.finish().unwrap();

        assert_eq!(level(&folder.join("last.png")), Some(9));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn pictures_are_kept_while_they_come() {
        let home = tempfile::tempdir().unwrap();
        let stage = Arc::new(Stage::default());
        let keeper = Keeper::start(Arc::clone(&stage), home.path()).unwrap();
        let path = home.path().join("last.png");

        stage.show(Grey(vec![7; 16]), 0);

        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while level(&path) != Some(7) {
            assert!(std::time::Instant::now() < deadline, "no picture was written");
            std::thread::sleep(Duration::from_millis(50));
        }
        keeper.finish().unwrap();
    }

    #[test]
    fn a_broken_picture_and_a_folder_that_cannot_be_are_errors() {
        let home = tempfile::tempdir().unwrap();
        let stage = Arc::new(Stage::default());
        let keeper = Keeper::start(Arc::clone(&stage), home.path()).unwrap();
        stage.show(Grey(vec![7; 3]), 0);
        assert!(matches!(keeper.finish(), Err(KeepError::Picture(PictureError::Short { .. }))));

        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Keeper::start(stage, &file.join("folder")).unwrap_err();
        assert!(matches!(error, KeepError::Write { .. }));
    }
}
