//! Log output: `tracing` events to standard error.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::prelude::*;

/// Set to `launch` by vclaunch, which adds node name and time itself.
const STYLE_VARIABLE: &str = "VC_LOG_STYLE";

/// Sends log events to standard error: those of `RUST_LOG`, else of `level` (ROS 2's words), else of
/// level info and above. Does nothing if the program has set up logging of its own.
pub(crate) fn init(level: Option<&str>) {
    let from_env = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse::<Targets>().ok());
    let filter = from_env.unwrap_or_else(|| Targets::new().with_default(level_of(level)));
    let launched = std::env::var(STYLE_VARIABLE).is_ok_and(|style| style == "launch");
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(!launched && std::io::stderr().is_terminal())
        .with_timer(Time { shown: !launched });
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

struct Time {
    shown: bool,
}

impl FormatTime for Time {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        if self.shown { SystemTime.format_time(writer) } else { Ok(()) }
    }
}

fn level_of(word: Option<&str>) -> LevelFilter {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("debug") => LevelFilter::DEBUG,
        Some("trace") => LevelFilter::TRACE,
        Some("warn" | "warning") => LevelFilter::WARN,
        Some("error" | "fatal") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    }
}
