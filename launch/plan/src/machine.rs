//! The computers of a plan, and what is installed on them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vc_words::Manifest;

use crate::describe::{Describe, all};
use crate::find::{Finder, Search};
use crate::python::Program;

/// What launch files call the machine where the launch is started.
pub const LOCAL: &str = "local";

/// The longest name of a machine.
const LONGEST: usize = 63;

/// The name of a computer: letters, digits, `_`, `-` and `.`, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MachineName(Box<str>);

/// A text that is no machine's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no name of a machine: {why}", .name.escape_default())]
pub struct MachineNameError {
    name: String,
    why: &'static str,
}

impl MachineName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`MachineNameError`] if it is empty, too long, `local`, or holds another character.
    pub fn parse(name: &str) -> Result<Self, MachineNameError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let why = if name.is_empty() {
            "it is empty"
        } else if name.len() > LONGEST {
            "it is longer than 63 characters"
        } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            "it must begin with a letter or a digit"
        } else if !name.chars().all(fits) {
            "letters, digits, `_`, `-` and `.` are allowed"
        } else if name == LOCAL {
            "that is the machine where the launch is started"
        } else {
            return Ok(Self(name.into()));
        };
        Err(MachineNameError { name: name.chars().take(LONGEST).collect(), why })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MachineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MachineName {
    type Error = MachineNameError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name)
    }
}

impl From<MachineName> for String {
    fn from(name: MachineName) -> Self {
        name.0.into()
    }
}

impl std::str::FromStr for MachineName {
    type Err = MachineNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::parse(name)
    }
}

/// A computer that nodes run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMachine {
    /// Its name.
    pub name: MachineName,
    /// Where it is reached, `host` or `host:port`, if the launch file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What its nodes do when the link to the operator is lost.
    pub on_operator_lost: OnOperatorLost,
}

/// What a machine's nodes do when the link to the operator is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnOperatorLost {
    /// They stop.
    #[default]
    Stop,
    /// They go on; an operator can come back to them.
    Keep,
}

/// A program that is asked for on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The ROS 2 package it belongs to.
    pub pkg: Option<String>,
    /// Its name, or an absolute path.
    pub exec: String,
    /// Whether it may be a block, and is to be asked what it is.
    pub describe: bool,
}

/// A program that a machine has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Where it lies there.
    pub program: PathBuf,
    /// What it says of itself, if it is a block.
    pub manifest: Option<Manifest>,
}

/// The machines that can be asked what is installed on them.
pub trait Fleet: Send + Sync + fmt::Debug {
    /// Who tells what a machine has; none: nobody does.
    fn site(&self, machine: &PlannedMachine) -> Option<Arc<dyn Site>>;
}

/// Tells what is installed on a machine.
pub trait Site: Send + Sync + fmt::Debug {
    /// For each program asked for: where it is and what it is, or why there is none.
    ///
    /// # Errors
    /// Why the machine could not be asked at all.
    fn look_up(&self, asked: &[Asked]) -> Result<Vec<Result<Found, String>>, String>;
}

/// Looks up programs on this machine, for those who plan on another one.
pub fn look_up(asked: &[Asked], search: &Search, describe: &dyn Describe) -> Vec<Result<Found, String>> {
    let mut finder = Finder::new(search);
    let mut find = |one: &Asked| {
        let exec = Path::new(&one.exec);
        if one.exec.contains('/') && !exec.is_absolute() {
            return Err(format!("`{}` is neither a name nor an absolute path", one.exec));
        }
        let file =
            finder.find(one.pkg.as_deref(), &one.exec, Path::new("/")).map_err(|missing| missing.why)?;
        Program::installed(file, search)
    };
    let found: Vec<_> = asked.iter().map(|one| (one.describe, find(one))).collect();
    let blocks = found.iter().filter(|(describe, _)| *describe);
    let answers = all(blocks.filter_map(|(_, found)| found.as_ref().ok()), describe);
    let answer = |(_, found): (bool, Result<Program, String>)| {
        let program = found?;
        match answers.get(&program) {
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(manifest)) => Ok(Found { manifest: manifest.clone(), program: program.file }),
            None => Ok(Found { manifest: None, program: program.file }),
        }
    };
    found.into_iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for name in ["arm", "robot-1", "10.0.0.2", "A_b"] {
            assert_eq!(MachineName::parse(name).unwrap().as_str(), name);
        }
        let long = "x".repeat(64);
        for name in ["", "local", "-arm", ".", "a/b", "a b", "ärm", "a*", &long] {
            assert!(MachineName::parse(name).is_err(), "{name}");
            assert!(serde_json::from_str::<MachineName>(&format!("{name:?}")).is_err(), "{name}");
        }
    }
}
