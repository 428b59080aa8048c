//! How a question or an answer travels over a stream: its length in four bytes, lowest first, then itself.

use std::io::{self, Read, Write};

/// The longest question or answer.
pub const LONGEST: usize = 8 << 20;

/// Writes a frame.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] if it is longer than [`LONGEST`].
pub fn write(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LONGEST);
    let length = length.ok_or_else(|| {
        let why = format!("{} bytes, more than the {} MiB that a frame may have", bytes.len(), LONGEST >> 20);
        io::Error::new(io::ErrorKind::InvalidInput, why)
    })?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(bytes)?;
    stream.flush()
}

/// Reads a frame; none: the stream has ended. Takes memory as bytes come, not as the length promises.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidData`] if it is longer than [`LONGEST`], and
/// [`io::ErrorKind::UnexpectedEof`] if it ends early.
pub fn read(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match stream.read(&mut length)? {
        0 => return Ok(None),
        some => stream.read_exact(&mut length[some..])?,
    }
    let length = u64::from(u32::from_le_bytes(length));
    if length > LONGEST as u64 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame that is too long"));
    }
    let mut bytes = Vec::new();
    stream.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(Some(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_too_long_is_refused_on_both_sides() {
        assert!(write(&mut io::sink(), &vec![0; LONGEST + 1]).is_err());
        let huge = [0xff; 4];
        assert_eq!(read(&mut huge.as_slice()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    proptest! {
        #[test]
        fn frames_follow_each_other(first in proptest::collection::vec(any::<u8>(), 0..300), second in ".*") {
            let mut stream = Vec::new();
            write(&mut stream, &first).unwrap();
            write(&mut stream, second.as_bytes()).unwrap();
            let mut rest = stream.as_slice();

            prop_assert_eq!(read(&mut rest).unwrap(), Some(first));
            prop_assert_eq!(read(&mut rest).unwrap(), Some(second.into_bytes()));
            prop_assert_eq!(read(&mut rest).unwrap(), None);
        }

        #[test]
        fn a_cut_frame_is_an_error(bytes in proptest::collection::vec(any::<u8>(), 1..300), cut in any::<prop::sample::Index>()) {
            let mut stream = Vec::new();
            write(&mut stream, &bytes).unwrap();
            let cut = 1 + cut.index(stream.len() - 1);

            prop_assert!(read(&mut &stream[..cut]).is_err());
        }
    }
}
