//! From a file to a plan, or to everything that is wrong with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::check;
use crate::describe::Describe;
use crate::diagnostic::{Diagnostic, Report, Sink, Spot};
use crate::document::Argument;
use crate::expand::{arguments_within, expand};
use crate::find::Search;
use crate::front_door::open;
use crate::machine::{Fleet, MachineName};
use crate::plan::Plan;
use crate::relay::PlannedBridge;
use crate::visualcircuit::{self, Choice, ProjectNotes};

/// What the user says beside the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `name:=value`, in the order given; of two for one name the later wins.
    pub arguments: Vec<(String, String)>,
    /// Where programs are looked for.
    pub search: Search,
    /// The log level that every node is started with; none: its own.
    pub log_level: Option<String>,
    /// For a VisualCircuit project: which blocks shall run natively, which in Python.
    pub project: Choice,
    /// Whether `$(command …)` may run programs.
    pub allow_commands: bool,
    /// Where the run's log files will be, for `$(log_dir)`; none: nobody knows.
    pub log_folder: Option<PathBuf>,
    /// Where the Python code of projects is laid out; none: in the user's cache.
    pub python_files: Option<PathBuf>,
    /// The machine that this is; none: the one where the launch is started.
    pub here: Option<MachineName>,
    /// What the machine where the launch is started is to be joined to, beside what the file says.
    pub bridges: Vec<PlannedBridge>,
    /// Who tells what is installed on other machines.
    pub fleet: Option<Arc<dyn Fleet>>,
    /// The node that reads what is typed, whatever the launch file says; none: the one that it names.
    pub stdin: Option<String>,
}

/// A launch file that can be started.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What it means.
    pub plan: Plan,
    /// What is doubtful about it, and what it says itself (`log`), sorted by place.
    pub warnings: Vec<Diagnostic>,
    /// For a VisualCircuit project: how its blocks run, and why.
    pub project: Option<ProjectNotes>,
}

/// An argument that a launch file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentInfo {
    /// Its name.
    pub name: String,
    /// Its default as written; none: it must be given.
    pub default: Option<String>,
    /// The value the file fixes it to, as written; such an argument cannot be given.
    pub fixed: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The only values it takes, as written; empty: any.
    pub choices: Vec<String>,
    /// Where it is declared.
    pub place: Spot,
    /// Whether that is a file which the launch file includes.
    pub is_within: bool,
}

/// Reads a launch file, works it out, and checks it against what its blocks say of themselves.
///
/// Starts nothing but what `describe` starts, and what `$(command …)` says if that is allowed.
///
/// # Errors
/// [`Report`] with all the mistakes found, and the warnings.
pub fn read(file: &Path, options: &Options, describe: &dyn Describe) -> Result<Checked, Report> {
    let mut sink = Sink::default();
    let mut project = None;
    let document = if visualcircuit::is_project(file) {
        let opened = visualcircuit::open(file, options, describe, &mut sink);
        opened.map(|(document, notes)| {
            project = Some(notes);
            document
        })
    } else {
        open(file, &mut sink).map_err(|wrong| sink.push(*wrong)).ok()
    };
    // A project's arguments are worked in already.
    let arguments = if project.is_some() { &[] } else { options.arguments.as_slice() };
    let plan = document.map(|document| {
        let circuit = expand(&document, arguments, (options, describe), &mut sink);
        check(circuit, options, describe, &mut sink)
    });
    let warnings = sink.finish()?;
    // Without a plan there is an error in the sink.
    let plan = plan.unwrap_or_else(|| Plan {
        file: file.to_owned(),
        machines: Vec::new(),
        nodes: Vec::new(),
        wires: Vec::new(),
        stop: None,
    });
    Ok(Checked { plan, warnings, project })
}

/// The arguments that a launch file declares, in the order written; then those that the files it includes declare and are not
/// given there.
///
/// # Errors
/// [`Report`] if the file cannot be read; its values are not worked out.
pub fn arguments(file: &Path) -> Result<Vec<ArgumentInfo>, Report> {
    let mut sink = Sink::default();
    if visualcircuit::is_project(file) {
        let arguments = visualcircuit::arguments(file, &mut sink);
        return sink.finish().map(|_| arguments);
    }
    let document = open(file, &mut sink).map_err(|wrong| sink.push(*wrong)).ok();
    sink.finish()?;
    let Some(document) = document else { return Ok(Vec::new()) };
    let mut infos: Vec<ArgumentInfo> =
        document.arguments().into_iter().map(|argument| info(argument, false)).collect();
    for within in arguments_within(&document) {
        if !infos.iter().any(|known| known.name == within.name) {
            infos.push(info(&within, true));
        }
    }
    Ok(infos)
}

fn info(argument: &Argument, is_within: bool) -> ArgumentInfo {
    let raw = |text: &Option<crate::source::Text>| text.as_ref().map(|text| text.raw.clone());
    ArgumentInfo {
        name: argument.name.clone(),
        default: raw(&argument.default),
        fixed: raw(&argument.fixed),
        description: argument.description.clone(),
        choices: argument.choices.iter().map(|choice| choice.raw.clone()).collect(),
        place: argument.at.spot(),
        is_within,
    }
}

/// A path as people write it, for places in a plan.
pub(crate) fn shown(path: &Path) -> String {
    let path: PathBuf = path.components().collect();
    path.display().to_string()
}
