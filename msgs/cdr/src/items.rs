//! Strings and messages borrowed from a message.

use std::{fmt, marker::PhantomData};

use crate::{DecodeError, Reader, field::Field};

/// Strings or messages that lie in a message one behind the other, already checked, read when asked for.
///
/// They have no fixed size, so reaching the n-th means passing the ones before: iterate rather than index.
pub struct Items<'a, T> {
    start: Reader<'a>,
    count: usize,
    kind: PhantomData<fn() -> T>,
}

impl<'a, T: Field> Items<'a, T> {
    /// Checks `count` values from where `from` stands.
    ///
    /// # Errors
    /// [`DecodeError`] of the first value that is none.
    pub fn read(from: &mut Reader<'a>, count: usize) -> Result<Self, DecodeError> {
        let start = *from;
        for _ in 0..count {
            T::read(from)?;
        }
        Ok(Self { start, count, kind: PhantomData })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The value at `index`, if there are that many. Passes all before it.
    pub fn get(&self, index: usize) -> Option<T::Ref<'a>> {
        self.iter().nth(index)
    }

    /// All values in order.
    pub fn iter(&self) -> ItemsIter<'a, T> {
        ItemsIter { from: self.start, left: self.count, kind: PhantomData }
    }

    /// Copies of all values.
    pub fn to_vec(&self) -> Vec<T::Value> {
        self.iter().map(T::own).collect()
    }

    /// Copies of the first `N` values; blank ones where there are fewer.
    pub fn to_array<const N: usize>(&self) -> [T::Value; N] {
        let mut values = self.iter().map(T::own);
        std::array::from_fn(|_| values.next().unwrap_or_else(T::blank))
    }
}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<'_, T> {}

impl<T: Field> fmt::Debug for Items<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Field> IntoIterator for Items<'a, T> {
    type Item = T::Ref<'a>;
    type IntoIter = ItemsIter<'a, T>;

    fn into_iter(self) -> ItemsIter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Field> IntoIterator for &Items<'a, T> {
    type Item = T::Ref<'a>;
    type IntoIter = ItemsIter<'a, T>;

    fn into_iter(self) -> ItemsIter<'a, T> {
        self.iter()
    }
}

/// Iterator over [`Items`].
#[derive(Debug, Clone)]
pub struct ItemsIter<'a, T> {
    from: Reader<'a>,
    left: usize,
    kind: PhantomData<fn() -> T>,
}

impl<'a, T: Field> Iterator for ItemsIter<'a, T> {
    type Item = T::Ref<'a>;

    fn next(&mut self) -> Option<T::Ref<'a>> {
        self.left = self.left.checked_sub(1)?;
        // The same reader accepted the same bytes before, so this is always `Some`.
        T::read(&mut self.from).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Field> ExactSizeIterator for ItemsIter<'_, T> {}
