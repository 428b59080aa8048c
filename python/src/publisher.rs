//! The writing side of a topic.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyDictMethods};
use vc::topic::{Publisher as Port, Raw, Shared};
use vc_dynamic::encode::{self, Room};
use vc_dynamic::{Schema, Value};

use crate::convert::{Given, given};
use crate::error::{closed, not_encoded, raised};
use crate::loan::{Loan, Slot, copy_arrays};
use crate::message::Message;

/// A port, until its node ends.
pub(crate) struct Outlet {
    port: Mutex<Option<Arc<Port<Raw, Shared>>>>,
    topic: String,
    /// The longest message so far: only a longer one makes the pool grow.
    longest: AtomicUsize,
    /// The loans that arrays may still look into.
    slots: Mutex<Vec<Weak<Slot>>>,
}

impl Outlet {
    pub(crate) fn new(port: Port<Raw, Shared>) -> Self {
        let topic = port.topic().to_string();
        Self {
            port: Mutex::new(Some(Arc::new(port))),
            topic,
            longest: AtomicUsize::new(0),
            slots: Mutex::default(),
        }
    }

    pub(crate) fn port(&self) -> PyResult<Arc<Port<Raw, Shared>>> {
        let port = self.port.lock().unwrap_or_else(PoisonError::into_inner);
        port.clone().ok_or_else(|| closed("publishers"))
    }

    /// Leaves the topic. Waits for others to notice what was sent last.
    pub(crate) fn close(&self) {
        let port = self.port.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(port) = port {
            self.guard_arrays(&port);
        }
    }

    /// Takes a slot, and writes all of the message into it but for its rooms.
    fn slot(
        self: &Arc<Self>,
        py: Python<'_>,
        schema: &Schema,
        value: &Value,
    ) -> PyResult<(Arc<Slot>, Vec<Room>)> {
        let size = encode::size(schema, value).map_err(|error| not_encoded(&error))?;
        let port = self.port()?;
        if self.longest.fetch_max(size, Ordering::Relaxed) < size {
            self.guard_arrays(&port);
        }
        // Fresh memory is asked of the kernel here, which can take a while.
        let loan = py.detach(|| port.loan_detached(size)).map_err(|error| raised(&error))?;
        let (slot, rooms) = Slot::new(loan, |cdr| encode::encode(schema, value, cdr));
        let slot = Arc::new(slot);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|slot| slot.strong_count() > 0);
        slots.push(Arc::downgrade(&slot));
        Ok((slot, rooms.map_err(|error| not_encoded(&error))?))
    }

    /// Memory that goes with a pool that grows, or with the port, stays for the arrays that still look into it: NumPy
    /// cannot be told that it is gone.
    fn guard_arrays(&self, port: &Port<Raw, Shared>) {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in slots.iter().filter_map(Weak::upgrade) {
            slot.guard(port);
        }
    }
}

/// Writes messages to a topic, from any thread. `Node.publisher` opens it.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Publisher {
    pub(crate) outlet: Arc<Outlet>,
    pub(crate) schema: Arc<Schema>,
}

impl Publisher {
    fn send(
        &self,
        py: Python<'_>,
        time_ns: i64,
        message: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        // A message that was received goes on as it is.
        if fields.is_none_or(PyDictMethods::is_empty)
            && let Some(Ok(message)) = message.map(|message| message.cast::<Message>())
            && let Some(cdr) = message.get().cdr_of(&self.schema)
        {
            let port = self.outlet.port()?;
            return py.detach(|| port.publish_cdr(cdr, time_ns)).map_err(|error| raised(&error));
        }
        let Given { value, arrays } = given(&self.schema, message, fields, false)?;
        let (slot, rooms) = self.outlet.slot(py, &self.schema, &value)?;
        copy_arrays(py, &slot, &rooms, &arrays)?;
        slot.send(py, &*self.outlet.port()?, time_ns)
    }
}

#[pymethods]
impl Publisher {
    /// Sends a message, stamped with the present time: its fields by name, in a dictionary, as an object's attributes, or
    /// a received message. What is not given has its default.
    #[pyo3(signature = (message = None, /, **fields))]
    fn publish(
        &self,
        py: Python<'_>,
        message: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        self.send(py, vc::clock::now(), message, fields)
    }

    /// The same, stamped with the time at which the data were taken, in nanoseconds since the Unix epoch.
    #[pyo3(signature = (time_ns, message = None, /, **fields))]
    fn publish_at(
        &self,
        py: Python<'_>,
        time_ns: i64,
        message: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        self.send(py, time_ns, message, fields)
    }

    /// Takes a slot for a message: fields as `publish` takes them, but a whole number in the place of a sequence of numbers
    /// is its length, and the loan's attribute of that name the array to be written. Used with `with`, which sends it.
    #[pyo3(signature = (message = None, /, **fields))]
    fn loan(
        &self,
        py: Python<'_>,
        message: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Loan> {
        let Given { value, arrays } = given(&self.schema, message, fields, true)?;
        let (slot, mut rooms) = self.outlet.slot(py, &self.schema, &value)?;
        copy_arrays(py, &slot, &rooms, &arrays)?;
        rooms.retain(|room| arrays.iter().all(|(field, _)| *field != room.field));
        Ok(Loan::new(slot, Arc::clone(&self.outlet), rooms))
    }

    /// Whether anybody reads the topic now: what nobody reads need not be made.
    fn has_subscribers(&self) -> PyResult<bool> {
        Ok(self.outlet.port()?.has_subscribers())
    }

    /// The topic that is written.
    #[getter]
    fn topic(&self) -> &str {
        &self.outlet.topic
    }

    fn __repr__(&self) -> String {
        format!("<Publisher of {} on {}>", self.schema.name(), self.outlet.topic)
    }
}
