//! VisualCircuit's Python code as a block: the line by which such a file says what its ports are.
//!
//! ```text
//! # vc-host: {"frequency": 30, "inputs": [{"name": "Img", "port": "Img", "kind": "image"}],
//!             "outputs": [], "parameters": [{"name": "Lower", "value": "127"}]}
//! ```
//!
//! all in one line, a comment at the beginning of a line near the top of the file. The code itself is
//! VisualCircuit's: a function `main(inputs, outputs, parameters, synchronise)`. `name` is what the code calls the
//! port, free text; `port` is its name in the circuit. Every port is there only where it is wired.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::manifest::{MANIFEST_VERSION, Manifest, Port};
use crate::parameter::{Descriptor, ParameterValue};
use crate::qos::{Durability, Qos, Reliability};

/// What the line begins with.
pub const HOST_MARK: &str = "# vc-host:";

/// The line stands among so many first lines of the file.
const NEAR_THE_TOP: usize = 100;
/// More ports or parameters no block has.
const MOST_PORTS: usize = 1000;

/// What the line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostLine {
    /// What the block does, in one sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How often a second the code's loop wants to run; negative: without pause.
    #[serde(default = "usual_frequency")]
    pub frequency: f64,
    /// Inputs, in the order of the editor.
    #[serde(default)]
    pub inputs: Vec<HostPort>,
    /// Outputs, in the order of the editor.
    #[serde(default)]
    pub outputs: Vec<HostPort>,
    /// Constants that come to the code as parameters.
    #[serde(default)]
    pub parameters: Vec<HostParameter>,
    /// How the code is called.
    #[serde(default, skip_serializing_if = "HostEntry::is_main")]
    pub entry: HostEntry,
    /// What messages call the code's lines, such as `my.vc3, block "Code 1"`: they are then counted from the line
    /// below this one, as the editor does. Empty: the file's own name and lines.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shown_as: String,
}

/// How VisualCircuit's code is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostEntry {
    /// `main(inputs, outputs, parameters, synchronise)`: ports and parameters by name.
    #[default]
    Main,
    /// `loop(block_name, input_wires, output_wires, parameters, flags)`, of VisualCircuit 2: ports that are wired, and
    /// parameters, by their place in the lists.
    Loop,
}

impl HostEntry {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
    fn is_main(&self) -> bool {
        *self == Self::Main
    }
}

/// An input or output of VisualCircuit's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostPort {
    /// What the code calls it: free text.
    pub name: String,
    /// What the circuit calls it: a ROS 2 name without slashes.
    pub port: String,
    /// What it carries.
    pub kind: HostKind,
}

/// What a wire of VisualCircuit carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostKind {
    /// Pictures: `sensor_msgs/msg/Image`.
    Image,
    /// Numbers with a shape: `std_msgs/msg/Float64MultiArray`.
    Array,
    /// One number: `std_msgs/msg/Float64`.
    Number,
    /// Text: `std_msgs/msg/String`.
    String,
    /// Any of these and others, told with each value: `vc_interfaces/msg/Value`.
    Any,
}

/// A constant of VisualCircuit, as the code gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostParameter {
    /// What the code calls it: free text.
    pub name: String,
    /// Its value, always text.
    pub value: String,
}

/// What must be known of a message type.
#[derive(Debug, Clone, Copy)]
pub struct HostType {
    /// The RIHS01 hash.
    pub hash: &'static str,
    /// The self-contained text.
    pub schema: &'static str,
}

/// Why a line is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`# vc-host:` line: {reason}")]
pub struct HostLineError {
    /// The line in the file, from 1.
    pub line: usize,
    /// The column in it, from 1.
    pub column: usize,
    /// What is wrong with it.
    pub reason: String,
}

fn usual_frequency() -> f64 {
    30.0
}

