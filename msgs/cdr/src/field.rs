//! What one kind of field must be able to do.

use std::fmt::Debug;

use crate::{DecodeError, EncodeError, Reader, Writer};

/// A kind of field: a number, a string, a sequence, an array, a message.
///
/// Most kinds are their own value (`f64`, `String`, `Vec<u8>`, `Header`). The bounded kinds [`Text`](crate::Text) and
/// [`AtMost`](crate::AtMost) stand for plain values that must not grow beyond a bound.
pub trait Field: Sized + 'static {
    /// The owned value.
    type Value: Clone + PartialEq + Debug + Send + Sync + 'static;
    /// One value, borrowed from checked bytes.
    type Ref<'a>: Copy + Debug;
    /// Several values one behind the other, borrowed from checked bytes.
    type Refs<'a>: Copy + Debug;
    /// Bytes a value takes at least, padding not counted. Never 0, so that no count can make a reader spin.
    const FEWEST: usize;

    /// The value of a field nobody has set.
    fn blank() -> Self::Value;

    /// Where `value` ends if it is written at `at`.
    fn end(value: &Self::Value, at: usize) -> usize;

    /// Writes `value`.
    ///
    /// # Errors
    /// [`EncodeError`] if there is no room or a bound is exceeded.
    fn write(value: &Self::Value, to: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// Checks and borrows one value.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes hold no such value.
    fn read<'a>(from: &mut Reader<'a>) -> Result<Self::Ref<'a>, DecodeError>;

    /// Copies a borrowed value.
    fn own(value: Self::Ref<'_>) -> Self::Value;

    /// Checks and borrows `count` values.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes hold no such values.
    fn read_many<'a>(from: &mut Reader<'a>, count: usize) -> Result<Self::Refs<'a>, DecodeError>;

    /// Copies borrowed values into a vector.
    fn own_many(values: Self::Refs<'_>) -> Vec<Self::Value>;

    /// Copies `N` borrowed values into an array.
    fn own_array<const N: usize>(values: Self::Refs<'_>) -> [Self::Value; N];

    /// Where `values` end if they are written one behind the other from `at`.
    fn end_many(values: &[Self::Value], at: usize) -> usize {
        values.iter().fold(at, |at, value| Self::end(value, at))
    }

    /// Writes `values` one behind the other, without a count.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    fn write_many(values: &[Self::Value], to: &mut Writer<'_>) -> Result<(), EncodeError> {
        values.iter().try_for_each(|value| Self::write(value, to))
    }
}

/// Where `len` bytes end that begin at the next multiple of `align`. Sizes nobody can have saturate.
#[inline]
pub(crate) fn past(at: usize, align: usize, len: usize) -> usize {
    at.checked_next_multiple_of(align).map_or(usize::MAX, |start| start.saturating_add(len))
}
