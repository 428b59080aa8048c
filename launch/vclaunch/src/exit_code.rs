//! The codes `vclaunch` ends with. Each has one meaning, for ever.

use std::process::ExitCode;

use vc_supervise::Verdict;

/// How `vclaunch` ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(u8);

/// All went well: for `run`, every node ended with success or was stopped when asked.
pub(crate) const SUCCESS: Code = Code(0);
/// The command line is not understood.
pub(crate) const USAGE: Code = Code(2);
/// The launch file was read, but something in it is wrong. Nothing was started.
pub(crate) const LAUNCH_FILE_INVALID: Code = Code(65);
/// The launch file cannot be read.
pub(crate) const LAUNCH_FILE_UNREADABLE: Code = Code(66);
/// There is no block of the name asked for.
pub(crate) const UNKNOWN_BLOCK: Code = Code(67);
/// No running node has the name asked for, or more than one has.
pub(crate) const UNKNOWN_NODE: Code = Code(68);
/// The node has no parameter of the name asked for.
pub(crate) const UNKNOWN_PARAMETER: Code = Code(69);
/// A node failed for good.
pub(crate) const NODE_FAILED: Code = Code(70);
/// Supervision could not be set up. Nothing was started.
pub(crate) const CANNOT_START: Code = Code(71);
/// A node with `on_exit: shutdown` failed for good and took the circuit with it.
pub(crate) const REQUIRED_NODE_FAILED: Code = Code(72);
/// No node failed, but one did not stop when asked and was killed.
pub(crate) const NODE_KILLED: Code = Code(73);
/// The result could not be written.
pub(crate) const CANNOT_WRITE: Code = Code(74);
/// The node refused the value for its parameter.
pub(crate) const VALUE_REFUSED: Code = Code(75);
/// A node does not answer.
pub(crate) const NODE_SILENT: Code = Code(76);

/// An agent does not answer, or has nothing to take over.
pub(crate) const NO_AGENT: Code = Code(77);
/// Keys cannot be made or used.
pub(crate) const KEYS: Code = Code(78);

/// For `--help`: every code and what it means.
pub(crate) const HELP: &str = "\
Exit codes:
   0  all went well; Ctrl-C on a healthy circuit is a normal end
   2  the command line is not understood
  65  the launch file is invalid; nothing was started
  66  the launch file cannot be read
  67  there is no block of that name
  68  there is no running node of that name
  69  the node has no parameter of that name
  70  a node failed for good
  71  supervision could not be set up; nothing was started
  72  a required node (on_exit: shutdown) failed for good
  73  a node did not stop when asked and was killed
  74  the result could not be written
  75  the node refused the value
  76  a node does not answer
  77  an agent does not answer, or has nothing to take over
  78  keys cannot be made or used";

impl Code {
    /// The code of a circuit that has ended.
    pub(crate) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Success => SUCCESS,
            Verdict::NodeKilled => NODE_KILLED,
            Verdict::NodeFailed => NODE_FAILED,
            Verdict::RequiredNodeFailed => REQUIRED_NODE_FAILED,
        }
    }

    /// The number itself.
    pub(crate) fn number(self) -> u8 {
        self.0
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.0)
    }
}
