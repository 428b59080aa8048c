//! A message in shared memory that is being written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use vc::topic::{DetachedLoan, Publisher as Port, Raw, Shared};
use vc_dynamic::EncodeError;
use vc_dynamic::encode::Room;

use crate::error::{Error, MessageError, raised};
use crate::memory::{Memory, numpy};
use crate::publisher::Outlet;

/// A loan's memory. Arrays over it keep it where it is.
pub(crate) struct Slot {
    address: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// Until it is sent.
    loan: Option<DetachedLoan<Shared>>,
    /// Another slot of the same memory, which thereby stays mapped.
    guard: Option<DetachedLoan<Shared>>,
}

impl Slot {
    /// A slot, and what `write` says of its bytes.
    pub(crate) fn new<R>(
        mut loan: DetachedLoan<Shared>,
        write: impl FnOnce(&mut [u8]) -> Result<R, EncodeError>,
    ) -> (Self, Result<R, EncodeError>) {
        let cdr = loan.cdr_mut();
        let (address, written) = (cdr.as_ptr().addr(), write(cdr));
        (Self { address, held: Mutex::new(Held { loan: Some(loan), guard: None }) }, written)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the memory even when the slot is sent and given back and the pool has grown, or its port is gone.
    pub(crate) fn guard(&self, port: &Port<Raw, Shared>) {
        let mut held = self.held();
        if held.guard.is_none() {
            held.guard = port.loan_detached(1).ok();
        }
    }

    pub(crate) fn send(&self, py: Python<'_>, port: &Port<Raw, Shared>, time_ns: i64) -> PyResult<()> {
        let loan = self.held().loan.take().ok_or_else(|| Error::new_err("the loan was sent already"))?;
        py.detach(|| port.send_detached(loan, time_ns)).map_err(|error| raised(&error))
    }

    fn is_writing(&self) -> bool {
        self.held().loan.is_some()
    }

    fn array<'py>(self: &Arc<Self>, py: Python<'py>, room: &Room) -> PyResult<Bound<'py, PyAny>> {
        let (from, bytes) = (self.address + room.range.start, room.range.len());
        Memory::of_slot(self, room.element, from, bytes).array(py)
    }
}

/// Copies arrays into their rooms, each once, by NumPy.
pub(crate) fn copy_arrays(
    py: Python<'_>,
    slot: &Arc<Slot>,
    rooms: &[Room],
    arrays: &[(String, Py<PyAny>)],
) -> PyResult<()> {
    for (field, array) in arrays {
        // Given twice, the last one counts; the first may have another length.
        let Some(room) = rooms.iter().find(|room| room.field == *field) else { continue };
        let (to, from) = (slot.array(py, room)?, array.bind(py).call_method1("reshape", (-1,))?);
        let copied = numpy(py)?.call_method1("copyto", (to, from));
        copied.map_err(|error| {
            let refused =
                MessageError::new_err(format!("`{field}` is a list of {}: {error}", room.element.word()));
            refused.set_cause(py, Some(error));
            refused
        })?;
    }
    Ok(())
}

/// A message whose fields are written and whose sequences of numbers are being written, as arrays over the memory that
/// subscribers read: `Publisher.loan` takes it. The block of its `with` statement ends with sending it, or, if that
/// raised an exception, without.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Loan {
    slot: Arc<Slot>,
    outlet: Arc<Outlet>,
    rooms: Vec<Room>,
    arrays: Mutex<HashMap<String, Py<PyAny>>>,
}

impl Loan {
    pub(crate) fn new(slot: Arc<Slot>, outlet: Arc<Outlet>, rooms: Vec<Room>) -> Self {
        Self { slot, outlet, rooms, arrays: Mutex::default() }
    }

    fn array<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(room) = self.rooms.iter().find(|room| room.field == name) else { return Ok(None) };
        if let Some(known) = self.arrays().get(name) {
            return Ok(Some(known.bind(py).clone()));
        }
        if !self.slot.is_writing() {
            return Err(Error::new_err("the loan was sent already"));
        }
        let array = self.slot.array(py, room)?;
        self.arrays().insert(name.to_owned(), array.clone().unbind());
        Ok(Some(array))
    }

    fn arrays(&self) -> MutexGuard<'_, HashMap<String, Py<PyAny>>> {
        self.arrays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was handed out is readers' from now on.
    fn take_arrays_back(&self, py: Python<'_>) -> PyResult<()> {
        let arrays = std::mem::take(&mut *self.arrays());
        for array in arrays.values() {
            array.bind(py).getattr("flags")?.setattr("writeable", false)?;
        }
        Ok(())
    }
}

#[pymethods]
impl Loan {
    /// The array of a sequence that was given its length.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.array(py, name)?.ok_or_else(|| PyAttributeError::new_err(self.no_room(name)))
    }

    /// The same for a sequence in another message: `loan["layout.dim[0].values"]`.
    fn __getitem__<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        self.array(py, path)?.ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(self.no_room(path)))
    }

    fn __dir__(&self) -> Vec<String> {
        let own = ["send", "send_at", "discard"].map(str::to_owned);
        own.into_iter().chain(self.rooms.iter().map(|room| room.field.clone())).collect()
    }

    /// Sends, stamped with the present time.
    fn send(&self, py: Python<'_>) -> PyResult<()> {
        self.send_at(py, vc::clock::now())
    }

    /// Sends, stamped with the time at which the data were taken, in nanoseconds since the Unix epoch.
    fn send_at(&self, py: Python<'_>, time_ns: i64) -> PyResult<()> {
        let port = self.outlet.port()?;
        self.take_arrays_back(py)?;
        self.slot.send(py, &port, time_ns)
    }

    /// Gives the slot back unsent.
    fn discard(&self, py: Python<'_>) -> PyResult<()> {
        self.take_arrays_back(py)?;
        // Arrays that are still in use keep it until they are gone.
        let mut held = self.slot.held();
        held.guard = held.loan.take().or_else(|| held.guard.take());
        Ok(())
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (kind, _value, _traceback))]
    fn __exit__(
        &self,
        py: Python<'_>,
        kind: Option<&Bound<'_, PyAny>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        if !self.slot.is_writing() {
            return Ok(false);
        }
        if kind.is_some() {
            self.discard(py)?;
        } else {
            self.send(py)?;
        }
        Ok(false)
    }
}

impl Loan {
    fn no_room(&self, name: &str) -> String {
        let rooms: Vec<&str> = self.rooms.iter().map(|room| room.field.as_str()).collect();
        if rooms.is_empty() {
            return format!("this loan has no array `{name}`: no sequence was given its length");
        }
        format!("this loan has no array `{name}`; it has {}", rooms.join(", "))
    }
}
