//! What a node is allowed, and what follows its end: pure.

use std::time::Duration;

use vc_plan::plan::{Grace, NodeKind, PlannedNode, Restart, RestartPolicy};

use crate::child_state::{ChildState, End, Rung};

/// How long a node must run before its failures are forgotten.
pub const SETTLED: Duration = Duration::from_secs(10);
/// The longest pause before a restart.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The least pause from the second restart in a row on, so that no delay in the launch file is no
/// licence to spin.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
/// From SIGABRT to SIGKILL.
const ABORT_GRACE: Duration = Duration::from_secs(1);
/// From SIGKILL to giving up: only a process stuck in the kernel outlives it.
const KILL_GRACE: Duration = Duration::from_secs(5);

/// What one node is allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// What follows its end.
    pub restart: Restart,
    /// How long it may take to stop.
    pub grace: Grace,
    /// How long it may take to say that it is ready; none: for ever.
    pub ready: Option<Duration>,
    /// How long it may show no sign of life; none: it is not asked for any.
    pub watchdog: Option<Duration>,
}

impl Policy {
    /// The policy of a planned node, where the plan is silent with these times. People who are to type something are
    /// waited for.
    pub fn new(node: &PlannedNode, ready: Duration, watchdog: Duration) -> Self {
        let is_block = matches!(node.kind, NodeKind::Block { .. });
        let (ready, watchdog) = if node.stdin { (None, Duration::ZERO) } else { (Some(ready), watchdog) };
        let watchdog = node.watchdog.unwrap_or(watchdog);
        let watchdog = (is_block && !watchdog.is_zero()).then_some(watchdog);
        Self { restart: node.restart.clone(), grace: node.grace, ready, watchdog }
    }

    /// What follows the end of a process that nobody asked to stop, after `retries` restarts in a row.
    pub fn after(&self, end: End, retries: u32) -> ChildState {
        let wanted = match self.restart.policy {
            RestartPolicy::Never => false,
            RestartPolicy::OnFailure => !end.is_success(),
            RestartPolicy::Always => true,
        };
        let allowed = self.restart.max_retries.is_none_or(|most| retries < most);
        if wanted && allowed {
            ChildState::Resting { retries: retries.saturating_add(1), pause: self.pause(retries), end }
        } else if end.is_success() {
            ChildState::Ended { end }
        } else {
            ChildState::Failed { end }
        }
    }

    /// The pause before a restart: it doubles with each one in a row.
    fn pause(&self, retries: u32) -> Duration {
        let first = self.restart.delay;
        if retries == 0 {
            return first.min(LONGEST_PAUSE);
        }
        let doubled = first.max(LEAST_PAUSE).checked_mul(1_u32.checked_shl(retries).unwrap_or(u32::MAX));
        doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
    }

    /// How long a state may last before the loop hands in `TimeUp`; none: for ever.
    pub fn patience(&self, state: &ChildState) -> Option<Duration> {
        match state {
            ChildState::Starting { .. } => self.ready,
            ChildState::Running { retries } => (*retries > 0).then_some(SETTLED),
            ChildState::Resting { pause, .. } => Some(*pause),
            ChildState::Stopping { rung, .. } => Some(match rung {
                Rung::Ask => self.grace.sigterm,
                Rung::Term => self.grace.sigkill,
                Rung::Abort => ABORT_GRACE,
                Rung::Kill => KILL_GRACE,
            }),
            ChildState::Waiting
            | ChildState::Ended { .. }
            | ChildState::Stopped { .. }
            | ChildState::Failed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(delay_ms: u64) -> Policy {
        Policy {
            restart: Restart {
                policy: RestartPolicy::Always,
                delay: Duration::from_millis(delay_ms),
                max_retries: None,
            },
            grace: Grace { sigterm: Duration::from_secs(5), sigkill: Duration::from_secs(5) },
            ready: Some(Duration::from_secs(10)),
            watchdog: None,
        }
    }

    #[test]
    fn pauses_double_and_stay_below_the_longest() {
        let pauses: Vec<_> = (0..8).map(|retries| policy(500).pause(retries).as_millis()).collect();

        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(policy(500).pause(u32::MAX), LONGEST_PAUSE);
        assert_eq!(policy(3_600_000).pause(0), LONGEST_PAUSE);
    }

    #[test]
    fn no_delay_still_does_not_spin() {
        let pauses: Vec<_> = (0..4).map(|retries| policy(0).pause(retries).as_millis()).collect();

        assert_eq!(pauses, [0, 200, 400, 800]);
    }
}
