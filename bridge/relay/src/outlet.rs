//! A topic that leaves this host.
//!
//! Each publisher here has a publisher on the wire, with its own gid and count. While somebody elsewhere subscribes, a
//! thread of the topic's own reads it here and gives the bytes to zenoh as they lie in shared memory. A slow link holds
//! up this topic's thread only: what does not fit into the topic's queue meanwhile is overwritten, oldest first, and
//! counted.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use vc::host::{Host, HostPort};
use vc::stop::Stop;
use vc::topic::{Raw, Sample, Shared, Subscriber, wait_for_news};
use vc_ros2::{Attachment, DataKey, Gid, NO_HASH, dds};
use vc_words::qos::MAX_DEPTH;
use vc_words::{Durability, Reliability, TopicName, TypeInfo};
use zenoh::bytes::{Encoding, ZBytes};
use zenoh::pubsub::Publisher;
use zenoh::qos::CongestionControl;
use zenoh::sample::Locality;
use zenoh::{Session, Wait};
use zenoh_ext::{AdvancedPublisher, AdvancedPublisherBuilderExt, CacheConfig, MissDetectionConfig};

use crate::counters::{Left, Sequences};
use crate::demand::{Foreign, Out};
use crate::error::{RelayError, chain};
use crate::pacer::Pacer;
use crate::rules::{Priority, Rules};
use crate::tokens::Tokens;
use crate::wake::Wake;

/// How often a transient-local publisher says how far it has counted, as ROS 2's does.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long a sample of a publisher that is not known yet waits to be told whose it is.
const INTRODUCTION: Duration = Duration::from_millis(500);

/// What an outlet is made with.
pub(crate) struct Ways<'a> {
    pub(crate) host: &'a Host,
    pub(crate) session: &'a Session,
    pub(crate) tokens: &'a Tokens,
    pub(crate) rules: &'a Rules,
    pub(crate) domain: u32,
    pub(crate) wake: &'a Wake,
}

/// A topic that may leave.
pub(crate) struct Outlet {
    carried: TypeInfo,
    lines: Arc<Lines>,
    worker: Option<Worker>,
    counters: Arc<Left>,
}

/// The publishers of the topic on the wire, by the number of the one here.
#[derive(Default)]
struct Lines {
    known: Mutex<HashMap<u128, Arc<Line>>>,
    news: Condvar,
}

/// One publisher on the wire.
struct Line {
    gid: Gid,
    pace: Option<Mutex<Pacer>>,
    voice: Voice,
    /// For those who listen on keys of their own.
    foreign: Foreign,
    others: Vec<Voice>,
}

enum Voice {
    Plain {
        publisher: Publisher<'static>,
        heard: Arc<AtomicBool>,
    },
    /// Keeps its last samples for late joiners.
    Keeping(AdvancedPublisher<'static>),
}

struct Worker {
    stop: Stop,
    /// Whether it reads what was kept here, too.
    reads_kept: bool,
    thread: JoinHandle<()>,
}

impl Outlet {
    pub(crate) fn new(carried: TypeInfo) -> Self {
        Self { carried, lines: Arc::default(), worker: None, counters: Arc::default() }
    }

    pub(crate) fn counters(&self) -> &Left {
        &self.counters
    }

    /// Whether samples leave at the moment.
    pub(crate) fn flows(&self) -> bool {
        self.worker.is_some()
    }

    pub(crate) fn carries(&self, carried: &TypeInfo) -> bool {
        self.carried == *carried
    }

    /// Makes true what is wanted now.
    pub(crate) fn update(&mut self, ways: &Ways<'_>, topic: &TopicName, out: &Out) -> Result<(), RelayError> {
        self.introduce(ways, topic, out)?;
        let lines = self.lines.lock().values().cloned().collect::<Vec<_>>();
        let wanted = lines.iter().any(|line| line.is_wanted());
        match &self.worker {
            Some(worker) if worker.thread.is_finished() => self.worker = None,
            // The first publisher that keeps samples came: what it has kept is read by another worker.
            Some(worker) if !wanted || (out.is_kept() && !worker.reads_kept) => worker.stop.stop(),
            _ => {}
        }
        if wanted && self.worker.is_none() {
            tracing::debug!(%topic, "somebody elsewhere subscribes");
            self.worker = Some(self.start(ways, topic, out)?);
        }
        Ok(())
    }

