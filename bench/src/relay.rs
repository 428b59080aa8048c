//! What two relays add to zenoh alone between two hosts. A host is a network namespace with a `/dev/shm` of its own; a
//! virtual cable joins them.

mod machine;
mod sides;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use vc::prelude::Qos;
use vc::words::qos::MAX_DEPTH;

use crate::launched::sibling;
use crate::percentile::percentiles;
use crate::pin::Library;
use crate::report::{BenchError, Report, size};
use machine::{Machine, Running};
pub(crate) use sides::{Side, run_side};

/// How the relay is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these rows; all if none is named.
    rows: Vec<Row>,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Turns of relays and of zenoh alone, in alternation.
    #[arg(long, default_value_t = 3)]
    turns: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Row {
    /// How old small samples are when they arrive.
    Latency,
    /// Samples a second.
    Throughput,
    /// Small samples beside large pictures on one link.
    Shared,
    /// What a relay takes that nobody wants anything of.
    Idle,
    /// How long a host that joins takes to know all.
    Graph,
    /// How long nothing flows when a relay is killed and started again.
    Killed,
}

/// Sizes of the latency: what people send often.
const LATENCY: [usize; 3] = [64, 1024, 65_536];
/// Sizes of the throughput, up to a 1920x1080 picture of three bytes a pixel, the topics that carry them by turns, and how
/// long our queues are.
const THROUGHPUT: [(usize, usize, u32); 6] = [
    (1024, 1, MAX_DEPTH),
    (1024, 1, USUAL),
    (1024, 16, MAX_DEPTH),
    (1024, 16, USUAL),
    (1_048_576, 1, USUAL),
    (PICTURE, 1, USUAL),
];
const USUAL: u32 = Qos::DEFAULT.depth;
const PICTURE: usize = 6_220_800;
/// Pictures a second beside small samples.
const PICTURES: f64 = 30.0;
/// Small samples a second.
const OFTEN: f64 = 500.0;
/// Our source sends so many times as many samples as zenoh alone carries: as many as it can would take a CPU from those
/// that carry them.
const SURPLUS: f64 = 1.25;
/// Nodes and topics of an idle relay's host, and of a large one.
const IDLE: (usize, usize) = (20, 5);
const GRAPH: (usize, usize) = (100, 5);
/// How long an idle relay is watched.
const WATCHED: Duration = Duration::from_secs(5);
/// Where the first host listens, and how the second one reaches it.
const LISTEN: &str = "tcp/0.0.0.0:7447";
const REACH: &str = "tcp/10.77.0.1:7447";

/// Two hosts, and the relay's program.
struct World {
    one: Machine,
    other: Machine,
    vcbridge: PathBuf,
}

pub(crate) fn run(options: &Options, report: Report) -> Result<(), BenchError> {
    let world = World { one: Machine::new()?, other: Machine::new()?, vcbridge: sibling("vcbridge")? };
    world.one.cable("10.77.0.1", &world.other, "10.77.0.2")?;
    for row in Row::value_variants() {
        if !options.rows.is_empty() && !options.rows.contains(row) {
            continue;
        }
        match row {
            Row::Latency => latency(&world, options, report)?,
            Row::Throughput => throughput(&world, options, report)?,
            Row::Shared => shared(&world, options, report)?,
            Row::Idle => idle(&world, report)?,
            Row::Graph => graph(&world, report)?,
            Row::Killed => killed(&world, report)?,
        }
    }
    Ok(())
}

/// What one topic carries while it is measured.
#[derive(Clone, Copy)]
struct Stream<'a> {
    topic: &'a str,
    bytes: usize,
    rate: f64,
    topics: usize,
    /// How long our queues are, in samples.
    depth: u32,
    /// Pictures a second beside it, where zenoh alone carries it.
    pictures: f64,
    /// Whether it stays on the first host.
    stays: bool,
}

impl Stream<'_> {
    const USUAL: Self =
        Self { topic: "flood", bytes: 64, rate: OFTEN, topics: 1, depth: USUAL, pictures: 0.0, stays: false };
}

