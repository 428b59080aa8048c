//! What a view knows of a circuit, and the sentences about what happens in it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use vc_fleet::clock::Offset;
use vc_plan::plan::StartCondition;
use vc_supervise::child_state::{ChildState, End, Rung, Then};
use vc_supervise::{Event, Name, NodeChange, StopReason, WireFigures, log_folder};

use super::paint::Colour;
use super::text::harmless;

/// One node.
#[derive(Debug)]
pub(crate) struct NodeRow {
    pub(crate) name: Name,
    pub(crate) state: ChildState,
    pub(crate) pid: Option<u32>,
    pub(crate) restarts: u32,
    pub(crate) since: Instant,
    pub(crate) status: String,
}

/// A circuit, as far as told.
#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) began: Instant,
    pub(crate) nodes: Vec<NodeRow>,
    pub(crate) wires: Vec<WireFigures>,
    log_folder: Option<PathBuf>,
    pub(crate) places: Places,
}

/// For each node of a circuit on several machines, its machine's name; empty if there is only one.
pub(crate) type Places = HashMap<Name, String>;

impl Board {
    pub(crate) fn new(places: Places) -> Self {
        Self { began: Instant::now(), nodes: Vec::new(), wires: Vec::new(), log_folder: None, places }
    }

    /// Takes in what happened.
    pub(crate) fn update(&mut self, event: &Event) {
        match event {
            Event::Began { nodes, wires, log_folder } => {
                self.log_folder.clone_from(log_folder);
                let now = Instant::now();
                let row = |name: &Name| NodeRow {
                    name: name.clone(),
                    state: ChildState::Waiting,
                    pid: None,
                    restarts: 0,
                    since: now,
                    status: String::new(),
                };
                self.nodes = nodes.iter().map(row).collect();
                self.wires.clone_from(wires);
            }
            Event::State(change) => {
                if let Some(row) = self.nodes.iter_mut().find(|row| row.name == change.node) {
                    row.state = change.state.clone();
                    row.pid = change.pid;
                    row.restarts = change.restarts;
                    row.since = Instant::now();
                    row.status = last_end(change, &row.status);
                }
            }
            Event::Waits { node, conditions } => {
                if let Some(row) = self.nodes.iter_mut().find(|row| row.name == *node) {
                    row.status = waits(conditions);
                }
            }
            Event::Status { node, text } => {
                if let Some(row) = self.nodes.iter_mut().find(|row| row.name == *node) {
                    row.status = harmless(text);
                }
            }
            Event::Wires(wires) => self.wires.clone_from(wires),
            _ => {}
        }
    }

    /// A node's machine, where there are several.
    pub(crate) fn machine(&self, name: &Name) -> Option<&str> {
        self.places.get(name).map(String::as_str)
    }

    /// The place of a node among all.
    pub(crate) fn index(&self, name: &Name) -> usize {
        self.nodes.iter().position(|row| row.name == *name).unwrap_or_default()
    }

    /// What to tell people of an event, and whether it is trouble. None: nothing that they must know.
    pub(crate) fn sentence(&self, event: &Event) -> Option<(String, bool)> {
        match event {
            Event::Began { log_folder, .. } => {
                log_folder.as_ref().map(|folder| (format!("log files in {}", folder.display()), false))
            }
            Event::Waits { node, conditions } => Some((format!("{node} {}", waits(conditions)), false)),
            Event::State(change) => self.state_sentence(change),
            Event::Stopping(reason) => Some(stop_sentence(reason)),
            Event::Warning(warning) => Some((warning.to_string(), true)),
            Event::Clock { machine, ahead_ns, uncertainty } => {
                let offset = Offset { ahead_ns: *ahead_ns, uncertainty: *uncertainty };
                Some((format!("{machine}: its clock is {offset}"), false))
            }
            _ => None,
        }
    }

    fn state_sentence(&self, change: &NodeChange) -> Option<(String, bool)> {
        let node = &change.node;
        let is_first = change.restarts == 0;
        match &change.state {
            ChildState::Running { .. } => {
                let pid = change.pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
                let again = if is_first { "" } else { " again" };
                Some((format!("{node} is running{again}{pid}"), false))
            }
            ChildState::Resting { pause, end, .. } => {
                let pause = super::figures::short(*pause);
                let text = format!("{node} {}; starting it again in {pause}", failure(end));
                Some((self.with_last_words(text, change), !end.is_success()))
            }
            ChildState::Stopping { rung, then } => {
                let why = match then {
                    Then::Recover { end, .. } => format!("{node} {}", failure(end)),
                    Then::Rest if *rung > Rung::Ask => format!("{node} is still there"),
                    Then::Rest => return None,
                };
                Some((format!("{why}: sent {}", signal(*rung)), true))
            }
            ChildState::Ended { .. } => Some((format!("{node} has ended"), false)),
            ChildState::Failed { end } => {
                Some((self.with_last_words(format!("{node} failed: it {}", failure(end)), change), true))
            }
            ChildState::Stopped { end: Some(End::Unkillable) } => {
                Some((format!("{node} could not be killed"), true))
            }
            ChildState::Waiting | ChildState::Starting { .. } | ChildState::Stopped { .. } => None,
        }
    }

