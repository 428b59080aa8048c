//! What nodes and wires cost in memory: idle nodes, frames touched, allocations a message.

use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::json;
use vc::args::Args;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64;

use crate::allocations;
use crate::latency::Exchange;
use crate::ours::{Pair, domain};
use crate::pin::{self, Library, Role};
use crate::raw;
use crate::report::{BenchError, Report};

/// Bytes of a 1920x1080 picture with three bytes a pixel.
const FRAME: usize = 6_220_800;

pub(crate) fn run(report: Report) -> Result<(), BenchError> {
    report.heading("memory");
    idle_node(report)?;
    touched_frames(report)?;
    allocations_per_message(report)
}

/// A node with ten topics that waits: five inputs, five outputs.
pub(crate) fn idle() -> Result<(), BenchError> {
    let block = Block::new("idle", "Waits.");
    let inputs: Vec<_> = (0..5).map(|n| block.input::<Float64>(&format!("in{n}"), "Numbers.")).collect();
    let outputs: Vec<_> = (0..5).map(|n| block.output::<Float64>(&format!("out{n}"), "Numbers.")).collect();
    let mut node = Node::open(block.manifest(), &Args::default(), domain(), Stop::on_signals()?)?;
    let publishers: Result<Vec<_>, _> = outputs.iter().map(|output| node.publisher(output)).collect();
    for input in &inputs {
        node.on(input, |_| ())?;
    }
    std::io::Write::write_all(&mut std::io::stdout(), b"ready\n")?;
    node.run()?;
    drop(publishers?);
    Ok(())
}

fn idle_node(report: Report) -> Result<(), BenchError> {
    let mut other = pin::start(Role::Idle, Library::Ours, 0, 1)?;
    let stdout = other.0.stdout.take().ok_or("no output")?;
    BufReader::new(stdout).read_line(&mut String::new())?;
    std::thread::sleep(std::time::Duration::from_millis(500));
    let proc = format!("/proc/{}", other.0.id());
    let wakes = |path: &str| field(path, "voluntary_ctxt_switches:");
    let before = wakes(&format!("{proc}/status"))?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    let status = format!("{proc}/status");
    let wakes = wakes(&status)? - before;
    let rss_kb = field(&status, "VmRSS:")?;
    let threads = field(&status, "Threads:")?;
    let anonymous_kb = field(&status, "RssAnon:")?;
    report.row(
        "idle_node",
        json!({ "topics": 10, "rss_kb": rss_kb, "anonymous_kb": anonymous_kb, "threads": threads, "wakes_in_3_s": wakes }),
        &format!("  idle node, 10 topics: RSS {rss_kb} kB (anonymous {anonymous_kb} kB), {threads} threads, {wakes} wake-ups in 3 s"),
    );
    Ok(())
}

/// A number of a file of `/proc`, such as `Pss:`.
pub(crate) fn field(path: &str, name: &str) -> Result<u64, BenchError> {
    let text = std::fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such field")?;
    Ok(line.split_whitespace().next().ok_or("no value")?.parse()?)
}

/// Shared memory that a 1080p wire really touches, with a receiver that keeps up and one that stands.
fn touched_frames(report: Report) -> Result<(), BenchError> {
    for (receiver, name) in [(true, "keeps up"), (false, "stands still")] {
        let node = image_node()?;
        let publisher = node.1;
        let mut subscriber = node.2;
        let layout = Image { encoding: "bgr8".to_owned(), ..Image::default() };
        for _ in 0..100 {
            let mut loan = publisher.loan(&layout, FRAME)?;
            loan.region_mut().fill(7);
            loan.send()?;
            while receiver && subscriber.take()?.is_some() {}
        }
        let touched = touched_bytes()?;
        let frames = touched as f64 / FRAME as f64;
        report.row(
            "touched_frames",
            json!({ "receiver": name, "bytes": touched, "frames": (frames * 10.0).round() / 10.0 }),
            &format!(
                "  1080p wire, receiver {name}: {:.1} MB touched = {frames:.1} frames",
                touched as f64 / 1e6
            ),
        );
        drop((publisher, subscriber));
        node.0.stopper().stop();
    }
    Ok(())
}

fn image_node() -> Result<(Node, Publisher<Image>, Subscriber<Image>), BenchError> {
    let block = Block::new("both", "Writes and reads.");
    let output = block.output::<Image>("image", "Pictures.");
    let input = block.input::<Image>("image", "Pictures.");
    let mut node = Node::open(block.manifest(), &Args::default(), domain(), Stop::new()?)?;
    let publisher = node.publisher(&output)?;
    let subscriber = node.subscriber(&input)?;
    Ok((node, publisher, subscriber))
}

/// The memory behind all of the domain's segments.
fn touched_bytes() -> Result<u64, BenchError> {
    use std::os::unix::fs::MetadataExt;
    let prefix = domain().folder().file_name().ok_or("no folder")?.to_string_lossy().into_owned();
    let mut bytes = 0;
    for entry in std::fs::read_dir(Path::new("/dev/shm"))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            bytes += entry.metadata()?.blocks() * 512;
        }
    }
    Ok(bytes)
}

/// Heap allocations of sender and receiver together, after the first messages.
fn allocations_per_message(report: Report) -> Result<(), BenchError> {
    for bytes in [64, FRAME] {
        let ours = allocations_of(&mut Pair::open("both", "both")?, bytes)?;
        let raw = allocations_of(&mut raw::Pair::open("both", "both")?, bytes)?;
        report.row(
            "allocations",
            json!({ "bytes": bytes, "ours": ours, "raw": raw }),
            &format!("  heap allocations a message of {bytes} bytes, loan to view: ours {ours}, raw {raw}"),
        );
    }
    Ok(())
}

/// Heap allocations a message, over many.
fn allocations_of(pair: &mut impl Exchange, bytes: usize) -> Result<f64, BenchError> {
    const MESSAGES: u64 = 1000;
    let mut exchange = || pair.send(bytes).and_then(|()| pair.receive());
    for _ in 0..100 {
        exchange()?;
    }
    let before = allocations::count();
    for _ in 0..MESSAGES {
        exchange()?;
    }
    Ok((allocations::count() - before) as f64 / MESSAGES as f64)
}
