//! What can go wrong in a node.

use std::fmt;

use vc_words::{NameError, ParameterError, TopicName};

/// What a block's `main` returns.
pub type NodeResult = Result<(), Error>;

/// An error of a user's own code, as callbacks return it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a node, or one call of it, failed. Printed by `main` as one readable paragraph.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A command line that this program does not understand.
    #[error("{message}")]
    Usage {
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// A name that is none.
    #[error("bad name")]
    Name(#[from] NameError),
    /// A parameter value that does not fit.
    #[error("bad parameter value")]
    Parameter(#[from] ParameterError),
    /// Two sides of a topic disagree on its type.
    #[error(
        "topic `{topic}` carries `{theirs}` but port `{port}` of this node is `{ours}`; \
         remap the port or compare the message definitions{}", same_name(.ours, .theirs)
    )]
    TypeMismatch {
        /// The topic.
        topic: TopicName,
        /// This node's port.
        port: String,
        /// This port's type.
        ours: String,
        /// The type the topic was opened with.
        theirs: String,
    },
    /// Shared memory is too small for what was asked.
    #[error(
        "/dev/shm has {free} bytes free, but {what} needs {needed}: enlarge it, \
         for example with `mount -o remount,size=1G /dev/shm` or `docker run --shm-size=1g`"
    )]
    SharedMemory {
        /// What needs it.
        what: String,
        /// How much it needs, in bytes.
        needed: u64,
        /// How much is free, in bytes.
        free: u64,
    },
    /// A topic cannot be opened, written or read.
    #[error("cannot {action} topic `{topic}`: {reason}")]
    Topic {
        /// What was tried.
        action: &'static str,
        /// The topic.
        topic: TopicName,
        /// The transport's reason.
        reason: String,
    },
    /// A message does not fit its bounds.
    #[error("cannot encode a message for topic `{topic}`")]
    Encode {
        /// The topic.
        topic: TopicName,
        /// Why.
        source: vc_cdr::EncodeError,
    },
    /// A callback failed.
    #[error("{port} failed")]
    Callback {
        /// The input or timer whose callback it was.
        port: String,
        /// What the callback returned.
        source: BoxError,
    },
    /// The domain's shared state cannot be set up.
    #[error("cannot enter domain {domain}: {reason}")]
    Domain {
        /// The domain's number.
        domain: u32,
        /// Why.
        reason: String,
    },
    /// The system refused.
    #[error("cannot {action}")]
    Io {
        /// What was tried.
        action: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    /// Wraps a system error of `rustix`.
    pub(crate) fn os(action: impl Into<String>) -> impl FnOnce(rustix::io::Errno) -> Self {
        let action = action.into();
        move |errno| Self::Io { action, source: errno.into() }
    }
}

fn same_name(ours: &str, theirs: &str) -> &'static str {
    let name = |text: &str| text.split(' ').next().map(str::to_owned);
    if name(ours) == name(theirs) { " (same name, other fields)" } else { "" }
}

/// `main` prints errors with `Debug`, so it is the readable form: the error and its causes.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// What a callback may return: nothing, or a result.
pub trait Outcome {
    /// The error, if it is one.
    ///
    /// # Errors
    /// The callback's own.
    fn outcome(self) -> Result<(), BoxError>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> Outcome for Result<(), E> {
    fn outcome(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}
