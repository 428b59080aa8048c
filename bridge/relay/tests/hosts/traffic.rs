//! Topics under way: a node that talks at a pace and a node that listens, each in a thread of its own, and the proof that
//! what was sent is what was heard and what was counted as lost.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use vc::args::Args;
use vc::clock::now;
use vc::domain::Domain;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_tests::harness::until;

use crate::rig::Host;

/// What is sent, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    pub(crate) bytes: usize,
    pub(crate) rate: f64,
    pub(crate) qos: Qos,
}

/// A sample that was heard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    pub(crate) sent_at: i64,
    pub(crate) came_at: i64,
    /// How long ago it was sent, by what came with it.
    pub(crate) age: Duration,
}

/// What a listener has heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    received: u64,
    /// The number heard last.
    at: u64,
    /// The first and last number of each publisher. The relay of the one who talks, when it begins anew, is another one.
    runs: BTreeMap<u128, (u64, u64)>,
    /// Samples whose bytes are not those that were sent, or that came behind later ones.
    wrong: u64,
    /// The last ones, at most [`REMEMBERED`].
    pub(crate) last: VecDeque<Heard>,
}

const REMEMBERED: usize = 20_000;

impl Tally {
    fn enter(&mut self, publisher: u128, sequence: u64, heard: Heard, is_whole: bool) {
        self.received += 1;
        let run = self.runs.entry(publisher).or_insert((sequence, sequence - 1));
        self.wrong += u64::from(!is_whole || sequence <= run.1);
        run.1 = run.1.max(sequence);
        self.at = self.at.max(sequence);
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(heard);
    }

    /// How long the samples were under way: the middle one, and the one that 99 of 100 are below.
    pub(crate) fn delays(&self) -> [Duration; 2] {
        let mut delays: Vec<i64> = self.last.iter().map(|heard| heard.came_at - heard.sent_at).collect();
        delays.sort_unstable();
        [50, 99].map(|percent| {
            let delay = delays.get(delays.len() * percent / 100).copied().unwrap_or_default();
            Duration::from_nanos(delay.try_into().unwrap_or_default())
        })
    }
}

/// What became of all that was sent.
#[derive(Debug)]
pub(crate) struct Account {
    /// From the first number heard to the last, of each publisher.
    pub(crate) within: u64,
    /// Heard.
    pub(crate) received: u64,
    /// Sent while the talker's relay was not there: nobody can know of them.
    pub(crate) between_relays: u64,
    /// All that the talker sent.
    pub(crate) said: u64,
    /// What was heard.
    pub(crate) tally: Tally,
}

/// A topic under way.
pub(crate) struct Traffic {
    pub(crate) topic: Topic,
    shared: Arc<Shared>,
    listening: Stop,
    talker: JoinHandle<()>,
    listener: JoinHandle<(u64, u64)>,
}

/// What both threads and the test see.
#[derive(Default)]
struct Shared {
    said: AtomicU64,
    tally: Mutex<Tally>,
    /// No more at a pace; only, now and then, what makes sure that the last one is heard.
    is_hushed: AtomicBool,
    /// The talker's node goes.
    is_over: AtomicBool,
}

impl Shared {
    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn said(&self) -> u64 {
        self.said.load(Ordering::Acquire)
    }
}

impl Traffic {
    /// Begins, and waits until the first sample is heard.
    #[track_caller]
    pub(crate) fn start(topic: Topic, from: &Host, to: &Host) -> Self {
        let (shared, listening) = (Arc::<Shared>::default(), Stop::new().unwrap());
        let listener = {
            let (shared, listening, domain) = (Arc::clone(&shared), listening.clone(), to.domain.domain());
            std::thread::spawn(move || listen(topic, domain, listening, &shared))
        };
        let talker = {
            let (shared, domain) = (Arc::clone(&shared), from.domain.domain());
            std::thread::spawn(move || talk(topic, domain, &shared))
        };
        let traffic = Self { topic, shared, listening, talker, listener };
        traffic.flows(1);
        traffic
    }

    /// Samples heard so far.
    pub(crate) fn heard(&self) -> u64 {
        self.shared.tally().received
    }

    /// The sample heard last.
    pub(crate) fn last(&self) -> Option<Heard> {
        self.shared.tally().last.back().copied()
    }

