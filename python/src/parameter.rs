//! Declared parameters and their values.

use std::sync::{Arc, OnceLock};

use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString, PyTuple};
use vc::live::LiveValue;
use vc_words::{Descriptor, ParameterValue};

use crate::error::UsageError;

/// The present value, once the node is open.
pub(crate) type Opened = Arc<OnceLock<LiveValue>>;

/// A declared parameter. `value` is its default until the block is opened, then the value given, or the one set since.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) default: ParameterValue,
    pub(crate) opened: Opened,
}

#[pymethods]
impl Parameter {
    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// Its present value.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.opened.get() {
            Some(live) => to_python(py, &live.get()),
            None => to_python(py, &self.default),
        }
    }

    fn __repr__(&self) -> String {
        let value = self.opened.get().map_or_else(|| self.default.clone(), LiveValue::get);
        format!("<Parameter {} = {}>", self.name, value.to_yaml())
    }
}

/// A value as Python has it.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &ParameterValue) -> PyResult<Bound<'py, PyAny>> {
    match value {
        ParameterValue::Bool(value) => value.into_bound_py_any(py),
        ParameterValue::Integer(value) => value.into_bound_py_any(py),
        ParameterValue::Double(value) => value.into_bound_py_any(py),
        ParameterValue::String(text) => text.into_bound_py_any(py),
        ParameterValue::BoolArray(items) => PyList::new(py, items).map(Bound::into_any),
        ParameterValue::IntegerArray(items) => PyList::new(py, items).map(Bound::into_any),
        ParameterValue::DoubleArray(items) => PyList::new(py, items).map(Bound::into_any),
        ParameterValue::StringArray(items) => PyList::new(py, items).map(Bound::into_any),
    }
}

/// A parameter's default, which gives its type.
pub(crate) fn from_python(name: &str, value: &Bound<'_, PyAny>) -> PyResult<ParameterValue> {
    // Before the integers, which Python's truth values are too.
    if value.is_instance_of::<PyBool>() {
        return value.extract().map(ParameterValue::Bool);
    }
    if value.is_instance_of::<PyInt>() {
        return value.extract().map(ParameterValue::Integer);
    }
    if value.is_instance_of::<PyFloat>() {
        return value.extract().map(ParameterValue::Double);
    }
    if value.is_instance_of::<PyString>() {
        return value.extract().map(ParameterValue::String);
    }
    let refused = || {
        let kind = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        UsageError::new_err(format!(
            "the default of parameter `{name}` is a bool, int, float or str, or a list of one of them, not {kind}"
        ))
    };
    if !value.is_instance_of::<PyList>() && !value.is_instance_of::<PyTuple>() {
        return Err(refused());
    }
    let items: Vec<Bound<'_, PyAny>> = value.extract()?;
    let all = |fits: fn(&Bound<'_, PyAny>) -> bool| items.iter().all(fits);
    if items.is_empty() || all(|item| item.is_instance_of::<PyString>()) {
        value.extract().map(ParameterValue::StringArray)
    } else if all(|item| item.is_instance_of::<PyBool>()) {
        value.extract().map(ParameterValue::BoolArray)
    } else if all(|item| item.is_instance_of::<PyInt>() && !item.is_instance_of::<PyBool>()) {
        value.extract().map(ParameterValue::IntegerArray)
    } else if all(|item| item.is_instance_of::<PyInt>() || item.is_instance_of::<PyFloat>()) {
        value.extract().map(ParameterValue::DoubleArray)
    } else {
        Err(refused())
    }
}

/// What a declaration says beside name, default and description.
pub(crate) struct Limits<'py> {
    pub(crate) range: Option<(Option<f64>, Option<f64>)>,
    pub(crate) unit: Option<String>,
    pub(crate) choices: Vec<String>,
    pub(crate) live: bool,
    pub(crate) default: Bound<'py, PyAny>,
}

/// What the manifest says of a parameter.
pub(crate) fn descriptor(name: &str, description: &str, limits: Limits<'_>) -> PyResult<Descriptor> {
    let default = from_python(name, &limits.default)?;
    let (min, max) = limits.range.unwrap_or_default();
    let number = matches!(default, ParameterValue::Double(_) | ParameterValue::Integer(_));
    if !number && (min.is_some() || max.is_some()) {
        return Err(UsageError::new_err(format!("parameter `{name}` is no number, so it has no range")));
    }
    if !limits.choices.is_empty() && !matches!(default, ParameterValue::String(_)) {
        return Err(UsageError::new_err(format!("parameter `{name}` is no text, so it has no choices")));
    }
    let descriptor = Descriptor {
        name: name.to_owned(),
        kind: default.kind(),
        default: default.clone(),
        description: description.to_owned(),
        unit: limits.unit,
        min,
        max,
        choices: limits.choices,
        live: limits.live,
    };
    // A default outside of its own limits is a slip of the author.
    descriptor.check(default).map_err(|error| UsageError::new_err(error.to_string()))?;
    Ok(descriptor)
}
