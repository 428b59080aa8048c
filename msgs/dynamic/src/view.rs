//! A message read in place.

use vc_cdr::{DecodeError, Reader};
use vc_msggen::Count;

use crate::item::{Item, List, Numbers, bytes_of, one, text};
use crate::schema::{Field, Kind, Schema, Shape};

/// A message, or one in another, borrowed from its CDR bytes.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) shape: usize,
    /// At the message's first byte.
    pub(crate) reader: Reader<'a>,
}

/// Where a message lies, for those that cannot keep a borrowed [`View`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    shape: usize,
    position: usize,
}

impl<'a> View<'a> {
    /// Checks `cdr` from beginning to end and borrows from it. Never allocates.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are not such a message.
    pub fn open(schema: &'a Schema, cdr: &'a [u8]) -> Result<Self, DecodeError> {
        let reader = Reader::open(cdr)?;
        skip_one(schema, Kind::Shape(0), &mut reader.clone())?;
        Ok(Self { schema, shape: 0, reader })
    }

    /// The message at a spot that an earlier view of the same bytes told. Checks nothing but the header: each reading
    /// of a field checks for itself.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are no CDR.
    pub fn at(schema: &'a Schema, cdr: &'a [u8], spot: Spot) -> Result<Self, DecodeError> {
        let mut reader = Reader::open(cdr)?;
        reader.seek(spot.position);
        Ok(Self { schema, shape: spot.shape, reader })
    }

    /// Where the message lies.
    pub fn spot(&self) -> Spot {
        Spot { shape: self.shape, position: self.reader.position() }
    }

    /// What the message looks like.
    pub fn shape(&self) -> &'a Shape {
        self.schema.shape(self.shape)
    }

    /// The value of a field; `None` if there is no such field.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes have changed since they were checked.
    pub fn get(&self, name: &str) -> Result<Option<Item<'a>>, DecodeError> {
        let mut reader = self.reader;
        for field in &self.shape().fields {
            if field.name == name {
                return read(self.schema, field, &mut reader).map(Some);
            }
            skip(self.schema, field, &mut reader)?;
        }
        Ok(None)
    }

    /// All fields with their values. Ends with the first that cannot be read.
    pub fn items(&self) -> impl Iterator<Item = (&'a str, Result<Item<'a>, DecodeError>)> + use<'a> {
        let (schema, mut reader, mut broken) = (self.schema, self.reader, false);
        self.shape().fields.iter().map_while(move |field| {
            let item = read(schema, field, &mut reader);
            let go_on = !broken;
            broken |= item.is_err();
            go_on.then_some((field.name.as_str(), item))
        })
    }
}

impl PartialEq for View<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.items().eq(other.items())
    }
}

/// Reads a field and steps behind it.
fn read<'a>(schema: &'a Schema, field: &'a Field, reader: &mut Reader<'a>) -> Result<Item<'a>, DecodeError> {
    let Some(len) = length(schema, field, reader)? else { return one(schema, field.kind, reader) };
    if let Kind::Primitive(element) = field.kind {
        let big_endian = reader.is_big_endian();
        return Ok(Item::Numbers(Numbers { element, bytes: bytes_of(element, len, reader)?, big_endian }));
    }
    let list = List { schema, kind: field.kind, len, reader: *reader };
    (0..len).try_for_each(|_| skip_one(schema, field.kind, reader))?;
    Ok(Item::List(list))
}

/// Steps over a field, which is checked.
fn skip(schema: &Schema, field: &Field, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    let Some(len) = length(schema, field, reader)? else { return skip_one(schema, field.kind, reader) };
    match field.kind {
        Kind::Primitive(element) => bytes_of(element, len, reader).map(drop),
        kind => (0..len).try_for_each(|_| skip_one(schema, kind, reader)),
    }
}

/// How many elements follow; `None` if the field is no list. More than the bytes left can hold are refused.
fn length(schema: &Schema, field: &Field, reader: &mut Reader<'_>) -> Result<Option<usize>, DecodeError> {
    match field.count {
        Count::One => Ok(None),
        Count::Fixed(len) => {
            let (at, needed) = (reader.position(), len.saturating_mul(schema.fewest(field.kind)));
            if needed > reader.left() {
                return Err(DecodeError::Truncated { at, needed, end: at + reader.left() });
            }
            Ok(Some(len))
        }
        Count::AtMost(bound) => {
            let at = reader.position();
            let len = reader.count(schema.fewest(field.kind))?;
            if len > bound { Err(DecodeError::OverBound { at, len, bound }) } else { Ok(Some(len)) }
        }
        Count::Any => reader.count(schema.fewest(field.kind)).map(Some),
    }
}

/// Steps over one element, which is checked.
pub(crate) fn skip_one(schema: &Schema, kind: Kind, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    match kind {
        Kind::Shape(at) => schema.shape(at).fields.iter().try_for_each(|field| skip(schema, field, reader)),
        Kind::Primitive(primitive) => bytes_of(primitive, 1, reader).map(drop),
        Kind::Text(bound) => text(bound, reader).map(drop),
    }
}
