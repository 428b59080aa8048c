//! What ends a relay.

use vc_session::SessionError;

/// Why a relay cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// Another relay serves this domain on this host.
    #[error("a relay serves domain {domain} on this host already; `vcbridge doctor` asks it how it is")]
    Second {
        /// The domain.
        domain: u32,
    },
    /// No relay serves this domain on this host.
    #[error("no relay serves domain {domain} on this host; start one with `vcbridge`")]
    None {
        /// The domain.
        domain: u32,
    },
    /// A pattern of topics that is none.
    #[error("`{pattern}` matches no topic: write it as `/camera/image`, `/camera/*` or `/robot1/**`")]
    Pattern {
        /// What was given.
        pattern: String,
    },
    /// A peer that is none.
    #[error(
        "`{peer}` names no peer: write it as `certificate:NAME`, `session:ID` (as `vcbridge doctor --json` tells it) or \
         `interface:wlan0`"
    )]
    Peer {
        /// What was given.
        peer: String,
    },
    /// Peers that are told apart in different ways.
    #[error(
        "lists name `{one}` and `{other}`: name all peers in the same way, for one peer may be both, and what one name \
         denies the other would let pass"
    )]
    Peers {
        /// One.
        one: String,
        /// Another one.
        other: String,
    },
    /// A file of settings that cannot be read.
    #[error("settings of {}", .path.display())]
    Config {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong, and where.
        source: ConfigError,
    },
    /// The host's topics cannot be reached.
    #[error("cannot take part in the host's topics")]
    Host(#[from] vc::Error),
    /// zenoh cannot be reached.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// zenoh refused something.
    #[error("zenoh cannot {action}: {reason}")]
    Zenoh {
        /// What was tried.
        action: &'static str,
        /// What it says.
        reason: String,
    },
    /// The system refused something.
    #[error("cannot {action}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
}

/// What is wrong with a file of settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{0}")]
    Read(std::io::Error),
    /// Its text is wrong.
    #[error("{place}: {0}", place = .0.place)]
    Text(vc_words::yaml::YamlError),
}

impl RelayError {
    pub(crate) fn io<E: Into<std::io::Error>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Io { action, source: error.into() }
    }

    pub(crate) fn zenoh<E: std::fmt::Display>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Zenoh { action, reason: error.to_string() }
    }
}

/// An error with its causes, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
