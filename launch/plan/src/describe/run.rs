//! A program run for its answer.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use super::DescribeError;
use crate::listen::{Bounds, Unheard, listen};

const MAX_ANSWER: usize = 4 << 20;

/// What a program said, and how it ended if it did.
pub(crate) struct Told {
    pub(crate) text: String,
    /// Empty unless the command pipes it.
    pub(crate) errors: String,
    pub(crate) ended: Option<ExitStatus>,
}

/// Runs `command`, which messages call `program`.
pub(crate) fn run(command: &mut Command, program: &Path, time: Duration) -> Result<Told, DescribeError> {
    let program = || program.to_owned();
    let heard = listen(command, Bounds { time, bytes: MAX_ANSWER }).map_err(|unheard| match unheard {
        Unheard::Start(source) => DescribeError::Start { program: program(), source },
        Unheard::Timeout => DescribeError::Timeout { program: program(), seconds: time.as_secs() },
        Unheard::Long => DescribeError::Long { program: program(), mebibytes: MAX_ANSWER >> 20 },
    })?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Told { text: text(heard.stdout), errors: text(heard.stderr), ended: heard.status })
}
