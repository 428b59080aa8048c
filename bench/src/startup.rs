//! From the start of `vclaunch` to the first frame handled by the last of three nodes.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use clap::Args;
use serde_json::json;

use crate::launched::vclaunch;
use crate::percentile::percentiles;
use crate::report::{BenchError, Report};

/// What the block `screen` logs when a picture has come to it for the first time.
const FIRST: &str = "the first picture is here";

/// How start-up is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Starts measured.
    #[arg(long, default_value_t = 20)]
    starts: usize,
    /// The launch file.
    #[arg(long, default_value = "launch/examples/edges.launch.yaml")]
    file: String,
}

pub(crate) fn run(options: &Options, report: Report) -> Result<(), BenchError> {
    // The first start fills the cache of manifests, as a user's first start does.
    start(options)?;
    let ms = (0..options.starts).map(|_| start(options)).collect::<Result<Vec<_>, _>>()?;
    let [p50, p99] = percentiles(ms).map(f64::round);
    report.row(
        "startup",
        json!({ "nodes": 3, "starts": options.starts, "p50_ms": p50, "p99_ms": p99 }),
        &format!(
            "vclaunch to first frame at the sink, 3 nodes, {} starts: p50 {p50} ms, p99 {p99} ms",
            options.starts
        ),
    );
    Ok(())
}

/// One start, in milliseconds until the last wire has carried a sample.
fn start(options: &Options) -> Result<f64, BenchError> {
    let begin = Instant::now();
    let mut child = vclaunch()?
        .args(["run", "--json", &options.file, "frames:=1", "view:=none", "rate:=1000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let mut first = None;
    for line in BufReader::new(stdout).lines() {
        let is_first = line?.contains(FIRST);
        if is_first {
            first.get_or_insert_with(|| begin.elapsed().as_secs_f64() * 1e3);
        }
    }
    child.wait()?;
    first.ok_or_else(|| "the sink never told of its first picture".into())
}
