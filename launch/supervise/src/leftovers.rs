//! Processes that nodes leave behind: those that left their group, and those that became ours.

use std::collections::BTreeSet;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};
use tokio::time::{Instant, sleep};

use crate::guard::RUN_VARIABLE;
use crate::observer::Warning;
use crate::process_table::{self, Entry};

/// How long killed processes may take to be gone.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(5);

/// Children of this process, other than `known`: they came to us when their parents died.
fn adopted(known: &[u32]) -> Vec<Entry> {
    let own = rustix::process::getpid().as_raw_pid();
    let is_known = |pid: Pid| known.contains(&pid.as_raw_pid().cast_unsigned());
    process_table::entries().into_iter().filter(|entry| entry.parent == own && !is_known(entry.pid)).collect()
}

/// Collects adopted children that have died, so that they do not stay in the process table.
pub(crate) fn collect_dead(known: &[u32]) {
    for dead in adopted(known).iter().filter(|entry| entry.is_zombie) {
        // By its number, never "any child": that would take the nodes' ends from their watchers.
        let _ = rustix::process::waitpid(Some(dead.pid), WaitOptions::NOHANG);
    }
}

/// Kills what is left of a run, waits until it is gone, and says what there was.
pub(crate) async fn end(mark: &str, known: &[u32], owns_process: bool) -> Vec<Warning> {
    let marked = format!("{RUN_VARIABLE}={mark}");
    let until = Instant::now() + PATIENCE;
    let mut seen = BTreeSet::new();
    let mut warnings = Vec::new();
    loop {
        let mut left = process_table::with_variable(&marked);
        if owns_process {
            collect_dead(known);
            left.extend(adopted(known).into_iter().filter(|entry| !entry.is_zombie));
        }
        let is_late = Instant::now() >= until;
        for entry in &left {
            let (program, pid) = (entry.name.clone(), entry.pid.as_raw_pid());
            let _ = rustix::process::kill_process(entry.pid, Signal::KILL);
            if is_late {
                warnings.push(Warning::Survivor { program, pid });
            } else if seen.insert(pid) {
                warnings.push(Warning::LeftBehind { program, pid });
            }
        }
        if left.is_empty() || is_late {
            return warnings;
        }
        sleep(LOOK).await;
    }
}
