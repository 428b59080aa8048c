//! One-way latency: half the round trip of a ping-pong between two processes.

use std::time::Instant;

use clap::Args;
use serde_json::json;

use crate::percentile::percentiles;
use crate::pin::{self, Library, Role};
use crate::report::{BenchError, Report, size};
use crate::{ours, raw};

/// The payload sizes measured, in bytes: up to a 1920x1080 picture of three bytes a pixel.
pub(crate) const SIZES: [usize; 5] = [64, 1024, 65_536, 1_048_576, 6_220_800];
/// Round trips before those that count.
const WARM_UP: usize = 200;

/// How latency is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Round trips of each size and library that count.
    #[arg(long, default_value_t = 10_000)]
    rounds: usize,
    /// Put the two processes on two CPUs instead of one.
    #[arg(long)]
    two_cpus: bool,
}

/// One side's way to send and receive.
pub(crate) trait Exchange {
    /// Builds a message of `bytes` bytes in place, touches its first and last byte, and sends it.
    fn send(&mut self, bytes: usize) -> Result<(), BenchError>;
    /// Waits asleep for a message, reads its first and last byte in place, and tells its length.
    fn receive(&mut self) -> Result<usize, BenchError>;
}

/// Tells the other side, which was there before, that this one is there too.
pub(crate) fn greet(pair: &mut impl Exchange) -> Result<(), BenchError> {
    pair.send(GREETING)
}

/// Waits for the other side's greeting.
pub(crate) fn meet(pair: &mut impl Exchange) -> Result<(), BenchError> {
    match pair.receive()? {
        GREETING => Ok(()),
        _ => Err("no greeting".into()),
    }
}

/// The length of a greeting.
const GREETING: usize = 5;

/// Answers each message with one of the same length, for ever.
pub(crate) fn pong(pair: &mut impl Exchange) -> Result<(), BenchError> {
    greet(pair)?;
    loop {
        let bytes = pair.receive()?;
        pair.send(bytes)?;
    }
}

pub(crate) fn run(options: &Options, report: Report) -> Result<(), BenchError> {
    let cpus = if options.two_cpus { "two CPUs" } else { "one CPU" };
    report.heading(&format!(
        "one-way latency in µs, two processes on {cpus}, {} round trips each\n{:>10} {:>16} {:>16} {:>10}",
        options.rounds, "payload", "ours p50/p99", "raw p50/p99", "p50 adds"
    ));
    for bytes in SIZES {
        let (ours, raw) = measure(bytes, options)?;
        let fields = json!({
            "bytes": bytes, "cpus": if options.two_cpus { 2 } else { 1 },
            "ours": { "p50_us": ours.0, "p99_us": ours.1 },
            "raw": { "p50_us": raw.0, "p99_us": raw.1 },
        });
        let text = format!(
            "{:>10} {:>7.2} /{:>7.2} {:>7.2} /{:>7.2} {:>10.2}",
            size(bytes),
            ours.0,
            ours.1,
            raw.0,
            raw.1,
            ours.0 - raw.0
        );
        report.row("latency", fields, &text);
    }
    Ok(())
}

type Percentiles = (f64, f64);

/// Both libraries in turns, so that what else the machine does hits both alike.
fn measure(bytes: usize, options: &Options) -> Result<(Percentiles, Percentiles), BenchError> {
    const TURNS: usize = 10;
    pin::pin_to(0)?;
    let pong_cpu = usize::from(options.two_cpus);
    let mut ours = ours::Pair::open("ping", "pong")?;
    let mut raw = raw::Pair::open("ping", "pong")?;
    let _others = [
        pin::start(Role::Pong, Library::Ours, bytes, pong_cpu)?,
        pin::start(Role::Pong, Library::Raw, bytes, pong_cpu)?,
    ];
    warm_up(&mut ours, bytes)?;
    warm_up(&mut raw, bytes)?;
    let (mut ours_us, mut raw_us) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        turn(&mut ours, bytes, options.rounds / TURNS, &mut ours_us)?;
        turn(&mut raw, bytes, options.rounds / TURNS, &mut raw_us)?;
    }
    Ok((summary(ours_us), summary(raw_us)))
}

fn warm_up(pair: &mut impl Exchange, bytes: usize) -> Result<(), BenchError> {
    meet(pair)?;
    for _ in 0..WARM_UP {
        pair.send(bytes)?;
        pair.receive()?;
    }
    Ok(())
}

fn turn(pair: &mut impl Exchange, bytes: usize, rounds: usize, us: &mut Vec<f64>) -> Result<(), BenchError> {
    for _ in 0..rounds {
        let start = Instant::now();
        pair.send(bytes)?;
        pair.receive()?;
        us.push(start.elapsed().as_secs_f64() * 1e6 / 2.0);
    }
    Ok(())
}

fn summary(us: Vec<f64>) -> Percentiles {
    percentiles(us).map(|value| (value * 100.0).round() / 100.0).into()
}
