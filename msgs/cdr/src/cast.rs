//! Bytes seen as numbers and numbers seen as bytes: the only `unsafe` code of this crate.
#![expect(
    unsafe_code,
    reason = "borrowing numbers from shared memory without a copy has no safe form in std"
)]

use crate::element::Element;

/// Borrows `bytes` as numbers in the machine's byte order.
///
/// `None` if the memory is not aligned for `T` or the length is no multiple of its size. No bytes are no numbers,
/// wherever they are.
pub fn as_elements<T: Element>(bytes: &[u8]) -> Option<&[T]> {
    if bytes.is_empty() {
        return Some(&[]);
    }
    let start = bytes.as_ptr().cast::<T>();
    if !start.is_aligned() || !bytes.len().is_multiple_of(T::SIZE) {
        return None;
    }
    // SAFETY: aligned and inside `bytes` by the checks above; `Element` is sealed to numbers, for which every bit
    // pattern is a value; the lifetime is that of `bytes`.
    Some(unsafe { std::slice::from_raw_parts(start, bytes.len() / T::SIZE) })
}

/// Borrows `bytes` as numbers that can be written, in the machine's byte order.
///
/// `None` if the memory is not aligned for `T` or the length is no multiple of its size. No bytes are no numbers,
/// wherever they are.
pub fn as_elements_mut<T: Element>(bytes: &mut [u8]) -> Option<&mut [T]> {
    if bytes.is_empty() {
        return Some(&mut []);
    }
    let start = bytes.as_mut_ptr().cast::<T>();
    if !start.is_aligned() || !bytes.len().is_multiple_of(T::SIZE) {
        return None;
    }
    // SAFETY: as in `as_elements`; the exclusive borrow of `bytes` makes this slice exclusive, and every number has
    // only initialised bytes, so writing one leaves valid bytes behind.
    Some(unsafe { std::slice::from_raw_parts_mut(start, bytes.len() / T::SIZE) })
}

/// Borrows numbers as their bytes in the machine's byte order.
pub(crate) fn as_bytes<T: Element>(values: &[T]) -> &[u8] {
    // SAFETY: `Element` is sealed to numbers, which have no padding, so each byte is initialised; `u8` needs no
    // alignment; the length is that of `values` in bytes.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), size_of_val(values)) }
}

/// Borrows bytes as truth values if each is 0 or 1, else tells the first that is not.
pub(crate) fn as_bools(bytes: &[u8]) -> Result<&[bool], usize> {
    if let Some(wrong) = bytes.iter().position(|&byte| byte > 1) {
        return Err(wrong);
    }
    // SAFETY: `bool` has the size and alignment of `u8`, and every byte was just seen to be 0 or 1.
    Ok(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast::<bool>(), bytes.len()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_borrowed_only_where_they_are_aligned() {
        let numbers = [1.0_f64, 2.0];
        let bytes = as_bytes(&numbers);

        assert_eq!(as_elements::<f64>(bytes), Some(&numbers[..]));
        assert_eq!(as_elements::<f64>(&bytes[1..9]), None);
        assert_eq!(as_elements::<f64>(&bytes[..7]), None);
        assert_eq!(as_elements::<f64>(&bytes[1..1]), Some(&[][..]));
    }

    #[test]
    fn a_byte_that_is_no_bool_is_found() {
        assert_eq!(as_bools(&[0, 1]), Ok(&[false, true][..]));
        assert_eq!(as_bools(&[1, 2]), Err(1));
    }

    #[test]
    fn a_region_can_be_written_as_numbers() {
        let mut memory = [0_u8; 32];
        let start = memory.as_ptr().align_offset(8);

        as_elements_mut::<u64>(&mut memory[start..start + 16]).unwrap()[1] = 1;

        assert_eq!(as_elements::<u64>(&memory[start..start + 16]), Some(&[0, 1][..]));
        assert!(as_elements_mut::<u64>(&mut memory[start + 1..start + 9]).is_none());
    }
}
