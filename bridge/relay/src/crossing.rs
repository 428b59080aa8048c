//! A topic on its way from those who speak one dialect to those who speak the other.
//!
//! Bytes stay as they are: both dialects carry CDR. Between zenoh's thread that receives and the one that sends lies a
//! queue of its own for each topic and way, so that a slow link holds up no other topic; what it cannot hold is dropped,
//! oldest first, and counted.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Instant;

use vc::clock::now;
use vc_ros2::{Attachment, DataKey, Gid, dds};
use vc_words::qos::MAX_KEPT;
use vc_words::{Durability, Qos, TopicName, TypeInfo};
use zenoh::bytes::ZBytes;
use zenoh::sample::{Sample, SampleKind};

use crate::across::{Across, Toward};
use crate::counters::Crossed;
use crate::error::{RelayError, chain};
use crate::inlet::{Ear, is_cdr, listen};
use crate::outlet::Ways;
use crate::pacer::Pacer;
use crate::remote::Remote;
use crate::tokens::said_under;
use crate::voice::{Manner, Voice};

/// A topic that is interpreted at the moment.
pub(crate) struct Crossing {
    toward: Toward,
    across: Across,
    lane: Arc<Lane>,
    _ear: Ear,
}

/// What lies between who is heard and who is spoken to.
struct Lane {
    topic: TopicName,
    depth: usize,
    waiting: Mutex<Waiting>,
    news: Condvar,
    counters: Crossed,
    /// How far what robots on DDS say has been counted: they do not count.
    count: AtomicI64,
    remote: Arc<RwLock<Remote>>,
}

#[derive(Default)]
struct Waiting {
    samples: VecDeque<(Attachment, ZBytes)>,
    ended: bool,
}

/// Who is spoken to: each key, and under whose name; none: the sender's own.
struct Mouth {
    voice: Voice,
    gid: Option<Gid>,
}

impl Crossing {
    pub(crate) fn open(
        ways: &Ways<'_>,
        remote: &Arc<RwLock<Remote>>,
        topic: &TopicName,
        (toward, across): (Toward, &Across),
    ) -> Result<Self, RelayError> {
        let (Some(publishers), Some(subscribers)) = (&across.publishers, &across.subscribers) else {
            return Err(RelayError::Zenoh {
                action: "interpret a topic",
                reason: "nobody wants it".to_owned(),
            });
        };
        let lane = Arc::new(Lane {
            topic: topic.clone(),
            // Of samples of any size that nobody here asked for: no more than what may be kept.
            depth: publishers.qos.depth.max(subscribers.qos.depth).min(MAX_KEPT) as usize,
            waiting: Mutex::default(),
            news: Condvar::new(),
            counters: Crossed::default(),
            count: AtomicI64::new(0),
            remote: Arc::clone(remote),
        });
        let mouths = mouths(ways, topic, toward, across, publishers.qos)?;
        let limit = ways.rules.limit(topic);
        let (to, pace) = (Arc::clone(&lane), limit.max_rate.map(Pacer::new));
        let speaking = std::thread::Builder::new().name("crosses".to_owned());
        speaking.spawn(move || to.speak(&mouths, pace)).map_err(RelayError::io("start a thread"))?;

        let kept = across.is_kept().then_some(lane.depth);
        let carried = TypeInfo { name: across.type_name.clone(), hash: String::new() };
        let to = Arc::clone(&lane);
        let ear = match toward {
            Toward::Dds => {
                let key = DataKey { domain: ways.domain, topic: topic.clone(), carried };
                let key = key.any_hash().unwrap_or_default();
                listen(ways.session, key, kept, move |sample| to.take(&sample))
            }
            Toward::Rmw => {
                let key = dds::key_of(topic, None);
                listen(ways.session, key, kept, move |sample| to.take_from_dds(&sample))
            }
        };
        // With an error the thread ends too: by the lane's end.
        let ear = ear.inspect_err(|_| lane.end())?;
        tracing::debug!(%topic, ?toward, "is interpreted");
        Ok(Self { toward, across: across.clone(), lane, _ear: ear })
    }

    /// Whether it does what is asked for; else another one is needed. Who joins another one of its kind changes nothing.
    pub(crate) fn suits(&self, across: &Across) -> bool {
        let asks = |across: &Across| {
            let hashes = if self.toward == Toward::Dds { None } else { Some(across.hashes.clone()) };
            let reliability = across.publishers.as_ref().map(|side| side.qos.reliability);
            (across.type_name.clone(), hashes, across.is_kept(), across.is_wanted(), reliability)
        };
        asks(&self.across) == asks(across)
    }