    /// Waits until `more` samples have come from now on.
    #[track_caller]
    pub(crate) fn flows(&self, more: u64) {
        let enough = self.heard() + more;
        until(&format!("{} flows", self.topic.name), || self.heard() >= enough);
    }

    /// Says no more, and waits until the last number is heard: then nothing is under way.
    #[track_caller]
    pub(crate) fn hush(&self) {
        self.shared.is_hushed.store(true, Ordering::Release);
        until(&format!("the last of {} is heard", self.topic.name), || {
            self.shared.tally().at == self.shared.said()
        });
    }

    /// Ends it, and accounts for all that was sent.
    #[track_caller]
    pub(crate) fn end(self) -> Account {
        self.hush();
        self.shared.is_over.store(true, Ordering::Release);
        self.talker.join().unwrap();
        self.listening.stop();
        let (received, lost) = self.listener.join().unwrap();
        let (name, said, tally) = (self.topic.name, self.shared.said(), self.shared.tally().clone());
        assert_eq!(tally.wrong, 0, "{name}: torn, twice or out of order");
        assert_eq!(received, tally.received, "{name}");
        let within: u64 = tally.runs.values().map(|(first, last)| last + 1 - first).sum();
        // Whatever a publisher has sent, between its first and last that were heard, was heard or is counted.
        assert_eq!(
            received + lost,
            within,
            "{name}: received {received} and lost {lost} of {:?}",
            tally.runs
        );
        let first = tally.runs.values().map(|run| run.0).min().unwrap_or_default();
        let account = Account { within, received, between_relays: said + 1 - first - within, said, tally };
        let [p50, p99] = account.tally.delays();
        println!(
            "{name}, {} B at {} Hz: of {} from the first heard {received} received, {lost} lost, {} while no relay was \
             there; under way p50 {p50:.1?}, p99 {p99:.1?}",
            self.topic.bytes,
            self.topic.rate,
            said + 1 - first,
            account.between_relays,
        );
        account
    }
}

fn talk(topic: Topic, domain: Domain, shared: &Shared) {
    let block = Block::new("talker", "Talks.");
    let output = block.output::<Image>(topic.name, "What it says.").qos(topic.qos);
    let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
    let publisher = node.publisher(&output).unwrap();
    let say = || {
        let number = u32::try_from(shared.said()).unwrap() + 1;
        let mut loan = publisher.loan(&Image { step: number, ..Image::default() }, topic.bytes).unwrap();
        loan.region_mut().fill(number.to_le_bytes()[0]);
        shared.said.fetch_add(1, Ordering::Release);
        loan.send_at(now()).unwrap();
    };
    let (period, began) = (Duration::from_secs_f64(1.0 / topic.rate), Instant::now());
    for turn in 1_u32.. {
        if shared.is_hushed.load(Ordering::Acquire) {
            break;
        }
        say();
        std::thread::sleep((period * turn).saturating_sub(began.elapsed()));
    }
    let (mut heard, mut since) = (0, Instant::now());
    while !shared.is_over.load(Ordering::Acquire) {
        let at = shared.tally().at;
        if at != heard {
            (heard, since) = (at, Instant::now());
        }
        // The last one may be lost on the way; one on an idle link is not.
        if at < shared.said() && since.elapsed() > Duration::from_secs(2) {
            say();
            since = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What its node has counted: received and lost.
fn listen(topic: Topic, domain: Domain, stop: Stop, shared: &Shared) -> (u64, u64) {
    let block = Block::new("listener", "Listens.");
    let input = block.input::<Image>(topic.name, "What it hears.").qos(topic.qos);
    let mut node = Node::open(block.manifest(), &Args::default(), domain, stop).unwrap();
    let mut subscriber = node.subscriber(&input).unwrap();
    while let Some(sample) = subscriber.recv().unwrap() {
        let (envelope, view) = (*sample.envelope(), sample.view().unwrap());
        let data = view.data();
        let expected = view.step().to_le_bytes()[0];
        // Each page of it, and its last byte.
        let is_whole = data.len() == topic.bytes
            && data.iter().step_by(4096).chain(data.last()).all(|byte| *byte == expected);
        let heard = Heard { sent_at: envelope.source_time_ns, came_at: now(), age: envelope.age() };
        shared.tally().enter(envelope.publisher(), envelope.sequence, heard, is_whole);
    }
    let sources = node.counters().sources();
    (sources.iter().map(|source| source.received).sum(), sources.iter().map(|source| source.lost).sum())
}
