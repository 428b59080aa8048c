//! Numbers borrowed from a message.

use std::{fmt, marker::PhantomData, slice::ChunksExact};

use crate::{cast, element::Element};

/// Numbers that lie in a message, read where they are.
#[derive(Clone, Copy)]
pub struct Seq<'a, T> {
    bytes: &'a [u8],
    big_endian: bool,
    number: PhantomData<T>,
}

impl<'a, T: Element> Seq<'a, T> {
    /// `bytes` hold whole numbers: the reader cut them so.
    pub(crate) fn new(bytes: &'a [u8], big_endian: bool) -> Self {
        Self { bytes, big_endian, number: PhantomData }
    }

    /// How many numbers there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() / T::SIZE
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number at `index`, if there are that many.
    #[inline]
    pub fn get(&self, index: usize) -> Option<T> {
        let start = index.checked_mul(T::SIZE)?;
        let bytes = self.bytes.get(start..start.checked_add(T::SIZE)?)?;
        Some(T::from_bytes(bytes, self.big_endian))
    }

    /// All numbers in order.
    #[inline]
    pub fn iter(&self) -> SeqIter<'a, T> {
        SeqIter { chunks: self.bytes.chunks_exact(T::SIZE), big_endian: self.big_endian, number: PhantomData }
    }

    /// The numbers as a slice of the message's own memory.
    ///
    /// `None` if they are not aligned for `T` or in foreign byte order. A sample in shared memory written by this
    /// framework always has both right.
    #[inline]
    pub fn as_slice(&self) -> Option<&'a [T]> {
        let native = T::SIZE == 1 || self.big_endian == cfg!(target_endian = "big");
        if native { cast::as_elements(self.bytes) } else { None }
    }

    /// A copy of the numbers.
    pub fn to_vec(&self) -> Vec<T> {
        self.as_slice().map_or_else(|| self.iter().collect(), <[T]>::to_vec)
    }
}

impl<T: Element> fmt::Debug for Seq<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Element> IntoIterator for Seq<'a, T> {
    type Item = T;
    type IntoIter = SeqIter<'a, T>;

    fn into_iter(self) -> SeqIter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Element> IntoIterator for &Seq<'a, T> {
    type Item = T;
    type IntoIter = SeqIter<'a, T>;

    fn into_iter(self) -> SeqIter<'a, T> {
        self.iter()
    }
}

/// Iterator over a [`Seq`].
#[derive(Debug, Clone)]
pub struct SeqIter<'a, T> {
    chunks: ChunksExact<'a, u8>,
    big_endian: bool,
    number: PhantomData<T>,
}

impl<T: Element> Iterator for SeqIter<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.chunks.next().map(|bytes| T::from_bytes(bytes, self.big_endian))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.size_hint()
    }
}

impl<T: Element> ExactSizeIterator for SeqIter<'_, T> {}

impl<T: Element> DoubleEndedIterator for SeqIter<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        self.chunks.next_back().map(|bytes| T::from_bytes(bytes, self.big_endian))
    }
}
