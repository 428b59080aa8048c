//! `Document` → [`Circuit`]: arguments, substitutions, conditions, groups, loops and included files are
//! worked out; what programs they name, and whether it all fits, is looked at later.

mod arguments;
mod command;
mod environment;
mod groups;
mod include;
mod limits;
mod loops;
mod machines;
mod order;
mod params;
mod process;
mod scope;
mod substitute;
mod wires;

use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use vc_words::params_file::ParamsFile;
use vc_words::{Namespace, ParameterType};

use crate::describe::{Describe, ProcessDescribe};
use crate::diagnostic::{Diagnostic, Sink};
use crate::document::{Action, ActionKind, Argument, Document, Level};
use crate::grammar::LEVELS;
use crate::machine::{MachineName, PlannedMachine};
use crate::plan::{Limits, OnExit, Output, PlannedStop, Restart};
use crate::read::Options;
use crate::relay::{Carriage, PlannedBridge};
use crate::source::{At, Source, Text};
use include::{Frame, Given as GivenArgument};
use scope::Scope;

/// The most nodes a launch file may come to.
const MAX_NODES: usize = 10_000;
/// The most entries it may come to, each round of a loop counted.
const MAX_ENTRIES: usize = 1_000_000;
/// The deepest nesting of groups, loops and included files together.
const MAX_DEPTH: usize = 128;
/// The most text that all values together may come to.
const MAX_TOTAL: usize = 64 << 20;
/// The longest single value.
const MAX_VALUE: usize = 1 << 20;

/// A value that was worked out, and where it was written.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) at: At,
}

/// What a launch file asks for.
#[derive(Debug)]
pub(crate) struct Circuit {
    pub(crate) source: std::sync::Arc<Source>,
    pub(crate) machines: Vec<DeclaredMachine>,
    pub(crate) nodes: Vec<Wanted>,
    pub(crate) wires: Vec<WantedWire>,
    pub(crate) bridges: Vec<WantedBridge>,
    /// The first stop that timers ask for.
    pub(crate) stop: Option<PlannedStop>,
    /// Whether something is missing because of a mistake already noted.
    pub(crate) incomplete: bool,
}

/// A process that is asked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The entry.
    pub(crate) at: At,
    pub(crate) what: What,
    /// The program: a name to be looked for, or a path.
    pub(crate) program: Placed<String>,
    pub(crate) name: Option<Placed<String>>,
    pub(crate) exec_name: Option<String>,
    pub(crate) namespace: Namespace,
    /// Whether the launch file said anything about the namespace.
    pub(crate) namespace_given: bool,
    pub(crate) parameters: Vec<Given>,
    pub(crate) remaps: Vec<Rule>,
    pub(crate) env: Vec<(String, Option<String>)>,
    pub(crate) args: Vec<String>,
    pub(crate) ros_args: Vec<String>,
    /// What interprets it, if it is a block in Python.
    pub(crate) python: Option<Placed<String>>,
    pub(crate) prefix: Vec<String>,
    pub(crate) output: Output,
    pub(crate) emulate_tty: bool,
    /// Where it is said that it reads what is typed; none: it does not.
    pub(crate) stdin: Option<At>,
    pub(crate) restart: Restart,
    pub(crate) on_exit: OnExit,
    pub(crate) sigterm: Option<Duration>,
    pub(crate) sigkill: Option<Duration>,
    pub(crate) watchdog: Option<Placed<Duration>>,
    pub(crate) after: Vec<After>,
    /// Since the launch, by the timers around it.
    pub(crate) delay: Duration,
    /// The namespace in force around it, in which `after` names nodes.
    pub(crate) around: Namespace,
    pub(crate) limits: Limits,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) machine: Option<Placed<MachineName>>,
}

/// A machine that is declared.
#[derive(Debug)]
pub(crate) struct DeclaredMachine {
    pub(crate) at: At,
    pub(crate) machine: PlannedMachine,
    /// Environment of all that runs there, below what the launch file sets for the node.
    pub(crate) env: Vec<(String, String)>,
}

/// What kind of entry asked for it.
#[derive(Debug)]
pub(crate) enum What {
    Node { pkg: Option<Placed<String>> },
    Executable,
}

/// What a process waits for.
#[derive(Debug)]
pub(crate) enum After {
    Ready(Placed<String>),
    Ended(Placed<String>),
    Topic(Placed<String>),
}

/// A remap rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) from: Placed<String>,
    pub(crate) to: Placed<String>,
    /// From `set_remap`: for those nodes that have such a name.
    pub(crate) for_all: bool,
}

/// Parameters given to a node, in order.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    Value(Rc<GivenValue>),
    /// A file, and where the launch file names it.
    File {
        file: Rc<GivenFile>,
        at: At,
        for_all: bool,
    },
}

/// One parameter.
#[derive(Debug)]
pub(crate) struct GivenValue {
    pub(crate) name: Placed<String>,
    pub(crate) value: Raw,
    pub(crate) at: At,
    pub(crate) kind: Option<ParameterType>,
    /// From `set_parameter`: for those nodes that have such a parameter.
    pub(crate) for_all: bool,
}

