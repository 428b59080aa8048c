//! A topic that comes in.
//!
//! Each sample is written into a slot of shared memory, the one copy on this side, and sent: that never waits, since a
//! full queue drops its oldest sample.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use vc::clock::now;
use vc::topic::{Publisher, Raw, Relayed, Shared};
use vc_ros2::{Attachment, DataKey, Gid, NO_HASH, dds};
use vc_words::{Qos, TopicName, TypeInfo};
use zenoh::bytes::ZBytes;
use zenoh::key_expr::KeyExpr;
use zenoh::pubsub::Subscriber;
use zenoh::sample::{Locality, Sample, SampleKind};
use zenoh::{Session, Wait};
use zenoh_ext::{AdvancedSubscriber, AdvancedSubscriberBuilderExt, HistoryConfig, RecoveryConfig};

use crate::clocks::Clocks;
use crate::counters::{Came, Sequences};
use crate::demand::{In, profile};
use crate::error::RelayError;
use crate::outlet::Ways;
use crate::remote::Remote;
use crate::tokens::OwnGids;
use crate::wake::Wake;
use crate::writer::Writer;

/// Samples that are kept until the topic is open here.
const MOST_EARLY: usize = 16;
/// The length of CDR's header.
const HEADER: usize = 4;

/// A topic that may come in.
pub(crate) struct Inlet {
    carried: TypeInfo,
    /// Whether bridges to DDS are listened to.
    dds: bool,
    arrivals: Arc<Arrivals>,
    /// The key of samples whose type has our hash. zenoh remembers the way of a declared key; for another one it would
    /// look through all keys at each sample.
    _expected: Option<KeyExpr<'static>>,
    _ears: Vec<Ear>,
}

/// Listens as long as it is there.
pub(crate) enum Ear {
    Plain { _subscriber: Subscriber<()> },
    Keeping { _subscriber: AdvancedSubscriber<()> },
}

/// What comes, and where it goes. Used by zenoh's threads.
struct Arrivals {
    topic: TopicName,
    hash: String,
    /// Whether what was sent before is fetched; and how much of it.
    kept: Option<usize>,
    state: Mutex<State>,
    counters: Arc<Came>,
    own: OwnGids,
    clocks: Clocks,
    remote: Arc<RwLock<Remote>>,
    wake: Wake,
}

#[derive(Default)]
struct State {
    /// Where samples are written; none until the loop has opened it.
    writer: Option<Writer>,
    early: VecDeque<(Relayed, ZBytes)>,
    sequences: Sequences,
    /// Samples of bridges to DDS, which do not count.
    from_dds: i64,
}

impl Inlet {
    pub(crate) fn open(
        ways: &Ways<'_>,
        remote: &Arc<RwLock<Remote>>,
        topic: &TopicName,
        coming: &In,
    ) -> Result<Self, RelayError> {
        let kept = coming.kept();
        let arrivals = Arc::new(Arrivals {
            topic: topic.clone(),
            hash: coming.carried.hash.clone(),
            kept,
            state: Mutex::default(),
            counters: Arc::default(),
            own: ways.tokens.own().clone(),
            clocks: ways.clocks.clone(),
            remote: Arc::clone(remote),
            wake: ways.wake.clone(),
        });
        let key = DataKey { domain: ways.domain, topic: topic.clone(), carried: coming.carried.clone() };
        let declare = |key| ways.session.declare_keyexpr(key).wait();
        let expected = key.exact().map(declare).transpose().map_err(RelayError::zenoh("subscribe"))?;
        let to = Arc::clone(&arrivals);
        let mut ears = vec![listen(ways.session, key.any_hash().unwrap_or_default(), kept, move |sample| {
            to.take(&sample);
        })?];
        if coming.dds {
            let (key, to) = (dds::key_of(topic, None), Arc::clone(&arrivals));
            ears.push(listen(ways.session, key, kept, move |sample| to.take_from_dds(&sample))?);
        }
        Ok(Self {
            carried: coming.carried.clone(),
            dds: coming.dds,
            arrivals,
            _expected: expected,
            _ears: ears,
        })
    }

    pub(crate) fn counters(&self) -> &Came {
        &self.arrivals.counters
    }

    /// Whether samples would be written here now.
    pub(crate) fn is_open(&self) -> bool {
        self.arrivals.lock().writer.is_some()
    }

    /// Whether it does what `coming` asks for; else another one is needed. What is fetched once is no harm later.
    pub(crate) fn suits(&self, coming: &In) -> bool {
        self.carried == coming.carried && coming.kept() <= self.arrivals.kept && coming.dds <= self.dds
    }

