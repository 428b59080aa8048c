//! Python's exceptions, with the Rust library's texts.

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use vc::Error as CoreError;
use vc_dynamic::{DecodeError, EncodeError, SchemaError};

create_exception!(
    vc,
    Error,
    PyException,
    "What the library cannot do, and why. All its exceptions are of this kind."
);
create_exception!(vc, UsageError, Error, "A command line, name or parameter value that does not fit.");
create_exception!(vc, TypeMismatch, Error, "Two sides of a topic disagree on its type.");
create_exception!(vc, TopicError, Error, "A topic cannot be opened, written or read.");
create_exception!(vc, SharedMemoryError, TopicError, "Shared memory is too small for what was asked.");
create_exception!(
    vc,
    MessageError,
    Error,
    "Values that are no such message, or a text that is no message type."
);

pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Error", py.get_type::<Error>())?;
    module.add("UsageError", py.get_type::<UsageError>())?;
    module.add("TypeMismatch", py.get_type::<TypeMismatch>())?;
    module.add("TopicError", py.get_type::<TopicError>())?;
    module.add("SharedMemoryError", py.get_type::<SharedMemoryError>())?;
    module.add("MessageError", py.get_type::<MessageError>())
}

/// An error and its causes in one line.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// The exception for an error of the library.
pub(crate) fn raised(error: &CoreError) -> PyErr {
    let text = whole(error);
    match error {
        CoreError::Usage { .. } | CoreError::Name(_) | CoreError::Parameter(_) => UsageError::new_err(text),
        CoreError::TypeMismatch { .. } => TypeMismatch::new_err(text),
        CoreError::SharedMemory { .. } => SharedMemoryError::new_err(text),
        CoreError::Topic { .. } => TopicError::new_err(text),
        CoreError::Encode { .. } => MessageError::new_err(text),
        _ => Error::new_err(text),
    }
}

pub(crate) fn not_encoded(error: &EncodeError) -> PyErr {
    MessageError::new_err(whole(error))
}

pub(crate) fn not_decoded(error: &DecodeError) -> PyErr {
    MessageError::new_err(format!("the message cannot be read: {error}"))
}

pub(crate) fn no_type(error: &SchemaError) -> PyErr {
    MessageError::new_err(whole(error))
}

/// For what is used after the node it belongs to has ended.
pub(crate) fn closed(what: &str) -> PyErr {
    Error::new_err(format!("the node has ended, and its {what} with it"))
}
