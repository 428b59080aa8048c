//! Python's values as a message's.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use vc_dynamic::{Count, Field, Kind, Primitive, Schema, Shape, Value};

use crate::error::MessageError;
use crate::memory::numpy;
use crate::message::Message;

/// What a message is to be written from.
pub(crate) struct Given {
    /// Its fields; arrays have room only.
    pub(crate) value: Value,
    /// What is to be copied into the room of the field of this path.
    pub(crate) arrays: Vec<(String, Py<PyAny>)>,
}

/// The fields of a message: those of `from`, then `named`, which win.
///
/// `from` is a dictionary, a received message, or an object with attributes. With `rooms`, a number in the place of a
/// sequence of numbers is its length.
pub(crate) fn given(
    schema: &Schema,
    from: Option<&Bound<'_, PyAny>>,
    named: Option<&Bound<'_, PyDict>>,
    rooms: bool,
) -> PyResult<Given> {
    let mut converter = Converter { schema, rooms, path: Vec::new(), arrays: Vec::new() };
    let mut fields = Vec::new();
    if let Some(from) = from {
        converter.fields(schema.root(), from, &mut fields)?;
    }
    if let Some(named) = named {
        converter.dict(schema.root(), named, &mut fields)?;
    }
    Ok(Given { value: Value::Message(fields), arrays: converter.arrays })
}

struct Converter<'a> {
    schema: &'a Schema,
    rooms: bool,
    path: Vec<String>,
    arrays: Vec<(String, Py<PyAny>)>,
}

type Fields = Vec<(String, Value)>;

impl<'a> Converter<'a> {
    fn fields(&mut self, shape: &'a Shape, from: &Bound<'_, PyAny>, into: &mut Fields) -> PyResult<()> {
        if let Ok(dict) = from.cast::<PyDict>() {
            return self.dict(shape, dict, into);
        }
        if let Ok(message) = from.cast::<Message>() {
            for (name, value) in message.get().fields(from.py())? {
                into.push(self.named(shape, name, &value)?);
            }
            return Ok(());
        }
        let before = into.len();
        if !is_plain(from) {
            for field in &shape.fields {
                if let Ok(value) = from.getattr(field.name.as_str()) {
                    into.push(self.named(shape, &field.name, &value)?);
                }
            }
        }
        if into.len() == before { Err(self.refused(&format!("a `{}`", shape.name), from)) } else { Ok(()) }
    }

    fn dict(&mut self, shape: &'a Shape, dict: &Bound<'_, PyDict>, into: &mut Fields) -> PyResult<()> {
        for (name, value) in dict {
            let name =
                name.cast::<PyString>().map_err(|_| self.refused("a field's name", &name))?.to_string();
            into.push(self.named(shape, &name, &value)?);
        }
        Ok(())
    }

    /// A field's value. One that is unknown is passed on: the codec says so, with what there is.
    fn named(&mut self, shape: &'a Shape, name: &str, value: &Bound<'_, PyAny>) -> PyResult<(String, Value)> {
        let Some(field) = shape.field(name) else { return Ok((name.to_owned(), Value::Bool(false))) };
        let step = if self.path.is_empty() { name.to_owned() } else { format!(".{name}") };
        self.path.push(step);
        let converted = self.field(field, value)?;
        self.path.pop();
        Ok((name.to_owned(), converted))
    }

    fn field(&mut self, field: &'a Field, value: &Bound<'_, PyAny>) -> PyResult<Value> {
        match (field.count, field.kind) {
            (Count::One, kind) => self.one(kind, value),
            (_, Kind::Primitive(element)) => self.numbers(element, value),
            (_, kind) if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() => {
                self.list(kind, value)
            }
            (_, kind) => Err(self.refused(&format!("a list of {}", self.word(kind)), value)),
        }
    }

    fn one(&mut self, kind: Kind, value: &Bound<'_, PyAny>) -> PyResult<Value> {
        match kind {
            Kind::Primitive(element) => {
                number(element, value).ok_or_else(|| self.refused(element.word(), value))
            }
            Kind::Text(_) => match value.cast::<PyString>() {
                Ok(text) => Ok(Value::Text(text.extract()?)),
                Err(_) => Err(self.refused("text", value)),
            },
            Kind::Shape(at) => {
                let mut fields = Vec::new();
                self.fields(self.schema.shape(at), value, &mut fields)?;
                Ok(Value::Message(fields))
            }
        }
    }

    fn list(&mut self, kind: Kind, value: &Bound<'_, PyAny>) -> PyResult<Value> {
        let mut items = Vec::new();
        for (index, item) in value.try_iter()?.enumerate() {
            self.path.push(format!("[{index}]"));
            items.push(self.one(kind, &item?)?);
            self.path.pop();
        }
        Ok(Value::List(items))
    }

    /// A sequence of numbers: lists one by one, bytes as they are, all else by NumPy, which copies it to where it will be
    /// read.
    fn numbers(&mut self, element: Primitive, value: &Bound<'_, PyAny>) -> PyResult<Value> {
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            return self.list(Kind::Primitive(element), value);
        }
        let byte = element.size() == 1 && element != Primitive::Bool;
        if byte && (value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>()) {
            return Ok(Value::Bytes(value.extract()?));
        }
        if self.rooms && value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
            return match value.extract() {
                Ok(len) => Ok(Value::Room(len)),
                Err(_) => Err(self.refused("a length", value)),
            };
        }
        if is_plain(value) {
            return Err(self.refused(&format!("a list of {}", element.word()), value));
        }
        let array = numpy(value.py())?.call_method1("asarray", (value,))?;
        let len = array.getattr("size")?.extract()?;
        self.arrays.push((self.path.concat(), array.unbind()));
        Ok(Value::Room(len))
    }

    fn word(&self, kind: Kind) -> String {
        match kind {
            Kind::Primitive(element) => element.word().to_owned(),
            Kind::Text(_) => "text".to_owned(),
            Kind::Shape(at) => format!("`{}`", self.schema.shape(at).name),
        }
    }

    fn refused(&self, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
        let found = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        match self.path.concat() {
            path if path.is_empty() => {
                MessageError::new_err(format!("a `{}` is needed, but {found} was given", self.schema.name()))
            }
            path => MessageError::new_err(format!("`{path}` is {expected}, but {found} was given")),
        }
    }
}

/// Whether it is one of Python's plain values, which have no fields.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyFloat>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
}

/// A number or truth value of Python's or NumPy's.
fn number(element: Primitive, value: &Bound<'_, PyAny>) -> Option<Value> {
    if value.is_instance_of::<PyString>() {
        return None;
    }
    if value.is_instance_of::<PyBool>() {
        return value.extract().ok().map(Value::Bool);
    }
    if element == Primitive::Bool {
        // NumPy's truth values are no integers.
        let kind = value.get_type().name().ok()?.to_string();
        if kind == "bool" || kind == "bool_" {
            return value.is_truthy().ok().map(Value::Bool);
        }
    }
    if value.is_instance_of::<PyFloat>() {
        return value.extract().ok().map(Value::Float);
    }
    let whole = value.extract().map(Value::Signed).or_else(|_| value.extract().map(Value::Unsigned));
    whole.or_else(|_| value.extract().map(Value::Float)).ok()
}
