//! What a block declares: its ports and parameters, stated once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PySystemExit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use vc::args::Args;
use vc_words::manifest::MANIFEST_VERSION;
use vc_words::{Manifest, Port, Qos as Words};

use crate::error::{UsageError, raised};
use crate::node::Node;
use crate::parameter::{Limits, Opened, Parameter, descriptor};
use crate::port::{Declared, Input, Output, Qos};
use crate::{store, types};

/// A block's declaration: `vc.Block(name, description)`. The same one answers `--describe` and `--help` and opens the ports.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Block {
    id: u64,
    declared: Mutex<Declaration>,
}

/// What was declared so far.
pub(crate) struct Declaration {
    pub(crate) manifest: Manifest,
    /// For each parameter of the manifest, where its handle finds the value.
    pub(crate) parameters: Vec<Opened>,
    opened: bool,
}

impl Block {
    /// A block whose whole declaration stands elsewhere.
    pub(crate) fn of(manifest: Manifest) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let parameters = manifest.parameters.iter().map(|_| Opened::default()).collect();
        let declared = Mutex::new(Declaration { manifest, parameters, opened: false });
        Self { id: COUNT.fetch_add(1, Ordering::Relaxed), declared }
    }

    pub(crate) fn declared(&self) -> MutexGuard<'_, Declaration> {
        self.declared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The handle of a declared port.
    pub(crate) fn port(&self, index: usize, port: &Port) -> PyResult<Declared> {
        let schema = types::schema(&port.type_name)?;
        Ok(Declared { block: self.id, index, name: port.name.clone(), schema })
    }

    fn declare(&self, port: Port, inputs: bool) -> PyResult<Declared> {
        let mut declared = self.declared();
        let schema = types::schema(&port.type_name)?;
        let manifest = &mut declared.manifest;
        if manifest.inputs.iter().chain(&manifest.outputs).any(|other| other.name == port.name) {
            let message = format!("block `{}` has a port `{}` already", manifest.block, port.name);
            return Err(UsageError::new_err(message));
        }
        manifest.schemas.entry(port.type_name.clone()).or_insert_with(|| schema.text().to_owned());
        let ports = if inputs { &mut manifest.inputs } else { &mut manifest.outputs };
        ports.push(port);
        let (index, port) = (ports.len() - 1, &ports[ports.len() - 1]);
        Ok(Declared { block: self.id, index, name: port.name.clone(), schema })
    }
}

fn port(name: &str, type_name: &str, description: &str, qos: Option<Qos>) -> PyResult<Port> {
    let schema = types::schema(type_name)?;
    Ok(Port {
        name: name.to_owned(),
        type_name: schema.name().to_owned(),
        hash: schema.hash().to_owned(),
        description: description.to_owned(),
        required: false,
        optional: false,
        qos: qos.map_or_else(|| Words::DEFAULT.keep_last(schema.default_depth()), |qos| qos.0),
    })
}

