//! A block's Python code as a file that `vc.host` runs: one line about its ports and parameters, then the code as it is.

use vc_words::HostLine;
use vc_words::host_line::{HOST_MARK, HostEntry, HostParameter, HostPort};

use crate::flatten::FlatBlock;
use crate::names::word;
use crate::python;

/// A block's Python file.
#[derive(Debug, Clone, PartialEq)]
pub struct PythonFile {
    /// A name for it, without `.py`.
    pub stem: String,
    /// What its first line says.
    pub line: HostLine,
    /// The ports that have no wire, such as `Enable (input)`. They are not in the line: code finds out by asking for them.
    pub unwired: Vec<String>,
    code: std::sync::Arc<str>,
}

impl PythonFile {
    /// Whether the code reads what is typed.
    pub(crate) fn reads_stdin(&self) -> bool {
        python::reads_stdin(&self.code)
    }

    /// The whole text of the file. Messages about the code call it `shown_as`, if given, and count its lines as the editor
    /// does.
    pub fn text(&self, shown_as: Option<&str>) -> String {
        let line = HostLine { shown_as: shown_as.unwrap_or_default().to_owned(), ..self.line.clone() };
        let note = match self.unwired.as_slice() {
            [] => String::new(),
            ports => format!("# Without a wire, so left out of the next line: {}\n", ports.join(", ")),
        };
        // Plain data: there is nothing in it that JSON cannot hold.
        let line = serde_json::to_string(&line).unwrap_or_default();
        let end = if self.code.ends_with('\n') { "" } else { "\n" };
        format!("{note}{HOST_MARK} {line}\n{}{end}", self.code)
    }
}

/// Makes the file of a block with these ports wired.
pub(crate) fn python_file(block: &FlatBlock, inputs: Vec<HostPort>, outputs: Vec<HostPort>) -> PythonFile {
    // By place there is each parameter once; by name, a constant's own name serves too.
    let bound = match block.entry {
        HostEntry::Loop => block.bound_to_ports(),
        HostEntry::Main => block.bound(),
    };
    let parameter =
        |(name, value): (&str, &str)| HostParameter { name: name.to_owned(), value: value.to_owned() };
    let mut unwired = left(&block.inputs, &inputs, "input");
    unwired.extend(left(&block.outputs, &outputs, "output"));
    let line = HostLine {
        description: String::new(),
        frequency: block.frequency.hertz(),
        inputs,
        outputs,
        parameters: bound.into_iter().map(parameter).collect(),
        entry: block.entry,
        shown_as: String::new(),
    };
    let stem = word(block.package.as_deref().unwrap_or(&block.name), "block");
    PythonFile { stem, line, unwired, code: block.code.clone() }
}

/// The ports left out, for who wants to wire them later.
fn left(all: &[String], wired: &[HostPort], side: &str) -> Vec<String> {
    // A name within a comment must not end it.
    let one_line = |name: &String| name.replace(char::is_control, " ");
    let open = all.iter().filter(|name| !wired.iter().any(|port| port.name == **name));
    open.map(|name| format!("{} ({side})", one_line(name))).collect()
}
