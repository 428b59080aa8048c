//! The running node.

use std::sync::{Arc, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};
use vc::error::BoxError;
use vc::stop::Stop;
use vc::timer::Hertz;

use crate::error::{UsageError, raised};
use crate::message::Message;
use crate::port::{Declared, Input, Output};
use crate::publisher::{Outlet, Publisher};
use crate::store;
use crate::subscriber::{Inlet, Subscriber, duration};

/// A node: opens the ports its block declared, and runs their callbacks. `Block.open` opens it; it belongs to the thread that
/// did. Its publishers and subscribers may go to others. Used with `with`, it ends with the block of the statement.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Node {
    pub(crate) id: u64,
    pub(crate) block: u64,
    pub(crate) name: String,
    pub(crate) stop: Stop,
}

impl Node {
    fn own<'a>(&self, port: &'a Declared) -> PyResult<&'a Declared> {
        if port.block == self.block {
            return Ok(port);
        }
        Err(UsageError::new_err(format!("port `{}` was declared by another block", port.name)))
    }
}

#[pymethods]
impl Node {
    /// The node's full name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// Whether the node was asked to stop.
    #[getter]
    fn stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    /// Opens a declared output.
    fn publisher(&self, output: &Output) -> PyResult<Publisher> {
        let port = self.own(&output.0)?;
        let outlet = store::with(self.id, |open| {
            let outlet = Arc::new(Outlet::new(open.node.shared_publisher(&open.outputs[port.index])?));
            open.outlets.push(Arc::clone(&outlet));
            Ok(outlet)
        })?;
        Ok(Publisher { outlet, schema: Arc::clone(&port.schema) })
    }

    /// Opens a declared input, to be read by `recv` or `take`.
    fn subscriber(&self, input: &Input) -> PyResult<Subscriber> {
        let port = self.own(&input.0)?;
        let inlet = store::with(self.id, |open| {
            let inlet = Arc::new(Inlet::new(open.node.shared_subscriber(&open.inputs[port.index])?));
            open.inlets.push(Arc::clone(&inlet));
            Ok(inlet)
        })?;
        let (schema, input) = (Arc::clone(&port.schema), port.name.clone());
        Ok(Subscriber { inlet, schema, input, node: self.id })
    }

    /// Opens a declared input, and calls a function with each message, from `run`. Without a function, a decorator. A message
    /// that cannot be read is logged and skipped.
    #[pyo3(signature = (input, callback = None))]
    fn on<'py>(
        &self,
        py: Python<'py>,
        input: &Input,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyCFunction>>> {
        let (id, port) = (self.id, self.own(&input.0)?.clone());
        let Some(callback) = callback else {
            return decorator(py, move |callback| call_with_messages(id, &port, callback)).map(Some);
        };
        call_with_messages(id, &port, callback).map(|()| None)
    }

    /// Calls a function so many times a second with a `Tick`, from `run`. Without a function, a decorator.
    #[pyo3(signature = (rate, callback = None))]
    fn every<'py>(
        &self,
        py: Python<'py>,
        rate: f64,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyCFunction>>> {
        let id = self.id;
        let Some(callback) = callback else {
            return decorator(py, move |callback| call_with_ticks(id, rate, callback)).map(Some);
        };
        call_with_ticks(id, rate, callback).map(|()| None)
    }

    /// Whether the command line gives a declared input a topic: whether it is wired.
    fn has_source(&self, input: &Input) -> PyResult<bool> {
        let index = self.own(&input.0)?.index;
        store::with(self.id, |open| Ok(open.node.has_source(&open.inputs[index])))
    }

    /// Whether the command line gives a declared output a topic: whether it is wired.
    fn has_target(&self, output: &Output) -> PyResult<bool> {
        let index = self.own(&output.0)?.index;
        store::with(self.id, |open| Ok(open.node.has_target(&open.outputs[index])))
    }

    /// Says that the node is ready, and waits until the whole circuit is. `run` does it, and the first `recv` or `sleep`; call
    /// it yourself in a loop that uses none of them.
    fn ready(&self, py: Python<'_>) -> PyResult<()> {
        store::ready(py, self.id)
    }

