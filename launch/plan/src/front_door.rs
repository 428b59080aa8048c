//! From a file to a [`Document`]: which reader it is for is told by its name.

use std::path::Path;

use crate::build::document;
use crate::diagnostic::{Diagnostic, Sink};
use crate::document::Document;
use crate::entity::Form;
use crate::source::Source;

/// Reads a launch file. What is wrong within it is in the sink.
///
/// # Errors
/// Why it cannot be read at all.
pub(crate) fn open(file: &Path, sink: &mut Sink) -> Result<Document, Box<Diagnostic>> {
    let form = form_of(file).ok_or_else(|| declined(file))?;
    let source = Source::read(file)?;
    Ok(document(&source, form, sink))
}

/// What a file is written in, by the end of its name.
fn form_of(file: &Path) -> Option<Form> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".py"]) {
        None
    } else if ends(&[".xml", ".launch"]) {
        Some(Form::Xml)
    } else {
        Some(Form::Yaml)
    }
}

fn declined(file: &Path) -> Box<Diagnostic> {
    let hint =
        "write the circuit as launch YAML or XML: `for`, `if` and `$(eval …)` do what Python was needed for";
    let message = format!("`{}`: launch files in Python are not run", file.display());
    Diagnostic::error(message).hint(hint).into()
}
