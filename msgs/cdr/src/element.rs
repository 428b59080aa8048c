//! The numbers CDR knows.

use std::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}

/// A number of fixed size for which every bit pattern is a value: `u8` to `u64`, `i8` to `i64`, `f32`, `f64`.
pub trait Element: sealed::Sealed + Copy + Default + PartialEq + Debug + Send + Sync + 'static {
    /// Bytes of one number; also its alignment in CDR.
    const SIZE: usize = size_of::<Self>();

    /// Reads the number from exactly [`SIZE`](Self::SIZE) bytes; zero if there are fewer or more.
    fn from_bytes(bytes: &[u8], big_endian: bool) -> Self;

    /// Writes the number, little-endian, into exactly [`SIZE`](Self::SIZE) bytes; nothing if there are fewer or more.
    fn put_little_endian(self, bytes: &mut [u8]);
}

macro_rules! elements {
    ($($number:ident)*) => {$(
        impl sealed::Sealed for $number {}

        impl Element for $number {
            #[inline]
            fn from_bytes(bytes: &[u8], big_endian: bool) -> Self {
                let bytes = bytes.try_into().unwrap_or_default();
                if big_endian { Self::from_be_bytes(bytes) } else { Self::from_le_bytes(bytes) }
            }

            #[inline]
            fn put_little_endian(self, bytes: &mut [u8]) {
                if let Ok(bytes) = bytes.try_into() {
                    let bytes: &mut [u8; size_of::<Self>()] = bytes;
                    *bytes = self.to_le_bytes();
                }
            }
        }
    )*};
}

elements!(u8 i8 u16 i16 u32 i32 u64 i64 f32 f64);