    /// Runs the callbacks until the node is asked to stop, then once more for what is queued, and ends it. An exception of a
    /// callback comes out of here.
    fn run(&self, py: Python<'_>) -> PyResult<()> {
        store::run(py, self.id)
    }

    /// Sleeps for so many seconds, or until the node is asked to stop. Whether it slept to the end.
    fn sleep(&self, py: Python<'_>, seconds: f64) -> PyResult<bool> {
        store::ready(py, self.id)?;
        let (stop, time) = (self.stop.clone(), duration(seconds)?);
        py.detach(|| vc::topic::wait_for_news::<vc::topic::Raw, vc::topic::Shared>(&[], &stop, Some(time)))
            .map_err(|error| raised(&error))?;
        Ok(!self.stop.is_stopped())
    }

    /// Asks the node to stop, from anywhere.
    fn stop(&self) {
        self.stop.stop();
    }

    /// The node begins something that must not take longer than its watchdog allows: for loops of its own.
    fn at_work(&self) -> PyResult<()> {
        store::with(self.id, |open| {
            open.node.at_work();
            Ok(())
        })
    }

    /// Ends the node and closes its ports. A node that runs is asked to stop.
    fn close(&self, py: Python<'_>) {
        self.stop.stop();
        store::close(py, self.id);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) -> bool {
        self.close(py);
        false
    }

    fn __repr__(&self) -> String {
        format!("<Node {}>", self.name)
    }
}

/// A function that takes a callback, hands it to `register` and gives it back.
fn decorator(
    py: Python<'_>,
    register: impl Fn(Py<PyAny>) -> PyResult<()> + Send + Sync + 'static,
) -> PyResult<Bound<'_, PyCFunction>> {
    PyCFunction::new_closure(
        py,
        None,
        None,
        move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
            let callback = args.get_item(0)?.unbind();
            register(callback.clone_ref(args.py()))?;
            Ok(callback)
        },
    )
}

fn call_with_messages(id: u64, port: &Declared, callback: Py<PyAny>) -> PyResult<()> {
    let (schema, name, index) = (Arc::clone(&port.schema), port.name.clone(), port.index);
    store::with(id, move |open| {
        let raised = Arc::clone(&open.raised);
        open.node.on_shared_sample(&open.inputs[index], move |sample| {
            Python::attach(|py| match Message::open(&schema, sample) {
                Ok(message) => told(&raised, callback.call1(py, (message,))),
                Err(error) => {
                    tracing::warn!(port = name, %error, "skipped a message that cannot be read");
                    Ok(())
                }
            })
        })
    })
}

fn call_with_ticks(id: u64, rate: f64, callback: Py<PyAny>) -> PyResult<()> {
    store::with(id, move |open| {
        let raised = Arc::clone(&open.raised);
        let call = move |tick: vc::timer::Tick| {
            let tick = Tick { time_ns: tick.time_ns, missed: tick.missed };
            Python::attach(|py| told(&raised, callback.call1(py, (tick,))))
        };
        open.node.every(Hertz(rate), call).map(drop)
    })
}

/// Keeps what a callback raised for `run`, which raises it.
fn told(raised: &std::sync::Mutex<Option<PyErr>>, answer: PyResult<Py<PyAny>>) -> Result<(), BoxError> {
    answer.map(drop).map_err(|error| {
        *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        "an exception".into()
    })
}

/// One turn of a timer.
#[pyclass(frozen, get_all, module = "vc")]
pub(crate) struct Tick {
    /// The time now, in nanoseconds since the Unix epoch.
    time_ns: i64,
    /// Turns that passed unused since the last one, because the node was busy.
    missed: u64,
}

#[pymethods]
impl Tick {
    fn __repr__(&self) -> String {
        format!("Tick(time_ns={}, missed={})", self.time_ns, self.missed)
    }
}

/// The present time, in nanoseconds since the Unix epoch.
#[pyfunction]
pub(crate) fn now() -> i64 {
    vc::clock::now()
}
