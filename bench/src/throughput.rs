//! Messages a second from one process to another, as fast as they go.

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use crate::latency::{Exchange, SIZES, greet, meet};
use crate::pin::{self, Library, Role};
use crate::report::{BenchError, Report, size};
use crate::{ours, raw};

/// How throughput is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds of each turn.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
}

/// The turns each library has, in alternation.
const TURNS: usize = 3;

pub(crate) fn run(options: &Options, report: Report) -> Result<(), BenchError> {
    report.heading(&format!(
        "messages a second, sender on CPU 0, receiver on CPU 1, {TURNS} turns of {} s each\n{:>10} {:>22} {:>22} {:>8}",
        options.seconds, "payload", "ours sent/received", "raw sent/received", "ratio"
    ));
    pin::pin_to(0)?;
    for bytes in SIZES {
        let (mut ours, mut raw) = (Rates::default(), Rates::default());
        for _ in 0..TURNS {
            ours.add(&flood(&mut ours::Pair::open("flood", "counted")?, Library::Ours, bytes, options)?);
            raw.add(&flood(&mut raw::Pair::open("flood", "counted")?, Library::Raw, bytes, options)?);
        }
        let ratio = ours.received / raw.received;
        let fields = json!({ "bytes": bytes, "ours": ours.json(), "raw": raw.json(), "ratio": (ratio * 100.0).round() / 100.0 });
        let text = format!(
            "{:>10} {:>10.0} /{:>10.0} {:>10.0} /{:>10.0} {ratio:>8.2}",
            size(bytes),
            ours.sent / TURNS as f64,
            ours.received / TURNS as f64,
            raw.sent / TURNS as f64,
            raw.received / TURNS as f64
        );
        report.row("throughput", fields, &text);
    }
    Ok(())
}

#[derive(Default)]
struct Rates {
    sent: f64,
    received: f64,
}

impl Rates {
    fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.received += other.received;
    }

    fn json(&self) -> serde_json::Value {
        let each = |sum: f64| (sum / TURNS as f64).round();
        json!({ "sent_per_s": each(self.sent), "received_per_s": each(self.received) })
    }
}

/// Sends for the given time; the other side counts, and tells how many came.
fn flood(
    pair: &mut impl Exchange,
    library: Library,
    bytes: usize,
    options: &Options,
) -> Result<Rates, BenchError> {
    let mut other = pin::start(Role::Count, library, bytes, 1)?;
    meet(pair)?;
    for _ in 0..WARM_UP {
        pair.send(bytes)?;
    }
    // The newest message is never dropped, so a mark always arrives.
    pair.send(MARK)?;
    meet(pair)?;
    let (start, length) = (Instant::now(), Duration::from_secs_f64(options.seconds));
    let mut sent = 0u64;
    while start.elapsed() < length {
        for _ in 0..16 {
            pair.send(bytes)?;
        }
        sent += 16;
    }
    let elapsed = start.elapsed().as_secs_f64();
    pair.send(MARK)?;
    let mut told = String::new();
    let stdout = other.0.stdout.take().ok_or("no output")?;
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut told)?;
    let received: f64 = told.trim().parse()?;
    Ok(Rates { sent: sent as f64 / elapsed, received: received / elapsed })
}

/// Messages before those that count: by then all memory they cycle through is there.
const WARM_UP: usize = 1000;
/// The length of a message that marks the beginning or the end of those that count.
const MARK: usize = 7;

/// Counts what comes between two marks.
pub(crate) fn count(pair: &mut impl Exchange) -> Result<(), BenchError> {
    greet(pair)?;
    while pair.receive()? != MARK {}
    greet(pair)?;
    let mut received = 0u64;
    while pair.receive()? != MARK {
        received += 1;
    }
    writeln!(std::io::stdout(), "{received}")?;
    Ok(())
}
