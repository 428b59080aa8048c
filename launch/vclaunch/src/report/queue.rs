//! Between the supervisor, which must never wait, and the thread that writes, which may have to.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use vc_supervise::{Event, Line, Observer};

/// Lines that wait to be written. A node that writes more waits itself, at its pipe.
const LINES: usize = 512;
/// Events that wait to be written. Beyond this, those that the next ones make stale are left out.
const EVENTS: usize = 4096;

/// Something to show, and when it was.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) at: Instant,
    pub(crate) what: What,
}

/// Something to show.
#[derive(Debug)]
pub(crate) enum What {
    Event(Event),
    Line(Line),
}

#[derive(Debug, Default)]
struct Inner {
    items: VecDeque<Item>,
    lines: usize,
    /// Nobody waits any more: what still comes is little.
    is_rest: bool,
    is_closed: bool,
}

/// What is waiting to be shown, in order.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
}

impl Queue {
    /// Nothing more will come.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// How much waits to be shown.
    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Takes all there is; if there is nothing, waits until `until`. None: closed and empty.
    pub(crate) fn take(&self, until: Instant) -> Option<Vec<Item>> {
        let mut inner = self.lock();
        while inner.items.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if inner.is_closed {
                return None;
            }
            if left.is_zero() {
                break;
            }
            inner = self.changed.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        inner.lines = 0;
        let items = inner.items.drain(..).collect();
        self.changed.notify_all();
        Some(items)
    }

    /// Lets more come together; ends early when nothing more will come.
    pub(crate) fn gather(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut inner = self.lock();
        while !inner.is_closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            inner = self.changed.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Queue {
    fn event(&self, event: Event) {
        let mut inner = self.lock();
        let is_passing = matches!(event, Event::Wires(_) | Event::Status { .. });
        if is_passing && inner.items.len() - inner.lines >= EVENTS {
            return;
        }
        inner.items.push_back(Item { at: Instant::now(), what: What::Event(event) });
        self.changed.notify_all();
    }

    fn line(&self, line: Line) {
        let mut inner = self.lock();
        while inner.lines >= LINES && !inner.is_rest && !inner.is_closed {
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        if !inner.is_closed {
            inner.lines += 1;
            inner.items.push_back(Item { at: Instant::now(), what: What::Line(line) });
            self.changed.notify_all();
        }
    }

    fn rest(&self) {
        self.lock().is_rest = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use vc_supervise::Stream;

    fn line() -> Line {
        Line { node: "a".into(), stream: Stream::Stdout, text: "x".into() }
    }

    #[test]
    fn lines_wait_and_events_do_not() {
        let queue = Arc::new(Queue::default());
        let flood = Arc::clone(&queue);
        let flooding = std::thread::spawn(move || (0..2 * LINES).for_each(|_| flood.line(line())));
        let far = Instant::now() + Duration::from_secs(30);

        let mut lines = 0;
        while lines < 2 * LINES {
            (0..3 * EVENTS).for_each(|_| queue.event(Event::Wires(Vec::new())));
            let items = queue.take(far).unwrap();
            let seen = items.iter().filter(|item| matches!(item.what, What::Line(_))).count();
            assert!(seen <= LINES && items.len() - seen <= EVENTS);
            lines += seen;
        }

        flooding.join().unwrap();
    }

    #[test]
    fn no_line_waits_or_is_lost_once_all_processes_have_ended() {
        let queue = Arc::new(Queue::default());
        let flood = Arc::clone(&queue);
        let flooding = std::thread::spawn(move || (0..=LINES).for_each(|_| flood.line(line())));
        while queue.len() < LINES {
            std::thread::yield_now();
        }

        queue.rest();
        flooding.join().unwrap();
        queue.line(line());
        queue.close();

        assert_eq!(queue.take(Instant::now()).map(|items| items.len()), Some(LINES + 2));
    }

    #[test]
    fn what_came_before_the_end_is_still_taken() {
        let queue = Queue::default();
        queue.line(line());
        queue.close();
        queue.line(line());

        assert_eq!(queue.take(Instant::now()).map(|items| items.len()), Some(1));
        assert!(queue.take(Instant::now()).is_none());
    }
}
