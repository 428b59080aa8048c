//! Names that nobody else has.

use std::hash::{BuildHasher, RandomState};

/// 32 hexadecimal digits from the system's random source.
pub(crate) fn token() -> String {
    // Each RandomState is keyed from the system's random source, and a hash under an unknown key
    // cannot be foretold.
    let half = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", half(), half())
}
