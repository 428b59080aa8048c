//! What can be wrong with types and values.

/// Why a text is no message type.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SchemaError(#[from] vc_msggen::Error);

/// Why a value cannot be written as a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The message has no such field.
    #[error("`{message}` has no field `{field}`; {hint}")]
    UnknownField {
        /// The message.
        message: String,
        /// The field that was given.
        field: String,
        /// What it has.
        hint: String,
    },
    /// The value is of another kind than the field.
    #[error("`{field}` is {expected}, but {found} was given")]
    Kind {
        /// The field, as a path such as `header.stamp.sec`.
        field: String,
        /// What it takes.
        expected: String,
        /// What was given.
        found: String,
    },
    /// A number is outside of what the field can hold.
    #[error("`{field}` is {expected}, which cannot hold {value}")]
    Range {
        /// The field.
        field: String,
        /// Its type.
        expected: String,
        /// The number.
        value: String,
    },
    /// An array, or a bounded sequence or text, has another length than the field can have.
    #[error("`{field}` holds {len} elements, but its type {allows}")]
    Length {
        /// The field.
        field: String,
        /// Elements, or bytes of a text, given.
        len: usize,
        /// What its type allows.
        allows: String,
    },
    /// The output is too short.
    #[error("the message needs more than the {room} bytes there are")]
    TooSmall {
        /// Bytes that were offered.
        room: usize,
    },
    /// The message is larger than messages can be.
    #[error("the message is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
}
