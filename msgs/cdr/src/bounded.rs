//! Strings and sequences with a bound as fields.

use std::marker::PhantomData;

use crate::{DecodeError, Element, EncodeError, Reader, Writer, field::Field};

/// A string of at most `N` bytes: `string<=N`.
#[derive(Debug)]
pub struct Text<const N: usize>;

/// A sequence of at most `N` elements: `T[<=N]`.
#[derive(Debug)]
pub struct AtMost<T, const N: usize>(PhantomData<T>);

fn within(len: usize, bound: usize) -> Result<(), EncodeError> {
    if len <= bound { Ok(()) } else { Err(EncodeError::OverBound { field: "", len, bound }) }
}

impl<const N: usize> Field for Text<N> {
    type Value = String;
    type Ref<'a> = &'a str;
    const FEWEST: usize = String::FEWEST;

    fn blank() -> String {
        String::new()
    }

    fn end(value: &String, at: usize) -> usize {
        String::end(value, at)
    }

    fn write(value: &String, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        within(value.len(), N)?;
        to.string(value)
    }

    fn read<'a>(from: &mut Reader<'a>) -> Result<&'a str, DecodeError> {
        let at = from.position();
        let text = from.string()?;
        if text.len() <= N { Ok(text) } else { Err(DecodeError::OverBound { at, len: text.len(), bound: N }) }
    }

    fn own(value: &str) -> String {
        value.to_owned()
    }

    crate::many_are_items!();
}

impl<T: Field, const N: usize> Field for AtMost<T, N> {
    type Value = Vec<T::Value>;
    type Ref<'a> = T::Refs<'a>;
    const FEWEST: usize = u32::SIZE;

    fn blank() -> Self::Value {
        Vec::new()
    }

    fn end(value: &Self::Value, at: usize) -> usize {
        Vec::<T>::end(value, at)
    }

    fn write(value: &Self::Value, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        within(value.len(), N)?;
        Vec::<T>::write(value, to)
    }

    fn read<'a>(from: &mut Reader<'a>) -> Result<T::Refs<'a>, DecodeError> {
        let at = from.position();
        let len = from.count(T::FEWEST)?;
        if len <= N { T::read_many(from, len) } else { Err(DecodeError::OverBound { at, len, bound: N }) }
    }

    fn own(value: T::Refs<'_>) -> Self::Value {
        T::own_many(value)
    }

    crate::many_are_items!();
}
