//! What concerns running: signs of life.

use super::members::Members;
use crate::diagnostic::{Diagnostic, Sink};

/// Notes programs that are asked for signs of life and can give none.
pub(super) fn check_watchdogs(members: &Members, sink: &mut Sink) {
    for member in members.list.iter().filter(|member| member.manifest.is_none()) {
        if let Some(watchdog) = &member.wanted.watchdog {
            let message = format!("`watchdog` is for blocks: {} gives no signs of life", member.called());
            sink.push(Diagnostic::warning(message).at(&watchdog.at));
        }
    }
}
