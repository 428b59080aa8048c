//! A node's life, as a pure state machine: no clock, no process.
//!
//! [`step`] takes a state and an event and says what comes next. How long a state may last is
//! [`Policy::patience`]'s word; when that time is over the loop hands in [`ChildEvent::TimeUp`].

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::Policy;

/// How a node's process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It never said that it is ready, and was stopped.
    NeverReady,
    /// It gave no sign of life for the watchdog's time, and was stopped.
    Hung,
    /// There never was a process.
    NotStarted {
        /// The system's reason.
        reason: String,
    },
    /// What it waited for before its start cannot happen any more.
    NeverStarted {
        /// What it waited for, and why that cannot happen.
        reason: String,
    },
    /// Not even SIGKILL ended it in time.
    Unkillable,
    /// Nobody knows: the link to its machine was lost.
    OutOfSight {
        /// The machine.
        machine: String,
    },
}

impl End {
    /// Whether the process did its work and said so.
    pub fn is_success(&self) -> bool {
        *self == Self::Code(0)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(number) => f.write_str(&signal_name(*number)),
            Self::NeverReady => f.write_str("never said it is ready"),
            Self::Hung => f.write_str("gave no sign of life"),
            Self::NotStarted { reason } => write!(f, "could not be started: {reason}"),
            Self::NeverStarted { reason } => write!(f, "was never started: {reason}"),
            Self::Unkillable => f.write_str("could not be killed"),
            Self::OutOfSight { machine } => write!(f, "out of sight: the link to {machine} was lost"),
        }
    }
}

/// Linux's names, from signal 1 on.
const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// The name of a signal, such as `SIGSEGV`.
pub fn signal_name(number: i32) -> String {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let name = index.and_then(|index| SIGNALS.get(index));
    name.map_or_else(|| format!("signal {number}"), |name| format!("SIG{name}"))
}

/// A rung of the ladder that ends a process. Later ones are harder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rung {
    /// SIGINT.
    Ask,
    /// SIGTERM.
    Term,
    /// SIGABRT, for a process that hangs: it may leave a trace of where.
    Abort,
    /// SIGKILL.
    Kill,
}

/// Why a process is being stopped, and so what follows its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Then {
    /// The circuit stops.
    Rest,
    /// It failed while alive; its policy says what follows.
    Recover {
        /// How it failed.
        end: End,
        /// Restarts in a row so far.
        retries: u32,
    },
}

/// Where a node is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChildState {
    /// Not started yet.
    Waiting,
    /// Its process exists, but has not said that it is ready.
    Starting {
        /// Restarts in a row so far.
        retries: u32,
    },
    /// Ready.
    Running {
        /// Restarts in a row so far; 0 once it has run for a while.
        retries: u32,
    },
    /// Its process ended; the next one is due after the pause.
    Resting {
        /// Restarts in a row, the coming one included.
        retries: u32,
        /// How long the rest is.
        pause: Duration,
        /// How the last process ended.
        end: End,
    },
    /// It has been told to end.
    Stopping {
        /// How hard it has been told.
        rung: Rung,
        /// What follows.
        then: Then,
    },
    /// Ended by itself, with success, for good.
    Ended {
        /// How.
        end: End,
    },
    /// Ended because the circuit stopped.
    Stopped {
        /// How, or how its last process did; none: it never ran.
        end: Option<End>,
    },
    /// Failed for good.
    Failed {
        /// How.
        end: End,
    },
}

impl ChildState {
    /// Whether nothing follows.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Stopped { .. } | Self::Failed { .. })
    }

    /// Whether there is a process.
    pub fn has_process(&self) -> bool {
        matches!(self, Self::Starting { .. } | Self::Running { .. } | Self::Stopping { .. })
    }

    /// The state's name, one lowercase word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Starting { .. } => "starting",
            Self::Running { .. } => "running",
            Self::Resting { .. } => "resting",
            Self::Stopping { .. } => "stopping",
            Self::Ended { .. } => "ended",
            Self::Stopped { .. } => "stopped",
            Self::Failed { .. } => "failed",
        }
    }

    /// How the last process ended, as far as one has.
    pub fn end(&self) -> Option<&End> {
        match self {
            Self::Resting { end, .. } | Self::Ended { end } | Self::Failed { end } => Some(end),
            Self::Stopped { end } => end.as_ref(),
            Self::Waiting | Self::Starting { .. } | Self::Running { .. } | Self::Stopping { .. } => None,
        }
    }
}

/// What can happen to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChildEvent {
    /// Its turn to start.
    Start,
    /// Its turn to start will never come.
    Hopeless {
        /// What it waited for, and why that cannot happen any more.
        reason: String,
    },
    /// Its process could not be made.
    NotStarted {
        /// The system's reason.
        reason: String,
    },
    /// It said that it is ready.
    Ready,
    /// It missed its watchdog's time.
    Hung,
    /// The state has lasted as long as [`Policy::patience`] allows.
    TimeUp,
    /// Its process has ended.
    Exited(End),
    /// The circuit stops; said again with a harder rung when the user is in a hurry.
    Stop(Rung),
}

/// What the loop must do after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Make a process.
    Spawn,
    /// Send the rung's signal to the process group.
    Signal(Rung),
}

