//! The checked, immutable result of reading a launch file: what runs, with which names, wires and
//! parameters.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vc_words::{Manifest, NodeName, ParameterValue, TopicName};

use crate::machine::{MachineName, PlannedMachine};
use crate::relay::{Carriage, PlannedRelay};

/// What a launch file means, after every argument, substitution and check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The launch file it was read from.
    pub file: PathBuf,
    /// The other computers that nodes run on, in the order declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machines: Vec<PlannedMachine>,
    /// What to start, in the order written.
    pub nodes: Vec<PlannedNode>,
    /// How the blocks are joined.
    pub wires: Vec<PlannedWire>,
    /// When it stops by itself (`shutdown` within a `timer`); none: it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<PlannedStop>,
}

/// A stop that the launch file asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStop {
    /// Since the launch.
    pub after: Duration,
    /// Why, in the launch file's words.
    pub reason: String,
}

impl Plan {
    /// The wires whose ends are on two machines.
    pub fn crossing(&self) -> impl Iterator<Item = &PlannedWire> {
        let machines: HashMap<_, _> = self.nodes.iter().map(|node| (&node.name, &node.machine)).collect();
        let crosses = move |wire: &&PlannedWire| machines.get(&wire.from.node) != machines.get(&wire.to.node);
        self.wires.iter().filter(crosses)
    }

    /// What of the plan is one machine's affair: its nodes, and the wires that begin or end there.
    #[must_use]
    pub fn part(&self, machine: Option<&MachineName>) -> Self {
        let is_here = |node: &PlannedNode| node.machine.as_ref() == machine;
        let here: HashSet<&NodeName> =
            self.nodes.iter().filter(|node| is_here(node)).map(|node| &node.name).collect();
        let touches = |wire: &&PlannedWire| here.contains(&wire.from.node) || here.contains(&wire.to.node);
        Self {
            file: self.file.clone(),
            machines: self.machines.clone(),
            nodes: self.nodes.iter().filter(|node| is_here(node)).cloned().collect(),
            wires: self.wires.iter().filter(touches).cloned().collect(),
            stop: self.stop.clone(),
        }
    }
}

/// One process to start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedNode {
    /// Its full name; unique in the plan.
    pub name: NodeName,
    /// The machine it runs on; none: the one where the launch is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineName>,
    /// What the program is to us.
    pub kind: NodeKind,
    /// The program, found and executable.
    pub program: PathBuf,
    /// All of its arguments, `--ros-args` and what follows included.
    pub args: Vec<String>,
    /// Words before the program: its `launch-prefix`, such as `nice -n 5`, and what interprets it.
    pub prefix: Vec<String>,
    /// Environment set for it on top of ours; `None` unsets.
    pub env: Vec<(String, Option<String>)>,
    /// The folder it runs in; none: ours.
    pub cwd: Option<PathBuf>,
    /// Where its output goes.
    pub output: Output,
    /// Whether it writes to a pseudo-terminal instead of pipes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emulate_tty: bool,
    /// Whether it reads what is typed at the launcher's terminal. At most one node of a plan does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stdin: bool,
    /// What follows its end.
    pub restart: Restart,
    /// What its end for good means for the circuit.
    pub on_exit: OnExit,
    /// How long it may take to stop.
    pub grace: Grace,
    /// How long it may show no sign of life; zero: it is not asked for any; none: the launcher's word.
    pub watchdog: Option<Duration>,
    /// What it may take of the machine.
    pub limits: Limits,
    /// The parameters it was given, checked, for people to look at: they are in `args` too.
    pub parameters: Vec<(String, ParameterValue)>,
    /// What must have happened before it is started; empty: it is started at once.
    pub after: Vec<StartCondition>,
    /// Where it stands in the launch file, such as `edges.launch.yaml:12:5`.
    pub place: String,
}

/// What a program is to us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NodeKind {
    /// A block: it described itself, and says when it is ready.
    Block {
        /// What it said. Not part of the text: who reads a plan asks the block again.
        #[serde(skip, default = "nothing_said")]
        manifest: Box<Manifest>,
    },
    /// A ROS node that is no block (it gave no manifest), or an `executable`: ready once started.
    Foreign,
    /// What carries wires to other machines. Its command line is made where it is started.
    Relay(Box<PlannedRelay>),
}

