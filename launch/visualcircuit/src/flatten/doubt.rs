//! What is doubtful or wrong about a project, in the words of the editor.

use std::fmt;

use vc_words::host_line::HostKind as Kind;

/// Something about a project that does not keep it from running.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// A wire leads to a port that its package no longer has.
    StalePort {
        /// The package's name.
        package: String,
        /// What the wire calls the port; empty if it does not say.
        port: String,
        /// The block at the other end of the wire.
        other: String,
    },
    /// Wires that name blocks which are nowhere, or in several places.
    LostWires {
        /// How many.
        count: usize,
    },
    /// A package that is missing where it should be; the editor's drawing has it.
    Recovered {
        /// The package's name.
        package: String,
    },
    /// A constant without a value: the block has no such parameter.
    NoValue {
        /// The constant's name.
        constant: String,
        /// The block it is wired to.
        block: String,
    },
    /// A block sends one kind of thing, and one that hears it reads another.
    Mixed {
        /// The block that sends, its output, and what it sends.
        from: (String, String, Kind),
        /// The block that reads, its input, and what it reads.
        to: (String, String, Kind),
    },
    /// Several blocks read what is typed.
    ManyReadStdin {
        /// The blocks.
        blocks: Vec<String>,
    },
}

impl Doubt {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::StalePort { .. } => Some("in the editor, remove the wire and draw it again"),
            Self::LostWires { .. } | Self::Recovered { .. } => {
                Some("open the project in the editor and save it again")
            }
            Self::Mixed { .. } => Some("VisualCircuit would read the bytes of one as the other"),
            Self::NoValue { .. } => Some("type a value into the constant"),
            Self::ManyReadStdin { .. } => Some("`--stdin BLOCK` gives it to one of them"),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StalePort { package, port, other } if port.is_empty() => {
                write!(
                    f,
                    "a wire between `{other}` and package `{package}` leads to a port that is gone; it is left out"
                )
            }
            Self::StalePort { package, port, other } => {
                write!(
                    f,
                    "package `{package}` has no port `{port}` any more: the wire from or to `{other}` is left out"
                )
            }
            Self::LostWires { count: 1 } => {
                f.write_str("a wire names a block that is not in the project; it is left out")
            }
            Self::LostWires { count } => {
                write!(f, "{count} wires name blocks that are not in the project; they are left out")
            }
            Self::Recovered { package } => {
                write!(
                    f,
                    "package `{package}` is missing from the dependencies; it is taken from the editor's drawing"
                )
            }
            Self::Mixed { from, to } => {
                let ((from, output, sent), (to, input, read)) = (from, to);
                let (sent, read) = (plural(*sent), plural(*read));
                write!(f, "`{from}` sends {sent} on `{output}`, but `{to}` reads {read} from `{input}`")
            }
            Self::NoValue { constant, block } => {
                write!(f, "constant `{constant}` has no value: block `{block}` is not given it")
            }
            Self::ManyReadStdin { blocks } => {
                let blocks: Vec<String> = blocks.iter().map(|block| format!("`{block}`")).collect();
                write!(f, "{} read what is typed: none of them gets it", blocks.join(" and "))
            }
        }
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "pictures",
        Kind::Array => "arrays",
        Kind::Number => "numbers",
        Kind::String => "texts",
        Kind::Any => "anything",
    }
}

/// Something that keeps a project from running.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file does not hold what a block is made of.
    #[error("the content of {block} is missing from the file{}", .within.as_ref().map(|within| format!(" (it stands in package `{within}`)")).unwrap_or_default())]
    MissingPackage {
        /// The block: its name, or what else is known of it.
        block: String,
        /// The package it stands in.
        within: Option<String>,
    },
    /// Packages within packages without end.
    #[error("package `{package}` holds itself, or more than {levels} levels of packages")]
    Deep {
        /// The package where it was given up.
        package: String,
        /// The bound.
        levels: usize,
    },
    /// More than a circuit can sensibly be.
    #[error("with all packages opened, the project comes to more than {bound} {what}")]
    Large {
        /// Of what there are too many.
        what: &'static str,
        /// The bound.
        bound: usize,
    },
    /// A part that was recovered from the editor's drawing is not of the form it must have.
    #[error("{what} must be {expected}")]
    Form {
        /// The part.
        what: String,
        /// What it must be.
        expected: &'static str,
    },
}

impl Problem {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::MissingPackage { .. } => Some(
                "open the project in the editor, add the block again from its own file, and save the project",
            ),
            _ => None,
        }
    }
}
