//! Node, namespace and topic names by ROS 2's rules.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest absolute topic name, in bytes: rmw's limit of 255 less its longest prefix.
pub const MAX_TOPIC_LEN: usize = 247;
/// The longest node name, in bytes.
pub const MAX_NODE_LEN: usize = 128;

/// Why a name is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing between the slashes, or nothing at all.
    #[error("`{name}` has an empty part: a name is words joined by single slashes")]
    EmptyPart {
        /// The name as written.
        name: String,
    },
    /// A character that is not a letter, digit or underscore.
    #[error("`{name}` holds `{character}`: only letters, digits and underscores are allowed")]
    Character {
        /// The name as written.
        name: String,
        /// The first character that is not allowed.
        character: char,
    },
    /// A part that begins with a digit.
    #[error("`{name}` has a part that begins with a digit")]
    Digit {
        /// The name as written.
        name: String,
    },
    /// Longer than ROS 2 allows.
    #[error("`{name}` is longer than {limit} bytes")]
    Long {
        /// The name as written.
        name: String,
        /// The limit that it breaks.
        limit: usize,
    },
    /// A `{…}` substitution that ROS 2 does not know.
    #[error("`{name}` holds an unknown substitution: ROS 2 knows {{node}}, {{ns}} and {{namespace}}")]
    Substitution {
        /// The name as written.
        name: String,
    },
}

/// Checks one word of a name.
fn check_word(word: &str, whole: &str) -> Result<(), NameError> {
    let name = || whole.to_owned();
    let Some(first) = word.chars().next() else { return Err(NameError::EmptyPart { name: name() }) };
    if let Some(character) = word.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
        return Err(NameError::Character { name: name(), character });
    }
    if first.is_ascii_digit() {
        return Err(NameError::Digit { name: name() });
    }
    Ok(())
}

/// Checks an absolute name: a slash and words joined by slashes.
fn check_absolute(name: &str, limit: usize) -> Result<(), NameError> {
    if name.len() > limit {
        return Err(NameError::Long { name: name.to_owned(), limit });
    }
    let Some(words) = name.strip_prefix('/') else {
        return Err(NameError::EmptyPart { name: name.to_owned() });
    };
    words.split('/').try_for_each(|word| check_word(word, name))
}

/// A namespace: `/`, or an absolute name such as `/robot1/arm`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Namespace(Box<str>);

impl Namespace {
    /// The root namespace, `/`.
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Reads a namespace; a missing leading slash is added, a trailing one dropped, empty is the root.
    ///
    /// # Errors
    /// [`NameError`] if a part is not a word.
    pub fn parse(raw: &str) -> Result<Self, NameError> {
        Self::root().join(raw)
    }

    /// `raw` below this namespace, or `raw` itself where it is absolute.
    ///
    /// # Errors
    /// [`NameError`] if a part is not a word.
    pub fn join(&self, raw: &str) -> Result<Self, NameError> {
        let trimmed = if raw == "/" { raw } else { raw.strip_suffix('/').unwrap_or(raw) };
        let joined = match trimmed {
            "" => self.0.to_string(),
            "/" => "/".to_owned(),
            absolute if absolute.starts_with('/') => absolute.to_owned(),
            relative if &*self.0 == "/" => format!("/{relative}"),
            relative => format!("{}/{relative}", self.0),
        };
        if joined != "/" {
            check_absolute(&joined, MAX_TOPIC_LEN)?;
        }
        Ok(Self(joined.into()))
    }

    /// The namespace as text; only the root ends with a slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text that names below this namespace begin with: empty for the root.
    fn prefix(&self) -> &str {
        if &*self.0 == "/" { "" } else { &self.0 }
    }
}

/// The full name of a node: namespace and word, such as `/robot1/camera`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeName {
    namespace: Namespace,
    base: Box<str>,
}

impl NodeName {
    /// Joins a namespace and a node's own name.
    ///
    /// # Errors
    /// [`NameError`] if `base` is not one word.
    pub fn new(namespace: Namespace, base: &str) -> Result<Self, NameError> {
        if base.len() > MAX_NODE_LEN {
            return Err(NameError::Long { name: base.to_owned(), limit: MAX_NODE_LEN });
        }
        check_word(base, base)?;
        Ok(Self { namespace, base: base.into() })
    }

    /// Reads a full name such as `/robot1/camera`; a missing leading slash is added.
    ///
    /// # Errors
    /// [`NameError`] if a part is not a word.
    pub fn parse(raw: &str) -> Result<Self, NameError> {
        let (namespace, base) = raw.rsplit_once('/').unwrap_or(("", raw));
        Self::new(Namespace::parse(namespace)?, base)
    }

