//! A publisher's identity on the wire.

use std::fmt;

use xxhash_rust::xxh3::xxh3_128;

/// Sixteen bytes that follow from the token a publisher has declared: whoever sees the token knows the gid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gid(pub [u8; 16]);

impl Gid {
    /// The gid of whoever declared exactly this token. Any difference in the text changes it.
    pub fn of_token(token: &str) -> Self {
        Self(xxh3_128(token.as_bytes()).to_le_bytes())
    }

    /// The same as a number, the first byte lowest.
    pub fn value(self) -> u128 {
        u128::from_le_bytes(self.0)
    }
}

impl fmt::Display for Gid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Gid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
