//! Numbers, truth values and strings as fields.

use crate::{
    DecodeError, Element, EncodeError, Reader, Seq, Writer,
    cast::{as_bools, as_elements},
    field::{Field, past},
};

/// The parts of [`Field`] that are the same for all numbers.
macro_rules! one_number {
    ($number:ident) => {
        type Value = $number;
        type Ref<'a> = $number;
        const FEWEST: usize = size_of::<$number>();

        fn blank() -> $number {
            $number::default()
        }

        #[inline]
        fn end(_: &$number, at: usize) -> usize {
            past(at, Self::FEWEST, Self::FEWEST)
        }

        #[inline]
        fn write(value: &$number, to: &mut Writer<'_>) -> Result<(), EncodeError> {
            to.number(*value)
        }

        #[inline]
        fn read(from: &mut Reader<'_>) -> Result<$number, DecodeError> {
            from.number()
        }

        #[inline]
        fn own(value: $number) -> $number {
            value
        }

        #[inline]
        fn end_many(values: &[$number], at: usize) -> usize {
            if values.is_empty() { at } else { past(at, Self::FEWEST, size_of_val(values)) }
        }

        #[inline]
        fn write_many(values: &[$number], to: &mut Writer<'_>) -> Result<(), EncodeError> {
            to.numbers(values)
        }
    };
}

macro_rules! bytes {
    ($($number:ident)*) => {$(
        impl Field for $number {
            type Refs<'a> = &'a [$number];
            one_number!($number);

            fn read_many<'a>(from: &mut Reader<'a>, count: usize) -> Result<&'a [$number], DecodeError> {
                // One byte is always aligned, so the cast always succeeds.
                Ok(as_elements(from.numbers::<$number>(count)?).unwrap_or_default())
            }

            fn own_array<const N: usize>(values: &[$number]) -> [$number; N] {
                values.try_into().unwrap_or([$number::default(); N])
            }

            fn own_many(values: &[$number]) -> Vec<$number> {
                values.to_vec()
            }
        }
    )*};
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl Field for $number {
            type Refs<'a> = Seq<'a, $number>;
            one_number!($number);

            fn read_many<'a>(from: &mut Reader<'a>, count: usize) -> Result<Seq<'a, $number>, DecodeError> {
                Ok(Seq::new(from.numbers::<$number>(count)?, from.is_big_endian()))
            }

            fn own_array<const N: usize>(values: Seq<'_, $number>) -> [$number; N] {
                std::array::from_fn(|index| values.get(index).unwrap_or_default())
            }

            fn own_many(values: Seq<'_, $number>) -> Vec<$number> {
                values.to_vec()
            }
        }
    )*};
}

bytes!(u8 i8);
numbers!(u16 i16 u32 i32 u64 i64 f32 f64);

impl Field for bool {
    type Value = bool;
    type Ref<'a> = bool;
    type Refs<'a> = &'a [bool];
    const FEWEST: usize = 1;

    fn blank() -> bool {
        false
    }

    #[inline]
    fn end(_: &bool, at: usize) -> usize {
        past(at, 1, 1)
    }

    #[inline]
    fn write(value: &bool, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.number(u8::from(*value))
    }

    #[inline]
    fn read(from: &mut Reader<'_>) -> Result<bool, DecodeError> {
        let at = from.position();
        match from.number::<u8>()? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(DecodeError::Bool { at, found }),
        }
    }

    #[inline]
    fn own(value: bool) -> bool {
        value
    }

    fn read_many<'a>(from: &mut Reader<'a>, count: usize) -> Result<&'a [bool], DecodeError> {
        let at = from.position();
        let bytes = from.numbers::<u8>(count)?;
        as_bools(bytes).map_err(|wrong| DecodeError::Bool { at: at + wrong, found: bytes[wrong] })
    }

    fn own_many(values: &[bool]) -> Vec<bool> {
        values.to_vec()
    }

    fn own_array<const N: usize>(values: &[bool]) -> [bool; N] {
        values.try_into().unwrap_or([false; N])
    }
}

impl Field for String {
    type Value = String;
    type Ref<'a> = &'a str;
    const FEWEST: usize = u32::SIZE;

    fn blank() -> String {
        String::new()
    }

    #[inline]
    fn end(value: &String, at: usize) -> usize {
        past(past(at, u32::SIZE, u32::SIZE), 1, value.len() + 1)
    }

    #[inline]
    fn write(value: &String, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.string(value)
    }

    #[inline]
    fn read<'a>(from: &mut Reader<'a>) -> Result<&'a str, DecodeError> {
        from.string()
    }

    #[inline]
    fn own(value: &str) -> String {
        value.to_owned()
    }

    crate::many_are_items!();
}
