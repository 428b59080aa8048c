//! What a supervisor tells whoever watches it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vc_plan::plan::StartCondition;
use vc_words::{NodeName, TopicName};

use crate::child_state::{ChildState, End};
use crate::wires::WireFigures;

/// Watches a circuit. Called from the event loop and from the threads that read the nodes' output.
pub trait Observer: Send + Sync {
    /// Something happened. Must not block: the circuit is not watched meanwhile.
    fn event(&self, event: Event);

    /// A node wrote a line that its `output` sends to the terminal. May block: only the node that
    /// wrote it waits.
    fn line(&self, line: Line);

    /// All processes have ended. What is left of their output is bounded by what pipes hold: no line that comes now,
    /// or that waits in [`Observer::line`], may wait any longer.
    fn rest(&self) {}
}

/// A node's name as people write it, without the leading slash: `camera`, `robot1/camera`.
pub type Name = Arc<str>;

/// A [`Name`] as text, for serde: `#[serde(with = "name_as_text")]`.
pub mod name_as_text {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Name;

    /// Writes a name.
    ///
    /// # Errors
    /// The writer's.
    pub fn serialize<S: Serializer>(name: &Name, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(name)
    }

    /// Reads a name.
    ///
    /// # Errors
    /// The reader's.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        String::deserialize(deserializer).map(Name::from)
    }
}

/// Which of a node's two outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line of a node's output, as the node wrote it: it may hold control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The node.
    #[serde(with = "name_as_text")]
    pub node: Name,
    /// Which output.
    pub stream: Stream,
    /// The line, without its end.
    pub text: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Supervision begins.
    Began {
        /// The folder of this run's log files; none: no log is kept.
        log_folder: Option<PathBuf>,
        /// All nodes, in start order.
        nodes: Vec<Name>,
        /// All wires.
        wires: Vec<WireFigures>,
    },
    /// A node's state changed.
    State(NodeChange),
    /// A node is not started yet, because of this; told again when less is left.
    Waits {
        /// The node.
        node: Name,
        /// What it waits for.
        conditions: Vec<StartCondition>,
    },
    /// A node described what it does.
    Status {
        /// The node.
        node: Name,
        /// Its words.
        text: String,
    },
    /// The wires' figures, once a second; more often while a part of a circuit stops.
    Wires(Vec<WireFigures>),
    /// A relay carries a topic to or from a node elsewhere.
    Flows {
        /// The topic.
        topic: TopicName,
        /// The node at its other end.
        end: NodeName,
    },
    /// No node of a part is on its way to being ready any more: its gates may open.
    Settled,
    /// The gates of a layer of a part, and of all downstream of it, are open.
    Opened {
        /// The layer.
        layer: usize,
    },
    /// How far another machine's clock is ahead of this one's, as far as is known at the end.
    Clock {
        /// The machine.
        machine: String,
        /// In nanoseconds; below 0: it is behind.
        ahead_ns: i64,
        /// At most so far wrong.
        uncertainty: Duration,
    },
    /// The circuit begins to stop, or somebody asked again.
    Stopping(StopReason),
    /// Something an operator should know.
    Warning(Warning),
    /// Everything has ended.
    Summary(Summary),
}

/// A node's new state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeChange {
    /// The node.
    #[serde(with = "name_as_text")]
    pub node: Name,
    /// Its state.
    pub state: ChildState,
    /// Its process, while there is one.
    pub pid: Option<u32>,
    /// Restarts since the launch.
    pub restarts: u32,
    /// If its process just ended badly: the last lines it wrote to standard error.
    pub last_words: Vec<String>,
    /// If its process just ended badly, and its memory was limited: to how many bytes.
    pub memory_limit: Option<u64>,
}

/// Why the circuit stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// SIGINT, SIGTERM or SIGHUP came, for the n-th time.
    Asked {
        /// The signal's name.
        signal: &'static str,
        /// How often somebody has asked.
        times: u32,
    },
    /// A node that the circuit cannot do without has ended.
    RequiredNode {
        /// The node.
        node: Name,
    },
    /// The launch file asks for it.
    Planned {
        /// Why, in its words.
        reason: String,
    },
}

/// Something an operator should know. The circuit goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// No log files this time.
    #[error("no log files: cannot use folder `{}`: {reason}", .folder.display())]
    NoLog {
        /// The folder wanted.
        folder: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// A node's log file could not be written any more.
    #[error("the log of `{node}` is not complete: {reason}")]
    LogCut {
        /// The node.
        node: Name,
        /// The system's reason.
        reason: String,
    },
    /// The guard is not there: after a `kill -9` of the launcher something could be left behind.
    #[error("no guard: {reason}")]
    NoGuard {
        /// Why.
        reason: String,
    },
    /// A node's counters could not be made: its wires show no figures.
    #[error("no counters for `{node}`: {reason}")]
    NoCounters {
        /// The node.
        node: Name,
        /// The system's reason.
        reason: String,
    },
    /// Not all output could be read in time.
    #[error("output of ended nodes was not read to its end: the log, or who is shown it, is too slow")]
    OutputCut,
    /// A process that a node had detached from itself was killed at the end.
    #[error("killed `{program}` (pid {pid}), which a node had left behind")]
    LeftBehind {
        /// The program's name.
        program: String,
        /// Its process id.
        pid: i32,
    },
    /// Another machine has something to say.
    #[error("{machine}: {text}")]
    Machine {
        /// The machine.
        machine: String,
        /// What it says.
        text: String,
    },
    /// A process could not be killed.
    #[error("`{program}` (pid {pid}) could not be killed and is left behind")]
    Survivor {
        /// The program's name.
        program: String,
        /// Its process id.
        pid: i32,
    },
}

/// What became of a circuit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// In one word.
    pub verdict: Verdict,
    /// Every node, in start order.
    pub nodes: Vec<NodeSummary>,
    /// Every wire.
    pub wires: Vec<WireFigures>,
    /// How long it ran.
    pub lasted: Duration,
}

/// What became of a circuit, in one word. The first that applies, from below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Every node ended well, or was stopped when asked.
    Success,
    /// A node had to be killed when the circuit stopped.
    NodeKilled,
    /// A node failed for good.
    NodeFailed,
    /// A node that the circuit cannot do without failed for good.
    RequiredNodeFailed,
}

/// What became of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSummary {
    /// The node.
    #[serde(with = "name_as_text")]
    pub node: Name,
    /// Its last state.
    pub state: ChildState,
    /// How its last process ended; none: there was none.
    pub exit: Option<End>,
    /// Restarts since the launch.
    pub restarts: u32,
}