/// One step of a node's life: the next state, and what the loop must do.
pub fn step(state: ChildState, event: ChildEvent, policy: &Policy) -> (ChildState, Action) {
    match state {
        ChildState::Waiting => waiting(event, policy),
        ChildState::Starting { retries } => starting(retries, event, policy),
        ChildState::Running { retries } => running(retries, event, policy),
        ChildState::Resting { retries, pause, end } => resting(retries, pause, end, &event),
        ChildState::Stopping { rung, then } => stopping(rung, then, event, policy),
        last @ (ChildState::Ended { .. } | ChildState::Stopped { .. } | ChildState::Failed { .. }) => {
            over(last, &event)
        }
    }
}

fn waiting(event: ChildEvent, policy: &Policy) -> (ChildState, Action) {
    use ChildEvent as E;
    match event {
        E::Start => (ChildState::Starting { retries: 0 }, Action::Spawn),
        E::Stop(_) => (ChildState::Stopped { end: None }, Action::Nothing),
        E::NotStarted { reason } => (policy.after(End::NotStarted { reason }, 0), Action::Nothing),
        E::Hopeless { reason } => (ChildState::Failed { end: End::NeverStarted { reason } }, Action::Nothing),
        E::Ready | E::Hung | E::TimeUp | E::Exited(_) => (ChildState::Waiting, Action::Nothing),
    }
}

fn starting(retries: u32, event: ChildEvent, policy: &Policy) -> (ChildState, Action) {
    use ChildEvent as E;
    match event {
        E::Ready => (ChildState::Running { retries }, Action::Nothing),
        E::NotStarted { reason } => (policy.after(End::NotStarted { reason }, retries), Action::Nothing),
        E::Exited(end) => (policy.after(end, retries), Action::Nothing),
        E::TimeUp => tell(Rung::Term, Then::Recover { end: End::NeverReady, retries }),
        E::Stop(rung) => tell(rung, Then::Rest),
        E::Start | E::Hopeless { .. } | E::Hung => (ChildState::Starting { retries }, Action::Nothing),
    }
}

fn running(retries: u32, event: ChildEvent, policy: &Policy) -> (ChildState, Action) {
    use ChildEvent as E;
    match event {
        E::Exited(end) => (policy.after(end, retries), Action::Nothing),
        E::Hung => tell(Rung::Abort, Then::Recover { end: End::Hung, retries }),
        E::TimeUp => (ChildState::Running { retries: 0 }, Action::Nothing),
        E::Stop(rung) => tell(rung, Then::Rest),
        E::Start | E::Hopeless { .. } | E::Ready | E::NotStarted { .. } => {
            (ChildState::Running { retries }, Action::Nothing)
        }
    }
}

fn resting(retries: u32, pause: Duration, end: End, event: &ChildEvent) -> (ChildState, Action) {
    use ChildEvent as E;
    match event {
        E::TimeUp => (ChildState::Starting { retries }, Action::Spawn),
        E::Stop(_) => (ChildState::Stopped { end: Some(end) }, Action::Nothing),
        E::Start | E::Hopeless { .. } | E::Ready | E::Hung | E::Exited(_) | E::NotStarted { .. } => {
            (ChildState::Resting { retries, pause, end }, Action::Nothing)
        }
    }
}

fn stopping(rung: Rung, then: Then, event: ChildEvent, policy: &Policy) -> (ChildState, Action) {
    use ChildEvent as E;
    match (event, then) {
        (E::Exited(end), Then::Rest) => (ChildState::Stopped { end: Some(end) }, Action::Nothing),
        (E::Exited(_), Then::Recover { end, retries }) => (policy.after(end, retries), Action::Nothing),
        (E::TimeUp, then) => match harder(rung) {
            Some(harder) => tell(harder, then),
            // A second process beside one that cannot be killed would do harm: no restart.
            None => (given_up(&then), Action::Nothing),
        },
        (E::Stop(asked), _) if asked > rung => tell(asked, Then::Rest),
        (E::Stop(_), _) => (ChildState::Stopping { rung, then: Then::Rest }, Action::Nothing),
        (E::Start | E::Hopeless { .. } | E::Ready | E::Hung | E::NotStarted { .. }, then) => {
            (ChildState::Stopping { rung, then }, Action::Nothing)
        }
    }
}

/// A final state stays: every event is too late.
fn over(last: ChildState, event: &ChildEvent) -> (ChildState, Action) {
    use ChildEvent as E;
    match event {
        E::Start
        | E::Hopeless { .. }
        | E::NotStarted { .. }
        | E::Ready
        | E::Hung
        | E::TimeUp
        | E::Exited(_)
        | E::Stop(_) => (last, Action::Nothing),
    }
}

fn tell(rung: Rung, then: Then) -> (ChildState, Action) {
    (ChildState::Stopping { rung, then }, Action::Signal(rung))
}

fn harder(rung: Rung) -> Option<Rung> {
    match rung {
        Rung::Ask => Some(Rung::Term),
        Rung::Term | Rung::Abort => Some(Rung::Kill),
        Rung::Kill => None,
    }
}

fn given_up(then: &Then) -> ChildState {
    match then {
        Then::Rest => ChildState::Stopped { end: Some(End::Unkillable) },
        Then::Recover { .. } => ChildState::Failed { end: End::Unkillable },
    }
}

#[cfg(test)]
mod tests;
