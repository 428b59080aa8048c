//! Why a text is no project.

/// Why a file cannot be read as a project of VisualCircuit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not JSON.
    #[error("not valid JSON: {reason} (line {line}, column {column})")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the JSON reader says.
        reason: String,
    },
    /// Values within values beyond all use.
    #[error("it is nested too deeply (line {line}, column {column})")]
    Deep {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// More than a project can sensibly hold.
    #[error("it holds more than {values} values")]
    Large {
        /// The bound.
        values: usize,
    },
    /// JSON of another kind.
    #[error("it is not a VisualCircuit project: {why}")]
    Stranger {
        /// What is missing.
        why: &'static str,
    },
    /// A part that is not of the form it must have.
    #[error("{what} must be {expected}")]
    Form {
        /// The part, in words of the editor where it has any.
        what: String,
        /// What it must be.
        expected: &'static str,
    },
}
