//! What Python's `logging` says, in the node's own log.

use pyo3::prelude::*;
use tracing::Level;

/// Whether messages of this level of `logging` are wanted.
#[pyfunction]
pub(crate) fn enabled(level: i32) -> bool {
    match level_of(level) {
        Level::ERROR => tracing::enabled!(Level::ERROR),
        Level::WARN => tracing::enabled!(Level::WARN),
        Level::INFO => tracing::enabled!(Level::INFO),
        Level::DEBUG => tracing::enabled!(Level::DEBUG),
        _ => tracing::enabled!(Level::TRACE),
    }
}

/// Says something at this level of `logging`.
#[pyfunction]
pub(crate) fn log(level: i32, message: &str) {
    match level_of(level) {
        Level::ERROR => tracing::error!("{message}"),
        Level::WARN => tracing::warn!("{message}"),
        Level::INFO => tracing::info!("{message}"),
        Level::DEBUG => tracing::debug!("{message}"),
        _ => tracing::trace!("{message}"),
    }
}

fn level_of(level: i32) -> Level {
    match level {
        40.. => Level::ERROR,
        30.. => Level::WARN,
        20.. => Level::INFO,
        10.. => Level::DEBUG,
        _ => Level::TRACE,
    }
}
