//! A running circuit's view, in a thread of its own: a slow terminal slows nobody but itself.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use vc_supervise::Observer;

use super::Style;
use super::board::Places;
use super::json::JsonView;
use super::live::LiveView;
use super::plain::PlainView;
use super::queue::{Item, Queue};

/// Between two refreshes when nothing happens.
const REFRESH: Duration = Duration::from_millis(500);
/// The least time between two writes: what comes in it is written in one go.
const GATHER: Duration = Duration::from_millis(30);

/// How long whoever reads what is shown may read nothing at all once everything has ended.
const READER: Duration = Duration::from_secs(10);
/// Between two looks at whether all is written.
const LOOK: Duration = Duration::from_millis(5);
/// What is written at once: so much smaller than a pipe that a slow reader is told from none.
const PIECE: usize = 4096;

/// One way to show a running circuit.
pub(crate) trait View: Send {
    /// Takes in what happened and gives what to write now.
    fn show(&mut self, items: Vec<Item>) -> String;
}

/// Shows a running circuit.
pub(crate) struct Reporter {
    queue: Arc<Queue>,
    thread: JoinHandle<()>,
    /// How many pieces have been written.
    written: Arc<AtomicU64>,
}

impl Reporter {
    /// Starts to show.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn start(title: &str, json: bool, style: Style) -> io::Result<Self> {
        Self::across(title, Places::new(), json, style)
    }

    /// The same, of a circuit on several machines.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn across(title: &str, places: Places, json: bool, style: Style) -> io::Result<Self> {
        Self::of_view(if json {
            Box::new(JsonView::new(places))
        } else if style.live {
            Box::new(LiveView::new(title, places, style.colour_out))
        } else {
            Box::new(PlainView::new(title, places, style.colour_out))
        })
    }

    /// Starts to show in one way.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn of_view(mut view: Box<dyn View>) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let (source, written) = (Arc::clone(&queue), Arc::new(AtomicU64::new(0)));
        let count = Arc::clone(&written);
        let show = move || write_all(&source, view.as_mut(), &count);
        let thread = thread::Builder::new().name("vc-report".into()).spawn(show)?;
        Ok(Self { queue, thread, written })
    }

    /// To be fed by the supervisor.
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.queue) as Arc<dyn Observer>
    }

    /// Writes what is left and ends. A reader that reads nothing any more is waited for no longer than [`READER`].
    pub(crate) fn finish(self) {
        self.queue.close();
        let mut seen = (self.written.load(Ordering::Relaxed), Instant::now());
        while !self.thread.is_finished() {
            thread::sleep(LOOK);
            let written = self.written.load(Ordering::Relaxed);
            if written != seen.0 {
                seen = (written, Instant::now());
            } else if seen.1.elapsed() > READER {
                let left = super::count(self.queue.len(), "event");
                super::note(&format!(
                    "standard output was not read for {} s: the last of it and {left} after it are not shown",
                    READER.as_secs()
                ));
                return;
            }
        }
    }
}

fn write_all(queue: &Queue, view: &mut dyn View, written: &AtomicU64) {
    // If nobody reads any more the circuit goes on; Ctrl-C still stops it.
    while let Some(items) = queue.take(Instant::now() + REFRESH) {
        let text = view.show(items);
        let mut out = io::stdout().lock();
        for piece in text.as_bytes().chunks(PIECE) {
            let _ = out.write_all(piece).and_then(|()| out.flush());
            written.fetch_add(1, Ordering::Relaxed);
        }
        drop(out);
        queue.gather(GATHER);
    }
}
