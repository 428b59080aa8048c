//! What can be wrong with a message.

use vc::cdr::DecodeError;
use vc_gate::arrays::FewNumbers;

/// Why a message was not worked on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// Its bytes.
    #[error("the message cannot be read")]
    Message(#[from] DecodeError),
    /// Too few numbers.
    #[error(transparent)]
    Few(#[from] FewNumbers),
    /// Numbers that are no velocity.
    #[error("a velocity is [linear, angular] or all six numbers of a Twist, but {found} numbers came")]
    Count {
        /// How many came.
        found: usize,
    },
    /// Not a number, or without end.
    #[error("a number is {number}, which nothing can be computed with")]
    NotFinite {
        /// The number.
        number: f64,
    },
}

/// The numbers, if each of them can be computed with.
///
/// # Errors
/// [`ControlError::NotFinite`] of the first that cannot.
pub(crate) fn finite<const N: usize>(numbers: [f64; N]) -> Result<[f64; N], ControlError> {
    match numbers.into_iter().find(|number| !number.is_finite()) {
        Some(number) => Err(ControlError::NotFinite { number }),
        None => Ok(numbers),
    }
}
