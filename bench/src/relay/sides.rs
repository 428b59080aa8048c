//! What sends and what receives, over relays and over zenoh alone. Times are on the monotonic clock, which both hosts of
//! this machine share.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use vc::args::Args as NodeArgs;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::UInt8;
use vc_session::zenoh::Wait;
use vc_session::zenoh::bytes::ZBytes;
use vc_session::zenoh::qos::{CongestionControl, Priority};
use vc_session::{Environment, Settings};

use super::{LISTEN, PICTURE, REACH};
use crate::ours::domain;
use crate::percentile::percentiles;
use crate::pin::Library;
use crate::report::BenchError;

/// Samples, or time, before what counts.
const WARM_UP: usize = 200;
const RUN_UP: Duration = Duration::from_millis(500);
/// Where zenoh alone carries pictures beside small samples.
const PICTURES: &str = "beside";
/// A shorter pause is none that a sleep could keep.
const PAUSE: Duration = Duration::from_micros(100);

/// One side.
#[derive(Args)]
pub(crate) struct Side {
    role: Role,
    library: Library,
    /// The topic, or of `many` the number of nodes.
    topic: String,
    /// Bytes of a sample, or of `many` the topics of a node.
    number: usize,
    /// Samples a second.
    #[arg(long, default_value_t = f64::INFINITY)]
    rate: f64,
    /// Topics that carry them by turns.
    #[arg(long, default_value_t = 1)]
    topics: usize,
    /// How long our queues are, in samples.
    #[arg(long, default_value_t = Qos::DEFAULT.depth)]
    depth: u32,
    /// What the sink tells.
    #[arg(long, default_value = "ages")]
    what: What,
    /// Pictures a second beside them in zenoh's same session, with less urgency, as the relay sends them.
    #[arg(long, default_value_t = 0.0)]
    pictures: f64,
    /// How long the sink looks.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    Source,
    Sink,
    Many,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// How old samples are.
    Ages,
    /// How many come in a second.
    Rate,
    /// The longest time without one.
    Gap,
}

pub(crate) fn run_side(side: &Side) -> Result<(), BenchError> {
    match (side.role, side.library) {
        (Role::Source, Library::Ours) => source_ours(side),
        (Role::Source, Library::Raw) => source_raw(side),
        (Role::Sink, Library::Ours) => sink_ours(side),
        (Role::Sink, Library::Raw) => sink_raw(side),
        (Role::Many, _) => many(side.topic.parse()?, side.number),
    }
}

fn open(block: &Block, name: &str) -> Result<Node, BenchError> {
    let args = NodeArgs::parse(["--ros-args", "-r", &format!("__node:={name}")].map(str::to_owned))?;
    Ok(Node::open(block.manifest(), &args, domain(), Stop::new()?)?)
}

fn source_ours(side: &Side) -> Result<(), BenchError> {
    let block = Block::new("bench", "Measures.");
    let qos = Qos::DEFAULT.keep_last(side.depth);
    let declare = |topic: String| block.output::<Image>(&topic, "What is measured.").qos(qos);
    let outputs: Vec<_> = side.names().map(declare).collect();
    let mut node = open(&block, &format!("{}_source", side.topic))?;
    let publishers = outputs.iter().map(|output| node.publisher(output)).collect::<Result<Vec<_>, _>>()?;
    let mut turn = publishers.iter().cycle();
    let layout = Image { encoding: "mono8".to_owned(), height: 1, ..Image::default() };
    pace(side.rate, batch(side.rate, side.depth), || {
        let publisher = turn.next().ok_or("no topic")?;
        let mut loan = publisher.loan(&layout, side.number)?;
        loan.region_mut()[..8].copy_from_slice(&monotonic_ns().to_ne_bytes());
        Ok(loan.send()?)
    })
}

fn source_raw(side: &Side) -> Result<(), BenchError> {
    let listen = vec![LISTEN.to_owned()];
    let (session, _) = Settings { listen, ..Settings::default() }.open(&Environment::default())?;
    let declare =
        |topic: String| session.declare_publisher(topic).congestion_control(CongestionControl::Block);
    let publishers =
        side.names().map(|topic| declare(topic).wait()).collect::<Result<Vec<_>, _>>().map_err(zenoh)?;
    let mut turn = publishers.iter().cycle();
    if side.pictures > 0.0 {
        let pictures = declare(PICTURES.to_owned()).priority(Priority::DataLow).wait().map_err(zenoh)?;
        let body = ZBytes::from(vec![0u8; PICTURE]);
        let rate = side.pictures;
        std::thread::spawn(move || {
            // With its process, or when the session is closed.
            let _ = pace(rate, 1, || pictures.put(body.clone()).wait().map_err(zenoh));
        });
    }
    // Shared by all samples, as the relay's are with whoever writes them.
    let body = ZBytes::from(vec![0u8; side.number - 8]);
    pace(side.rate, 1, || {
        let publisher = turn.next().ok_or("no topic")?;
        let mut writer = ZBytes::writer();
        writer.write_all(&monotonic_ns().to_ne_bytes())?;
        writer.append(body.clone());
        publisher.put(writer.finish()).wait().map_err(zenoh)
    })
}

