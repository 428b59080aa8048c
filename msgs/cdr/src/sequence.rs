//! Unbounded sequences as fields.

use crate::{DecodeError, Element, EncodeError, Reader, Writer, field::Field};

impl<T: Field> Field for Vec<T> {
    type Value = Vec<T::Value>;
    type Ref<'a> = T::Refs<'a>;
    const FEWEST: usize = u32::SIZE;

    fn blank() -> Self::Value {
        Vec::new()
    }

    #[inline]
    fn end(value: &Self::Value, at: usize) -> usize {
        T::end_many(value, u32::end(&0, at))
    }

    #[inline]
    fn write(value: &Self::Value, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.count(value.len())?;
        T::write_many(value, to)
    }

    #[inline]
    fn read<'a>(from: &mut Reader<'a>) -> Result<T::Refs<'a>, DecodeError> {
        let count = from.count(T::FEWEST)?;
        T::read_many(from, count)
    }

    fn own(value: T::Refs<'_>) -> Self::Value {
        T::own_many(value)
    }

    crate::many_are_items!();
}
