//! `Document` → [`Circuit`]: arguments, substitutions, conditions and groups are worked out; what
//! programs they name, and whether it all fits, is looked at later.

mod arguments;
mod groups;
mod limits;
mod params;
mod process;
mod scope;
mod substitute;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use vc_words::params_file::ParamsFile;
use vc_words::{Namespace, ParameterType};

use crate::diagnostic::{Diagnostic, Sink};
use crate::document::{Action, ActionKind, Document};
use crate::plan::{Limits, OnExit, Output, Restart};
use crate::read::Options;
use crate::source::{At, Source, Text};
use scope::Scope;

/// The most nodes a launch file may come to.
const MAX_NODES: usize = 10_000;
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
    pub(crate) nodes: Vec<Wanted>,
    pub(crate) wires: Vec<WantedWire>,
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
    pub(crate) prefix: Vec<String>,
    pub(crate) output: Output,
    pub(crate) restart: Restart,
    pub(crate) on_exit: OnExit,
    pub(crate) sigterm: Option<Duration>,
    pub(crate) sigkill: Option<Duration>,
    pub(crate) watchdog: Option<Placed<Duration>>,
    pub(crate) limits: Limits,
    pub(crate) cwd: Option<PathBuf>,
}

/// What kind of entry asked for it.
#[derive(Debug)]
pub(crate) enum What {
    Node { pkg: Option<String> },
    Executable,
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
    /// A file, and where the launch file names it for this node.
    File(Rc<GivenFile>, At),
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
}

/// Works a document out.
pub(crate) fn expand(document: &Document, options: &Options, sink: &mut Sink) -> Circuit {
    let mut expander = Expander::new(document, options, sink);
    expander.given_arguments(document);
    expander.actions(&document.actions);
    expander.circuit
}

/// A mistake was noted; what depends on the value is left out.
#[derive(Debug, Clone, Copy)]
struct Noted;

type Outcome<T> = Result<T, Noted>;

struct Expander<'a> {
    options: &'a Options,
    sink: &'a mut Sink,
    source: std::sync::Arc<Source>,
    scope: Scope,
    /// How much text may still come.
    budget: usize,
    stopped: bool,
    given: std::collections::HashMap<String, String>,
    /// The arguments declared so far.
    declared: std::collections::HashMap<String, At>,
    /// All arguments that are declared anywhere, for hints.
    known: Vec<(String, At)>,
    files: std::collections::HashMap<PathBuf, Rc<GivenFile>>,
    circuit: Circuit,
}

impl<'a> Expander<'a> {
    fn new(document: &Document, options: &'a Options, sink: &'a mut Sink) -> Self {
        let source = document.source.clone();
        Self {
            options,
            sink,
            source: source.clone(),
            scope: Scope::default(),
            budget: MAX_TOTAL,
            stopped: false,
            given: options.arguments.iter().cloned().collect(),
            declared: std::collections::HashMap::new(),
            known: document.arguments().iter().map(|arg| (arg.name.clone(), arg.at.clone())).collect(),
            files: std::collections::HashMap::new(),
            circuit: Circuit {
                source,
                nodes: Vec::new(),
                wires: Vec::new(),
                incomplete: document.incomplete,
            },
        }
    }

    /// Notes a mistake; what depends on the value is left out.
    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Outcome<T> {
        self.circuit.incomplete = true;
        self.sink.push(diagnostic);
        Err(Noted)
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
        self.stopped = true;
        let message = format!("the values of this launch file come to more than {} MiB", MAX_TOTAL >> 20);
        self.fail(Diagnostic::error(message).at(at))
    }

    fn actions(&mut self, actions: &[Action]) {
        for action in actions {
            if self.stopped {
                return;
            }
            if matches!(self.holds(action), Ok(true)) {
                // A failure is noted where it occurs; the other entries go on.
                let _ = self.action(action);
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
        match &action.kind {
            ActionKind::Argument(argument) => self.argument(argument),
            ActionKind::Let { name, value } => {
                let (name, value) = (self.text(name)?, self.text(value)?);
                self.scope.vars.set(name.value, value.value);
                Ok(())
            }
            ActionKind::Node(node) => self.node(node, &action.at),
            ActionKind::Executable(executable) => self.executable(executable, &action.at),
            ActionKind::Group { scoped, actions } => self.group(scoped.as_ref(), actions),
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
            ActionKind::SetRemap(remap) => {
                let rule = self.rule(remap, true)?;
                self.scope.remaps.push(rule);
                Ok(())
            }
            ActionKind::SetEnv(variable) => {
                let (name, value) = self.variable(variable)?;
                self.scope.env.set(name, Some(value));
                Ok(())
            }
            ActionKind::UnsetEnv(name) => {
                let name = self.text(name)?;
                self.scope.env.set(name.value, None);
                Ok(())
            }
            ActionKind::Log(message) => {
                let message = self.text(message)?;
                self.sink.push(Diagnostic::info(message.value).at(&action.at));
                Ok(())
            }
            ActionKind::Wire { from, to } => self.wire(from, to),
        }
    }

    fn wire(&mut self, from: &Text, to: &[Text]) -> Outcome<()> {
        let from = self.text(from)?;
        for to in to {
            let to = self.text(to)?;
            let namespace = self.scope.namespace.clone().unwrap_or_else(Namespace::root);
            self.charge(namespace.as_str().len() + from.value.len(), &from.at)?;
            self.circuit.wires.push(WantedWire { from: from.clone(), to, namespace });
        }
        Ok(())
    }
}
