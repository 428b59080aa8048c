//! Reads fields from bytes that may come from anybody.

use crate::{element::Element, error::DecodeError};

/// A cursor over the body of a received message. Checks every step; never allocates.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    body: &'a [u8],
    at: usize,
    big_endian: bool,
}

impl<'a> Reader<'a> {
    /// Checks the encapsulation header of `cdr` and starts behind it.
    ///
    /// # Errors
    /// [`DecodeError::Encapsulation`] unless the header says plain CDR, in either byte order.
    pub fn open(cdr: &'a [u8]) -> Result<Self, DecodeError> {
        match cdr {
            [0, order @ (0 | 1), _, _, body @ ..] => Ok(Self { body, at: 0, big_endian: *order == 0 }),
            [first, second, ..] => Err(DecodeError::Encapsulation { found: [*first, *second] }),
            _ => Err(DecodeError::Encapsulation { found: [0, 0] }),
        }
    }

    /// Where the next field begins, before alignment, counted from the end of the header.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes on at `position`, counted from the end of the header; beyond the end, at the end.
    pub fn seek(&mut self, position: usize) {
        self.at = position.min(self.body.len());
    }

    /// Bytes not read yet.
    pub fn left(&self) -> usize {
        self.body.len() - self.at
    }

    /// Whether numbers come in the order that is not ours.
    pub fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    #[inline]
    fn slot(&mut self, align: usize, len: usize) -> Result<&'a [u8], DecodeError> {
        let start = self.at.next_multiple_of(align);
        let end = start.saturating_add(len);
        let Some(slot) = self.body.get(start..end) else {
            return Err(DecodeError::Truncated { at: self.at, needed: len, end: self.body.len() });
        };
        self.at = end;
        Ok(slot)
    }

    /// Reads one number.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if the bytes end first.
    #[inline]
    pub fn number<T: Element>(&mut self) -> Result<T, DecodeError> {
        Ok(T::from_bytes(self.slot(T::SIZE, T::SIZE)?, self.big_endian))
    }

    /// Borrows the bytes of `count` numbers that stand one behind the other.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if the bytes end first.
    #[inline]
    pub fn numbers<T: Element>(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        if count == 0 {
            return Ok(&[]);
        }
        self.slot(T::SIZE, count.saturating_mul(T::SIZE))
    }

    /// Reads the count before a sequence whose elements take at least `fewest` bytes each.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if that many elements cannot be there.
    #[inline]
    pub fn count(&mut self, fewest: usize) -> Result<usize, DecodeError> {
        let count = self.number::<u32>()? as usize;
        let needed = count.saturating_mul(fewest);
        if needed > self.left() {
            return Err(DecodeError::Truncated { at: self.at, needed, end: self.body.len() });
        }
        Ok(count)
    }

    /// Borrows a string. A length of zero, which some writers use, is the empty string.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::Unterminated`] or [`DecodeError::Utf8`].
    #[inline]
    pub fn string(&mut self) -> Result<&'a str, DecodeError> {
        let at = self.at;
        let len = self.count(1)?;
        if len == 0 {
            return Ok("");
        }
        match self.slot(1, len)? {
            [text @ .., 0] => std::str::from_utf8(text).map_err(|_| DecodeError::Utf8 { at }),
            _ => Err(DecodeError::Unterminated { at }),
        }
    }
}