impl World {
    fn relay(&self, machine: &Machine) -> Result<Running, BenchError> {
        let is_first = std::ptr::eq(machine, &raw const self.one);
        let words = if is_first { ["--listen", LISTEN] } else { ["--connect", REACH] };
        let mut relay = machine.start(&self.vcbridge, &words)?;
        relay.wait_for_error("relays as")?;
        Ok(relay)
    }

    fn relays(&self) -> Result<[Running; 2], BenchError> {
        Ok([self.relay(&self.one)?, self.relay(&self.other)?])
    }

    fn side(
        &self,
        role: &str,
        library: Library,
        stream: &Stream<'_>,
        more: &[&str],
    ) -> Result<Running, BenchError> {
        let machine = if role == "sink" && !stream.stays { &self.other } else { &self.one };
        let library = if library == Library::Ours { "ours" } else { "raw" };
        let (bytes, rate) = (stream.bytes.to_string(), format!("--rate={}", stream.rate));
        let topics = format!("--topics={}", stream.topics);
        let pictures = format!("--pictures={}", stream.pictures);
        let depth = format!("--depth={}", stream.depth);
        let words = ["relay-side", role, library, stream.topic, &bytes, &rate, &topics, &pictures, &depth];
        machine.start(&std::env::current_exe()?, &[&words[..], more].concat())
    }

    /// What a sink on the second host tells of what a source on the first one sends.
    fn measure(
        &self,
        library: Library,
        stream: &Stream<'_>,
        what: &str,
        seconds: f64,
    ) -> Result<Value, BenchError> {
        let more = [format!("--what={what}"), format!("--seconds={seconds}")];
        let _source = self.side("source", library, stream, &[])?;
        let mut sink = self.side("sink", library, stream, &more.each_ref().map(String::as_str))?;
        Ok(serde_json::from_str(&sink.line()?)?)
    }
}

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or(f64::NAN)
}