    pub(crate) fn counters(&self) -> &Crossed {
        &self.lane.counters
    }
}

impl Drop for Crossing {
    fn drop(&mut self) {
        self.lane.end();
    }
}

fn mouths(
    ways: &Ways<'_>,
    topic: &TopicName,
    toward: Toward,
    across: &Across,
    publishers: Qos,
) -> Result<Vec<Mouth>, RelayError> {
    let durability = if across.is_kept() { Durability::TransientLocal } else { Durability::Volatile };
    let qos = Qos { durability, ..publishers }.keep_last(publishers.depth);
    let priority = ways.rules.limit(topic).priority;
    let mouth = |key: String, gid| {
        let voice = Voice::open(ways.session, Manner { key, qos, priority }, ways.wake)?;
        Ok(Mouth { voice, gid })
    };
    match toward {
        Toward::Dds => Ok(vec![mouth(dds::key_of(topic, None), None)?]),
        Toward::Rmw => {
            let each = said_under(across).into_iter().filter_map(|hash| {
                let carried = TypeInfo { name: across.type_name.clone(), hash };
                let gid = ways.tokens.interpreted(topic, &carried)?;
                Some((DataKey { domain: ways.domain, topic: topic.clone(), carried }.exact()?, gid))
            });
            each.map(|(key, gid)| mouth(key, Some(gid))).collect()
        }
    }
}

impl Lane {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.lock().ended = true;
        self.news.notify_all();
    }

    /// A node with `rmw_zenoh` sent a sample.
    fn take(&self, sample: &Sample) {
        if sample.kind() != SampleKind::Put {
            return;
        }
        let attachment = sample.attachment().and_then(|bytes| Attachment::decode(&bytes.to_bytes()));
        let Some(attachment) = attachment else { return self.counters.no_attachment.add(1) };
        let hash = sample.key_expr().as_str().rsplit('/').next().unwrap_or_default();
        let remote = self.remote.read().unwrap_or_else(PoisonError::into_inner);
        let speaks_itself =
            remote.origin(attachment.gid).is_some_and(|origin| remote.is_bilingual(&origin.session));
        let is_for_others = speaks_itself || remote.is_for_others(attachment.gid, hash);
        drop(remote);
        if !is_for_others {
            self.enter(attachment, sample.payload());
        }
    }

    /// A bridge to DDS sent a sample: it tells neither whose it is nor which.
    fn take_from_dds(&self, sample: &Sample) {
        // With an attachment it is of a relay, and comes on ROS 2's key too.
        if sample.kind() != SampleKind::Put || sample.attachment().is_some() {
            return;
        }
        let sequence = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        self.enter(Attachment { sequence, source_time_ns: now(), gid: Gid([0; 16]) }, sample.payload());
    }

    fn enter(&self, attachment: Attachment, payload: &ZBytes) {
        if !is_cdr(payload) {
            return self.counters.no_cdr.add(1);
        }
        let mut waiting = self.lock();
        if waiting.samples.len() >= self.depth {
            waiting.samples.pop_front();
            self.counters.too_slow.add(1);
        }
        waiting.samples.push_back((attachment, payload.clone()));
        drop(waiting);
        self.news.notify_one();
    }

    /// What the topic's thread does.
    fn speak(&self, mouths: &[Mouth], mut pace: Option<Pacer>) {
        while let Some((mut attachment, payload)) = self.next() {
            if let Some(pace) = &mut pace {
                if !pace.takes(Instant::now()) {
                    continue;
                }
                // What is left out on purpose is no loss.
                attachment.sequence = attachment.sequence.saturating_sub_unsigned(pace.left_out);
            }
            let mut sent = Ok(());
            for mouth in mouths {
                let attachment = Attachment { gid: mouth.gid.unwrap_or(attachment.gid), ..attachment };
                sent =
                    sent.and(mouth.voice.put(payload.clone(), ZBytes::from(&attachment.encode()[..]), None));
            }
            match sent {
                Ok(()) => {
                    self.counters.samples.add(1);
                    self.counters.bytes.add(payload.len() as u64);
                }
                Err(error) => {
                    self.counters.refused.add(1);
                    tracing::debug!(topic = %self.topic, error = %chain(&*error), "zenoh refused a sample");
                }
            }
        }
    }

    /// Waits for the next sample; none: this has ended.
    fn next(&self) -> Option<(Attachment, ZBytes)> {
        let idle = |waiting: &mut Waiting| waiting.samples.is_empty() && !waiting.ended;
        let waited = self.news.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let mut waiting = waited;
        waiting.samples.pop_front()
    }
}
