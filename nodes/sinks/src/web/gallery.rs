//! The pictures as viewers get them: encoded on demand, once for all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use serde_json::json;

use super::WebOptions;
use crate::stage::{Shot, Shown, Stage};
use vc_picture::PictureError;
use vc_picture::encode::{EncodeError, jpeg, png};

/// The stage, and the newest picture some viewer asked for.
pub(super) struct Gallery<S> {
    stage: Arc<Stage<S>>,
    options: WebOptions,
    encoded: Mutex<Option<Print>>,
}

/// A picture as JPEG, or why there is none of it.
#[derive(Debug, Clone)]
pub(super) struct Print {
    pub(super) sequence: u64,
    pub(super) age: Duration,
    pub(super) rate_hz: f64,
    pub(super) jpeg: Result<Bytes, String>,
}

/// Why a picture is not shown.
#[derive(Debug, thiserror::Error)]
enum PrintError {
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl<S: Shot> Gallery<S> {
    pub(super) fn new(stage: Arc<Stage<S>>, options: WebOptions) -> Self {
        Self { stage, options, encoded: Mutex::new(None) }
    }

    /// The newest picture as soon as it is another than number `after`; `None` if none comes in `patience`.
    pub(super) async fn next(&self, after: u64, patience: Duration) -> Option<Print> {
        let mut pulse = self.stage.pulse();
        let come = pulse.wait_for(|sequence| *sequence != 0 && *sequence != after);
        drop(tokio::time::timeout(patience, come).await.ok()?);
        self.stage.newest().map(|shown| self.print(&shown))
    }

    /// The picture as JPEG. Blocks the web thread while it encodes, and nobody else.
    fn print(&self, shown: &Shown<S>) -> Print {
        let mut encoded = self.encoded.lock().unwrap_or_else(PoisonError::into_inner);
        let print = match encoded.take().filter(|print| print.sequence == shown.sequence) {
            Some(print) => print,
            None => self.encode(shown),
        };
        let print = Print { age: shown.age(), rate_hz: self.stage.rhythm().0, ..print };
        encoded.insert(print).clone()
    }

    fn encode(&self, shown: &Shown<S>) -> Print {
        let jpeg = shown.read(|picture| Ok::<_, PrintError>(jpeg(picture?, self.options.quality)?));
        let jpeg = jpeg.map(Bytes::from).map_err(|error| error.to_string());
        Print { sequence: shown.sequence, age: Duration::ZERO, rate_hz: 0.0, jpeg }
    }

    /// The newest picture as PNG; `None` if there is none yet.
    pub(super) fn snapshot(&self) -> Option<Result<Vec<u8>, String>> {
        let shown = self.stage.newest()?;
        let png = shown.read(|picture| Ok::<_, PrintError>(png(picture?)?));
        Some(png.map_err(|error| error.to_string()))
    }

    /// What is known about the source, as JSON.
    pub(super) fn status(&self) -> String {
        let (rate_hz, silence) = self.stage.rhythm();
        let picture = self.stage.newest().map(|shown| {
            let age_ms = shown.age().as_millis();
            shown.read(|picture| match picture {
                Ok(picture) => json!({
                    "sequence": shown.sequence,
                    "age_ms": u64::try_from(age_ms).unwrap_or(u64::MAX),
                    "width": picture.width(),
                    "height": picture.height(),
                    "encoding": picture.encoding().name(),
                }),
                Err(error) => json!({ "sequence": shown.sequence, "error": error.to_string() }),
            })
        });
        let silent_s = silence.map(|silence| silence.as_secs_f64());
        json!({ "title": self.options.title, "rate_hz": rate_hz, "silent_s": silent_s, "picture": picture })
            .to_string()
    }
}
