//! Message types by name: the stock ones, and those whose text the program gives.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::IntoPyObjectExt as _;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use vc_dynamic::{Count, Field, Kind, Literal, Schema, Texts, TypeName};
use vc_msgs::stock;
use vc_words::suggest::nearest;

use crate::error::{MessageError, no_type};

/// What is known so far.
#[derive(Default)]
struct Known {
    schemas: HashMap<String, Arc<Schema>>,
    /// Texts that the program gave, by full name.
    texts: HashMap<String, String>,
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

fn known() -> MutexGuard<'static, Option<Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The type of this name, such as `sensor_msgs/msg/Image` or `sensor_msgs/Image`.
pub(crate) fn schema(name: &str) -> PyResult<Arc<Schema>> {
    let full = full_name(name)?;
    let mut known = known();
    let known = known.get_or_insert_with(Known::default);
    if let Some(schema) = known.schemas.get(&full) {
        return Ok(Arc::clone(schema));
    }
    let schema = if known.texts.contains_key(&full) {
        given(known, &full)?
    } else if let Some(stock) = stock::find(&full) {
        Schema::known(stock.name, stock.schema, stock.hash, stock.default_depth)
            .map_err(|error| no_type(&error))?
    } else {
        return Err(unknown(known, &full));
    };
    let schema = Arc::new(schema);
    known.schemas.insert(full, Arc::clone(&schema));
    Ok(schema)
}

fn full_name(name: &str) -> PyResult<String> {
    let parsed: TypeName = name.parse().map_err(|_| {
        MessageError::new_err(format!(
            "`{name}` is no message type's name; it looks like `std_msgs/msg/Float64`"
        ))
    })?;
    Ok(parsed.to_string())
}

/// A type whose text was given; what it needs may be stock.
fn given(known: &Known, full: &str) -> PyResult<Schema> {
    let mut texts = Texts::new();
    for (name, text) in &known.texts {
        texts.add_message(name, text).map_err(|error| MessageError::new_err(error.to_string()))?;
    }
    let name: TypeName = full.parse().map_err(|_| unknown(known, full))?;
    // Each round adds what the last one missed, so there are no more rounds than stock types.
    for _ in stock::all() {
        match texts.needed_by(&name) {
            Ok(_) => break,
            Err(error) => {
                let missing = error.missing().and_then(stock::find);
                let missing = missing.ok_or_else(|| MessageError::new_err(error.to_string()))?;
                let added = texts.add_missing(missing.name, missing.schema);
                added.map_err(|error| MessageError::new_err(error.to_string()))?;
            }
        }
    }
    Schema::of(&texts, full).map_err(|error| no_type(&error))
}

fn unknown(known: &Known, name: &str) -> PyErr {
    let names = stock::all().iter().map(|stock| stock.name).chain(known.texts.keys().map(String::as_str));
    let hint = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`vc.add_type` makes your own known".to_owned(),
    };
    MessageError::new_err(format!("there is no message type `{name}`; {hint}"))
}

/// Makes a message type known by the text of its `.msg` file. Types it names may be added later, but before it is used.
#[pyfunction]
pub(crate) fn add_type(name: &str, text: &str) -> PyResult<()> {
    let full = full_name(name)?;
    // What is wrong with the text itself is told here, where it is given.
    Texts::new().add_message(&full, text).map_err(|error| MessageError::new_err(error.to_string()))?;
    let mut known = known();
    let known = known.get_or_insert_with(Known::default);
    if known.texts.get(&full).is_some_and(|old| old == text) {
        return Ok(());
    }
    if known.schemas.contains_key(&full) {
        return Err(MessageError::new_err(format!("`{full}` is in use already, with another text")));
    }
    known.texts.insert(full, text.to_owned());
    Ok(())
}

/// A message type: its name, hash, text, fields; its constants are attributes.
#[pyclass(frozen, module = "vc")]
pub(crate) struct MessageType(Arc<Schema>);

/// The message type of a name, such as `sensor_msgs/msg/Image`.
#[pyfunction]
pub(crate) fn message_type(name: &str) -> PyResult<MessageType> {
    schema(name).map(MessageType)
}

impl MessageType {
    pub(crate) fn of(schema: &Arc<Schema>) -> Self {
        Self(Arc::clone(schema))
    }
}

#[pymethods]
impl MessageType {
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    #[getter]
    fn hash(&self) -> &str {
        self.0.hash()
    }

    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    /// Names and types of the fields, as interface text has them.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let fields = PyDict::new(py);
        for field in &self.0.root().fields {
            fields.set_item(&field.name, written(&self.0, field))?;
        }
        Ok(fields)
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let found = self.0.root().constants.iter().find(|(known, _)| known == name);
        match found {
            Some((_, value)) => literal(py, value),
            None => Err(PyAttributeError::new_err(format!("`{}` has no constant `{name}`", self.0.name()))),
        }
    }

    fn __dir__(&self) -> Vec<String> {
        let own = ["name", "hash", "text", "fields"].map(str::to_owned);
        own.into_iter().chain(self.0.root().constants.iter().map(|(name, _)| name.clone())).collect()
    }

    fn __repr__(&self) -> String {
        format!("<message type {}>", self.0.name())
    }
}

fn written(schema: &Schema, field: &Field) -> String {
    let base = match field.kind {
        Kind::Primitive(primitive) => primitive.word().to_owned(),
        Kind::Text(None) => "string".to_owned(),
        Kind::Text(Some(bound)) => format!("string<={bound}"),
        Kind::Shape(at) => schema.shape(at).name.clone(),
    };
    match field.count {
        Count::One => base,
        Count::Fixed(len) => format!("{base}[{len}]"),
        Count::AtMost(bound) => format!("{base}[<={bound}]"),
        Count::Any => format!("{base}[]"),
    }
}

fn literal<'py>(py: Python<'py>, value: &Literal) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Literal::Bool(value) => value.into_bound_py_any(py),
        Literal::Integer(value) => match i64::try_from(*value) {
            Ok(value) => value.into_bound_py_any(py),
            Err(_) => u64::try_from(*value).unwrap_or(u64::MAX).into_bound_py_any(py),
        },
        Literal::Float(value) => value.into_bound_py_any(py),
        Literal::Text(text) => text.into_bound_py_any(py),
        Literal::List(items) => {
            let items: Vec<_> = items.iter().map(|item| literal(py, item)).collect::<PyResult<_>>()?;
            PyList::new(py, items).map(Bound::into_any)
        }
    }
}
