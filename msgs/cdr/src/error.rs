//! Why bytes could not be written or read.

/// Why a message could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The output slice is too short.
    #[error("the message needs {needed} bytes but there is room for {room}")]
    TooSmall {
        /// Bytes the whole message needs, header included.
        needed: usize,
        /// Bytes that were offered.
        room: usize,
    },
    /// A bounded string or sequence holds more than its type allows.
    #[error("`{field}` holds {len} elements but its type allows at most {bound}")]
    OverBound {
        /// Name of the field.
        field: &'static str,
        /// Elements, or bytes of a string, in the value.
        len: usize,
        /// The bound stated by the message type.
        bound: usize,
    },
    /// A string or sequence is longer than CDR can count (2³² − 1).
    #[error("`{field}` holds {len} elements, more than CDR can count")]
    TooLong {
        /// Name of the field.
        field: &'static str,
        /// Elements, or bytes of a string, in the value.
        len: usize,
    },
}

impl EncodeError {
    /// Names the field that was being written, unless a field inside it already did.
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        match &mut self {
            Self::OverBound { field, .. } | Self::TooLong { field, .. } if field.is_empty() => *field = name,
            _ => {}
        }
        self
    }
}

/// Why bytes are not a message of the expected type. Positions count from the end of the encapsulation header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The first bytes are not the header of plain CDR in either byte order.
    #[error("encapsulation header {found:02x?} is not plain CDR ([00, 00] or [00, 01])")]
    Encapsulation {
        /// The representation identifier found; zeroes where the input was even shorter.
        found: [u8; 2],
    },
    /// The bytes end inside a field.
    #[error("the bytes end at {end}, inside a field at {at} that needs {needed} bytes")]
    Truncated {
        /// Where the field begins.
        at: usize,
        /// Bytes, or at least that many, the field needs.
        needed: usize,
        /// Where the body ends.
        end: usize,
    },
    /// A truth value is neither 0 nor 1.
    #[error("byte {found:#04x} at {at} is not a bool")]
    Bool {
        /// Where the byte stands.
        at: usize,
        /// Its value.
        found: u8,
    },
    /// A string does not end with a zero byte.
    #[error("the string at {at} does not end with a zero byte")]
    Unterminated {
        /// Where its length field stands.
        at: usize,
    },
    /// A string is not UTF-8.
    #[error("the string at {at} is not UTF-8")]
    Utf8 {
        /// Where its length field stands.
        at: usize,
    },
    /// A bounded string or sequence holds more than its type allows.
    #[error("{len} elements at {at}, but the type allows at most {bound}")]
    OverBound {
        /// Where its length field stands.
        at: usize,
        /// Elements, or bytes of a string, announced.
        len: usize,
        /// The bound stated by the message type.
        bound: usize,
    },
}
