//! A launch file as written: what it says, every value with its place, nothing worked out yet.
//!
//! Every front end (YAML and XML, by way of [entities](crate::entity); others of their own) produces
//! this, and nothing behind it knows which one did.

use std::sync::Arc;

use crate::source::{At, Source, Text};

/// A launch file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) source: Arc<Source>,
    pub(crate) actions: Vec<Action>,
    /// Whether something was left out because it could not be read. What then seems to be missing
    /// is not reported as a second mistake.
    pub(crate) incomplete: bool,
}

/// One entry of a launch file.
#[derive(Debug)]
pub(crate) struct Action {
    /// The entry's name.
    pub(crate) at: At,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) kind: ActionKind,
}

/// `if` or `unless`.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) text: Text,
    /// What the text must say for the entry to count.
    pub(crate) wanted: bool,
}

/// What an entry says.
#[derive(Debug)]
pub(crate) enum ActionKind {
    Argument(Argument),
    Let { name: Text, value: Text },
    Reset { kept: Vec<Kept> },
    Include(Box<Include>),
    Node(Box<Node>),
    Executable(Box<Executable>),
    Group(Box<Group>),
    Loop(Box<Loop>),
    Machine(Box<Machine>),
    Timer { period: Text, actions: Vec<Action> },
    PushNamespace(Text),
    SetParameter { name: Text, value: Values },
    SetParameters { path: Text, allow_substs: Option<Text> },
    SetUseSimTime(Text),
    SetRemap(Remap),
    SetEnv(EnvVar),
    AppendEnv { variable: EnvVar, prepend: Option<Text>, separator: Option<Text> },
    UnsetEnv(Text),
    ResetEnv,
    SetLogDir(Text),
    Log { message: Text, level: Level },
    Shutdown { reason: Option<Text> },
    Wire(Box<Wire>),
    Bridge(Box<Bridge>),
}

impl ActionKind {
    /// The entries within.
    pub(crate) fn within(&self) -> &[Action] {
        match self {
            Self::Group(group) => &group.actions,
            Self::Loop(looped) => &looped.actions,
            Self::Timer { actions, .. } => actions,
            _ => &[],
        }
    }
}

/// `include`.
#[derive(Debug)]
pub(crate) struct Include {
    pub(crate) file: Text,
    pub(crate) arguments: Vec<(Text, Text)>,
    pub(crate) scoped: Option<Text>,
}

/// `group`.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) scoped: Option<Text>,
    pub(crate) forwarding: Option<Text>,
    pub(crate) machine: Option<Text>,
    pub(crate) kept: Vec<Kept>,
    pub(crate) actions: Vec<Action>,
}

/// `keep`: a variable that is there in what else begins anew.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) name: Text,
    /// None: the one it has.
    pub(crate) value: Option<Text>,
}

/// `for` and `for_each`.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) rounds: Rounds,
    pub(crate) scoped: Option<Text>,
    pub(crate) actions: Vec<Action>,
}

/// How often a loop goes round, and what each round stands at.
#[derive(Debug)]
pub(crate) enum Rounds {
    /// From 0 up to this number; the index has a name.
    Count { len: Text, name: String },
    /// Sets of values in one text, `{name: a};{name: b}`.
    Written(Text),
    /// Sets of values as a list.
    Listed(Vec<Vec<(String, Text)>>),
}

/// How important a message is.
#[derive(Debug)]
pub(crate) enum Level {
    Fixed(&'static str),
    Written(Option<Text>),
}

/// `arg`.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) at: At,
    pub(crate) default: Option<Text>,
    /// A value that the command line cannot change.
    pub(crate) fixed: Option<Text>,
    pub(crate) description: Option<String>,
    pub(crate) choices: Vec<Text>,
}

/// `node`.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) pkg: Option<Text>,
    pub(crate) exec: Text,
    pub(crate) namespace: Option<Text>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) remaps: Vec<Remap>,
    pub(crate) args: Option<Text>,
    pub(crate) ros_args: Option<Text>,
    pub(crate) python: Option<Text>,
    pub(crate) process: Process,
}

/// `executable`.
#[derive(Debug)]
pub(crate) struct Executable {
    pub(crate) cmd: Text,
    pub(crate) shell: Option<Text>,
    pub(crate) process: Process,
}

/// What nodes and executables have in common.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) name: Option<Text>,
    pub(crate) exec_name: Option<Text>,
    pub(crate) env: Vec<EnvVar>,
    pub(crate) output: Option<Text>,
    pub(crate) emulate_tty: Option<Text>,
    pub(crate) stdin: Option<Text>,
    pub(crate) respawn: Option<Text>,
    pub(crate) respawn_delay: Option<Text>,
    pub(crate) respawn_max_retries: Option<Text>,
    pub(crate) cwd: Option<Text>,
    pub(crate) launch_prefix: Option<Text>,
    pub(crate) on_exit: Option<Text>,
    pub(crate) after: Vec<After>,
    pub(crate) required: Option<Text>,
    pub(crate) watchdog: Option<Text>,
    pub(crate) nice: Option<Text>,
    pub(crate) cpu: Vec<Text>,
    pub(crate) memory: Option<Text>,
    pub(crate) sigterm_timeout: Option<Text>,
    pub(crate) sigkill_timeout: Option<Text>,
    pub(crate) machine: Option<Text>,
}

/// `machine`.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) name: Text,
    pub(crate) address: Option<Text>,
    pub(crate) on_operator_lost: Option<Text>,
    pub(crate) env: Vec<EnvVar>,
}

/// `wire`.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) from: Text,
    pub(crate) to: Vec<Text>,
    pub(crate) max_rate: Option<Text>,
    pub(crate) priority: Option<Text>,
    pub(crate) reliability: Option<Text>,
}

/// `bridge`.
#[derive(Debug)]
pub(crate) struct Bridge {
    pub(crate) connect: Vec<Text>,
    pub(crate) listen: Vec<Text>,
    pub(crate) machine: Option<Text>,
    pub(crate) dds: Option<Text>,
    pub(crate) wire_domain: Option<Text>,
    pub(crate) allow_out: Vec<Text>,
    pub(crate) allow_in: Vec<Text>,
}

/// An item of `after`.
#[derive(Debug)]
pub(crate) enum After {
    Node { node: Text, is: Option<Text> },
    Topic(Text),
}

/// `param`.
#[derive(Debug)]
pub(crate) enum Parameter {
    Value { name: Text, value: Values, kind: Option<Text> },
    Nested { name: Text, parameters: Vec<Parameter> },
    File { path: Text, allow_substs: Option<Text> },
}

/// The value of a parameter.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    One(Text),
    Many(Vec<Text>, At),
}

/// `remap`, `set_remap`.
#[derive(Debug)]
pub(crate) struct Remap {
    pub(crate) from: Text,
    pub(crate) to: Text,
}

/// `env`, `set_env`.
#[derive(Debug)]
pub(crate) struct EnvVar {
    pub(crate) name: Text,
    pub(crate) value: Text,
}

impl Document {
    /// Every `arg`, those in groups and loops included, in the order written.
    pub(crate) fn arguments(&self) -> Vec<&Argument> {
        fn collect<'a>(actions: &'a [Action], into: &mut Vec<&'a Argument>) {
            for action in actions {
                if let ActionKind::Argument(argument) = &action.kind {
                    into.push(argument);
                }
                collect(action.kind.within(), into);
            }
        }
        let mut found = Vec::new();
        collect(&self.actions, &mut found);
        found
    }
}
