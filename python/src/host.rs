//! VisualCircuit's code as a block: what `vc.host` is made of.

use pyo3::exceptions::PySyntaxError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use vc_msgs::stock;
use vc_words::HostLine;
use vc_words::host_line::HostType;

use crate::block::{Block, handles};
use crate::error::MessageError;
use crate::parameter::Parameter;

fn find(text: &str, path: &str) -> PyResult<Option<HostLine>> {
    HostLine::find(text).map_err(|error| {
        let line = text.lines().nth(error.line - 1).unwrap_or_default().to_owned();
        PySyntaxError::new_err((error.to_string(), (path.to_owned(), error.line, error.column, line)))
    })
}

/// What the `# vc-host:` line of a file's text says, as JSON; `None` without one.
#[pyfunction]
pub(crate) fn host_line(text: &str, path: &str) -> PyResult<Option<String>> {
    let line = find(text, path)?;
    Ok(line.map(|line| serde_json::to_string(&line).unwrap_or_default()))
}

/// The block that the line declares, and handles of its inputs, outputs and parameters; `None` without one.
#[pyfunction]
#[expect(clippy::type_complexity, reason = "a tuple for Python")]
pub(crate) fn host_block<'py>(
    py: Python<'py>,
    text: &str,
    path: &str,
    name: &str,
) -> PyResult<Option<(Block, Bound<'py, PyList>, Bound<'py, PyList>, Vec<Parameter>)>> {
    let Some(line) = find(text, path)? else { return Ok(None) };
    let types = |name: &'static str| {
        stock::find(name).map(|stock| HostType { hash: stock.hash, schema: stock.schema })
    };
    let manifest = line.manifest(name, types);
    let block = Block::of(manifest.map_err(|name| MessageError::new_err(format!("there is no `{name}`")))?);
    let (inputs, outputs) = handles(py, &block)?;
    let parameters = {
        let declared = block.declared();
        let all = declared.manifest.parameters.iter().zip(&declared.parameters);
        let parameter =
            |(descriptor, opened): (&vc_words::Descriptor, &crate::parameter::Opened)| Parameter {
                name: descriptor.name.clone(),
                default: descriptor.default.clone(),
                opened: opened.clone(),
            };
        all.map(parameter).collect()
    };
    Ok(Some((block, inputs, outputs, parameters)))
}
