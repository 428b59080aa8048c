//! The front end for VisualCircuit projects: they become the launch file that `vclaunch convert` writes, and go the way of
//! all launch files from there, so that both mean the same.

mod convert;
mod python_files;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use vc_visualcircuit::{Circuit, Flat, Native, Places, Project, PythonFile, Runs, Settable};

pub use convert::{Converted, convert};
pub use vc_visualcircuit::Choice;

use crate::build;
use crate::describe::Describe;
use crate::diagnostic::{Diagnostic, Sink, Spot};
use crate::document::Document;
use crate::entity::Form;
use crate::find::blocks;
use crate::read::{ArgumentInfo, Options};
use crate::source::Source;

/// The largest project that is read. Pictures of packages make most of one.
const MAX_FILE: u64 = 64 << 20;

/// How a block of a project runs, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BlockNote {
    /// The block, by its node's name as wires have it: `Follow/Detector`.
    pub block: String,
    /// The package it is in the editor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The native block that takes its place; none: Python runs its code.
    pub native: Option<String>,
    /// Why.
    pub why: String,
}

/// A wire of a project, in the words of its plan and in those of the editor.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WireNote {
    /// The output, as the plan's wires have it: `Follow/Detector/edges`.
    pub from: String,
    /// The input.
    pub to: String,
    /// What the editor calls the output.
    pub output: String,
    /// What the editor calls the input.
    pub input: String,
}

/// What is known of a project beside its plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ProjectNotes {
    /// Its blocks, in the order of the file.
    pub blocks: Vec<BlockNote>,
    /// Its wires.
    pub wires: Vec<WireNote>,
    /// What its author says must be installed, as pip has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
}

/// Whether a file is a VisualCircuit project, by the end of its name.
pub(crate) fn is_project(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default();
    ending.eq_ignore_ascii_case("vc3") || ending.eq_ignore_ascii_case("vc")
}

/// Opens a project as a launch file. Its Python code is laid into the user's cache, where the nodes find it.
pub(crate) fn open(
    file: &Path,
    options: &Options,
    describe: &dyn Describe,
    sink: &mut Sink,
) -> Option<(Document, ProjectNotes)> {
    let (project, circuit) = circuit(file, options, describe, sink)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut laid: std::collections::HashMap<*const PythonFile, PathBuf> = std::collections::HashMap::new();
    for block in &circuit.blocks {
        let Runs::Python(python) = &block.runs else { continue };
        let text = python.text(Some(&format!("{name}, block `{}`", block.path())));
        match python_files::lay(options.python_files.as_deref(), &python.stem, &text) {
            Ok(path) => drop(laid.insert(std::ptr::from_ref(python), path)),
            Err(error) => {
                sink.push(Diagnostic::error(error.to_string()).in_drawing(file, ""));
                return None;
            }
        }
    }
    let python = |python: &PythonFile| {
        laid.get(&std::ptr::from_ref(python)).map(|path| path.display().to_string()).unwrap_or_default()
    };
    let text = vc_visualcircuit::launch_text(&circuit, &Places { title: "", folder: ".", python: &python });
    let source = Source::drawn(file.to_owned(), text.text, text.outline);
    Some((build::document(&source, Form::Yaml, sink), notes(&project, &circuit)))
}

/// What a project can be given: its constants.
pub(crate) fn arguments(file: &Path, sink: &mut Sink) -> Vec<ArgumentInfo> {
    let Some((_, flat)) = flat(file, sink) else { return Vec::new() };
    let info = |one: Settable| ArgumentInfo {
        name: one.name,
        default: Some(one.value),
        fixed: None,
        description: None,
        choices: Vec::new(),
        place: Spot::in_drawing(file, ""),
        is_within: false,
    };
    vc_visualcircuit::settable(&flat).into_iter().map(info).collect()
}

/// A project's circuit, with the native blocks that are installed.
fn circuit(
    file: &Path,
    options: &Options,
    describe: &dyn Describe,
    sink: &mut Sink,
) -> Option<(Project, Circuit)> {
    let (project, flat) = flat(file, sink)?;
    let exec = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let natives = blocks(&options.search, describe).into_iter();
    let natives: Vec<Native> =
        natives.map(|(path, manifest)| Native { exec: exec(&path), manifest }).collect();
    // What a launch file calls arguments are a project's constants.
    let mut choice = options.project.clone();
    choice.values.extend(options.arguments.iter().cloned());
    choice.stdin_is_given = options.stdin.is_some();
    match vc_visualcircuit::circuit(flat, &natives, &choice) {
        Ok(circuit) => {
            for doubt in &circuit.doubts {
                let hint = doubt.hint().map(str::to_owned);
                sink.push(Diagnostic::warning(doubt.to_string()).in_drawing(file, "").maybe_hint(hint));
            }
            Some((project, circuit))
        }
        Err(mistakes) => {
            sink.extend(mistakes.iter().map(|mistake| {
                Diagnostic::error(mistake.to_string()).in_drawing(file, "").maybe_hint(mistake.hint())
            }));
            None
        }
    }
}

fn flat(file: &Path, sink: &mut Sink) -> Option<(Project, Flat)> {
    let fail = |sink: &mut Sink, message: String, hint: Option<&str>| {
        sink.push(Diagnostic::error(message).in_drawing(file, "").maybe_hint(hint.map(str::to_owned)));
    };
    let shown = file.display();
    let text = match text(file) {
        Ok(text) => text,
        Err(why) => {
            sink.push(Diagnostic::error(format!("cannot read `{shown}`: {why}")));
            return None;
        }
    };
    let project = match vc_visualcircuit::read(&text) {
        Ok(project) => project,
        Err(error) => {
            fail(sink, format!("cannot read the project: {error}"), None);
            return None;
        }
    };
    match vc_visualcircuit::flatten(&project) {
        Ok(flat) => Some((project, flat)),
        Err(problems) => {
            for problem in &problems {
                fail(sink, problem.to_string(), problem.hint());
            }
            None
        }
    }
}

fn text(file: &Path) -> Result<String, String> {
    let open = std::fs::File::open(file).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    open.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("it is larger than {} MiB", MAX_FILE >> 20));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

fn notes(project: &Project, circuit: &Circuit) -> ProjectNotes {
    let note = |block: &vc_visualcircuit::CircuitBlock| BlockNote {
        block: block.path(),
        package: block.package.clone(),
        native: match &block.runs {
            Runs::Native { exec, .. } => Some(exec.clone()),
            Runs::Python(_) => None,
        },
        why: block.why.to_string(),
    };
    let wire = |wire: &vc_visualcircuit::CircuitWire| {
        let end = |at: usize, port: &str| format!("{}/{port}", circuit.blocks[at].path());
        let [output, input] = wire.drawn.clone();
        WireNote { from: end(wire.from, &wire.output), to: end(wire.to, &wire.input), output, input }
    };
    ProjectNotes {
        blocks: circuit.blocks.iter().map(note).collect(),
        wires: circuit.wires.iter().map(wire).collect(),
        requirements: project.requirements.clone(),
    }
}
