//! A running circuit's view, in a thread of its own: a slow terminal slows nobody but itself.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use vc_supervise::Observer;

use super::Style;
use super::json::JsonView;
use super::live::LiveView;
use super::plain::PlainView;
use super::queue::{Item, Queue};

/// Between two refreshes when nothing happens.
const REFRESH: Duration = Duration::from_millis(500);
/// The least time between two writes: what comes in it is written in one go.
const GATHER: Duration = Duration::from_millis(30);

/// One way to show a running circuit.
pub(crate) trait View: Send {
    /// Takes in what happened and gives what to write now.
    fn show(&mut self, items: Vec<Item>) -> String;
}

/// Shows a running circuit.
pub(crate) struct Reporter {
    queue: Arc<Queue>,
    thread: JoinHandle<()>,
}

impl Reporter {
    /// Starts to show.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn start(title: &str, json: bool, style: Style) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let mut view: Box<dyn View> = if json {
            Box::new(JsonView::new())
        } else if style.live {
            Box::new(LiveView::new(title, style.colour_out))
        } else {
            Box::new(PlainView::new(title, style.colour_out))
        };
        let source = Arc::clone(&queue);
        let show = move || write_all(&source, view.as_mut());
        let thread = thread::Builder::new().name("vc-report".into()).spawn(show)?;
        Ok(Self { queue, thread })
    }

    /// To be fed by the supervisor.
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.queue) as Arc<dyn Observer>
    }

    /// Writes what is left and ends.
    pub(crate) fn finish(self) {
        self.queue.close();
        // A panic there has been told by its own message.
        let _ = self.thread.join();
    }
}

fn write_all(queue: &Queue, view: &mut dyn View) {
    // If nobody reads any more the circuit goes on; Ctrl-C still stops it.
    while let Some(items) = queue.take(Instant::now() + REFRESH) {
        let text = view.show(items);
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        drop(out);
        queue.gather(GATHER);
    }
}
