//! CDR bytes to values and back.
