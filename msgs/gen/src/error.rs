//! What can be wrong with interface texts.

use std::path::PathBuf;

/// Why no Rust text could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A generated file cannot be written.
    #[error("cannot write `{}`", .path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A package folder holds no interface text.
    #[error("`{}` holds no .msg, .srv or .action file", .path.display())]
    NoInterfaces {
        /// The folder.
        path: PathBuf,
    },
    /// A line is neither a field nor a constant.
    #[error("{}:{line}: `{text}`: {reason}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The line, without comment.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A `.srv` or `.action` file has the wrong number of `---` lines.
    #[error("{}: found {found} parts between `---` lines, need {needed}", .path.display())]
    Sections {
        /// The file.
        path: PathBuf,
        /// Parts found.
        found: usize,
        /// Parts a file of this kind has.
        needed: usize,
    },
    /// A package or type name is no ROS 2 name.
    #[error("`{name}` is not a valid name for a package or type")]
    Name {
        /// The name.
        name: String,
    },
    /// A field's type is defined nowhere.
    #[error("`{owner}` uses `{wanted}`, which no known package defines")]
    UnknownType {
        /// The message with the field.
        owner: String,
        /// The type that is missing.
        wanted: String,
    },
    /// A message contains itself.
    #[error("`{name}` contains itself")]
    Recursive {
        /// The message.
        name: String,
    },
    /// Messages are nested too deep, or in a circle.
    #[error("`{name}` nests messages more than {deepest} deep")]
    Deep {
        /// The outermost message.
        name: String,
        /// How deep they may be.
        deepest: usize,
    },
    /// A message that was asked to be written in place has no unbounded number sequence.
    #[error(
        "`{name}` cannot be written in place: it is not being generated or has no unbounded number sequence"
    )]
    NotInPlace {
        /// The message.
        name: String,
    },
    /// Cargo did not say where generated files belong.
    #[error("OUT_DIR is not set: `emit` is for build scripts, elsewhere use `generate`")]
    NoOutDir,
}

impl Error {
    /// The type that is missing, if that is what is wrong.
    pub fn missing(&self) -> Option<&str> {
        if let Self::UnknownType { wanted, .. } = self { Some(wanted) } else { None }
    }
}
