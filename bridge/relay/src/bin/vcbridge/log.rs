//! Log output: to standard error, as nodes do.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

/// Sends log events to standard error: those of `RUST_LOG`, else ours of level info and zenoh's of level error: it
/// says as warnings what is daily life to it.
pub(crate) fn init() {
    let from_env = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse::<Targets>().ok());
    let ours = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_targets(["vcbridge", "vc_relay", "vc_session", "vc"].map(|target| (target, LevelFilter::INFO)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    let _ = tracing_subscriber::registry().with(from_env.unwrap_or(ours)).with(lines).try_init();
}