    /// The node's own name, without its namespace.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The namespace the node lives in.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace.prefix(), self.base)
    }
}

impl TryFrom<String> for NodeName {
    type Error = NameError;
    fn try_from(raw: String) -> Result<Self, NameError> {
        Self::parse(&raw)
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.to_string()
    }
}

/// An absolute topic name, expanded and checked. Equality is identity on every host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicName(Box<str>);

impl TopicName {
    /// Resolves `raw` as ROS 2 does: `a` in the namespace, `/a` as is, `~/a` under the node.
    ///
    /// # Errors
    /// [`NameError`] if the result is not a topic name.
    pub fn resolve(raw: &str, node: &NodeName) -> Result<Self, NameError> {
        let substituted = substitute(raw, node)?;
        let expanded = match substituted.strip_prefix('~') {
            Some(below) if below.is_empty() || below.starts_with('/') => format!("{node}{below}"),
            Some(_) => return Err(NameError::Character { name: raw.to_owned(), character: '~' }),
            None if substituted.starts_with('/') => substituted,
            None => format!("{}/{substituted}", node.namespace.prefix()),
        };
        Self::absolute(&expanded)
    }

    /// Checks an absolute name.
    ///
    /// # Errors
    /// [`NameError`] if it is not one.
    pub fn absolute(name: &str) -> Result<Self, NameError> {
        check_absolute(name, MAX_TOPIC_LEN)?;
        Ok(Self(name.into()))
    }

    /// The name as text, with its leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Replaces ROS 2's `{node}`, `{ns}` and `{namespace}`.
fn substitute(raw: &str, node: &NodeName) -> Result<String, NameError> {
    if !raw.contains(['{', '}']) {
        return Ok(raw.to_owned());
    }
    let namespace = node.namespace.as_str();
    let text = raw.replace("{node}", &node.base).replace("{ns}", namespace).replace("{namespace}", namespace);
    if text.contains(['{', '}']) {
        return Err(NameError::Substitution { name: raw.to_owned() });
    }
    Ok(text)
}

macro_rules! text_conversions {
    ($name:ident, $parse:path) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(raw: String) -> Result<Self, NameError> {
                $parse(&raw)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    };
}
text_conversions!(Namespace, Namespace::parse);
text_conversions!(TopicName, TopicName::absolute);

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> NodeName {
        NodeName::parse("/robot1/camera").unwrap()
    }

    #[test]
    fn topics_resolve_as_in_ros2() {
        let resolve = |raw| TopicName::resolve(raw, &node()).unwrap().to_string();

        assert_eq!(resolve("image"), "/robot1/image");
        assert_eq!(resolve("a/b"), "/robot1/a/b");
        assert_eq!(resolve("/image"), "/image");
        assert_eq!(resolve("~/image"), "/robot1/camera/image");
        assert_eq!(resolve("~"), "/robot1/camera");
        assert_eq!(resolve("{node}/x"), "/robot1/camera/x");
        assert_eq!(resolve("{ns}/x"), "/robot1/x");
    }

    #[test]
    fn bad_topics_say_what_is_wrong() {
        for (raw, part) in [
            ("", "empty part"),
            ("/", "empty part"),
            ("a//b", "empty part"),
            ("a/", "empty part"),
            ("~a", "letters"),
            ("a-b", "`-`"),
            ("1a", "digit"),
            ("a/2b", "digit"),
            ("bild/ü", "`ü`"),
            ("{x}", "substitution"),
        ] {
            let seen = TopicName::resolve(raw, &node()).map(|t| t.to_string());
            assert!(seen.clone().is_err_and(|e| e.to_string().contains(part)), "{raw}: {seen:?}");
        }
        assert!(TopicName::resolve(&"x".repeat(300), &node()).is_err());
    }

    #[test]
    fn namespaces_join() {
        let root = Namespace::root();
        assert_eq!(root.join("a").unwrap().as_str(), "/a");
        assert_eq!(root.join("a").unwrap().join("b/c").unwrap().as_str(), "/a/b/c");
        assert_eq!(root.join("a").unwrap().join("/d").unwrap().as_str(), "/d");
        assert_eq!(root.join("a/").unwrap().as_str(), "/a");
        assert_eq!(root.join("").unwrap().as_str(), "/");
        assert!(root.join("a//b").is_err());
    }

    #[test]
    fn node_names_print_with_their_namespace() {
        assert_eq!(NodeName::parse("camera").unwrap().to_string(), "/camera");
        assert_eq!(node().to_string(), "/robot1/camera");
        assert!(NodeName::parse("").is_err());
        assert!(NodeName::parse("/a/").is_err());
    }
}
