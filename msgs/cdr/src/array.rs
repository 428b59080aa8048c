//! Arrays of fixed length as fields.

use crate::{DecodeError, EncodeError, Items, Reader, Writer, field::Field};

impl<T: Field, const N: usize> Field for [T; N] {
    type Value = [T::Value; N];
    type Ref<'a> = T::Refs<'a>;
    type Refs<'a> = Items<'a, Self>;
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

    fn read_many<'a>(from: &mut Reader<'a>, count: usize) -> Result<Items<'a, Self>, DecodeError> {
        Items::read(from, count)
    }

    fn own_many(values: Items<'_, Self>) -> Vec<Self::Value> {
        values.to_vec()
    }

    fn own_array<const M: usize>(values: Items<'_, Self>) -> [Self::Value; M] {
        values.to_array()
    }
}