#[pymethods]
impl Block {
    /// A block of this name, and what it does in one sentence.
    #[new]
    #[pyo3(signature = (name, description, *, version = None))]
    fn new(name: &str, description: &str, version: Option<&str>) -> Self {
        Self::of(Manifest {
            vc: MANIFEST_VERSION,
            block: name.to_owned(),
            version: version.unwrap_or(env!("CARGO_PKG_VERSION")).to_owned(),
            description: description.to_owned(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            parameters: Vec::new(),
            schemas: BTreeMap::new(),
            stands_for: Vec::new(),
        })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> String {
        self.declared().manifest.block.clone()
    }

    /// Declares an input.
    ///
    /// `required`: a circuit that leaves it without a source is a mistake. `optional`: it is there only where a wire or
    /// a remap rule says so, and then `Node.has_source`.
    #[pyo3(signature = (name, r#type, description = "", *, required = false, optional = false, qos = None))]
    #[expect(clippy::too_many_arguments, reason = "most have a name in Python")]
    fn input(
        &self,
        name: &str,
        r#type: &str,
        description: &str,
        required: bool,
        optional: bool,
        qos: Option<Qos>,
    ) -> PyResult<Input> {
        let port = Port { required, optional, ..port(name, r#type, description, qos)? };
        self.declare(port, true).map(Input)
    }

    /// Declares an output.
    #[pyo3(signature = (name, r#type, description = "", *, qos = None))]
    fn output(&self, name: &str, r#type: &str, description: &str, qos: Option<Qos>) -> PyResult<Output> {
        self.declare(port(name, r#type, description, qos)?, false).map(Output)
    }

    /// Declares a parameter with its default, which gives its type: bool, int, float or str, or a list of one of them.
    ///
    /// `range`: the least and the largest number allowed, `None` where there is no limit. `choices`: the only texts
    /// allowed. `live`: it may be changed while the node runs.
    #[pyo3(signature = (name, default, description = "", *, range = None, unit = None, choices = Vec::new(), live = true))]
    #[expect(clippy::too_many_arguments, reason = "most have a name in Python")]
    fn parameter(
        &self,
        name: &str,
        default: Bound<'_, PyAny>,
        description: &str,
        range: Option<(Option<f64>, Option<f64>)>,
        unit: Option<String>,
        choices: Vec<String>,
        live: bool,
    ) -> PyResult<Parameter> {
        let limits = Limits { range, unit, choices, live, default };
        let descriptor = descriptor(name, description, limits)?;
        let mut declared = self.declared();
        if declared.manifest.parameter(name).is_some() {
            let message = format!("block `{}` has a parameter `{name}` already", declared.manifest.block);
            return Err(UsageError::new_err(message));
        }
        let (default, opened) = (descriptor.default.clone(), Opened::default());
        declared.manifest.parameters.push(descriptor);
        declared.parameters.push(Arc::clone(&opened));
        Ok(Parameter { name: name.to_owned(), default, opened })
    }

    /// What was declared so far: the answer to `--describe`, as JSON.
    fn describe(&self) -> String {
        serde_json::to_string(&self.declared().manifest).unwrap_or_default()
    }

    /// Reads the command line, or `args`, and opens the node; or answers `--describe`, `--help` or `--version` on standard
    /// output and ends the program with success. Once for each block.
    #[pyo3(signature = (args = None))]
    fn open(&self, py: Python<'_>, args: Option<Vec<String>>) -> PyResult<Node> {
        let args = match args {
            Some(args) => args,
            None => {
                py.import("sys")?.getattr("argv")?.extract::<Vec<String>>()?.into_iter().skip(1).collect()
            }
        };
        let args = Args::parse(args).map_err(|error| raised(&error))?;
        let mut declared = self.declared();
        let block = vc::Block::from_manifest(declared.manifest.clone());
        if let Some(answer) = block.answer(&args) {
            // Through Python's own stream, behind what the program has printed.
            let out = py.import("sys")?.getattr("stdout")?;
            out.call_method1("write", (answer,))?;
            out.call_method0("flush")?;
            return Err(PySystemExit::new_err(0));
        }
        if std::mem::replace(&mut declared.opened, true) {
            return Err(UsageError::new_err("a block is opened once"));
        }
        stop_by_signal_only(py);
        let node = store::open(py, self.id, block, &args, &declared.parameters)?;
        Ok(node)
    }

    fn __repr__(&self) -> String {
        format!("<Block {}>", self.declared().manifest.block)
    }
}

/// A node ends in good order when it is asked to: `KeyboardInterrupt` in the middle of a callback would be in the way.
/// Only Python's own handler is replaced, and only the main thread may do it.
fn stop_by_signal_only(py: Python<'_>) {
    let replace = || -> PyResult<()> {
        let signal = py.import("signal")?;
        let interrupt = signal.getattr("SIGINT")?;
        let handler = signal.call_method1("getsignal", (&interrupt,))?;
        if handler.is(&signal.getattr("default_int_handler")?) {
            let locals = PyDict::new(py);
            let nothing = py.eval(c"lambda *_: None", None, Some(&locals))?;
            signal.call_method1("signal", (interrupt, nothing))?;
        }
        Ok(())
    };
    if let Err(error) = replace() {
        tracing::debug!(%error, "Python keeps its own handling of Ctrl-C");
    }
}

/// The inputs and outputs of a block, as handles.
pub(crate) fn handles<'py>(
    py: Python<'py>,
    block: &Block,
) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
    let declared = block.declared();
    let (inputs, outputs) = (PyList::empty(py), PyList::empty(py));
    for (index, port) in declared.manifest.inputs.iter().enumerate() {
        inputs.append(Py::new(py, Input(block.port(index, port)?))?)?;
    }
    for (index, port) in declared.manifest.outputs.iter().enumerate() {
        outputs.append(Py::new(py, Output(block.port(index, port)?))?)?;
    }
    Ok((inputs, outputs))
}
