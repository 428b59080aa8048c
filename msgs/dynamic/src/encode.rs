//! Values to CDR bytes.

use std::fmt::Write as _;
use std::ops::Range;

use vc_cdr::ENCAPSULATION_LEN;
use vc_msggen::{Count, Primitive};

use crate::error::EncodeError;
use crate::schema::{Field, Kind, Schema, Shape};
use crate::value::Value;

/// No message is larger: counts have 32 bits.
const LIMIT: usize = u32::MAX as usize;
/// The header of plain CDR, little-endian.
const HEADER: [u8; ENCAPSULATION_LEN] = [0, 1, 0, 0];

/// Where elements lie that were given as [`Value::Room`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The field, as a path such as `layout.data` or `scans[2].ranges`.
    pub field: String,
    /// What each element is.
    pub element: Primitive,
    /// Their bytes in the message, header included. What stood there before is left as it is.
    pub range: Range<usize>,
}

/// Bytes that the message takes, header included.
///
/// # Errors
/// [`EncodeError`] if the value does not fit the type.
pub fn size(schema: &Schema, value: &Value) -> Result<usize, EncodeError> {
    let mut out = Out { schema, body: None, at: 0, path: Vec::new(), rooms: Vec::new() };
    out.root(value)?;
    Ok(ENCAPSULATION_LEN + out.at)
}

/// Writes the message to the beginning of `out`, numbers in little-endian order.
///
/// # Errors
/// [`EncodeError`] if the value does not fit the type, or `out` is shorter than [`size`] says.
pub fn encode(schema: &Schema, value: &Value, out: &mut [u8]) -> Result<Vec<Room>, EncodeError> {
    let room = out.len();
    let too_small = || EncodeError::TooSmall { room };
    let (header, body) = out.split_at_mut_checked(ENCAPSULATION_LEN).ok_or_else(too_small)?;
    header.copy_from_slice(&HEADER);
    let mut out = Out { schema, body: Some(body), at: 0, path: Vec::new(), rooms: Vec::new() };
    out.root(value)?;
    Ok(out.rooms)
}

/// A cursor over the body; without one, it only measures.
struct Out<'a> {
    schema: &'a Schema,
    body: Option<&'a mut [u8]>,
    at: usize,
    path: Vec<Step<'a>>,
    rooms: Vec<Room>,
}

enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Out<'a> {
    fn root(&mut self, value: &Value) -> Result<(), EncodeError> {
        let Value::Message(fields) = value else {
            return Err(self.kind_error(format!("a `{}`", self.schema.name()), value));
        };
        self.message(self.schema.root(), fields)
    }

    fn message(&mut self, shape: &'a Shape, given: &[(String, Value)]) -> Result<(), EncodeError> {
        if let Some((unknown, _)) = given.iter().find(|(name, _)| shape.field(name).is_none()) {
            let names: Vec<String> = shape.fields.iter().map(|field| format!("`{}`", field.name)).collect();
            return Err(EncodeError::UnknownField {
                message: shape.name.clone(),
                field: unknown.clone(),
                hint: format!("it has {}", names.join(", ")),
            });
        }
        for field in &shape.fields {
            self.path.push(Step::Field(&field.name));
            // Given twice, the last one counts.
            match given.iter().rev().find(|(name, _)| *name == field.name) {
                Some((_, value)) => self.field(field, value)?,
                None => self.default(field)?,
            }
            self.path.pop();
        }
        Ok(())
    }

    fn default(&mut self, field: &'a Field) -> Result<(), EncodeError> {
        if let Some(literal) = &field.default {
            return self.field(field, &Value::from(literal));
        }
        match (field.count, field.kind) {
            (Count::Any | Count::AtMost(_), _) => self.count(0),
            (Count::Fixed(len), Kind::Primitive(element)) => {
                if let Some(zeroes) = self.slot(element.size(), len.saturating_mul(element.size()))? {
                    zeroes.fill(0);
                }
                Ok(())
            }
            (Count::Fixed(len), kind) => (0..len).try_for_each(|_| self.blank(kind)),
            (Count::One, kind) => self.blank(kind),
        }
    }

    fn blank(&mut self, kind: Kind) -> Result<(), EncodeError> {
        match kind {
            Kind::Primitive(element) => self.bits(element, 0),
            Kind::Text(_) => self.text(""),
            Kind::Shape(at) => self.message(self.schema.shape(at), &[]),
        }
    }

    fn field(&mut self, field: &'a Field, value: &Value) -> Result<(), EncodeError> {
        if field.count == Count::One {
            return self.one(field.kind, value);
        }
        let len = match (value, field.kind) {
            (Value::List(items), _) => items.len(),
            (Value::Bytes(bytes), Kind::Primitive(element)) if is_byte(element) => bytes.len(),
            (Value::Room(len), Kind::Primitive(_)) => *len,
            _ => return Err(self.kind_error(words(self.schema, field), value)),
        };
        let allows = match field.count {
            Count::Fixed(needed) if needed != len => Some(format!("has exactly {needed}")),
            Count::AtMost(bound) if len > bound => Some(format!("allows at most {bound}")),
            _ => None,
        };
        if let Some(allows) = allows {
            return Err(EncodeError::Length { field: self.path(), len, allows });
        }
        if !matches!(field.count, Count::Fixed(_)) {
            self.count(len)?;
        }
        match (value, field.kind) {
            (Value::Bytes(bytes), _) => {
                if let Some(slot) = self.slot(1, bytes.len())? {
                    slot.copy_from_slice(bytes);
                }
            }
            (Value::Room(len), Kind::Primitive(element)) => self.room(element, *len)?,
            (Value::List(items), kind) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Step::Item(index));
                    self.one(kind, item)?;
                    self.path.pop();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn room(&mut self, element: Primitive, len: usize) -> Result<(), EncodeError> {
        let bytes = len.saturating_mul(element.size());
        // An empty sequence is not aligned.
        if bytes > 0 {
            self.slot(element.size(), bytes)?;
        }
        if self.body.is_some() {
            let end = ENCAPSULATION_LEN + self.at;
            self.rooms.push(Room { field: self.path(), element, range: end - bytes..end });
        }
        Ok(())
    }

    fn one(&mut self, kind: Kind, value: &Value) -> Result<(), EncodeError> {
        match (kind, value) {
            (Kind::Primitive(element), _) => {
                let bits = self.convert(element, value)?;
                self.bits(element, bits)
            }
            (Kind::Text(bound), Value::Text(text)) => {
                if let Some(bound) = bound.filter(|bound| text.len() > *bound) {
                    let allows = format!("allows at most {bound} bytes");
                    return Err(EncodeError::Length { field: self.path(), len: text.len(), allows });
                }
                self.text(text)
            }
            (Kind::Shape(at), Value::Message(fields)) => self.message(self.schema.shape(at), fields),
            (kind, value) => Err(self.kind_error(word(self.schema, kind), value)),
        }
    }

    /// The bits of a number, lowest first.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "to the nearest number of the field's type"
    )]
    #[expect(clippy::cast_sign_loss, reason = "the bits of a number that was found in range")]
    fn convert(&self, element: Primitive, value: &Value) -> Result<u64, EncodeError> {
        let whole = match value {
            Value::Bool(value) => i128::from(*value),
            Value::Signed(value) => i128::from(*value),
            Value::Unsigned(value) => i128::from(*value),
            Value::Float(value) if element == Primitive::Float32 => {
                return Ok(u64::from((*value as f32).to_bits()));
            }
            Value::Float(value) if element == Primitive::Float64 => return Ok(value.to_bits()),
            // A whole number in a floating-point variable is one; anything else would be cut in silence.
            Value::Float(value) if value.fract() == 0.0 && value.abs() < 1e38 => *value as i128,
            other => return Err(self.kind_error(element.word().to_owned(), other)),
        };
        match element.range() {
            Some(range) if range.contains(&whole) => Ok(whole as u64),
            Some(_) => Err(EncodeError::Range {
                field: self.path(),
                expected: element.word().to_owned(),
                value: whole.to_string(),
            }),
            None if element == Primitive::Float32 => Ok(u64::from((whole as f32).to_bits())),
            None => Ok((whole as f64).to_bits()),
        }
    }

    fn bits(&mut self, element: Primitive, bits: u64) -> Result<(), EncodeError> {
        if let Some(slot) = self.slot(element.size(), element.size())? {
            slot.copy_from_slice(&bits.to_le_bytes()[..element.size()]);
        }
        Ok(())
    }

    fn count(&mut self, len: usize) -> Result<(), EncodeError> {
        let len = u32::try_from(len).map_err(|_| EncodeError::TooLarge { limit: LIMIT })?;
        self.bits(Primitive::Uint32, u64::from(len))
    }

    fn text(&mut self, text: &str) -> Result<(), EncodeError> {
        self.count(text.len().saturating_add(1))?;
        if let Some(slot) = self.slot(1, text.len() + 1)?
            && let Some((zero, bytes)) = slot.split_last_mut()
        {
            bytes.copy_from_slice(text.as_bytes());
            *zero = 0;
        }
        Ok(())
    }

    /// Steps over padding, which is zeroed, and the next `len` bytes, and hands those out if they are there.
    fn slot(&mut self, align: usize, len: usize) -> Result<Option<&mut [u8]>, EncodeError> {
        let (before, start) = (self.at, self.at.next_multiple_of(align));
        let end = start.saturating_add(len);
        if end > LIMIT {
            return Err(EncodeError::TooLarge { limit: LIMIT });
        }
        self.at = end;
        let Some(body) = &mut self.body else { return Ok(None) };
        let room = body.len() + ENCAPSULATION_LEN;
        let slot = body.get_mut(before..end).ok_or(EncodeError::TooSmall { room })?;
        let (padding, slot) = slot.split_at_mut(start - before);
        padding.fill(0);
        Ok(Some(slot))
    }

    fn path(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            let _ = match step {
                Step::Field(name) if text.is_empty() => write!(text, "{name}"),
                Step::Field(name) => write!(text, ".{name}"),
                Step::Item(index) => write!(text, "[{index}]"),
            };
        }
        text
    }

    fn kind_error(&self, expected: String, value: &Value) -> EncodeError {
        EncodeError::Kind { field: self.path(), expected, found: value.words().to_owned() }
    }
}

fn is_byte(element: Primitive) -> bool {
    element.size() == 1 && element != Primitive::Bool
}

fn word(schema: &Schema, kind: Kind) -> String {
    match kind {
        Kind::Primitive(element) => element.word().to_owned(),
        Kind::Text(_) => "text".to_owned(),
        Kind::Shape(at) => format!("a `{}`", schema.shape(at).name),
    }
}

/// Such as `a list of float64`.
fn words(schema: &Schema, field: &Field) -> String {
    format!("a list of {}", word(schema, field.kind))
}