impl HostKind {
    /// The message type that travels.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Image => "sensor_msgs/msg/Image",
            Self::Array => "std_msgs/msg/Float64MultiArray",
            Self::Number => "std_msgs/msg/Float64",
            Self::String => "std_msgs/msg/String",
            Self::Any => "vc_interfaces/msg/Value",
        }
    }

    /// The kind that a message type carries.
    pub fn of_type(type_name: &str) -> Option<Self> {
        let all = [Self::Image, Self::Array, Self::Number, Self::String, Self::Any];
        all.into_iter().find(|kind| kind.type_name() == type_name)
    }
}

impl HostLine {
    /// Looks for the line in a file's text. `None`: the file has none, so it is no code of VisualCircuit.
    ///
    /// # Errors
    /// [`HostLineError`] with its place if there is one and it is wrong.
    pub fn find(text: &str) -> Result<Option<Self>, HostLineError> {
        let mut lines = text.lines().take(NEAR_THE_TOP).enumerate();
        let found = lines.find_map(|(index, line)| Some((index + 1, line.strip_prefix(HOST_MARK)?)));
        let Some((line, json)) = found else { return Ok(None) };
        let failed = |column, reason| HostLineError { line, column: HOST_MARK.len() + column, reason };
        let read: Self =
            serde_json::from_str(json).map_err(|error| failed(error.column().max(1), plain(&error)))?;
        read.check().map_err(|reason| failed(1, reason))?;
        Ok(Some(read))
    }

    fn check(&self) -> Result<(), String> {
        if self.inputs.len() + self.outputs.len() + self.parameters.len() > MOST_PORTS {
            return Err(format!("more than {MOST_PORTS} ports and parameters"));
        }
        if !self.frequency.is_finite() || self.frequency == 0.0 {
            return Err("`frequency` must be a number other than 0".to_owned());
        }
        let ports = || self.inputs.iter().chain(&self.outputs);
        for (at, port) in ports().enumerate() {
            if !is_port_name(&port.port) {
                return Err(format!(
                    "`{}` is no port name: letters, digits and `_`, not beginning with a digit",
                    port.port
                ));
            }
            if ports().take(at).any(|other| other.port == port.port) {
                return Err(format!("two ports are called `{}`", port.port));
            }
        }
        for (what, mut names) in [
            ("inputs", self.inputs.iter().map(|port| &port.name).collect::<Vec<_>>()),
            ("outputs", self.outputs.iter().map(|port| &port.name).collect()),
            ("parameters", self.parameters.iter().map(|one| &one.name).collect()),
        ] {
            names.sort();
            if let Some([twice, _]) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(format!("two {what} are named `{twice}`"));
            }
        }
        Ok(())
    }

    /// What the block says about itself. `types` tells about the message type of a name.
    ///
    /// # Errors
    /// The name that `types` does not know.
    pub fn manifest(
        &self,
        block: &str,
        types: impl Fn(&'static str) -> Option<HostType>,
    ) -> Result<Manifest, &'static str> {
        let mut schemas = BTreeMap::new();
        let mut port = |port: &HostPort, qos: Qos| {
            let name = port.kind.type_name();
            let known = types(name).ok_or(name)?;
            schemas.insert(name.to_owned(), known.schema.to_owned());
            Ok::<_, &'static str>(Port {
                name: port.port.clone(),
                type_name: name.to_owned(),
                hash: known.hash.to_owned(),
                description: format!("`{}` of the code.", port.name),
                required: false,
                optional: true,
                qos,
            })
        };
        // The newest value is all that a wire of VisualCircuit holds.
        let newest = Qos { reliability: Reliability::BestEffort, durability: Durability::Volatile, depth: 1 };
        let inputs = self.inputs.iter().map(|one| port(one, newest)).collect::<Result<_, _>>()?;
        let outputs =
            self.outputs.iter().map(|one| port(one, Qos::DEFAULT.keep_last(1))).collect::<Result<_, _>>()?;
        Ok(Manifest {
            vc: MANIFEST_VERSION,
            block: block.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: match self.description.as_str() {
                "" => "Code of VisualCircuit.".to_owned(),
                said => said.to_owned(),
            },
            inputs,
            outputs,
            parameters: self.parameters.iter().map(descriptor).collect(),
            schemas,
            stands_for: Vec::new(),
        })
    }
}

