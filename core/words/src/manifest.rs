//! What a block says about itself: the answer to `--describe`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::parameter::{Descriptor, ParameterValue};
use crate::qos::Qos;

/// The version of the manifest's form. A reader refuses a newer one.
pub const MANIFEST_VERSION: u32 = 1;

/// Lies in every program that declares a block, so that vclaunch can tell a block from any other
/// program without running it: checking a launch file that names `reboot` reboots nothing.
pub const BLOCK_MARKER: &str = "vc-block-manifest-v1";

/// A block's ports, types and parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`] of the library the block was built with.
    pub vc: u32,
    /// The block's name: its executable's, and the default name of its nodes.
    pub block: String,
    /// The block's version.
    pub version: String,
    /// What the block does, in one sentence.
    pub description: String,
    /// Its inputs, in the order declared.
    pub inputs: Vec<Port>,
    /// Its outputs, in the order declared.
    pub outputs: Vec<Port>,
    /// Its parameters, in the order declared.
    pub parameters: Vec<Descriptor>,
    /// The full ROS 2 schema text of each type its ports name.
    #[serde(default)]
    pub schemas: BTreeMap<String, String>,
    /// The VisualCircuit packages whose place it can take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_for: Vec<StandsFor>,
}

/// A stock package of VisualCircuit that a block can stand in for, where a project holds its very code.
///
/// Of several entries of one package and code, the first whose `when` fits is meant. VisualCircuit keeps parameters
/// as text; [`Descriptor::read_text`] makes of it what the block's parameter takes.
///
/// The packages of `VisualCircuit2` (`.vc`) are known by name alone and hand their lists over by position: an entry
/// without `code` is for them, and the keys of its maps are positions, `"0"` and on, in the order of the port ids,
/// and of the constant ids, of which the first is Frequency. Its input `E` is called `E`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StandsFor {
    /// The package's name in the editor, such as `EdgeDetector`.
    pub package: String,
    /// For each version of its code: the first 16 hexadecimal digits of the SHA-256 of the code, with carriage
    /// returns, trailing blanks and outer blank lines removed and one newline at the end. Empty: for `VisualCircuit2`.
    pub code: Vec<String>,
    /// Its name of a parameter → the value, case ignored, for which this entry holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, String>,
    /// Its name of an input → the block's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// Its name of an output → the block's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, String>,
    /// Its name of a parameter → the block's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Its name of a parameter that holds a ROS topic → the block's port which that topic belongs to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub topics: BTreeMap<String, String>,
    /// The block's parameter that takes the code's frequency, in Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// Parameters of the block that make it behave as the package does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub preset: BTreeMap<String, ParameterValue>,
}

impl StandsFor {
    /// A package of VisualCircuit and the digests of its code.
    pub fn package(name: &str, code: &[&str]) -> Self {
        let code = code.iter().map(|digest| (*digest).to_owned()).collect();
        Self { package: name.to_owned(), code, ..Self::default() }
    }

    /// A package of `VisualCircuit2`, whose ports and parameters are named by position.
    pub fn package2(name: &str) -> Self {
        Self::package(name, &[])
    }

    /// The package in words, with what must hold: `Blur of VisualCircuit 2, if 1 is Median`.
    pub fn title(&self) -> String {
        let release = if self.code.is_empty() { " of VisualCircuit 2" } else { "" };
        let when = self.when.iter().map(|(name, value)| format!("if {name} is {value}"));
        std::iter::once(format!("{}{release}", self.package)).chain(when).collect::<Vec<_>>().join(", ")
    }

    /// Its names of ports, constants and the frequency in words, each with the block's own.
    pub fn names(&self) -> Vec<(String, &str)> {
        // Those of VisualCircuit 2 are numbers, each kind with its own count.
        let kind = |word: &'static str| if self.code.is_empty() { word } else { "" };
        let all = [
            (kind("input "), &self.inputs),
            (kind("output "), &self.outputs),
            (kind("constant "), &self.parameters),
            (kind("constant "), &self.topics),
        ];
        let pairs = all.into_iter().flat_map(|(kind, names)| {
            names.iter().map(move |(theirs, ours)| (format!("{kind}{theirs}"), ours.as_str()))
        });
        pairs.chain(self.frequency.iter().map(|ours| ("frequency".to_owned(), ours.as_str()))).collect()
    }

