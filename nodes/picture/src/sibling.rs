//! Steps aside for a program that links OpenCV, when a parameter asks for it.
//!
//! OpenCV's video and window libraries bring some 250 more, which take the dynamic loader about as long as a whole
//! circuit takes to start. So a block that needs them only for some parameters is two programs with one manifest:
//! the one that is named, without OpenCV, and its sibling in the same folder, which it becomes when it must.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use vc::args::Args;
use vc::prelude::*;
use vc::words::{NodeName, ParameterValue};

/// What the command line gives a block's parameters, before the node is opened.
#[derive(Debug)]
pub struct Preview {
    values: Vec<(String, ParameterValue)>,
}

impl Preview {
    /// Reads the command line of this process for `block`. `None` if the program is asked for something else than
    /// to run, or if the command line is wrong: opening the node then answers, or says what is wrong.
    pub fn of(block: &Block) -> Option<Self> {
        Self::of_args(block, std::env::args().skip(1))
    }

    fn of_args(block: &Block, args: impl IntoIterator<Item = String>) -> Option<Self> {
        let args = Args::parse(args).ok().filter(|args| args.ask.is_none())?;
        let manifest = block.manifest();
        let namespace = args.remaps.namespace().unwrap_or_default().trim_end_matches('/');
        let base = args.remaps.node_name().unwrap_or(&manifest.block);
        let node = NodeName::parse(&format!("{namespace}/{base}")).ok()?;
        let given = args.parameters_of(&node);
        let value = |name: &str, default: &ParameterValue| {
            let last = given.iter().rev().find(|(given, _)| *given == name);
            last.map_or(default, |(_, value)| *value).clone()
        };
        let values = manifest.parameters.iter();
        let values =
            values.map(|parameter| (parameter.name.clone(), value(&parameter.name, &parameter.default)));
        Some(Self { values: values.collect() })
    }

    /// A parameter's value as text; empty if the block has no such parameter.
    pub fn text(&self, parameter: &str) -> String {
        self.values
            .iter()
            .find(|(name, _)| name == parameter)
            .map(|(_, value)| value.to_string())
            .unwrap_or_default()
    }
}

/// Why this program did not become its sibling.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{}` is needed {what} but could not be started; it is built and installed next to this program",
    .sibling.display()
)]
pub struct SiblingError {
    sibling: PathBuf,
    what: &'static str,
    #[source]
    source: std::io::Error,
}

/// Becomes the program `name` in this program's folder: same process, same arguments, same environment.
/// `what` it is needed for is told if it cannot be.
///
/// # Errors
/// [`Error::Callback`] of a [`SiblingError`] if there is none, or it cannot be run. Otherwise this does not return.
pub fn become_sibling(name: &str, what: &'static str) -> Result<Infallible, Error> {
    let sibling = std::env::current_exe().unwrap_or_default().with_file_name(name);
    let mut command = Command::new(&sibling);
    let source = command.args(std::env::args_os().skip(1)).exec();
    let error = SiblingError { sibling, what, source };
    Err(Error::Callback { port: "start".to_owned(), source: error.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(line: &str) -> Option<String> {
        let block = Block::new("camera", "Takes pictures.");
        let _source = block.parameter("source", "synthetic".to_owned(), "Where from.");
        let preview = Preview::of_args(&block, line.split_whitespace().map(str::to_owned))?;
        Some(preview.text("source"))
    }

    #[test]
    fn the_last_value_for_this_node_counts() {
        assert_eq!(source("").as_deref(), Some("synthetic"));
        assert_eq!(source("--ros-args -p source:=a.mp4 -p source:=0").as_deref(), Some("0"));
        assert_eq!(
            source("--ros-args -r __node:=eye -p eye:source:=x -p camera:source:=y").as_deref(),
            Some("x")
        );
        assert_eq!(source("--ros-args -r __ns:=/left -p source:=x").as_deref(), Some("x"));
    }

    #[test]
    fn questions_and_mistakes_are_left_to_the_node() {
        assert_eq!(source("--describe"), None);
        assert_eq!(source("--ros-args -p"), None);
    }

    #[test]
    fn a_missing_sibling_is_named() {
        let error = become_sibling("no_such_program", "to read video files").unwrap_err();

        let text = format!("{error:?}");
        assert!(text.contains("no_such_program` is needed to read video files"), "{text}");
    }
}
