//! Many nodes: how long a circuit of a hundred takes to be ready, and a file of two hundred to be checked.

use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use clap::Args;
use serde_json::{Value, json};

use crate::launched::{self, Folder};
use crate::percentile::percentiles;
use crate::report::{BenchError, Report};

/// How the start of many nodes is measured.
#[derive(Args)]
pub(crate) struct Nodes {
    /// Nodes of the circuit, a ring.
    #[arg(long, default_value_t = 100)]
    nodes: usize,
    /// Starts measured.
    #[arg(long, default_value_t = 5)]
    starts: usize,
}

/// How the check of a long file is measured.
#[derive(Args)]
pub(crate) struct Check {
    /// Nodes, in four included files.
    #[arg(long, default_value_t = 200)]
    nodes: usize,
    /// Checks measured.
    #[arg(long, default_value_t = 20)]
    checks: usize,
}

/// A ring of small blocks, as entries of a launch file.
fn ring(numbers: std::ops::Range<usize>) -> String {
    let mut text = String::new();
    for number in numbers.clone() {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "  - node: {{exec: small_block, name: n{number}}}");
    }
    let mut before = numbers.end - 1;
    for number in numbers {
        let _ = writeln!(text, "  - wire: {{from: n{before}/out, to: n{number}/in}}");
        before = number;
    }
    text
}

/// From `vclaunch` to the moment in which the last of all nodes is ready.
pub(crate) fn nodes(options: &Nodes, report: Report) -> Result<(), BenchError> {
    let folder = Folder::new()?;
    let file = folder.launch_file("nodes.launch.yaml", &ring(0..options.nodes))?;
    let start = || -> Result<f64, BenchError> {
        let begin = Instant::now();
        let mut child = launched::run(&folder, &file)?.spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let (mut ready, mut ms) = (0, None);
        for line in BufReader::new(stdout).lines() {
            let event: Value = serde_json::from_str(&line?)?;
            ready += usize::from(event["event"] == "state" && event["state"] == "running");
            if ready == options.nodes && ms.is_none() {
                ms = Some(begin.elapsed().as_secs_f64() * 1e3);
                let pid = rustix::process::Pid::from_child(&child);
                rustix::process::kill_process(pid, rustix::process::Signal::INT)?;
            }
        }
        child.wait()?;
        ms.ok_or_else(|| "not every node became ready".into())
    };
    // The first start fills the cache of manifests.
    start()?;
    let ms = (0..options.starts).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
    let [p50, p99] = percentiles(ms).map(f64::round);
    report.row(
        "nodes",
        json!({ "nodes": options.nodes, "starts": options.starts, "p50_ms": p50, "p99_ms": p99 }),
        &format!(
            "{} small nodes, vclaunch to all ready, {} starts: p50 {p50} ms, p99 {p99} ms",
            options.nodes, options.starts
        ),
    );
    Ok(())
}

/// `vclaunch check`, from start to exit.
pub(crate) fn check(options: &Check, report: Report) -> Result<(), BenchError> {
    const FILES: usize = 4;
    let folder = Folder::new()?;
    let each = options.nodes / FILES;
    let mut entries = String::new();
    for part in 0..FILES {
        let name = format!("part{part}.launch.yaml");
        folder.launch_file(&name, &ring(part * each..(part + 1) * each))?;
        let _ = writeln!(entries, "  - include: {{file: $(dirname)/{name}}}");
    }
    let file = folder.launch_file("check.launch.yaml", &entries)?;
    let check = || -> Result<f64, BenchError> {
        let begin = Instant::now();
        let output = launched::vclaunch()?.arg("check").arg(&file).stderr(Stdio::piped()).output()?;
        let ms = begin.elapsed().as_secs_f64() * 1e3;
        if output.status.success() {
            Ok(ms)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
        }
    };
    // The first one fills the cache of manifests.
    check()?;
    let ms = (0..options.checks).map(|_| check()).collect::<Result<Vec<_>, _>>()?;
    let [p50, p99] = percentiles(ms).map(f64::round);
    report.row(
        "check",
        json!({ "nodes": FILES * each, "files": FILES + 1, "checks": options.checks, "p50_ms": p50, "p99_ms": p99 }),
        &format!("vclaunch check, {} nodes in {FILES} included files, {} times: p50 {p50} ms, p99 {p99} ms", FILES * each, options.checks),
    );
    Ok(())
}