fn sink_ours(side: &Side) -> Result<(), BenchError> {
    let block = Block::new("bench", "Measures.");
    let qos = Qos::DEFAULT.keep_last(side.depth);
    let declare = |topic: String| block.input::<Image>(&topic, "What is measured.").qos(qos);
    let inputs: Vec<_> = side.names().map(declare).collect();
    let mut node = open(&block, &format!("{}_sink", side.topic))?;
    let tally = Rc::new(RefCell::new(Tally::new(side)));
    for input in &inputs {
        let (tally, stop) = (Rc::clone(&tally), node.stopper());
        node.on(input, move |image| {
            let sent = image.data().first_chunk().copied().ok_or("too short")?;
            if let Some(row) = tally.borrow_mut().enter(u64::from_ne_bytes(sent)) {
                print(&row).map_err(|error| error.to_string())?;
                stop.stop();
            }
            Ok::<_, String>(())
        })?;
    }
    Ok(node.run()?)
}

fn sink_raw(side: &Side) -> Result<(), BenchError> {
    let connect = vec![REACH.to_owned()];
    let (session, _) = Settings { connect, ..Settings::default() }.open(&Environment::default())?;
    let (tell, told) = mpsc::channel();
    let mut tally = Tally::new(side);
    let heard = session.declare_subscriber(format!("{}$*", side.topic)).callback_mut(move |sample| {
        let mut sent = [0; 8];
        let bytes = sample.payload().slices().flatten();
        sent.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
        if let Some(row) = tally.enter(u64::from_ne_bytes(sent)) {
            let _ = tell.send(row);
        }
    });
    let _subscriber = heard.wait().map_err(zenoh)?;
    let _pictures = (side.pictures > 0.0)
        .then(|| session.declare_subscriber(PICTURES).callback(|_| {}).wait())
        .transpose()
        .map_err(zenoh)?;
    print(&told.recv()?)
}

/// zenoh's errors are of another kind.
fn zenoh(error: impl std::fmt::Display) -> BenchError {
    error.to_string().into()
}

fn print(row: &Value) -> Result<(), BenchError> {
    Ok(writeln!(std::io::stdout(), "{row}")?)
}

/// So many nodes, each with so many topics, until this is killed.
fn many(nodes: usize, topics: usize) -> Result<(), BenchError> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?;
    let mut kept = Vec::new();
    for at in 0..nodes {
        let block = Block::new("bench", "Measures.");
        let name = |topic| format!("topic_{at}_{topic}");
        let outputs: Vec<_> =
            (0..topics).map(|topic| block.output::<UInt8>(&name(topic), "One of many.")).collect();
        let mut node = open(&block, &format!("node_{at}"))?;
        let publishers =
            outputs.iter().map(|output| node.publisher(output)).collect::<Result<Vec<_>, _>>()?;
        kept.push((node, publishers));
    }
    print(&json!("open"))?;
    loop {
        std::thread::park();
    }
}

impl Side {
    fn names(&self) -> impl Iterator<Item = String> {
        (0..self.topics).map(|at| format!("{}{at}", self.topic))
    }
}

/// How many samples to send at once, so that the pause behind them can be slept: waiting awake would take a CPU from those
/// that carry them. No more than half a queue.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 1 and half a queue"
)]
fn batch(rate: f64, depth: u32) -> u32 {
    let gathering = (PAUSE.as_secs_f64() * rate).ceil();
    gathering.min(f64::from(depth / 2)).max(1.0) as u32
}

/// Sends at the pace that is asked for, so many at once, until this is killed.
fn pace(rate: f64, batch: u32, mut send: impl FnMut() -> Result<(), BenchError>) -> Result<(), BenchError> {
    let period = Duration::try_from_secs_f64(f64::from(batch) / rate).unwrap_or(Duration::ZERO);
    let mut due = Instant::now();
    loop {
        while Instant::now() < due {
            if period < PAUSE {
                std::hint::spin_loop();
            } else {
                std::thread::sleep(due - Instant::now());
            }
        }
        for _ in 0..batch {
            send()?;
        }
        // Who is late stays late: nothing is made up for.
        due = (due + period).max(Instant::now());
    }
}

/// What a sink has seen.
struct Tally {
    what: What,
    length: Duration,
    began: Option<Instant>,
    last: Instant,
    gap: Duration,
    us: Vec<f64>,
    count: u64,
    done: bool,
}

impl Tally {
    fn new(side: &Side) -> Self {
        Self {
            what: side.what,
            length: Duration::from_secs_f64(side.seconds),
            began: None,
            last: Instant::now(),
            gap: Duration::ZERO,
            us: Vec::new(),
            count: 0,
            done: false,
        }
    }

    /// A sample came that was sent then. What is to be told, once.
    fn enter(&mut self, sent_ns: u64) -> Option<Value> {
        let (age, now) = (monotonic_ns().saturating_sub(sent_ns), Instant::now());
        if self.began.is_some() {
            self.gap = self.gap.max(now - self.last);
        }
        self.last = now;
        let elapsed = now - *self.began.get_or_insert(now);
        if self.done || elapsed < RUN_UP {
            return None;
        }
        self.count += 1;
        if matches!(self.what, What::Ages) {
            self.us.push(age as f64 / 1e3);
        }
        let counted = elapsed.saturating_sub(RUN_UP);
        self.done = counted >= self.length;
        self.done.then(|| match self.what {
            What::Ages => {
                let counted = self.us.split_off(WARM_UP.min(self.us.len() / 2));
                let samples = counted.len();
                let [p50, p99] = percentiles(counted);
                json!({ "p50_us": p50, "p99_us": p99, "samples": samples })
            }
            What::Rate => json!({ "per_s": self.count as f64 / counted.as_secs_f64() }),
            What::Gap => json!({ "gap_s": self.gap.as_secs_f64() }),
        })
    }
}

fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}
