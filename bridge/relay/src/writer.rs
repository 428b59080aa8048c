//! Writes what comes into slots of shared memory: the one copy on this side.
//!
//! Small samples are written at once, by zenoh's thread. A large one takes a while, in which that thread would read
//! nothing of any topic from the link: so a topic with large samples has a thread that writes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use vc::topic::{Publisher, Raw, Relayed, Shared};
use vc_words::TopicName;
use zenoh::bytes::ZBytes;

use crate::counters::Came;
use crate::error::chain;

/// A larger sample takes longer to write than to hand over: some 50 µs.
const LARGE: usize = 256 << 10;
/// Large samples that wait to be written; then the link waits too.
const MOST_WAITING: usize = 2;

/// A topic's writer.
pub(crate) struct Writer {
    slots: Arc<Slots>,
    /// Since the first large sample.
    aide: Option<Aide>,
}

/// Where samples are written.
struct Slots {
    topic: TopicName,
    publisher: Publisher<Raw, Shared>,
    counters: Arc<Came>,
    /// Samples that the other thread has not written yet.
    waiting: AtomicUsize,
}

/// The thread that writes large samples. When it is dropped, it has written all of them.
struct Aide {
    queue: Option<SyncSender<(Relayed, ZBytes)>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn new(topic: TopicName, publisher: Publisher<Raw, Shared>, counters: Arc<Came>) -> Self {
        let slots = Slots { topic, publisher, counters, waiting: AtomicUsize::new(0) };
        Self { slots: Arc::new(slots), aide: None }
    }

    /// Writes a sample, or has it written. In the order of the calls.
    pub(crate) fn write(&mut self, from: Relayed, payload: &ZBytes) {
        let is_behind = self.slots.waiting.load(Ordering::Acquire) > 0;
        if payload.len() <= LARGE && !is_behind {
            return self.slots.write(&from, payload);
        }
        if self.aide.is_none() {
            self.aide = Aide::start(&self.slots);
        }
        match self.aide.as_ref().and_then(|aide| aide.queue.as_ref()) {
            Some(queue) => {
                self.slots.waiting.fetch_add(1, Ordering::Relaxed);
                if queue.send((from, payload.clone())).is_err() {
                    self.slots.counters.no_room.add(1);
                }
            }
            None => self.slots.write(&from, payload),
        }
    }
}

impl Aide {
    /// None where the system gives no thread: then zenoh's does its work.
    fn start(slots: &Arc<Slots>) -> Option<Self> {
        let (queue, waiting) = sync_channel(MOST_WAITING);
        let slots = Arc::clone(slots);
        let thread = std::thread::Builder::new().name("writes".to_owned());
        let thread = thread.spawn(move || slots.write_all(&waiting)).ok()?;
        Some(Self { queue: Some(queue), thread: Some(thread) })
    }
}

impl Drop for Aide {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Slots {
    fn write_all(&self, waiting: &Receiver<(Relayed, ZBytes)>) {
        for (from, payload) in waiting {
            self.write(&from, &payload);
            self.waiting.fetch_sub(1, Ordering::Release);
        }
    }

    fn write(&self, from: &Relayed, payload: &ZBytes) {
        let sent = self.publisher.loan_cdr(payload.len()).and_then(|mut loan| {
            let mut rest = loan.cdr_mut();
            for slice in payload.slices() {
                let (now, later) = rest.split_at_mut(slice.len().min(rest.len()));
                now.copy_from_slice(&slice[..now.len()]);
                rest = later;
            }
            loan.send_relayed(from)
        });
        match sent {
            Ok(()) => {
                self.counters.samples.add(1);
                self.counters.bytes.add(payload.len() as u64);
            }
            Err(error) => {
                self.counters.no_room.add(1);
                tracing::debug!(topic = %self.topic, error = %chain(&error), "cannot write a sample here");
            }
        }
    }
}