/// The middle one of a field's values in several turns: one turn in which the machine did something else counts little.
fn middle(turns: &[Value], field: &str) -> f64 {
    percentiles(turns.iter().map(|turn| number(turn, field)).collect())[0]
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn latency(world: &World, options: &Options, report: Report) -> Result<(), BenchError> {
    report.heading(&format!(
        "one-way latency between two hosts in µs, {OFTEN} a second, {} turns of {} s each\n{:>10} {:>20} {:>20} {:>8} {:>12}",
        options.turns, options.seconds, "payload", "relays p50/p99", "zenoh p50/p99", "p50 adds", "on one host"
    ));
    for bytes in LATENCY {
        let stream = Stream { bytes, ..Stream::USUAL };
        let staying = Stream { stays: true, ..stream };
        let (mut ours, mut raw, mut here) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..options.turns {
            raw.push(world.measure(Library::Raw, &stream, "ages", options.seconds)?);
            here.push(world.measure(Library::Ours, &staying, "ages", options.seconds)?);
            let _relays = world.relays()?;
            ours.push(world.measure(Library::Ours, &stream, "ages", options.seconds)?);
        }
        let [ours, raw] = [ours, raw].map(|turns| ["p50_us", "p99_us"].map(|field| middle(&turns, field)));
        let here = middle(&here, "p50_us");
        let adds = ours[0] - raw[0];
        let text = format!(
            "{:>10} {:>10.0} /{:>8.0} {:>10.0} /{:>8.0} {adds:>8.0} {here:>12.0}",
            size(bytes),
            ours[0],
            ours[1],
            raw[0],
            raw[1]
        );
        let fields = json!({
            "bytes": bytes, "p50_us": rounded(ours[0]), "p99_us": rounded(ours[1]), "raw_p50_us": rounded(raw[0]),
            "raw_p99_us": rounded(raw[1]), "adds_us": rounded(adds), "here_p50_us": rounded(here),
        });
        report.row("relay_latency", fields, &text);
    }
    Ok(())
}

fn throughput(world: &World, options: &Options, report: Report) -> Result<(), BenchError> {
    report.heading(&format!(
        "\nsamples a second between two hosts, as fast as they go, {} turns of {} s each\n{:>10} {:>7} {:>6} {:>12} {:>12} {:>8}",
        options.turns, options.seconds, "payload", "topics", "queue", "relays", "zenoh", "ratio"
    ));
    for (bytes, topics, depth) in THROUGHPUT {
        let stream = |rate| Stream { bytes, rate, topics, depth, ..Stream::USUAL };
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        for _ in 0..options.turns {
            let alone = world.measure(Library::Raw, &stream(f64::INFINITY), "rate", options.seconds)?;
            let offered = number(&alone, "per_s") * SURPLUS;
            raw.push(alone);
            let _relays = world.relays()?;
            ours.push(world.measure(Library::Ours, &stream(offered), "rate", options.seconds)?);
        }
        let (ours, raw) = (middle(&ours, "per_s"), middle(&raw, "per_s"));
        let ratio = ours / raw;
        let text =
            format!("{:>10} {topics:>7} {depth:>6} {ours:>12.0} {raw:>12.0} {ratio:>8.2}", size(bytes));
        let fields = json!({
            "bytes": bytes, "topics": topics, "depth": depth, "per_s": ours.round(), "raw_per_s": raw.round(), "ratio": rounded(ratio),
        });
        report.row("relay_throughput", fields, &text);
    }
    Ok(())
}

/// Small samples alone, and beside pictures on the same link.
fn shared(world: &World, options: &Options, report: Report) -> Result<(), BenchError> {
    let small = Stream { topic: "small", ..Stream::USUAL };
    let small_beside = Stream { pictures: PICTURES, ..small };
    let pictures = Stream { topic: "pictures", bytes: PICTURE, rate: PICTURES, ..Stream::USUAL };
    let (mut alone, mut beside, mut carried) = (Vec::new(), Vec::new(), Vec::new());
    let (mut raw_alone, mut raw_beside) = (Vec::new(), Vec::new());
    for _ in 0..options.turns {
        raw_alone.push(world.measure(Library::Raw, &small, "ages", options.seconds)?);
        raw_beside.push(world.measure(Library::Raw, &small_beside, "ages", options.seconds)?);
        let _relays = world.relays()?;
        alone.push(world.measure(Library::Ours, &small, "ages", options.seconds)?);
        let _source = world.side("source", Library::Ours, &pictures, &[])?;
        let seconds = format!("--seconds={}", options.seconds);
        let mut sink = world.side("sink", Library::Ours, &pictures, &["--what=rate", &seconds])?;
        beside.push(world.measure(Library::Ours, &small, "ages", options.seconds)?);
        carried.push(serde_json::from_str(&sink.line()?)?);
    }
    let [alone, beside, raw_alone, raw_beside] = [alone, beside, raw_alone, raw_beside]
        .map(|turns| ["p50_us", "p99_us"].map(|field| middle(&turns, field)));
    let carried = middle(&carried, "per_s");
    let (times, raw_times) = (beside[1] / alone[1], raw_beside[1] / raw_alone[1]);
    report.heading(&format!(
        "\n64 B beside 1080p pictures on one link, p50/p99 in µs, {} turns of {} s each\n{:>10} {:>20} {:>20} {:>12}",
        options.turns, options.seconds, "", "alone", "beside", "p99, times"
    ));
    let line = |who: &str, alone: [f64; 2], beside: [f64; 2], times: f64| {
        let [a, b, c, d] = [alone[0], alone[1], beside[0], beside[1]];
        format!("{who:>10} {a:>10.0} /{b:>8.0} {c:>10.0} /{d:>8.0} {times:>12.1}")
    };
    let text = format!(
        "{}\n{}\n{carried:.1} pictures a second came over the relays",
        line("relays", alone, beside, times),
        line("zenoh", raw_alone, raw_beside, raw_times)
    );
    let fields = json!({
        "alone_p50_us": rounded(alone[0]), "alone_p99_us": rounded(alone[1]), "p50_us": rounded(beside[0]),
        "p99_us": rounded(beside[1]), "pictures_per_s": rounded(carried), "times": rounded(times),
        "raw_alone_p50_us": rounded(raw_alone[0]), "raw_alone_p99_us": rounded(raw_alone[1]),
        "raw_p50_us": rounded(raw_beside[0]), "raw_p99_us": rounded(raw_beside[1]), "raw_times": rounded(raw_times),
    });
    report.row("relay_shared", fields, &text);
    Ok(())
}

impl World {
    /// So many nodes on the first host, each with so many topics.
    fn many(&self, (nodes, topics): (usize, usize)) -> Result<Running, BenchError> {
        let stream = Stream { topic: &nodes.to_string(), bytes: topics, rate: 0.0, ..Stream::USUAL };
        let mut many = self.side("many", Library::Ours, &stream, &[])?;
        many.line()?;
        Ok(many)
    }

    /// What the relay of a host knows.
    fn status(&self, machine: &Machine) -> Result<Value, BenchError> {
        Ok(serde_json::from_str(&machine.output(&self.vcbridge, &["doctor", "--json"])?)?)
    }
}

/// A relay whose host has topics that nobody else wants.
fn idle(world: &World, report: Report) -> Result<(), BenchError> {
    let _many = world.many(IDLE)?;
    let relay = world.relay(&world.one)?;
    let _other = world.relay(&world.other)?;
    let topics = IDLE.0 * IDLE.1;
    while world.status(&world.other)?["topics_there"].as_array().map_or(0, Vec::len) < topics {}
    std::thread::sleep(Duration::from_secs(2));
    let before = relay.cpu_seconds()?;
    std::thread::sleep(WATCHED);
    let percent = (relay.cpu_seconds()? - before) / WATCHED.as_secs_f64() * 100.0;
    let megabytes = relay.resident()? as f64 / 1e6;
    let text = format!(
        "\nidle relay, {topics} topics here, another host joined: {percent:.2} % CPU, {megabytes:.1} MB resident"
    );
    let fields =
        json!({ "topics": topics, "cpu_percent": rounded(percent), "resident_mb": rounded(megabytes) });
    report.row("relay_idle", fields, &text);
    Ok(())
}

/// How long a host that joins takes to know all nodes and topics of the other.
fn graph(world: &World, report: Report) -> Result<(), BenchError> {
    let _many = world.many(GRAPH)?;
    let _first = world.relay(&world.one)?;
    let (nodes, topics) = (GRAPH.0, GRAPH.0 * GRAPH.1);
    while world.status(&world.one)?["topics"].as_array().map_or(0, Vec::len) < topics {}
    let began = Instant::now();
    let _second = world.relay(&world.other)?;
    let is_complete = |status: &Value| {
        status["topics_there"].as_array().is_some_and(|known| known.len() >= topics)
            && status["nodes_there"].as_object().is_some_and(|known| known.len() >= nodes)
    };
    while !is_complete(&world.status(&world.other)?) {
        if began.elapsed() > Duration::from_secs(60) {
            return Err("the graph is never complete".into());
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let text = format!(
        "a host that joins knows {nodes} nodes and {topics} topics of the other {seconds:.2} s after its relay's start"
    );
    report.row(
        "relay_graph",
        json!({ "nodes": nodes, "topics": topics, "seconds": rounded(seconds) }),
        &text,
    );
    Ok(())
}

/// How long nothing flows when a relay is killed and started again at once.
fn killed(world: &World, report: Report) -> Result<(), BenchError> {
    let stream = Stream::USUAL;
    for whose in ["source", "sink"] {
        let [mut first, mut second] = world.relays()?;
        let _source = world.side("source", Library::Ours, &stream, &[])?;
        let mut sink = world.side("sink", Library::Ours, &stream, &["--what=gap", "--seconds=8"])?;
        let flows = |status: &Value| status["topics"][0]["samples"].as_u64() > Some(1000);
        while !flows(&world.status(&world.other)?) {}
        if whose == "source" {
            drop(first);
            first = world.relay(&world.one)?;
        } else {
            drop(second);
            second = world.relay(&world.other)?;
        }
        let gap: Value = serde_json::from_str(&sink.line()?)?;
        let seconds = number(&gap, "gap_s");
        let text = format!("the {whose}'s relay killed and started again: nothing for {seconds:.2} s");
        report.row("relay_killed", json!({ "whose": whose, "seconds": rounded(seconds) }), &text);
        drop((first, second));
    }
    Ok(())
}
