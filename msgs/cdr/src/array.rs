//! Arrays of fixed length as fields.

use crate::{DecodeError, EncodeError, Reader, Writer, field::Field};

impl<T: Field, const N: usize> Field for [T; N] {
    type Value = [T::Value; N];
    type Ref<'a> = T::Refs<'a>;
    const FEWEST: usize = if N == 0 { panic!("an array has at least one element") } else { T::FEWEST * N };

    fn blank() -> Self::Value {
        std::array::from_fn(|_| T::blank())
    }

    fn end(value: &Self::Value, at: usize) -> usize {
        T::end_many(value, at)
    }

    fn write(value: &Self::Value, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        T::write_many(value, to)
    }

    fn read<'a>(from: &mut Reader<'a>) -> Result<T::Refs<'a>, DecodeError> {
        T::read_many(from, N)
    }

    fn own(value: T::Refs<'_>) -> Self::Value {
        T::own_array(value)
    }

    crate::many_are_items!();
}
