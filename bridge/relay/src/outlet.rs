//! A topic that leaves this host.
//!
//! Each publisher here has a publisher on the wire, with its own gid and count. While somebody elsewhere subscribes, a
//! thread of the topic's own reads it here and gives the bytes to zenoh as they lie in shared memory. A slow link holds
//! up this topic's thread only: what does not fit into the topic's queue meanwhile is overwritten, oldest first, and
//! counted.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use vc::host::Host;
use vc::stop::Stop;
use vc::topic::{Raw, Sample, Shared, Subscriber, wait_for_news};
use vc_ros2::{DataKey, NO_HASH, dds};
use vc_words::qos::MAX_DEPTH;
use vc_words::{Qos, TopicName, TypeInfo};
use zenoh::Session;

use crate::clocks::Clocks;
use crate::counters::{Left, Sequences};
use crate::demand::Out;
use crate::error::{RelayError, chain};
use crate::line::{Line, Lines};
use crate::pacer::Pacer;
use crate::rules::Rules;
use crate::tokens::Tokens;
use crate::voice::{Manner, Voice};
use crate::wake::Wake;

/// What outlets and inlets are made with.
pub(crate) struct Ways<'a> {
    pub(crate) host: &'a Host,
    pub(crate) session: &'a Session,
    pub(crate) tokens: &'a Tokens,
    pub(crate) clocks: &'a Clocks,
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
            let limit = ways.rules.limit(topic);
            let qos = Qos { reliability: limit.reliability.unwrap_or(port.qos.reliability), ..port.qos };
            let manner = |key: String| Manner { key, qos, priority: limit.priority };
            let open = |key: String| Voice::open(ways.session, manner(key), ways.wake);
            let voice = open(key.exact().unwrap_or_default())?;
            let mut others = Vec::new();
            if out.foreign.humble {
                let carried = TypeInfo { name: out.carried.name.clone(), hash: NO_HASH.to_owned() };
                others.push(open(DataKey { carried, ..key }.exact().unwrap_or_default())?);
            }
            if out.foreign.dds {
                others.push(open(dds::key_of(topic, None))?);
            }
            let pace = limit.max_rate.map(|rate| Mutex::new(Pacer::new(rate)));
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
            clocks: ways.clocks.clone(),
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
    clocks: Clocks,
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
            if let Some(sample) = self.subscriber.take_before_rest()? {
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
        match line.put(sample, &self.clocks) {
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
