//! Values to be written.

use vc_msggen::Literal;

/// A value that a field can be given. Numbers of any kind fit where they are in range; what is not given has its default.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Signed(i64),
    /// A whole number.
    Unsigned(u64),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Text(String),
    /// The elements of a sequence of bytes.
    Bytes(Vec<u8>),
    /// The elements of a sequence or array.
    List(Vec<Value>),
    /// A message's fields, in any order.
    Message(Vec<(String, Value)>),
    /// So many elements of a sequence or array of numbers, to be written later where they lie.
    Room(usize),
}

impl Value {
    /// A message of these fields.
    pub fn message<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Message(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// What it is, in words.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a truth value",
            Self::Signed(_) | Self::Unsigned(_) => "a whole number",
            Self::Float(_) => "a floating-point number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Message(_) => "a message",
            Self::Room(_) => "room for numbers",
        }
    }
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => Self::Signed(value),
                (_, Ok(value)) => Self::Unsigned(value),
                // Literals are within the range of some type of at most 64 bits.
                _ => Self::Signed(0),
            },
            Literal::Float(value) => Self::Float(*value),
            Literal::Text(text) => Self::Text(text.clone()),
            Literal::List(items) => Self::List(items.iter().map(Self::from).collect()),
        }
    }
}
