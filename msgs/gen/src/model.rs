//! Interface texts, understood.

use std::{collections::BTreeMap, fmt};

use crate::literal::Literal;

/// Which of the three folders of a package a type belongs to. In the order of their names, which counts for hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// `action`
    Action,
    /// `msg`
    Msg,
    /// `srv`
    Srv,
}

impl Space {
    /// The folder's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Msg => "msg",
            Self::Srv => "srv",
            Self::Action => "action",
        }
    }
}

/// A full type name: `sensor_msgs/msg/Image`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeName {
    /// The package, such as `sensor_msgs`.
    pub package: String,
    /// The folder.
    pub space: Space,
    /// The name in it, such as `Image`.
    pub name: String,
}

impl TypeName {
    /// The name of these parts.
    pub fn new(package: &str, space: Space, name: impl Into<String>) -> Self {
        Self { package: package.to_owned(), space, name: name.into() }
    }

    /// The type of the same package and folder whose name goes on with `suffix`.
    pub(crate) fn with(&self, suffix: &str) -> Self {
        Self::new(&self.package, self.space, format!("{}{suffix}", self.name))
    }

    /// The name of the Rust type: ROS 2 parts its derived names with `_`, Rust does not.
    pub(crate) fn rust(&self) -> String {
        self.name.replace('_', "")
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.package, self.space.as_str(), self.name)
    }
}

/// The types that are not made of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    /// `bool`
    Bool,
    /// `byte`
    Byte,
    /// `char`
    Char,
    /// `int8`
    Int8,
    /// `uint8`
    Uint8,
    /// `int16`
    Int16,
    /// `uint16`
    Uint16,
    /// `int32`
    Int32,
    /// `uint32`
    Uint32,
    /// `int64`
    Int64,
    /// `uint64`
    Uint64,
    /// `float32`
    Float32,
    /// `float64`
    Float64,
}

impl Primitive {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "bool" => Self::Bool,
            "byte" => Self::Byte,
            "char" => Self::Char,
            "int8" => Self::Int8,
            "uint8" => Self::Uint8,
            "int16" => Self::Int16,
            "uint16" => Self::Uint16,
            "int32" => Self::Int32,
            "uint32" => Self::Uint32,
            "int64" => Self::Int64,
            "uint64" => Self::Uint64,
            "float32" => Self::Float32,
            "float64" => Self::Float64,
            _ => return None,
        })
    }

    /// Bytes that one takes.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::Byte | Self::Char | Self::Int8 | Self::Uint8 => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::Int64 | Self::Uint64 | Self::Float64 => 8,
        }
    }

    /// The word for it in interface text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Byte => "byte",
            Self::Char => "char",
            Self::Int8 => "int8",
            Self::Uint8 => "uint8",
            Self::Int16 => "int16",
            Self::Uint16 => "uint16",
            Self::Int32 => "int32",
            Self::Uint32 => "uint32",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Bool => "bool",
        }
    }

    /// The whole numbers it can hold; `None` of floating-point numbers.
    pub fn range(self) -> Option<std::ops::RangeInclusive<i128>> {
        match self {
            Self::Float32 | Self::Float64 => None,
            Self::Bool => Some(0..=1),
            _ => Some(crate::literal::range(self)),
        }
    }

    pub(crate) fn rust(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Byte | Self::Char | Self::Uint8 => "u8",
            Self::Int8 => "i8",
            Self::Int16 => "i16",
            Self::Uint16 => "u16",
            Self::Int32 => "i32",
            Self::Uint32 => "u32",
            Self::Int64 => "i64",
            Self::Uint64 => "u64",
            Self::Float32 => "f32",
            Self::Float64 => "f64",
        }
    }
}

/// What one element of a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// A number or truth value.
    Primitive(Primitive),
    /// Text, with the most bytes it may hold.
    String(Option<usize>),
    /// Another message.
    Nested(TypeName),
}

/// How many elements a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// It is no list.
    One,
    /// An array of this length.
    Fixed(usize),
    /// A sequence of at most this length.
    AtMost(usize),
    /// A sequence.
    Any,
}

/// A field of a message.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What one element is.
    pub base: Base,
    /// How many there are.
    pub count: Count,
    /// The default, if one is written.
    pub default: Option<Literal>,
    /// The line it was written in, for documentation.
    pub line: String,
}

/// A constant of a message.
#[derive(Debug, Clone)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// A primitive or a string.
    pub base: Base,
    /// Its value.
    pub value: Literal,
    /// The line it was written in.
    pub line: String,
}

/// A message, or a thing that is hashed like one.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Its name.
    pub name: TypeName,
    /// Its fields, in the order written; a message without any has one byte, as ROS 2 sends it.
    pub fields: Vec<Field>,
    /// Its constants.
    pub constants: Vec<Constant>,
    /// The text as it stands in the file, or as it would stand if there were one.
    pub text: String,
}

impl Definition {
    pub(crate) fn nested(&self) -> impl Iterator<Item = &TypeName> {
        self.fields.iter().filter_map(|field| match &field.base {
            Base::Nested(name) => Some(name),
            _ => None,
        })
    }
}

/// All definitions by name, and what is to be generated from them.
#[derive(Debug, Default)]
pub(crate) struct Interfaces {
    pub(crate) definitions: BTreeMap<TypeName, Definition>,
    pub(crate) messages: Vec<TypeName>,
    pub(crate) services: Vec<TypeName>,
    pub(crate) actions: Vec<TypeName>,
}