/// A parameter's value, not yet typed.
#[derive(Debug)]
pub(crate) enum Raw {
    One(String),
    Many(Vec<String>),
}

/// A parameter file.
#[derive(Debug)]
pub(crate) struct GivenFile {
    pub(crate) path: PathBuf,
    /// Its text, substitutions done if that was asked for.
    pub(crate) source: std::sync::Arc<Source>,
    pub(crate) content: ParamsFile,
    /// Whether the text differs from the file's, so that a node cannot read the file itself.
    pub(crate) substituted: bool,
}

/// A wire that is asked for.
#[derive(Debug)]
pub(crate) struct WantedWire {
    pub(crate) from: Placed<String>,
    pub(crate) to: Placed<String>,
    /// The namespace in force where it stands.
    pub(crate) namespace: Namespace,
    /// How it is carried, where it leaves its machine.
    pub(crate) carriage: Carriage,
}

/// A way to other hosts that is asked for.
#[derive(Debug)]
pub(crate) struct WantedBridge {
    /// The machine whose relay it is; none: the one where the launch is started.
    pub(crate) machine: Option<Placed<MachineName>>,
    pub(crate) bridge: PlannedBridge,
}

/// Works a document out, with these arguments from the command line.
pub(crate) fn expand(
    document: &Document,
    arguments: &[(String, String)],
    (options, describe): (&Options, &dyn Describe),
    sink: &mut Sink,
) -> Circuit {
    let mut expander = expander(document, (options, describe), sink);
    expander.launch(document, arguments);
    expander.circuit
}

/// The arguments of the files that a document includes which can be given on the command line: as far as those files are
/// found with the defaults of its own.
pub(crate) fn arguments_within(document: &Document) -> Vec<Argument> {
    let (options, describe, mut sink) = (Options::default(), ProcessDescribe::new(), Sink::default());
    let mut expander = expander(document, (&options, &describe), &mut sink);
    expander.is_listing = true;
    expander.launch(document, &[]);
    expander.open_arguments
}

fn expander<'a>(
    document: &Document,
    (options, describe): (&'a Options, &'a dyn Describe),
    sink: &'a mut Sink,
) -> Expander<'a> {
    let circuit = Circuit {
        machines: Vec::new(),
        source: document.source.clone(),
        nodes: Vec::new(),
        wires: Vec::new(),
        bridges: Vec::new(),
        stop: None,
        incomplete: document.incomplete,
    };
    Expander {
        options,
        describe,
        sink,
        frames: Vec::new(),
        scope: Scope::default(),
        budget: MAX_TOTAL,
        entries: 0,
        includes: 0,
        depth: 0,
        stopped: false,
        documents: HashMap::new(),
        files: HashMap::new(),
        asides: Vec::new(),
        open_arguments: Vec::new(),
        is_listing: false,
        circuit,
    }
}

/// A mistake was noted; what depends on the value is left out.
#[derive(Debug, Clone, Copy)]
struct Noted;

type Outcome<T> = Result<T, Noted>;

struct Expander<'a> {
    options: &'a Options,
    describe: &'a dyn Describe,
    sink: &'a mut Sink,
    /// The launch file, and those included on the way to the present entry; never empty while entries
    /// are worked out.
    frames: Vec<Frame>,
    scope: Scope,
    /// How much text may still come.
    budget: usize,
    /// How many entries there were.
    entries: usize,
    /// How many files were included.
    includes: usize,
    /// How deep in groups, loops and included files the present entry stands.
    depth: usize,
    stopped: bool,
    /// The files that were included, by their true path.
    documents: HashMap<PathBuf, Rc<Document>>,
    files: HashMap<PathBuf, Rc<GivenFile>>,
    /// What is doubtful about the text that is being worked out.
    asides: Vec<substitute::Unfit>,
    /// The arguments of included files that can still be given, where that is asked for.
    open_arguments: Vec<Argument>,
    /// Whether arguments are all that is asked for.
    is_listing: bool,
    circuit: Circuit,
}