fn descriptor(parameter: &HostParameter) -> Descriptor {
    let default = ParameterValue::String(parameter.value.clone());
    Descriptor::new(&parameter.name, default, &format!("`{}` of the code.", parameter.name))
}

fn is_port_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.contains("__")
        && !name.ends_with('_')
}

/// The reason without the place, which is told apart.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |end| text[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"# vc-host: {"frequency": 30, "inputs": [{"name": "The Image", "port": "img", "kind": "image"}], "outputs": [{"name": "Out", "port": "out", "kind": "any"}], "parameters": [{"name": "Lower Threshold", "value": "127"}]}"#;

    fn types(name: &'static str) -> Option<HostType> {
        let known = name.contains("/msg/");
        known.then_some(HostType { hash: "RIHS01_0", schema: "text" })
    }

    #[test]
    fn the_line_makes_a_manifest() {
        let line = HostLine::find(&format!("\"\"\"Doc.\"\"\"\n{LINE}\nimport cv2\n")).unwrap().unwrap();
        let manifest = line.manifest("code", types).unwrap();

        let input = manifest.input("img").unwrap();
        assert_eq!(
            (input.type_name.as_str(), input.optional, input.qos.depth),
            ("sensor_msgs/msg/Image", true, 1)
        );
        assert_eq!(manifest.output("out").unwrap().type_name, "vc_interfaces/msg/Value");
        let lower = manifest.parameter("Lower Threshold").unwrap();
        assert_eq!(lower.default, ParameterValue::String("127".to_owned()));
        assert_eq!(lower.check(ParameterValue::Integer(50)), Ok(ParameterValue::String("50".to_owned())));
        assert_eq!(line.manifest("code", |_| None), Err("sensor_msgs/msg/Image"));
    }

    #[test]
    fn other_files_have_none() {
        let far = format!("{}{LINE}", "\n".repeat(NEAR_THE_TOP));
        for text in ["", "import vc", " # vc-host: {}", "print('# vc-host: {}')", far.as_str()] {
            assert_eq!(HostLine::find(text), Ok(None), "{text}");
        }
        let usual = HostLine::find("# vc-host: {}").unwrap().unwrap();
        assert!((usual.frequency - 30.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let port =
            |port: &str| format!(r#"{{"inputs": [{{"name": "A", "port": "{port}", "kind": "image"}}]}}"#);
        for (json, line, reason) in [
            ("{", 2, "EOF while parsing"),
            (
                r#"{"inputs": [{"name": "A", "port": "a", "kind": "picture"}]}"#,
                2,
                "unknown variant `picture`",
            ),
            (r#"{"input": []}"#, 2, "unknown field `input`"),
            (r#"{"frequency": 0}"#, 2, "other than 0"),
            (r#"{"frequency": 1e999}"#, 2, "number out of range"),
            (&port("a b"), 2, "`a b` is no port name"),
            (&port("1"), 2, "is no port name"),
            (&port(""), 2, "is no port name"),
            (
                r#"{"inputs": [{"name": "A", "port": "a", "kind": "any"}], "outputs": [{"name": "B", "port": "a", "kind": "any"}]}"#,
                2,
                "two ports are called `a`",
            ),
            (
                r#"{"parameters": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}"#,
                2,
                "two parameters are named `A`",
            ),
        ] {
            let error = HostLine::find(&format!("\n{HOST_MARK}{json}")).unwrap_err();
            assert!(error.reason.contains(reason), "{json}: {error}");
            assert_eq!(error.line, line);
            assert!(error.column > HOST_MARK.len());
        }
    }
}
