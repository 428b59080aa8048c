//! The publishers of one topic that leaves, as they are on the wire.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use vc::topic::{Raw, Sample, Shared};
use vc_ros2::{Attachment, Gid};
use zenoh::bytes::ZBytes;

use crate::clocks::Clocks;
use crate::demand::Foreign;
use crate::pacer::Pacer;
use crate::voice::Voice;

/// How long a sample of a publisher that is not known yet waits to be told whose it is.
const INTRODUCTION: Duration = Duration::from_millis(500);

/// The publishers of the topic on the wire, by the number of the one here.
#[derive(Default)]
pub(crate) struct Lines {
    known: Mutex<HashMap<u128, Arc<Line>>>,
    pub(crate) news: Condvar,
}

/// One publisher on the wire.
pub(crate) struct Line {
    pub(crate) gid: Gid,
    pub(crate) pace: Option<Mutex<Pacer>>,
    pub(crate) voice: Voice,
    /// For those who listen on keys of their own.
    pub(crate) foreign: Foreign,
    pub(crate) others: Vec<Voice>,
}

impl Lines {
    pub(crate) fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u128, Arc<Line>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, publisher: u128) -> Option<Arc<Line>> {
        self.lock().get(&publisher).cloned()
    }

    /// Waits a moment until a publisher is known.
    pub(crate) fn wait_for(&self, publisher: u128) -> Option<Arc<Line>> {
        let known = self.lock();
        let unknown = |known: &mut HashMap<u128, Arc<Line>>| !known.contains_key(&publisher);
        let waited = self.news.wait_timeout_while(known, INTRODUCTION, unknown);
        waited.unwrap_or_else(PoisonError::into_inner).0.get(&publisher).cloned()
    }
}

impl Line {
    pub(crate) fn is_wanted(&self) -> bool {
        self.voice.is_wanted() || self.others.iter().any(Voice::is_wanted)
    }

    /// Sends a sample, and by `clocks` when its publisher did; `false` if it is left out to keep the topic's pace.
    pub(crate) fn put(&self, sample: Sample<Raw, Shared>, clocks: &Clocks) -> zenoh::Result<bool> {
        let envelope = sample.envelope();
        let mut sequence = envelope.sequence;
        if let Some(pace) = &self.pace {
            let mut pace = pace.lock().unwrap_or_else(PoisonError::into_inner);
            if !pace.takes(Instant::now()) {
                return Ok(false);
            }
            // What is left out on purpose is no loss: the count goes on without it.
            sequence -= pace.left_out;
        }
        let sent = clocks.stamp(envelope.age());
        let attachment = Attachment {
            sequence: sequence.cast_signed(),
            source_time_ns: envelope.source_time_ns,
            gid: self.gid,
        };
        let attachment = ZBytes::from(&attachment.encode()[..]);
        // What is kept for late joiners must not hold slots of shared memory; all else is not copied.
        let payload = if self.voice.keeps() {
            ZBytes::from(sample.cdr())
        } else {
            ZBytes::from(Bytes::from_owner(Lent(sample.into_bytes())))
        };
        for other in &self.others {
            other.put(payload.clone(), attachment.clone(), Some(sent))?;
        }
        self.voice.put(payload, attachment, Some(sent)).map(|()| true)
    }
}

/// A sample that zenoh reads where it lies.
struct Lent(vc::topic::SampleBytes);

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
