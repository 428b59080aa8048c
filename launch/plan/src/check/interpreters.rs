//! What interprets the blocks in Python, and whether they can run on it.

use std::collections::BTreeSet;
use std::path::Path;

use vc_words::Manifest;

use crate::describe::Describe;
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{Wanted, What};
use crate::find::Search;
use crate::python::{Interpreter, Program, is_script};

/// A process, its program, and what is known of that already, from another machine.
pub(super) type Found = (Wanted, Program, Option<Option<Manifest>>);

/// The program that a process was found to run, with what interprets it.
pub(super) fn program(
    one: &Wanted,
    file: std::path::PathBuf,
    search: &Search,
) -> Result<Program, Box<Diagnostic>> {
    let python = interpreter(one, &file, search)?;
    Ok(Program { file, python })
}

fn interpreter(one: &Wanted, file: &Path, search: &Search) -> Result<Option<Interpreter>, Box<Diagnostic>> {
    let named = one.python.as_ref();
    if !is_script(file) || !matches!(one.what, What::Node { .. }) {
        let Some(python) = named else { return Ok(None) };
        let message = format!("`python` is for blocks in Python, and `{}` is none", one.program.value);
        return Err(Box::new(Diagnostic::error(message).at(&python.at)));
    }
    let own = one.env.iter().find(|(name, _)| name == "PYTHONPATH").and_then(|(_, value)| value.as_deref());
    let folder = one.at.source.folder();
    let found = search.interpreter(named.map(|python| (python.value.as_str(), folder)), own);
    found.map(Some).map_err(|why| {
        let at = named.map_or(&one.program.at, |python| &python.at);
        let hint = "`python:` of the node, or `--python-exe`, names what interprets blocks in Python";
        Box::new(Diagnostic::error(why).at(at).hint(hint))
    })
}

/// Leaves out the blocks that their interpreter cannot run, and tells why. Whether all are fit.
pub(super) fn examine(found: &mut Vec<Found>, describe: &dyn Describe, sink: &mut Sink) -> bool {
    // What is known comes from another machine, with a Python of its own.
    let of = |(_, program, known): &Found| program.python.clone().filter(|_| known.is_none());
    let pythons: BTreeSet<Interpreter> = found.iter().filter_map(of).collect();
    let mut unfit = BTreeSet::new();
    for python in pythons {
        let its: Vec<_> = found.iter().filter(|one| of(one).as_ref() == Some(&python)).collect();
        let blocks: Vec<_> =
            its.iter().map(|(one, program, _)| (program.file.as_path(), one.cwd.as_deref())).collect();
        let Some((first, ..)) = its.first() else { continue };
        let mut tell = |one: &Wanted, message: String, hint| {
            sink.push(Diagnostic::error(message).at(&one.program.at).maybe_hint(hint));
        };
        match describe.examine(&python, &blocks) {
            Ok(obstacles) if obstacles.is_empty() => continue,
            Ok(obstacles) => {
                for obstacle in &obstacles {
                    let file = obstacle.file.as_ref();
                    let one = its.iter().find(|(_, program, _)| file == Some(&program.file));
                    tell(one.map_or(first, |(one, ..)| one), obstacle.to_string(), obstacle.hint());
                }
            }
            Err(error) => tell(first, error.to_string(), error.hint()),
        }
        unfit.insert(python);
    }
    found.retain(|one| of(one).is_none_or(|python| !unfit.contains(&python)));
    unfit.is_empty()
}