fn nothing_said() -> Box<Manifest> {
    let text = String::new;
    Box::new(Manifest {
        vc: vc_words::manifest::MANIFEST_VERSION,
        block: text(),
        version: text(),
        description: text(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        parameters: Vec::new(),
        schemas: std::collections::BTreeMap::new(),
        stands_for: Vec::new(),
    })
}

/// Where a node's output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// To the terminal and the log file (`screen`, `both`).
    Screen,
    /// To the log file; standard error to the terminal as well (`log`, ROS 2's default).
    Log,
    /// To the log file only (`own_log`).
    LogOnly,
}

/// What follows the end of a process that nobody asked to stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restart {
    /// When it is started again.
    pub policy: RestartPolicy,
    /// The pause before the first restart; it doubles with each failure in a row, up to 30 s, and
    /// falls back once the node has run for 10 s.
    pub delay: Duration,
    /// The most restarts in a row; none: no limit.
    pub max_retries: Option<u32>,
}

/// When a process is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartPolicy {
    /// Never (`respawn: false`, the default).
    Never,
    /// After an exit code other than 0, or a signal (`respawn: on-failure`).
    OnFailure,
    /// After any end (`respawn: true`).
    Always,
}

/// What the end of a node for good means for the circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnExit {
    /// The others go on.
    Continue,
    /// The whole circuit stops (`on_exit: shutdown`): a required node.
    Shutdown,
}

/// How long a node may take to stop: SIGINT, then SIGTERM, then SIGKILL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grace {
    /// From SIGINT to SIGTERM.
    pub sigterm: Duration,
    /// From SIGTERM to SIGKILL.
    pub sigkill: Duration,
}

/// What must have happened before a node is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartCondition {
    /// This node is ready; one that has no way to say so: it has been started.
    Ready(NodeName),
    /// This node has ended by itself, for good and with success.
    Ended(NodeName),
    /// Somebody has sent a message on a topic.
    Message {
        /// The topic.
        topic: TopicName,
        /// The nodes of the plan that are known to write it.
        publishers: Vec<NodeName>,
    },
    /// So much time has passed since the launch.
    Elapsed(Duration),
}

impl std::fmt::Display for StartCondition {
    /// As it follows "waits for": `camera to be ready`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |node: &NodeName| node.to_string().trim_start_matches('/').to_owned();
        match self {
            Self::Ready(node) => write!(f, "`{}` to be ready", short(node)),
            Self::Ended(node) => write!(f, "`{}` to end", short(node)),
            Self::Message { topic, .. } => write!(f, "a message on `{topic}`"),
            Self::Elapsed(time) => write!(f, "{} s to pass", time.as_secs_f64()),
        }
    }
}

/// What a process may take of the machine. All of it holds from its first instruction on, and for its children.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// How much it gives way to others, from -20 to 19, whatever the launcher does; none: as much as the launcher.
    pub nice: Option<i8>,
    /// The cores it may run on; empty: those of the launcher.
    pub cpu: Vec<u16>,
    /// The most private memory that each of its processes may have, in bytes (`RLIMIT_DATA`). What is shared
    /// between nodes does not count.
    pub memory: Option<u64>,
}

/// One output port joined to one input port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedWire {
    /// The output.
    pub from: PortRef,
    /// The input.
    pub to: PortRef,
    /// The topic that joins them.
    pub topic: TopicName,
    /// The type both carry.
    pub type_name: String,
    /// How it is carried, where it leaves its machine.
    #[serde(default, skip_serializing_if = "is_default")]
    pub carriage: Carriage,
}

fn is_default(carriage: &Carriage) -> bool {
    *carriage == Carriage::default()
}

/// A port of a node in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PortRef {
    /// The node.
    pub node: NodeName,
    /// The port, by its own name.
    pub port: String,
}

impl std::fmt::Display for PortRef {
    /// As launch files write it: `camera/image`, `robot1/camera/image`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let node = self.node.to_string();
        write!(f, "{}/{}", node.trim_start_matches('/'), self.port)
    }
}
