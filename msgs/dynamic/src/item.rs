//! What a field holds.

use vc_cdr::{DecodeError, Reader};
use vc_msggen::Primitive;

use crate::schema::{Kind, Schema};
use crate::view::{View, skip_one};

/// A field's value, borrowed from the message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Item<'a> {
    /// A truth value.
    Bool(bool),
    /// A whole number of a signed type.
    Signed(i64),
    /// A whole number of an unsigned type.
    Unsigned(u64),
    /// A number of 32 bits.
    Float32(f32),
    /// A number of 64 bits.
    Float64(f64),
    /// Text.
    Text(&'a str),
    /// A message.
    Message(View<'a>),
    /// Numbers or truth values that lie one behind the other.
    Numbers(Numbers<'a>),
    /// Texts or messages.
    List(List<'a>),
}

/// The numbers of a sequence or array, as they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers<'a> {
    /// Their type.
    pub element: Primitive,
    /// All their bytes. They begin at a multiple of a number's size, counted from the end of the message's header.
    pub bytes: &'a [u8],
    /// Whether each number's most significant byte comes first.
    pub big_endian: bool,
}

impl<'a> Numbers<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.element.size()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let (element, big_endian) = (self.element, self.big_endian);
        self.bytes.chunks_exact(element.size()).map(move |bytes| number(element, bytes, big_endian))
    }
}

/// Texts or messages, read when iterated.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) kind: Kind,
    pub(crate) len: usize,
    /// At the first one.
    pub(crate) reader: Reader<'a>,
}

impl<'a> List<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One after the other. Ends with the first that cannot be read.
    pub fn iter(&self) -> impl Iterator<Item = Result<Item<'a>, DecodeError>> + use<'a> {
        let Self { schema, kind, len, mut reader } = *self;
        let mut broken = false;
        (0..len).map_while(move |_| {
            let item = one(schema, kind, &mut reader);
            let go_on = !broken;
            broken |= item.is_err();
            go_on.then_some(item)
        })
    }
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

/// Reads one element and steps behind it.
pub(crate) fn one<'a>(
    schema: &'a Schema,
    kind: Kind,
    reader: &mut Reader<'a>,
) -> Result<Item<'a>, DecodeError> {
    match kind {
        Kind::Primitive(primitive) => {
            let big_endian = reader.is_big_endian();
            let bytes = bytes_of(primitive, 1, reader)?;
            Ok(number(primitive, bytes, big_endian))
        }
        Kind::Text(bound) => text(bound, reader).map(Item::Text),
        Kind::Shape(shape) => {
            let view = View { schema, shape, reader: *reader };
            skip_one(schema, kind, reader)?;
            Ok(Item::Message(view))
        }
    }
}

/// Reads a text of at most `bound` bytes.
pub(crate) fn text<'a>(bound: Option<usize>, reader: &mut Reader<'a>) -> Result<&'a str, DecodeError> {
    let at = reader.position();
    let text = reader.string()?;
    match bound {
        Some(bound) if text.len() > bound => Err(DecodeError::OverBound { at, len: text.len(), bound }),
        _ => Ok(text),
    }
}

/// The bytes of `count` numbers; truth values are checked.
pub(crate) fn bytes_of<'a>(
    primitive: Primitive,
    count: usize,
    reader: &mut Reader<'a>,
) -> Result<&'a [u8], DecodeError> {
    match primitive.size() {
        1 => {
            let at = reader.position();
            let bytes = reader.numbers::<u8>(count)?;
            let wrong = bytes.iter().position(|byte| primitive == Primitive::Bool && *byte > 1);
            wrong.map_or(Ok(bytes), |wrong| Err(DecodeError::Bool { at: at + wrong, found: bytes[wrong] }))
        }
        2 => reader.numbers::<u16>(count),
        4 => reader.numbers::<u32>(count),
        _ => reader.numbers::<u64>(count),
    }
}

/// The number in `bytes`, which are as many as its type has.
fn number(primitive: Primitive, bytes: &[u8], big_endian: bool) -> Item<'static> {
    let mut raw = [0; 8];
    for (place, byte) in bytes.iter().enumerate().take(8) {
        let place = if big_endian { bytes.len() - 1 - place } else { place };
        raw[place] = *byte;
    }
    let bits = u64::from_le_bytes(raw);
    let signed = |bits: u64, size: usize| {
        let unused = 64 - 8 * u32::try_from(size).unwrap_or(8);
        (bits << unused).cast_signed() >> unused
    };
    match primitive {
        Primitive::Bool => Item::Bool(bits != 0),
        Primitive::Int8 | Primitive::Int16 | Primitive::Int32 | Primitive::Int64 => {
            Item::Signed(signed(bits, primitive.size()))
        }
        Primitive::Float32 => Item::Float32(f32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]])),
        Primitive::Float64 => Item::Float64(f64::from_bits(bits)),
        Primitive::Byte
        | Primitive::Char
        | Primitive::Uint8
        | Primitive::Uint16
        | Primitive::Uint32
        | Primitive::Uint64 => Item::Unsigned(bits),
    }
}