    /// The entry holds only if its parameter has this value.
    #[must_use]
    pub fn when(mut self, theirs: &str, value: &str) -> Self {
        self.when.insert(theirs.to_owned(), value.to_owned());
        self
    }

    /// Its name of an input and the block's.
    #[must_use]
    pub fn input(mut self, theirs: &str, ours: &str) -> Self {
        self.inputs.insert(theirs.to_owned(), ours.to_owned());
        self
    }

    /// Its name of an output and the block's.
    #[must_use]
    pub fn output(mut self, theirs: &str, ours: &str) -> Self {
        self.outputs.insert(theirs.to_owned(), ours.to_owned());
        self
    }

    /// Its name of a parameter and the block's.
    #[must_use]
    pub fn parameter(mut self, theirs: &str, ours: &str) -> Self {
        self.parameters.insert(theirs.to_owned(), ours.to_owned());
        self
    }

    /// Its parameter that holds a ROS topic, and the block's port for it.
    #[must_use]
    pub fn topic(mut self, theirs: &str, port: &str) -> Self {
        self.topics.insert(theirs.to_owned(), port.to_owned());
        self
    }

    /// The block's parameter that takes the frequency.
    #[must_use]
    pub fn frequency(mut self, ours: &str) -> Self {
        self.frequency = Some(ours.to_owned());
        self
    }

    /// A parameter of the block and the value that makes it behave as the package does.
    #[must_use]
    pub fn preset(mut self, ours: &str, value: ParameterValue) -> Self {
        self.preset.insert(ours.to_owned(), value);
        self
    }
}

/// One input or output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Port {
    /// The port's name.
    pub name: String,
    /// Its type, such as `sensor_msgs/msg/Image`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The type's RIHS01 hash.
    pub hash: String,
    /// What it carries, in one sentence.
    pub description: String,
    /// Whether a circuit without a wire here is a mistake. Inputs only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Whether it exists only where a wire or a remap rule says so: its name alone joins it to no topic, and a
    /// circuit that leaves it out is as meant. Inputs only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Quality of service it asks for or offers.
    pub qos: Qos,
}

impl Port {
    /// The type it carries.
    pub fn type_info(&self) -> TypeInfo {
        TypeInfo { name: self.type_name.clone(), hash: self.hash.clone() }
    }
}

/// A message type, as topics know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeInfo {
    /// The name ROS 2 knows it by, such as `sensor_msgs/msg/Image`.
    pub name: String,
    /// The RIHS01 hash of its description.
    pub hash: String,
}

/// Why a text is no manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not JSON of this form.
    #[error("not a manifest")]
    Form(#[from] serde_json::Error),
    /// Written by a newer library.
    #[error("manifest version {found} is newer than {MANIFEST_VERSION}, the newest this program knows")]
    Version {
        /// The version found.
        found: u32,
    },
}

impl Manifest {
    /// Reads a manifest from JSON.
    ///
    /// # Errors
    /// [`ManifestError`] if it is none, or of a newer form.
    pub fn from_json(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_str(text)?;
        if manifest.vc > MANIFEST_VERSION {
            return Err(ManifestError::Version { found: manifest.vc });
        }
        Ok(manifest)
    }

    /// The input of this name.
    pub fn input(&self, name: &str) -> Option<&Port> {
        self.inputs.iter().find(|port| port.name == name)
    }

    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }

    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Descriptor> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_form_is_refused() {
        let text = r#"{"vc":99,"block":"b","version":"1","description":"","inputs":[],"outputs":[],"parameters":[]}"#;

        let error = Manifest::from_json(text).unwrap_err();

        assert!(matches!(error, ManifestError::Version { found: 99 }), "{error}");
        assert!(Manifest::from_json("{}").is_err());
    }
}
