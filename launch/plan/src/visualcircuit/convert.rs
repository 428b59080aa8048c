//! A project → a launch file and Python files for those who move on by hand.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use vc_visualcircuit::{Circuit, Places, PythonFile, Runs};

use super::{ProjectNotes, circuit, notes};
use crate::describe::Describe;
use crate::diagnostic::{Diagnostic, Report, Sink};
use crate::read::Options;

/// A project as text to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The launch file's text.
    pub launch: String,
    /// The folder beside the launch file that the Python files belong into; only if there are some.
    pub folder: PathBuf,
    /// The Python files: name within the folder, and text.
    pub python: Vec<(String, String)>,
    /// How each block runs.
    pub notes: ProjectNotes,
    /// What is doubtful about the project.
    pub warnings: Vec<Diagnostic>,
}

/// Makes of a project what will behave the same as the launch file `launch`. Writes nothing.
///
/// # Errors
/// [`Report`] with all that is wrong with the project.
pub fn convert(
    file: &Path,
    launch: &Path,
    options: &Options,
    describe: &dyn Describe,
) -> Result<Converted, Report> {
    let mut sink = Sink::default();
    let found = circuit(file, options, describe, &mut sink);
    let warnings = sink.finish()?;
    // Without a circuit there is an error in the sink.
    let Some((project, circuit)) = found else { return Err(Report { diagnostics: warnings }) };
    let folder = folder_for(launch);
    let names = python_names(&circuit);
    let python = |file: &PythonFile| format!("{}/{}", folder.display(), names[&std::ptr::from_ref(file)]);
    let shown = file.file_name().unwrap_or_default().to_string_lossy();
    let title = format!(
        "Made by `vclaunch convert` from the VisualCircuit project {shown}.\nNodes run in the project's folder, where their \
         code finds its files."
    );
    let cwd = relative(launch, file);
    let text =
        vc_visualcircuit::launch_text(&circuit, &Places { title: &title, folder: &cwd, python: &python });
    let texts = circuit.blocks.iter().filter_map(|block| match &block.runs {
        Runs::Python(file) => Some((names[&std::ptr::from_ref(file)].clone(), file.text(None))),
        Runs::Native { .. } => None,
    });
    let python = texts.collect();
    Ok(Converted { launch: text.text, folder, python, notes: notes(&project, &circuit), warnings })
}

/// `my.launch.yaml` → `my_blocks`.
fn folder_for(launch: &Path) -> PathBuf {
    let name = launch.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or("project");
    format!("{stem}_blocks").into()
}

/// A file's name for each block in Python: that of its package or node, with a number where two have one.
fn python_names(circuit: &Circuit) -> HashMap<*const PythonFile, String> {
    let mut taken = HashSet::new();
    let mut names = HashMap::new();
    for block in &circuit.blocks {
        let Runs::Python(file) = &block.runs else { continue };
        let mut name = format!("{}.py", block.name);
        let mut number = 1;
        // Names that differ in case only are one on some disks.
        while !taken.insert(name.to_lowercase()) {
            number += 1;
            name = format!("{}_{number}.py", block.name);
        }
        names.insert(std::ptr::from_ref(file), name);
    }
    names
}

/// The project's folder as seen from the launch file's.
fn relative(launch: &Path, project: &Path) -> String {
    let folder = |file: &Path| {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let parent = file.parent().unwrap_or(Path::new("/"));
        parent.canonicalize().unwrap_or_else(|_| parent.to_owned())
    };
    let (from, to) = (folder(launch), folder(project));
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = to.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let path = up.chain(down).collect::<Vec<_>>().join("/");
    if path.is_empty() { ".".to_owned() } else { path }
}
