//! What a message looks like, worked out from its text.

use std::collections::BTreeMap;

use vc_msggen::{Base, Count, Definition, Literal, Primitive, Texts, TypeName};

use crate::error::SchemaError;

/// Samples that a port keeps of a type without big data, as ROS 2 has it.
const DEFAULT_DEPTH: u32 = 10;
/// The same of a type with big data.
const BIG_DEPTH: u32 = 4;

/// A message type: its fields, and those of all messages in it.
#[derive(Debug, Clone)]
pub struct Schema {
    name: String,
    hash: String,
    text: String,
    default_depth: u32,
    /// The message itself first.
    shapes: Vec<Shape>,
}

/// The fields of one message.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its name, such as `std_msgs/msg/Header`.
    pub name: String,
    /// Its fields, in the order of their bytes.
    pub fields: Vec<Field>,
    /// Its constants.
    pub constants: Vec<(String, Literal)>,
    /// The fewest bytes it takes.
    pub(crate) fewest: usize,
}

/// A field of a message.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What one element is.
    pub kind: Kind,
    /// How many there are.
    pub count: Count,
    /// Its default, if the text gives one.
    pub default: Option<Literal>,
}

/// What one element of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number or truth value.
    Primitive(Primitive),
    /// Text, with the most bytes it may hold.
    Text(Option<usize>),
    /// A message: its place among the schema's shapes.
    Shape(usize),
}

impl Schema {
    /// Reads a message's self-contained text; its hash is computed.
    ///
    /// # Errors
    /// [`SchemaError`] if the text is wrong or incomplete.
    pub fn new(name: &str, text: &str) -> Result<Self, SchemaError> {
        let mut texts = Texts::new();
        texts.add_schema(name, text)?;
        Self::of(&texts, name)
    }

    /// Reads a message's self-contained text; hash and depth are known already, as those of the stock types are.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn known(name: &str, text: &str, hash: &str, default_depth: u32) -> Result<Self, SchemaError> {
        let mut texts = Texts::new();
        texts.add_schema(name, text)?;
        // Parts of services and actions nest each other by names without a folder: the layout is what the text
        // says, the hash is not.
        let name: TypeName = name.parse()?;
        let shapes = shapes(&texts, &name)?;
        Ok(Self {
            name: name.to_string(),
            hash: hash.to_owned(),
            text: text.to_owned(),
            default_depth,
            shapes,
        })
    }

    /// The message `name` of `texts`, which must hold all it needs.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of(texts: &Texts, name: &str) -> Result<Self, SchemaError> {
        let name: TypeName = name.parse()?;
        let (hash, text) = (texts.hash(&name)?, texts.schema(&name)?);
        let default_depth = if texts.get(&name)?.region().is_some() { BIG_DEPTH } else { DEFAULT_DEPTH };
        Ok(Self { name: name.to_string(), hash, text, default_depth, shapes: shapes(texts, &name)? })
    }

    /// The type's name, such as `sensor_msgs/msg/Image`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its RIHS01 hash.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Its self-contained text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many samples a port of it keeps unless told otherwise: 10, of big data 4.
    pub fn default_depth(&self) -> u32 {
        self.default_depth
    }

    /// The message's own fields.
    pub fn root(&self) -> &Shape {
        &self.shapes[0]
    }

    /// The shape of a [`Kind::Shape`] of this schema.
    pub fn shape(&self, at: usize) -> &Shape {
        self.shapes.get(at).unwrap_or(&self.shapes[0])
    }

    /// The fewest bytes that one element takes.
    pub(crate) fn fewest(&self, kind: Kind) -> usize {
        match kind {
            Kind::Primitive(primitive) => primitive.size(),
            Kind::Text(_) => size_of::<u32>(),
            Kind::Shape(at) => self.shape(at).fewest,
        }
    }
}

impl Shape {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The shape of `name` and of all it needs, which come before it in `order` but for itself.
fn shapes(texts: &Texts, name: &TypeName) -> Result<Vec<Shape>, SchemaError> {
    let needed = texts.needed_by(name)?;
    let places: BTreeMap<&TypeName, usize> =
        std::iter::once(name).chain(needed).enumerate().map(|(at, name)| (name, at)).collect();
    let mut names: Vec<(&TypeName, usize)> = places.iter().map(|(name, at)| (*name, *at)).collect();
    names.sort_unstable_by_key(|(_, at)| *at);
    let mut shapes = Vec::with_capacity(names.len());
    for (name, _) in names {
        shapes.push(shape(texts.get(name)?, &places));
    }
    for at in 0..shapes.len() {
        measure(&mut shapes, at);
    }
    Ok(shapes)
}

fn shape(definition: &Definition, places: &BTreeMap<&TypeName, usize>) -> Shape {
    let kind = |base: &Base| match base {
        Base::Primitive(primitive) => Kind::Primitive(*primitive),
        Base::String(bound) => Kind::Text(*bound),
        Base::Nested(name) => Kind::Shape(places.get(name).copied().unwrap_or_default()),
    };
    let fields = definition.fields.iter().map(|field| Field {
        name: field.name.clone(),
        kind: kind(&field.base),
        count: field.count,
        default: field.default.clone(),
    });
    let constants = definition.constants.iter().map(|one| (one.name.clone(), one.value.clone()));
    Shape {
        name: definition.name.to_string(),
        fields: fields.collect(),
        constants: constants.collect(),
        fewest: 0,
    }
}

/// Finds out the fewest bytes of a shape, those in it first. They are in no circle, and at most 64 deep.
fn measure(shapes: &mut [Shape], at: usize) -> usize {
    if shapes[at].fewest > 0 {
        return shapes[at].fewest;
    }
    let mut fewest = 0_usize;
    for field in 0..shapes[at].fields.len() {
        let (kind, count) = (shapes[at].fields[field].kind, shapes[at].fields[field].count);
        let one = match kind {
            Kind::Primitive(primitive) => primitive.size(),
            Kind::Text(_) => size_of::<u32>(),
            Kind::Shape(inner) => measure(shapes, inner),
        };
        fewest = fewest.saturating_add(match count {
            Count::One => one,
            Count::Fixed(len) => one.saturating_mul(len),
            Count::AtMost(_) | Count::Any => size_of::<u32>(),
        });
    }
    shapes[at].fewest = fewest.max(1);
    shapes[at].fewest
}
