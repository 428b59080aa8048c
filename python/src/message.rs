//! A received message, read where it lies.

use std::sync::Arc;

use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use vc_dynamic::{DecodeError, Item, Schema, Spot, View};
use vc_words::suggest::nearest;

use crate::error::not_decoded;
use crate::memory::{Held, Memory};
use crate::types::{self, MessageType};

/// A received message, or one in another. Its fields are attributes, read when asked for: sequences of numbers are NumPy
/// arrays over shared memory that cannot be written, all else is Python's own.
///
/// A message, and every array of it, keeps its sample in shared memory; keep at most eight samples of one input, and copies
/// of what is to stay longer.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Message {
    sample: Arc<Held>,
    schema: Arc<Schema>,
    spot: Spot,
    /// Whether it is the sample's whole message.
    whole: bool,
}

impl Message {
    /// Checks a sample from beginning to end.
    pub(crate) fn open(schema: &Arc<Schema>, sample: Held) -> Result<Self, DecodeError> {
        let spot = View::open(schema, sample.cdr())?.spot();
        Ok(Self { sample: Arc::new(sample), schema: Arc::clone(schema), spot, whole: true })
    }

    /// The CDR bytes, if it is a whole message of this type.
    pub(crate) fn cdr_of(&self, schema: &Schema) -> Option<&[u8]> {
        let same = self.schema.name() == schema.name() && self.schema.hash() == schema.hash();
        (self.whole && same).then(|| self.sample.cdr())
    }

    fn view(&self) -> PyResult<View<'_>> {
        View::at(&self.schema, self.sample.cdr(), self.spot).map_err(|error| not_decoded(&error))
    }

    /// The fields with their values.
    pub(crate) fn fields<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&str, Bound<'py, PyAny>)>> {
        let value = |(name, item): (_, Result<Item<'_>, DecodeError>)| {
            Ok((name, self.value(py, &item.map_err(|error| not_decoded(&error))?)?))
        };
        self.view()?.items().map(value).collect()
    }

    fn value<'py>(&self, py: Python<'py>, item: &Item<'_>) -> PyResult<Bound<'py, PyAny>> {
        match item {
            Item::Bool(value) => value.into_bound_py_any(py),
            Item::Signed(value) => value.into_bound_py_any(py),
            Item::Unsigned(value) => value.into_bound_py_any(py),
            Item::Float32(value) => value.into_bound_py_any(py),
            Item::Float64(value) => value.into_bound_py_any(py),
            Item::Text(text) => text.into_bound_py_any(py),
            Item::Numbers(numbers) => Memory::of_sample(&self.sample, numbers).array(py),
            Item::Message(view) => Self {
                sample: Arc::clone(&self.sample),
                schema: Arc::clone(&self.schema),
                spot: view.spot(),
                whole: false,
            }
            .into_bound_py_any(py),
            Item::List(list) => {
                let values = PyList::empty(py);
                for item in list.iter() {
                    values.append(self.value(py, &item.map_err(|error| not_decoded(&error))?)?)?;
                }
                Ok(values.into_any())
            }
        }
    }
}

#[pymethods]
impl Message {
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let view = self.view()?;
        if let Some(item) = view.get(name).map_err(|error| not_decoded(&error))? {
            return self.value(py, &item);
        }
        let shape = view.shape();
        let names = shape.fields.iter().map(|field| field.name.as_str());
        let hint = match nearest(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", names.collect::<Vec<_>>().join(", ")),
        };
        Err(PyAttributeError::new_err(format!("`{}` has no field `{name}`; {hint}", shape.name)))
    }

    fn __dir__(&self) -> PyResult<Vec<String>> {
        Ok(self.view()?.shape().fields.iter().map(|field| field.name.clone()).collect())
    }

    fn __repr__(&self) -> PyResult<String> {
        let view = self.view()?;
        let mut fields = Vec::new();
        for (name, item) in view.items() {
            fields.push(format!("{name}={}", shown(&item.map_err(|error| not_decoded(&error))?)));
        }
        Ok(format!("{}({})", view.shape().name, fields.join(", ")))
    }
}

/// A value in a few words.
fn shown(item: &Item<'_>) -> String {
    match item {
        Item::Bool(true) => "True".to_owned(),
        Item::Bool(false) => "False".to_owned(),
        Item::Signed(value) => value.to_string(),
        Item::Unsigned(value) => value.to_string(),
        Item::Float32(value) => value.to_string(),
        Item::Float64(value) => value.to_string(),
        Item::Text(text) => format!("{text:?}"),
        Item::Message(view) => format!("<{}>", view.shape().name),
        Item::Numbers(numbers) => format!("<{} {}>", numbers.len(), numbers.element.word()),
        Item::List(list) => format!("<list of {}>", list.len()),
    }
}

/// A message's fields as a dictionary, messages in it too. Arrays still lie in shared memory.
#[pyfunction]
pub(crate) fn to_dict<'py>(py: Python<'py>, message: &Message) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in message.fields(py)? {
        dict.set_item(name, plain(py, value)?)?;
    }
    Ok(dict)
}

fn plain<'py>(py: Python<'py>, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(message) = value.cast::<Message>() {
        return to_dict(py, message.get()).map(Bound::into_any);
    }
    if let Ok(list) = value.cast::<PyList>() {
        let items: Vec<_> = list.iter().map(|item| plain(py, item)).collect::<PyResult<_>>()?;
        return PyList::new(py, items).map(Bound::into_any);
    }
    Ok(value)
}

/// The type of a received message.
#[pyfunction]
pub(crate) fn type_of(message: &Message) -> PyResult<MessageType> {
    if message.whole {
        return Ok(MessageType::of(&message.schema));
    }
    types::message_type(&message.view()?.shape().name)
}

/// Who sent a message, when, and as which of its own.
#[pyclass(frozen, get_all, module = "vc")]
pub(crate) struct Envelope {
    /// The publisher's own count, from 1. A gap is a loss.
    sequence: u64,
    /// When the data were taken, in nanoseconds since the Unix epoch.
    source_time_ns: i64,
    /// When the sample was sent, on the host's monotonic clock (`time.monotonic_ns()`).
    sent_ns: u64,
    /// The publisher's identity: unique over all hosts and restarts.
    publisher: u128,
}

#[pymethods]
impl Envelope {
    fn __repr__(&self) -> String {
        let Self { sequence, source_time_ns, sent_ns, publisher } = self;
        format!(
            "Envelope(sequence={sequence}, source_time_ns={source_time_ns}, sent_ns={sent_ns}, publisher={publisher:#x})"
        )
    }
}

/// Who sent a message, when, and as which of its own.
#[pyfunction]
pub(crate) fn envelope(message: &Message) -> Envelope {
    let envelope = message.sample.envelope();
    Envelope {
        sequence: envelope.sequence,
        source_time_ns: envelope.source_time_ns,
        sent_ns: envelope.sent_ns,
        publisher: envelope.publisher(),
    }
}
