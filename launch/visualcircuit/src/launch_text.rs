//! A circuit → a launch file that people read and change.

use vc_words::ParameterValue;

use crate::circuit::{Circuit, CircuitBlock, CircuitWire, Runs};
use crate::python_file::PythonFile;

/// A launch file, and what in the editor each of its lines is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchText {
    /// The file's text.
    pub text: String,
    /// From this line on (from 1) it is about this.
    pub outline: Vec<(usize, String)>,
}

/// Where things are, as the launch file shall say it.
pub struct Places<'a> {
    /// Lines for the top of the file.
    pub title: &'a str,
    /// The folder in which the nodes run, from the launch file's: that of the project, whose code opens files in it.
    pub folder: &'a str,
    /// The path of each block's Python file.
    pub python: &'a dyn Fn(&PythonFile) -> String,
}

/// Writes the launch file.
pub fn launch_text(circuit: &Circuit, places: &Places<'_>) -> LaunchText {
    let mut writer = Writer { text: String::new(), lines: 0, outline: Vec::new() };
    for line in places.title.lines() {
        writer.line(&format!("# {}", plain(line)));
    }
    writer.line(if circuit.blocks.is_empty() { "launch: []" } else { "launch:" });
    for block in &circuit.blocks {
        writer.about(format!("block `{}`", block.path()));
        writer.block(block, places, circuit.strict_enable);
    }
    if !circuit.wires.is_empty() {
        writer.line("");
    }
    for wire in &circuit.wires {
        let [from, to] = [wire.from, wire.to].map(|at| circuit.blocks[at].path());
        writer.about(format!("wire from `{from}` to `{to}`"));
        writer.wire((&from, &to), wire);
    }
    LaunchText { text: writer.text, outline: writer.outline }
}

struct Writer {
    text: String,
    lines: usize,
    outline: Vec<(usize, String)>,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines += 1;
    }

    fn about(&mut self, what: String) {
        self.outline.push((self.lines + 1, what));
    }

    fn block(&mut self, block: &CircuitBlock, places: &Places<'_>, strict: bool) {
        let language = if let Runs::Python(_) = block.runs { "in Python" } else { "natively" };
        let package = match &block.package {
            Some(package) if *package != block.name => format!(" (package `{package}`)"),
            _ => String::new(),
        };
        let comment = format!("  # {}{package}, {language}: {}", block.path(), block.why);
        self.line("");
        self.line(&plain(&comment));
        self.line("  - node:");
        let exec = match &block.runs {
            Runs::Native { exec, .. } => exec.clone(),
            Runs::Python(file) => (places.python)(file),
        };
        self.key("exec", &exec);
        self.key("name", &block.name);
        if !block.namespace.is_empty() {
            self.key("namespace", &block.namespace.join("/"));
        }
        self.key("cwd", places.folder);
        match &block.runs {
            // What code prints is for people to see.
            Runs::Python(file) => {
                self.key("output", "screen");
                if strict && file.line.inputs.iter().any(|port| port.name == "Enable") {
                    self.line("      args: --strict-enable");
                }
                if block.stdin {
                    self.line("      stdin: true");
                }
            }
            Runs::Native { parameters, remaps, .. } => {
                self.list(
                    "param",
                    "value",
                    parameters.iter().map(|(name, value)| ("name", name, shown(value))),
                );
                let remaps = remaps.iter().map(|(from, to)| ("from", from, scalar(&escaped(to))));
                self.list("remap", "to", remaps);
            }
        }
    }

    fn key(&mut self, key: &str, value: &str) {
        self.line(&format!("      {key}: {}", scalar(&escaped(value))));
    }

    fn list<'a>(
        &mut self,
        key: &str,
        second: &str,
        items: impl Iterator<Item = (&'static str, &'a String, String)>,
    ) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.line(&format!("      {key}:"));
        }
        for (first, name, value) in items {
            self.line(&format!("        - {{{first}: {}, {second}: {value}}}", scalar(&escaped(name))));
        }
    }

    fn wire(&mut self, (from, to): (&str, &str), wire: &CircuitWire) {
        let [from, to] = [format!("{from}/{}", wire.output), format!("{to}/{}", wire.input)];
        self.line(&format!("  - wire: {{from: {}, to: {}}}", scalar(&from), scalar(&to)));
    }
}

/// A parameter's value as launch files take it.
fn shown(value: &ParameterValue) -> String {
    match value {
        // Given to a text parameter, text is text, unless it is quoted once more.
        ParameterValue::String(text) if !text.starts_with(['"', '\'']) => scalar(&escaped(text)),
        ParameterValue::String(_) | ParameterValue::StringArray(_) => scalar(&escaped(&value.to_yaml())),
        other => other.to_yaml(),
    }
}

/// Text that holds no substitution, whatever it looks like.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace("$(", "\\$(")
}

/// Text as a YAML scalar that stays text.
fn scalar(text: &str) -> String {
    const WORDS: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "null", "y"];
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic() || "/._".contains(c))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && text.chars().any(|c| c.is_ascii_alphanumeric())
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    let is_home = text
        .strip_prefix("~/")
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    if is_word || is_home || [".", ".."].contains(&text) {
        return text.to_owned();
    }
    // JSON's quoted text is YAML's.
    serde_json::to_string(text).unwrap_or_default()
}

/// Text within one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