    /// Knows each publisher, and no others.
    fn introduce(&self, ways: &Ways<'_>, topic: &TopicName, out: &Out) -> Result<(), RelayError> {
        let mut known = self.lines.lock();
        known.retain(|id, line| {
            let here = out.publishers.iter().any(|port| port.id == *id);
            here && line.foreign == out.foreign
        });
        for port in &out.publishers {
            let Some(gid) = ways.tokens.gid(port.id).filter(|_| !known.contains_key(&port.id)) else {
                continue;
            };
            let key = DataKey { domain: ways.domain, topic: topic.clone(), carried: out.carried.clone() };
            let open = |key: String| Voice::open(ways, topic, key, port);
            let voice = open(key.exact().unwrap_or_default())?;
            let mut others = Vec::new();
            if out.foreign.humble {
                let carried = TypeInfo { name: out.carried.name.clone(), hash: NO_HASH.to_owned() };
                others.push(open(DataKey { carried, ..key }.exact().unwrap_or_default())?);
            }
            if out.foreign.dds {
                others.push(open(dds::key_of(topic, None))?);
            }
            let pace = ways.rules.limit(topic).max_rate.map(|rate| Mutex::new(Pacer::new(rate)));
            known.insert(port.id, Arc::new(Line { gid, pace, voice, foreign: out.foreign, others }));
        }
        drop(known);
        self.lines.news.notify_all();
        Ok(())
    }

    fn start(&self, ways: &Ways<'_>, topic: &TopicName, out: &Out) -> Result<Worker, RelayError> {
        let stop = Stop::new()?;
        let carrier = Carrier {
            topic: topic.clone(),
            subscriber: ways.host.subscriber(topic, &out.carried, out.reading())?,
            lines: Arc::clone(&self.lines),
            counters: Arc::clone(&self.counters),
            sequences: Sequences::default(),
            met: HashMap::new(),
            strangers: HashSet::new(),
            stop: stop.clone(),
            wake: ways.wake.clone(),
        };
        let thread = std::thread::Builder::new().name("leaves".to_owned()).spawn(move || carrier.run());
        let reads_kept = out.is_kept();
        Ok(Worker { stop, reads_kept, thread: thread.map_err(RelayError::io("start a thread"))? })
    }
}

impl Drop for Outlet {
    /// The thread ends by itself, as soon as zenoh takes the sample it holds or gives up.
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.stop.stop();
        }
    }
}

impl Lines {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u128, Arc<Line>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, publisher: u128) -> Option<Arc<Line>> {
        self.lock().get(&publisher).cloned()
    }

    /// Waits a moment until a publisher is known.
    fn wait_for(&self, publisher: u128) -> Option<Arc<Line>> {
        let known = self.lock();
        let unknown = |known: &mut HashMap<u128, Arc<Line>>| !known.contains_key(&publisher);
        let waited = self.news.wait_timeout_while(known, INTRODUCTION, unknown);
        waited.unwrap_or_else(PoisonError::into_inner).0.get(&publisher).cloned()
    }
}

impl Line {
    fn is_wanted(&self) -> bool {
        self.voice.is_wanted() || self.others.iter().any(Voice::is_wanted)
    }

    /// Sends a sample; `false` if it is left out to keep the topic's pace.
    fn put(&self, sample: Sample<Raw, Shared>) -> zenoh::Result<bool> {
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
        let attachment = Attachment {
            sequence: sequence.cast_signed(),
            source_time_ns: envelope.source_time_ns,
            gid: self.gid,
        };
        let attachment = ZBytes::from(&attachment.encode()[..]);
        // What is kept for late joiners must not hold slots of shared memory; all else is not copied.
        let payload = match &self.voice {
            Voice::Keeping(_) => ZBytes::from(sample.cdr()),
            Voice::Plain { .. } => ZBytes::from(Bytes::from_owner(Lent(sample.into_bytes()))),
        };
        for other in &self.others {
            other.put(payload.clone(), attachment.clone())?;
        }
        self.voice.put(payload, attachment).map(|()| true)
    }
}

