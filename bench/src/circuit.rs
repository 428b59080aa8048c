//! A native source, the edge detector and a sink, against the edge detector's function alone.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;
use serde_json::{Value, json};

use crate::launched::{self, Folder, sibling};
use crate::percentile::percentiles;
use crate::report::{BenchError, Report};

/// How the circuit is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds of each turn.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

const SIZES: [(u32, u32); 2] = [(640, 480), (1920, 1080)];
/// At full speed pictures come this much quicker than the function alone handles them.
const SURPLUS: f64 = 1.25;
/// The turns at full speed, in alternation with the function alone.
const TURNS: usize = 3;

pub(crate) fn run(options: &Options, report: Report) -> Result<(), BenchError> {
    report.heading("source, edge detector, sink: three processes, against the function alone in one");
    for size in SIZES {
        at_thirty_hertz(size, options, report)?;
        at_full_speed(size, options, report)?;
    }
    memory(report)
}

/// From the source's send to the sink's handling, beside the function's own time at the same pace.
fn at_thirty_hertz(size: (u32, u32), options: &Options, report: Report) -> Result<(), BenchError> {
    const RATE: f64 = 30.0;
    let alone = alone(size, options.seconds, RATE)?;
    let run = Run::of(size, RATE, options.seconds)?;
    let [p50, p99] = ms(&run.sink)?;
    let [alone_p50, _] = ms(&alone)?;
    let adds = p50 - alone_p50;
    report.row(
        "circuit",
        json!({
            "width": size.0, "height": size.1, "rate_hz": RATE, "p50_ms": p50, "p99_ms": p99, "alone_p50_ms": alone_p50,
            "adds_ms": rounded(adds), "sent": run.sent, "received": run.received, "lost": run.lost, "torn": run.torn(&alone)?,
        }),
        &format!(
            "{:>5}x{:<5} 30 Hz: p50 {p50:.2} ms, p99 {p99:.2} ms; function alone {alone_p50:.2} ms, so {adds:+.2} ms; \
             {} sent, {} received, {} lost, {} torn",
            size.0, size.1, run.sent, run.received, run.lost, run.torn(&alone)?
        ),
    );
    Ok(())
}