    /// Opens the topic here if somebody elsewhere publishes it, or did already.
    pub(crate) fn update(&self, ways: &Ways<'_>, coming: &In) -> Result<(), RelayError> {
        let (is_open, has_early) = {
            let state = self.arrivals.lock();
            (state.writer.is_some(), !state.early.is_empty())
        };
        let kept = self.arrivals.kept.is_some();
        // Whoever publishes without saying so is believed by its samples.
        let unannounced = has_early.then(|| profile(&[Qos::DEFAULT], kept));
        match coming.writing.or(unannounced) {
            Some(qos) if !is_open => {
                let qos = Qos { durability: profile(&[qos], kept).durability, ..qos };
                let publisher = ways.host.publisher(&self.arrivals.topic, &self.carried, qos)?;
                tracing::debug!(topic = %self.arrivals.topic, "somebody elsewhere publishes");
                self.arrivals.open(publisher);
            }
            // With whom it came from, what is kept of it goes too.
            None if is_open && kept => {
                let closed = self.arrivals.lock().writer.take();
                drop(closed);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Listens on a key; what was kept, if `kept` says how much, first.
pub(crate) fn listen(
    session: &Session,
    key: String,
    kept: Option<usize>,
    take: impl Fn(Sample) + Send + Sync + 'static,
) -> Result<Ear, RelayError> {
    let builder = session.declare_subscriber(key).allowed_origin(Locality::Remote).callback(take);
    let Some(depth) = kept else {
        let subscriber = builder.wait().map_err(RelayError::zenoh("subscribe"))?;
        return Ok(Ear::Plain { _subscriber: subscriber });
    };
    let subscriber = builder
        .history(HistoryConfig::default().detect_late_publishers().max_samples(depth))
        .recovery(RecoveryConfig::default().heartbeat())
        .subscriber_detection()
        .wait();
    Ok(Ear::Keeping { _subscriber: subscriber.map_err(RelayError::zenoh("subscribe"))? })
}

impl Arrivals {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A sample came.
    fn take(&self, sample: &Sample) {
        if sample.kind() != SampleKind::Put {
            return;
        }
        let hash = sample.key_expr().as_str().rsplit('/').next().unwrap_or_default();
        if hash != self.hash && hash != NO_HASH {
            return self.counters.other_type.add(1);
        }
        let attachment = sample.attachment().and_then(|bytes| Attachment::decode(&bytes.to_bytes()));
        let Some(attachment) = attachment.filter(|attachment| attachment.sequence >= 0) else {
            return self.counters.no_attachment.add(1);
        };
        if self.own.contains(&attachment.gid) {
            return;
        }
        let host = self.remote.read().unwrap_or_else(PoisonError::into_inner).host_of(attachment.gid, hash);
        let Some(host) = host else { return };
        // What is fetched was sent long ago.
        let stamp = sample.timestamp().filter(|_| self.kept.is_none());
        let age = stamp.map_or(Duration::ZERO, |stamp| self.clocks.age(stamp));
        let mut state = self.lock();
        let missing = state.sequences.missing(attachment.gid.value(), attachment.sequence.cast_unsigned());
        self.counters.on_the_way.add(missing);
        self.enter(&mut state, relayed(&attachment, age, host), sample.payload());
    }

    /// A bridge to DDS sent a sample: it tells neither whose it is nor which.
    fn take_from_dds(&self, sample: &Sample) {
        // With an attachment it is of another relay, and comes on ROS 2's key too.
        if sample.kind() != SampleKind::Put || sample.attachment().is_some() {
            return;
        }
        let mut state = self.lock();
        state.from_dds += 1;
        let gid = Gid::of_token(sample.key_expr().as_str());
        let attachment = Attachment { sequence: state.from_dds, source_time_ns: now(), gid };
        self.enter(&mut state, relayed(&attachment, Duration::ZERO, gid.value()), sample.payload());
    }

    fn enter(&self, state: &mut State, from: Relayed, payload: &ZBytes) {
        if !is_cdr(payload) {
            return self.counters.no_cdr.add(1);
        }
        if let Some(writer) = &mut state.writer {
            return writer.write(from, payload);
        }
        if state.early.len() == MOST_EARLY {
            state.early.pop_front();
            self.counters.too_early.add(1);
        }
        state.early.push_back((from, payload.clone()));
        self.wake.wake();
    }

    /// From now on samples are written here; those that came before first.
    fn open(&self, publisher: Publisher<Raw, Shared>) {
        let mut state = self.lock();
        let mut writer = Writer::new(self.topic.clone(), publisher, Arc::clone(&self.counters));
        for (from, payload) in std::mem::take(&mut state.early) {
            writer.write(from, &payload);
        }
        state.writer = Some(writer);
    }
}

fn relayed(attachment: &Attachment, age: Duration, host: u128) -> Relayed {
    Relayed {
        publisher: attachment.gid.value(),
        sequence: attachment.sequence.cast_unsigned(),
        source_time_ns: attachment.source_time_ns,
        age,
        host: host.max(1),
    }
}

/// Whether a payload begins as classic CDR does, of either byte order.
pub(crate) fn is_cdr(payload: &ZBytes) -> bool {
    let mut header = [0; HEADER];
    let mut bytes = payload.slices().flatten();
    let whole = header.iter_mut().all(|to| bytes.next().map(|byte| *to = *byte).is_some());
    whole && header[0] == 0 && header[1] <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classic_cdr_is_told_from_all_else() {
        for (bytes, expected) in [
            (&[0u8, 1, 0, 0][..], true),
            (&[0, 0, 0, 0, 9], true),
            (&[0, 7, 0, 0], false),
            (&[1, 1, 0, 0], false),
            (&[0, 1, 0], false),
            (&[], false),
        ] {
            assert_eq!(is_cdr(&ZBytes::from(bytes)), expected, "{bytes:?}");
        }
    }
}
