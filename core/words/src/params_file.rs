//! ROS 2 parameter files: `<node>: ros__parameters: {…}`, with `/**`, `*` and nested names.

use crate::name::NodeName;
use crate::parameter::{ParameterError, ParameterValue};
use crate::pattern::matches;
use crate::yaml::{Key, Place, Yaml, YamlError};

const MARK: &str = "ros__parameters";

/// A parameter file, read and typed.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamsFile {
    /// One entry for each `ros__parameters`, in the order written.
    pub sections: Vec<Section>,
}

/// The parameters of the nodes that a pattern names.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The node key: `/ns/name`, `name` (in any namespace), with `*` for one word and `**` for any number.
    pub pattern: String,
    /// Where the key stands.
    pub place: Place,
    /// Name (nested maps joined with `.`), value and place.
    pub parameters: Vec<(String, ParameterValue, Place)>,
}

/// Why a parameter file cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ParamsFileError {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub message: String,
}

impl From<YamlError> for ParamsFileError {
    fn from(error: YamlError) -> Self {
        Self { place: error.place, message: error.message }
    }
}

impl ParamsFile {
    /// Reads the text of a parameter file.
    ///
    /// # Errors
    /// [`ParamsFileError`] with the place.
    pub fn parse(text: &str) -> Result<Self, ParamsFileError> {
        let tree = Yaml::parse(text)?;
        let mut sections = Vec::new();
        collect(&tree, ("", tree.place), &mut sections)?;
        Ok(Self { sections })
    }

    /// The parameters for `node`, in the order written; later ones win.
    pub fn for_node<'a>(&'a self, node: &'a NodeName) -> impl Iterator<Item = (&'a str, &'a ParameterValue)> {
        self.sections
            .iter()
            .filter(|section| section.is_for(node))
            .flat_map(|section| section.parameters.iter().map(|(name, value, _)| (name.as_str(), value)))
    }
}

impl Section {
    /// Whether the section's pattern names `node`.
    pub fn is_for(&self, node: &NodeName) -> bool {
        let full = node.to_string();
        let words: Vec<&str> = full.split('/').skip(1).collect();
        match self.pattern.strip_prefix('/') {
            Some(absolute) => matches(&absolute.split('/').collect::<Vec<_>>(), &words),
            // A name without a leading slash is ROS 2's short form: in the root namespace there, in
            // any namespace here when it is one word.
            None if self.pattern.contains('/') => {
                matches(&self.pattern.split('/').collect::<Vec<_>>(), &words)
            }
            None => matches(&[self.pattern.as_str()], &words[words.len() - 1..]),
        }
    }
}

/// Collects the sections below the node key `path`, which stands at `place`.
fn collect(
    tree: &Yaml,
    (path, place): (&str, Place),
    sections: &mut Vec<Section>,
) -> Result<(), ParamsFileError> {
    let Some(entries) = tree.as_map() else {
        let message = format!("expected a mapping of node names to `{MARK}`, found {}", tree.kind());
        return Err(ParamsFileError { place: tree.place, message });
    };
    for (key, value) in entries {
        if key.text == MARK {
            if path.is_empty() {
                let message = format!("`{MARK}` needs a node name above it, such as `/**`");
                return Err(ParamsFileError { place: key.place, message });
            }
            let mut parameters = Vec::new();
            flatten(value, "", &mut parameters)?;
            sections.push(Section { pattern: path.to_owned(), place, parameters });
        } else {
            collect(value, (&join(path, key), key.place), sections)?;
        }
    }
    Ok(())
}

fn join(path: &str, key: &Key) -> String {
    match path {
        "" => key.text.clone(),
        path => format!("{}/{}", path.trim_end_matches('/'), key.text.trim_start_matches('/')),
    }
}

fn flatten(
    tree: &Yaml,
    prefix: &str,
    into: &mut Vec<(String, ParameterValue, Place)>,
) -> Result<(), ParamsFileError> {
    let Some(entries) = tree.as_map() else {
        let message = format!("expected parameters below `{MARK}`, found {}", tree.kind());
        return Err(ParamsFileError { place: tree.place, message });
    };
    for (key, value) in entries {
        let name = if prefix.is_empty() { key.text.clone() } else { format!("{prefix}.{}", key.text) };
        if value.as_map().is_some() {
            flatten(value, &name, into)?;
        } else {
            let typed = ParameterValue::from_yaml(value).map_err(|error: ParameterError| {
                ParamsFileError { place: value.place, message: error.to_string() }
            })?;
            into.push((name, typed, value.place));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str, node: &str) -> Vec<(String, ParameterValue)> {
        let node = NodeName::parse(node).unwrap();
        let file = ParamsFile::parse(text).unwrap();
        file.for_node(&node).map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    #[test]
    fn patterns_select_nodes() {
        let text = "/**:\n  ros__parameters: {all: 1}\n/a/*:\n  ros__parameters: {below: 2}\n\
                    cam:\n  ros__parameters: {named: 3}\n/a:\n  cam:\n    ros__parameters: {nested: {x: 4}}\n";

        let names = |node| given(text, node).into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
        assert_eq!(names("/a/cam"), "all below named nested.x");
        assert_eq!(names("/cam"), "all named");
        assert_eq!(names("/a/b/c"), "all");
    }

    #[test]
    fn mistakes_say_where() {
        for (text, line) in [
            ("a: 1", 1),
            ("ros__parameters: {a: 1}", 1),
            ("n:\n  ros__parameters: 3", 2),
            ("n:\n  ros__parameters:\n    a: [1, x]", 3),
        ] {
            assert_eq!(ParamsFile::parse(text).unwrap_err().place.line, line, "{text}");
        }
    }
}
