//! Shared memory as NumPy sees it.

use std::sync::Arc;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule};
use vc::topic::{Raw, Sample, Shared};
use vc_dynamic::{Numbers, Primitive};

use crate::loan::Slot;

/// A received sample, kept as long as anything of it is in use.
pub(crate) type Held = Sample<Raw, Shared>;

/// Who keeps the bytes where they are.
#[expect(dead_code, reason = "held, not looked at")]
enum Keeper {
    Sample(Arc<Held>),
    Slot(Arc<Slot>),
}

/// Numbers in shared memory. NumPy makes an array of it without a copy, and keeps it alive with the array.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Memory {
    _keeper: Keeper,
    address: usize,
    len: usize,
    element: Primitive,
    big_endian: bool,
    writable: bool,
}

impl Memory {
    /// Numbers of a sample, to be read.
    pub(crate) fn of_sample(sample: &Arc<Held>, numbers: &Numbers<'_>) -> Self {
        Self {
            _keeper: Keeper::Sample(Arc::clone(sample)),
            address: numbers.bytes.as_ptr().addr(),
            len: numbers.len(),
            element: numbers.element,
            big_endian: numbers.big_endian,
            writable: false,
        }
    }

    /// `bytes` bytes of a loan from `address` on, to be written.
    pub(crate) fn of_slot(slot: &Arc<Slot>, element: Primitive, address: usize, bytes: usize) -> Self {
        Self {
            _keeper: Keeper::Slot(Arc::clone(slot)),
            address,
            len: bytes / element.size(),
            element,
            big_endian: false,
            writable: true,
        }
    }

    /// The NumPy array of it.
    pub(crate) fn array(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        numpy(py)?.call_method1("asarray", (self,))
    }
}

#[pymethods]
impl Memory {
    /// Python's protocol for sharing arrays, version 3.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("shape", (self.len,))?;
        interface.set_item("typestr", self.typestr())?;
        interface.set_item("data", (self.address, !self.writable))?;
        Ok(interface)
    }

    fn __repr__(&self) -> String {
        format!("<{} {} in shared memory>", self.len, self.element.word())
    }
}

impl Memory {
    fn typestr(&self) -> String {
        let order = match (self.element.size(), self.big_endian) {
            (1, _) => '|',
            (_, true) => '>',
            (_, false) => '<',
        };
        let kind = match self.element {
            Primitive::Bool => 'b',
            Primitive::Int8 | Primitive::Int16 | Primitive::Int32 | Primitive::Int64 => 'i',
            Primitive::Float32 | Primitive::Float64 => 'f',
            Primitive::Byte
            | Primitive::Char
            | Primitive::Uint8
            | Primitive::Uint16
            | Primitive::Uint32
            | Primitive::Uint64 => 'u',
        };
        format!("{order}{kind}{}", self.element.size())
    }
}

/// The user's NumPy, imported when it is first needed.
pub(crate) fn numpy(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static NUMPY: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let numpy = NUMPY.get_or_try_init(py, || match py.import("numpy") {
        Ok(numpy) => Ok(numpy.unbind()),
        Err(error) if error.is_instance_of::<PyImportError>(py) => {
            let python = py.import("sys")?.getattr("executable")?.to_string();
            let missing = PyImportError::new_err(format!(
                "sequences of numbers are NumPy arrays, but {python} has no NumPy; try `{python} -m pip install numpy`"
            ));
            missing.set_cause(py, Some(error));
            Err(missing)
        }
        Err(error) => Err(error),
    })?;
    Ok(numpy.bind(py))
}