/// A sample that zenoh reads where it lies.
struct Lent(vc::topic::SampleBytes);

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Voice {
    fn open(ways: &Ways<'_>, topic: &TopicName, key: String, port: &HostPort) -> Result<Self, RelayError> {
        let failed = || RelayError::zenoh("publish");
        let reliable = port.qos.reliability == Reliability::Reliable;
        // Nothing reliable is dropped by zenoh. Of the rest, the next sample waits for the link and those behind it
        // are dropped: so of large samples some arrive whole, instead of pieces of all.
        let congestion = if reliable { CongestionControl::Block } else { CongestionControl::BlockFirst };
        let builder = ways
            .session
            .declare_publisher(key)
            .encoding(Encoding::APPLICATION_CDR)
            .congestion_control(congestion)
            .priority(ways.rules.limit(topic).priority.map_or(zenoh::qos::Priority::Data, priority_of))
            // To zenoh, what is best effort may be dropped at any piece, whatever its congestion control.
            .reliability(zenoh::qos::Reliability::Reliable)
            .allowed_destination(Locality::Remote);
        if port.qos.durability == Durability::TransientLocal {
            let cache = CacheConfig::default().max_samples(port.qos.depth as usize);
            let builder = builder.cache(cache).publisher_detection();
            let detection = MissDetectionConfig::default().sporadic_heartbeat(HEARTBEAT);
            let builder = if reliable { builder.sample_miss_detection(detection) } else { builder };
            return Ok(Self::Keeping(builder.wait().map_err(failed())?));
        }
        let publisher = builder.wait().map_err(failed())?;
        let heard = Arc::new(AtomicBool::new(false));
        let (to, wake) = (Arc::clone(&heard), ways.wake.clone());
        let listening = publisher.matching_listener().callback(move |status| {
            to.store(status.matching(), Ordering::Release);
            wake.wake();
        });
        listening.background().wait().map_err(failed())?;
        Ok(Self::Plain { publisher, heard })
    }

    /// Whether the topic is to be read here for it.
    fn is_wanted(&self) -> bool {
        match self {
            Self::Plain { heard, .. } => heard.load(Ordering::Acquire),
            Self::Keeping(_) => true,
        }
    }

    fn put(&self, payload: ZBytes, attachment: ZBytes) -> zenoh::Result<()> {
        match self {
            Self::Plain { publisher, .. } => publisher.put(payload).attachment(attachment).wait(),
            Self::Keeping(publisher) => publisher.put(payload).attachment(attachment).wait(),
        }
    }
}

fn priority_of(priority: Priority) -> zenoh::qos::Priority {
    match priority {
        Priority::RealTime => zenoh::qos::Priority::RealTime,
        Priority::InteractiveHigh => zenoh::qos::Priority::InteractiveHigh,
        Priority::InteractiveLow => zenoh::qos::Priority::InteractiveLow,
        Priority::DataHigh => zenoh::qos::Priority::DataHigh,
        Priority::Data => zenoh::qos::Priority::Data,
        Priority::DataLow => zenoh::qos::Priority::DataLow,
        Priority::Background => zenoh::qos::Priority::Background,
    }
}

/// What a topic's thread does.
struct Carrier {
    topic: TopicName,
    subscriber: Subscriber<Raw, Shared>,
    lines: Arc<Lines>,
    counters: Arc<Left>,
    sequences: Sequences,
    /// Those that sent: a publisher that has left may have left samples behind.
    met: HashMap<u128, Arc<Line>>,
    /// Publishers that nobody introduced: tools'.
    strangers: HashSet<u128>,
    stop: Stop,
    wake: Wake,
}

/// Strangers remembered at most.
const MOST_STRANGERS: usize = 64;

impl Carrier {
    fn run(mut self) {
        if let Err(error) = self.carry() {
            tracing::warn!(topic = %self.topic, error = %chain(&error), "no longer leaves this host");
        }
        // So that the loop sees that this has ended.
        self.wake.wake();
    }

    fn carry(&mut self) -> Result<(), vc::Error> {
        while !self.stop.is_stopped() {
            if let Some(sample) = self.subscriber.take()? {
                self.send(sample);
            } else {
                let known = self.lines.lock();
                self.met.retain(|publisher, _| known.contains_key(publisher));
                drop(known);
                wait_for_news(&[&self.subscriber], &self.stop, None)?;
            }
        }
        // What a publisher sent last, before it left.
        for _ in 0..MAX_DEPTH {
            let Some(sample) = self.subscriber.take()? else { break };
            self.send(sample);
        }
        Ok(())
    }

    fn send(&mut self, sample: Sample<Raw, Shared>) {
        let envelope = sample.envelope();
        if envelope.is_relayed() {
            return;
        }
        let publisher = envelope.publisher();
        self.counters.too_slow.add(self.sequences.missing(publisher, envelope.sequence));
        let Some(line) = self.line(publisher) else {
            self.counters.unknown_publisher.add(1);
            return;
        };
        let bytes = sample.cdr().len() as u64;
        match line.put(sample) {
            Ok(false) => {}
            Ok(true) => {
                self.counters.samples.add(1);
                self.counters.bytes.add(bytes);
            }
            Err(error) => {
                self.counters.refused.add(1);
                tracing::debug!(topic = %self.topic, %error, "zenoh refused a sample");
            }
        }
    }

    /// A publisher may send before the loop has seen that it is there.
    fn line(&mut self, publisher: u128) -> Option<Arc<Line>> {
        let line = self.lines.get(publisher).or_else(|| self.met.get(&publisher).cloned());
        if line.is_none() && self.strangers.contains(&publisher) {
            return None;
        }
        let line = line.or_else(|| {
            self.wake.wake();
            self.lines.wait_for(publisher)
        });
        match &line {
            Some(line) => {
                self.met.insert(publisher, Arc::clone(line));
            }
            None if self.strangers.len() < MOST_STRANGERS => {
                self.strangers.insert(publisher);
            }
            None => {}
        }
        line
    }
}
