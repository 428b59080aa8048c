//! Writes fields into a slice, one after the other.

use crate::{cast, element::Element, error::EncodeError};

/// A cursor over the body of a message being written. Never allocates, never writes outside its slice.
#[derive(Debug)]
pub struct Writer<'a> {
    body: &'a mut [u8],
    at: usize,
}

impl<'a> Writer<'a> {
    /// Starts at the beginning of `body`, the bytes behind the encapsulation header.
    pub fn new(body: &'a mut [u8]) -> Self {
        Self { body, at: 0 }
    }

    /// Bytes written so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Zeroes up to the next multiple of `align`, then hands out the next `len` bytes and steps behind them.
    #[inline]
    fn slot(&mut self, align: usize, len: usize) -> Result<&mut [u8], EncodeError> {
        let start = self.at.next_multiple_of(align);
        let end = start.saturating_add(len);
        let room = self.body.len();
        let Some(slot) = self.body.get_mut(self.at..end) else {
            return Err(EncodeError::TooSmall { needed: end, room });
        };
        let (padding, slot) = slot.split_at_mut(start - self.at);
        padding.fill(0);
        self.at = end;
        Ok(slot)
    }

    /// Writes one number.
    ///
    /// # Errors
    /// [`EncodeError::TooSmall`] if the body ends first.
    #[inline]
    pub fn number<T: Element>(&mut self, value: T) -> Result<(), EncodeError> {
        value.put_little_endian(self.slot(T::SIZE, T::SIZE)?);
        Ok(())
    }

    /// Writes numbers one behind the other, without their count.
    ///
    /// # Errors
    /// [`EncodeError::TooSmall`] if the body ends first.
    #[inline]
    pub fn numbers<T: Element>(&mut self, values: &[T]) -> Result<(), EncodeError> {
        if values.is_empty() {
            return Ok(());
        }
        let slot = self.slot(T::SIZE, size_of_val(values))?;
        if cfg!(target_endian = "little") {
            slot.copy_from_slice(cast::as_bytes(values));
        } else {
            for (bytes, &value) in slot.chunks_exact_mut(T::SIZE).zip(values) {
                value.put_little_endian(bytes);
            }
        }
        Ok(())
    }

    /// Steps over room for `count` numbers without writing it; returns where it lies in the body.
    ///
    /// # Errors
    /// [`EncodeError::TooSmall`] if the body ends first.
    pub fn region<T: Element>(&mut self, count: usize) -> Result<std::ops::Range<usize>, EncodeError> {
        if count == 0 {
            return Ok(self.at..self.at);
        }
        let len = count.saturating_mul(T::SIZE);
        self.slot(T::SIZE, len)?;
        Ok(self.at - len..self.at)
    }

    /// Writes the count that stands before a sequence or string.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] if it does not fit in 32 bits, [`EncodeError::TooSmall`] if the body ends first.
    #[inline]
    pub fn count(&mut self, len: usize) -> Result<(), EncodeError> {
        let count = u32::try_from(len).map_err(|_| EncodeError::TooLong { field: "", len })?;
        self.number(count)
    }

    /// Writes a string: its length with the closing zero byte, its bytes, the zero byte.
    ///
    /// # Errors
    /// As [`count`](Self::count).
    #[inline]
    pub fn string(&mut self, text: &str) -> Result<(), EncodeError> {
        self.count(text.len().saturating_add(1))?;
        let slot = self.slot(1, text.len() + 1)?;
        if let Some((zero, bytes)) = slot.split_last_mut() {
            bytes.copy_from_slice(text.as_bytes());
            *zero = 0;
        }
        Ok(())
    }
}