    /// What is known of a bad end beside its kind: the limit it may have come to, the log, the last words.
    fn with_last_words(&self, mut text: String, change: &NodeChange) -> String {
        if let Some(bytes) = change.memory_limit {
            let came =
                if speaks_of_memory(&change.last_words) { "it came to its limit of" } else { "its limit is" };
            for part in ["; memory: ", came, " ", &super::figures::size(bytes)] {
                text += part;
            }
        }
        let has_process =
            !matches!(change.state.end(), Some(End::NotStarted { .. } | End::NeverStarted { .. }));
        if let Some(folder) = self.log_folder.as_ref().filter(|_| has_process) {
            for part in ["; its log: ", &log_folder::file(folder, &change.node).display().to_string()] {
                text += part;
            }
        }
        if !change.last_words.is_empty() {
            text += "; its last words:";
        }
        for words in &change.last_words {
            text += "\n    ";
            text += &harmless(words);
        }
        text
    }
}

/// The colour of a state; none: nothing to notice.
pub(crate) fn colour(state: &ChildState) -> Option<Colour> {
    match state {
        ChildState::Running { .. } => Some(Colour::Green),
        ChildState::Starting { .. } | ChildState::Stopping { .. } => Some(Colour::Yellow),
        ChildState::Resting { .. } => Some(Colour::Magenta),
        ChildState::Failed { .. } => Some(Colour::Red),
        ChildState::Waiting | ChildState::Ended { .. } | ChildState::Stopped { .. } => None,
    }
}

fn stop_sentence(reason: &StopReason) -> (String, bool) {
    match reason {
        StopReason::Asked { signal, times } => match times {
            1 => (format!("stopping ({signal}); again to hurry"), false),
            2 => (format!("{signal} again: sending SIGTERM"), true),
            _ => (format!("{signal} again: sending SIGKILL"), true),
        },
        StopReason::RequiredNode { node } => {
            (format!("stopping: {node} has ended, and the circuit needs it"), false)
        }
        StopReason::Planned { reason } => (format!("stopping, as the launch file says: {reason}"), false),
    }
}

/// `waits for `camera` to be ready, 2 s to pass`
fn waits(conditions: &[StartCondition]) -> String {
    let conditions: Vec<String> = conditions.iter().map(ToString::to_string).collect();
    format!("waits for {}", conditions.join(", "))
}

fn signal(rung: Rung) -> &'static str {
    match rung {
        Rung::Ask => "SIGINT",
        Rung::Term => "SIGTERM",
        Rung::Abort => "SIGABRT",
        Rung::Kill => "SIGKILL",
    }
}

/// How Rust, C++, Python, the C library and OpenCV say that there is no memory left.
fn speaks_of_memory(words: &[String]) -> bool {
    let said = |text: &str| words.iter().any(|line| line.to_lowercase().contains(text));
    [
        "memory allocation of",
        "bad_alloc",
        "memoryerror",
        "cannot allocate memory",
        "out of memory",
        "insufficient memory",
        "memory exhausted",
    ]
    .into_iter()
    .any(said)
}

/// What a node's row says of its last end: on the way up again it still counts.
fn last_end(change: &NodeChange, before: &str) -> String {
    match &change.state {
        ChildState::Resting { end, .. } | ChildState::Failed { end } => failure(end),
        ChildState::Starting { .. } | ChildState::Running { .. } if change.restarts > 0 => before.to_owned(),
        _ => String::new(),
    }
}

/// Such as `ended with exit code 3`, after the node's name.
fn failure(end: &End) -> String {
    match end {
        End::Code(0) => "ended".to_owned(),
        End::Code(code) => format!("ended with exit code {code}"),
        End::Signal(_) => format!("was ended by {end}"),
        End::NeverReady
        | End::Hung
        | End::NotStarted { .. }
        | End::NeverStarted { .. }
        | End::Unkillable
        | End::OutOfSight { .. } => end.to_string(),
    }
}