impl Expander<'_> {
    /// Notes a mistake; what depends on the value is left out.
    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Outcome<T> {
        self.circuit.incomplete = true;
        self.note(diagnostic);
        Err(Noted)
    }

    fn note(&mut self, diagnostic: Diagnostic) {
        let via = self.frames.last().and_then(|frame| frame.via.as_deref());
        self.sink.push(diagnostic.through(via));
    }

    /// Notes a mistake that ends the working out.
    fn stop<T>(&mut self, diagnostic: Diagnostic) -> Outcome<T> {
        self.stopped = true;
        self.fail(diagnostic)
    }

    /// Takes from the budget; beyond it, working out ends.
    fn charge(&mut self, bytes: usize, at: &At) -> Outcome<()> {
        if self.stopped {
            return Err(Noted);
        }
        if let Some(left) = self.budget.checked_sub(bytes) {
            self.budget = left;
            return Ok(());
        }
        let message = format!("the values of this launch file come to more than {} MiB", MAX_TOTAL >> 20);
        self.stop(Diagnostic::error(message).at(at))
    }

    /// Counts an entry, or a round of a loop.
    fn count(&mut self, at: &At) -> Outcome<()> {
        if self.stopped {
            return Err(Noted);
        }
        self.entries += 1;
        if self.entries <= MAX_ENTRIES {
            return Ok(());
        }
        self.stop(
            Diagnostic::error(format!("this launch file comes to more than {MAX_ENTRIES} entries")).at(at),
        )
    }

    /// The entries of a group, a loop or a file, which stand one level deeper than the one at `at`.
    fn within(&mut self, actions: &[Action], at: &At) -> Outcome<()> {
        if self.depth == MAX_DEPTH {
            let message = format!("groups, loops and includes are nested more than {MAX_DEPTH} deep");
            return self.fail(Diagnostic::error(message).at(at));
        }
        self.depth += 1;
        self.actions(actions);
        self.depth -= 1;
        Ok(())
    }

    fn actions(&mut self, actions: &[Action]) {
        for action in actions {
            if self.count(&action.at).is_err() {
                return;
            }
            match self.holds(action) {
                // A failure is noted where it occurs; the other entries go on.
                Ok(true) => drop(self.action(action)),
                _ => self.skip(action),
            }
        }
    }

    /// Whether the conditions of an entry are met.
    fn holds(&mut self, action: &Action) -> Outcome<bool> {
        let mut holds = true;
        for condition in &action.conditions {
            holds &= self.truth(&condition.text, "a condition")? == condition.wanted;
        }
        Ok(holds)
    }

    /// Each entry either has its effect, or a mistake is noted on the way.
    fn action(&mut self, action: &Action) -> Outcome<()> {
        let at = &action.at;
        match &action.kind {
            ActionKind::Argument(argument) => self.argument(argument),
            ActionKind::Let { name, value } => {
                let (name, value) = (self.text(name)?, self.text(value)?);
                self.scope.vars.set(name.value, value.value);
                Ok(())
            }
            ActionKind::Reset { kept } => self.reset(kept),
            ActionKind::Include(include) => self.include(include, at),
            ActionKind::Node(node) => self.node(node, at),
            ActionKind::Executable(executable) => self.executable(executable, at),
            ActionKind::Group(group) => self.group(group, at),
            ActionKind::Loop(looped) => self.looped(looped, at),
            ActionKind::Machine(machine) => self.declare_machine(machine),
            ActionKind::Timer { period, actions } => self.timer(period, actions, at),
            ActionKind::PushNamespace(namespace) => {
                let pushed = self.namespace(namespace)?;
                self.scope.namespace = Some(pushed);
                Ok(())
            }
            ActionKind::SetParameter { name, value } => {
                let given = self.value(name, value, None, true)?;
                self.scope.parameters.push(Given::Value(Rc::new(given)));
                Ok(())
            }
            ActionKind::SetParameters { path, allow_substs } => {
                let given = self.parameter_file(path, allow_substs.as_ref(), true)?;
                self.scope.parameters.push(given);
                Ok(())
            }
            ActionKind::SetUseSimTime(value) => self.use_sim_time(value),
            ActionKind::SetRemap(remap) => {
                let rule = self.rule(remap, true)?;
                self.scope.remaps.push(rule);
                Ok(())
            }
            ActionKind::SetEnv(variable) => self.set_env(variable),
            ActionKind::AppendEnv { variable, prepend, separator } => {
                self.append_env(variable, prepend.as_ref(), separator.as_ref())
            }
            ActionKind::UnsetEnv(name) => {
                let name = self.text(name)?;
                self.scope.env.set(name.value, None);
                Ok(())
            }
            ActionKind::ResetEnv => {
                self.scope.env.reset();
                Ok(())
            }
            ActionKind::SetLogDir(folder) => self.set_log_dir(folder),
            ActionKind::Log { message, level } => self.log(message, level, at),
            ActionKind::Shutdown { reason } if !self.scope.delay.is_zero() => {
                self.later_stop(reason.as_ref())
            }
            ActionKind::Shutdown { reason } => {
                let reason = self.maybe(reason.as_ref())?;
                let message = match reason {
                    Some(reason) => format!("the launch file says `shutdown`: {}", reason.value),
                    None => "the launch file says `shutdown`".to_owned(),
                };
                self.stop(Diagnostic::error(message).at(at))
            }
            ActionKind::Wire(wire) => self.wire(wire),
            ActionKind::Bridge(bridge) => self.bridge(bridge),
        }
    }

    fn log(&mut self, message: &Text, level: &Level, at: &At) -> Outcome<()> {
        let message = self.text(message)?.value;
        let level = match level {
            Level::Fixed(level) => (*level).to_owned(),
            Level::Written(level) => match self.maybe(level.as_ref())? {
                None => "info".to_owned(),
                Some(word) => {
                    let level = word.value.to_ascii_lowercase();
                    if !LEVELS.contains(&level.as_str()) {
                        return self.none_of(&word, "`level`", LEVELS);
                    }
                    level
                }
            },
        };
        match level.as_str() {
            "debug" => {}
            "info" => self.note(Diagnostic::info(message).at(at)),
            _ => self.note(Diagnostic::warning(message).at(at)),
        }
        Ok(())
    }
}