/// Pictures a second that come out, beside the function called in a loop.
fn at_full_speed(size: (u32, u32), options: &Options, report: Report) -> Result<(), BenchError> {
    let (mut ours, mut alone_sum, mut counts) = (0.0, 0.0, [0; 4]);
    for _ in 0..TURNS {
        let alone = alone(size, options.seconds / 2.0, 0.0)?;
        let rate = number(&alone, "rate_hz")?;
        let run = Run::of(size, rate * SURPLUS, options.seconds)?;
        ours += number(&run.sink, "rate_hz")?;
        alone_sum += rate;
        let more = [run.sent, run.received, run.lost, run.torn(&alone)?];
        counts.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
    let (ours, alone, ratio) = (ours / TURNS as f64, alone_sum / TURNS as f64, ours / alone_sum);
    let [sent, received, lost, torn] = counts;
    report.row(
        "circuit_full_speed",
        json!({
            "width": size.0, "height": size.1, "rate_hz": ours.round(), "alone_hz": alone.round(), "ratio": rounded(ratio),
            "sent": sent, "received": received, "lost": lost, "torn": torn,
        }),
        &format!(
            "{:>5}x{:<5} full speed: {ours:.0} pictures/s; function alone {alone:.0}, ratio {ratio:.2}; \
             {sent} sent, {received} received, {lost} lost, {torn} torn",
            size.0, size.1
        ),
    );
    Ok(())
}

/// The function alone: its rate, its times, and the digests of what it gives.
fn alone((width, height): (u32, u32), seconds: f64, rate: f64) -> Result<Value, BenchError> {
    let args = [width.to_string(), height.to_string(), seconds.to_string(), rate.to_string()];
    let output = Command::new(sibling("edges_alone")?).args(args).stderr(Stdio::inherit()).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What came of one circuit.
struct Run {
    /// The sink's judgement.
    sink: Value,
    /// Pictures that the source sent, that the sink received, and that were lost on either wire.
    sent: u64,
    received: u64,
    lost: u64,
}

impl Run {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds of pictures")]
    fn of((width, height): (u32, u32), rate: f64, seconds: f64) -> Result<Self, BenchError> {
        let folder = Folder::new()?;
        let judgement = folder.0.join("judgement.json");
        let frames = (rate * seconds).max(1.0) as u64;
        let entries = format!(
            "  - node: {{exec: still_source, on_exit: shutdown, param: [{{name: width, value: {width}}}, \
               {{name: height, value: {height}}}, {{name: rate, value: {rate:.3}}}, {{name: frames, value: {frames}}}]}}\n  \
             - node: {{exec: edge_detector}}\n  \
             - node: {{exec: judging_sink, param: [{{name: report, value: {}}}]}}\n  \
             - wire: {{from: still_source/image, to: edge_detector/image}}\n  \
             - wire: {{from: edge_detector/edges, to: judging_sink/image}}\n",
            judgement.display()
        );
        let file = folder.launch_file("circuit.launch.yaml", &entries)?;
        let output = launched::run(&folder, &file)?.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let stdout = String::from_utf8_lossy(&output.stdout);
        let summary: Value = serde_json::from_str(stdout.lines().last().ok_or("no summary")?)?;
        let wires = summary["wires"].as_array().ok_or("no wires")?;
        let count =
            |wire: usize, name: &str| wires.get(wire).and_then(|wire| wire[name].as_u64()).ok_or("no count");
        Ok(Self {
            sink: serde_json::from_slice(&std::fs::read(judgement)?)?,
            sent: count(0, "sent")?,
            received: count(1, "received")?,
            lost: count(0, "lost")? + count(1, "lost")?,
        })
    }

    /// Pictures that are none of what the function alone gives.
    fn torn(&self, alone: &Value) -> Result<u64, BenchError> {
        let whole: BTreeMap<String, &str> =
            (alone["digests"].as_array().ok_or("no digests")?.iter().enumerate())
                .filter_map(|(picture, digest)| Some((picture.to_string(), digest.as_str()?)))
                .collect();
        let contents: Vec<(String, String, u64)> = serde_json::from_value(self.sink["contents"].clone())?;
        let torn =
            contents.iter().filter(|(picture, digest, _)| whole.get(picture) != Some(&digest.as_str()));
        Ok(torn.map(|(_, _, count)| count).sum())
    }
}

/// The proportional memory of camera, edge detector and screen at 640x480, while pictures flow.
fn memory(report: Report) -> Result<(), BenchError> {
    let folder = Folder::new()?;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../launch/examples/edges.launch.yaml");
    let mut child = launched::run(&folder, &example)?.args(["view:=none", "frames:=150"]).spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let (mut pids, mut pss_kb) = (BTreeMap::new(), BTreeMap::new());
    for line in BufReader::new(stdout).lines() {
        let event: Value = serde_json::from_str(&line?)?;
        if let (Some(node), Some(pid)) = (event["node"].as_str(), event["pid"].as_u64()) {
            pids.insert(node.to_owned(), pid);
        }
        let flows = |wires: &Vec<Value>| wires.iter().all(|wire| wire["received"].as_u64() > Some(30));
        if event["event"] == "wires" && event["wires"].as_array().is_some_and(flows) {
            for (node, pid) in &pids {
                pss_kb.insert(
                    node.clone(),
                    crate::memory::field(&format!("/proc/{pid}/smaps_rollup"), "Pss:")?,
                );
            }
        }
    }
    child.wait()?;
    let mb = pss_kb.values().sum::<u64>() as f64 / 1e3;
    report.row(
        "circuit_memory",
        json!({ "width": 640, "height": 480, "pss_mb": rounded(mb), "nodes_kb": pss_kb }),
        &format!("  640x480   camera, edge detector, screen: PSS {mb:.1} MB {pss_kb:?}"),
    );
    Ok(())
}

fn number(of: &Value, name: &str) -> Result<f64, BenchError> {
    of[name].as_f64().ok_or_else(|| format!("no number `{name}`").into())
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The median and the 99th percentile of the times in a report, in milliseconds.
fn ms(of: &Value) -> Result<[f64; 2], BenchError> {
    let us: Vec<f64> = serde_json::from_value(of["us"].clone())?;
    Ok(percentiles(us).map(|us| rounded(us / 1e3)))
}
