//! Interface texts, understood.

use std::{collections::BTreeMap, fmt};

/// Which of the three folders of a package a type belongs to. In the order of their names, which counts for hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Space {
    Action,
    Msg,
    Srv,
}

impl Space {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Msg => "msg",
            Self::Srv => "srv",
            Self::Action => "action",
        }
    }
}

/// A full type name: `sensor_msgs/msg/Image`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TypeName {
    pub(crate) package: String,
    pub(crate) space: Space,
    pub(crate) name: String,
}

impl TypeName {
    pub(crate) fn new(package: &str, space: Space, name: impl Into<String>) -> Self {
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
pub(crate) enum Primitive {
    Bool,
    Byte,
    Char,
    Int8,
    Uint8,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Int64,
    Uint64,
    Float32,
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
pub(crate) enum Base {
    Primitive(Primitive),
    /// With the most bytes it may hold.
    String(Option<usize>),
    Nested(TypeName),
}

/// How many elements a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    One,
    Fixed(usize),
    AtMost(usize),
    Any,
}

/// A field of a message.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) base: Base,
    pub(crate) count: Count,
    /// The default as a Rust expression.
    pub(crate) default: Option<String>,
    /// The line it was written in, for documentation.
    pub(crate) line: String,
}

/// A constant of a message.
#[derive(Debug, Clone)]
pub(crate) struct Constant {
    pub(crate) name: String,
    pub(crate) rust_type: &'static str,
    /// A Rust expression.
    pub(crate) value: String,
    pub(crate) line: String,
}

/// A message, or a thing that is hashed like one.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) name: TypeName,
    pub(crate) fields: Vec<Field>,
    pub(crate) constants: Vec<Constant>,
    /// The text as it stands in the file, or as it would stand if there were one.
    pub(crate) text: String,
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
