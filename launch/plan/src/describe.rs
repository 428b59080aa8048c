//! How blocks are asked what they are.

pub(crate) mod cache;
mod process;
pub(crate) mod run;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use vc_words::Manifest;
use vc_words::host_line::HostLineError;

use crate::python::{Interpreter, Obstacle, Program};

pub use process::ProcessDescribe;
pub use vc_words::manifest::BLOCK_MARKER;

/// Asks a program what it is. Given to the planner, so that planning itself starts nothing.
pub trait Describe: Sync {
    /// The program's manifest; none if it is no block.
    ///
    /// # Errors
    /// [`DescribeError`] if it is a block, but cannot be asked or understood.
    fn describe(&self, program: &Program) -> Result<Option<Manifest>, DescribeError>;

    /// What keeps blocks in Python from running on an interpreter; each is a file, and the folder it runs in if that is
    /// said. Nothing of them is run.
    ///
    /// # Errors
    /// [`DescribeError`] if the interpreter cannot be asked.
    fn examine(
        &self,
        _python: &Interpreter,
        _blocks: &[(&Path, Option<&Path>)],
    ) -> Result<Vec<Obstacle>, DescribeError> {
        Ok(Vec::new())
    }
}

/// Why a block could not be asked what it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DescribeError {
    /// Its file cannot be read.
    #[error("cannot read `{}`: {source}", .program.display())]
    Read {
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It cannot be started.
    #[error("cannot start `{} --describe`: {source}", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It did not answer in time.
    #[error("`{} --describe` did not answer within {seconds} s", .program.display())]
    Timeout {
        /// The program.
        program: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Its answer is beyond bounds.
    #[error("`{} --describe` printed more than {mebibytes} MiB", .program.display())]
    Long {
        /// The program.
        program: PathBuf,
        /// The bound.
        mebibytes: usize,
    },
    /// Python could not run it.
    #[error("`{}` cannot be described: {said}", .program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// The last line of its complaint.
        said: String,
        /// Where in Python's code that was, as `file:line`.
        place: Option<String>,
    },
    /// The line that says what the ports of VisualCircuit's code are is wrong.
    #[error("{}:{}:{}: {source}", .program.display(), .source.line, .source.column)]
    HostLine {
        /// The file.
        program: PathBuf,
        /// What is wrong with it.
        source: HostLineError,
    },
    /// It was built with a newer library than ours.
    #[error("`{} --describe`: {source}", .program.display())]
    Newer {
        /// The program.
        program: PathBuf,
        /// Which versions.
        source: vc_words::manifest::ManifestError,
    },
}

impl DescribeError {
    /// Where to look.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Failed { place: Some(place), .. } => Some(format!("at {place}")),
            _ => None,
        }
    }
}

/// What each program said.
pub(crate) type Answers = HashMap<Program, Result<Option<Manifest>, DescribeError>>;

/// Asks all programs, several at a time: each takes as long as a process takes to start.
pub(crate) fn all<'a>(programs: impl IntoIterator<Item = &'a Program>, describe: &dyn Describe) -> Answers {
    let mut waiting: Vec<&Program> = programs.into_iter().collect();
    waiting.sort_unstable();
    waiting.dedup();
    let helpers = std::thread::available_parallelism().map_or(2, usize::from).min(8).min(waiting.len());
    let queue = Mutex::new(waiting.into_iter());
    let answers = Mutex::new(Answers::new());
    let work = || {
        loop {
            let Some(program) = lock(&queue).next() else { return };
            let answer = describe.describe(program);
            lock(&answers).insert(program.clone(), answer);
        }
    };
    if helpers <= 1 {
        work();
    } else {
        std::thread::scope(|scope| (0..helpers).for_each(|_| drop(scope.spawn(work))));
    }
    answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
