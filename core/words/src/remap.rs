//! Remap rules: `from:=to`, optionally for one node: `node:from:=to`.

use crate::name::{NameError, NodeName, TopicName};

/// One rule, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remap {
    /// The node it is for; none: every node that reads it.
    pub node: Option<String>,
    /// The name as the block knows it.
    pub from: String,
    /// The name that takes its place.
    pub to: String,
}

impl Remap {
    /// Reads `from:=to` or `node:from:=to`. `None` if there is no `:=`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(":=")?;
        let (node, from) = match from.split_once(':') {
            Some((scheme @ ("rostopic" | "rosservice"), name)) => {
                (None, name.strip_prefix("//").map_or_else(|| format!("{scheme}:{name}"), str::to_owned))
            }
            Some((node, name)) => (Some(node.to_owned()), name.to_owned()),
            None => (None, from.to_owned()),
        };
        Some(Self { node, from, to: to.to_owned() })
    }

    fn is_for(&self, node: &NodeName) -> bool {
        self.node.as_deref().is_none_or(|base| base == node.base())
    }
}

/// The rules a node was given, in order. The first that fits wins, as in ROS 2.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remaps(Vec<Remap>);

impl Remaps {
    /// Adds a rule behind the others.
    pub fn push(&mut self, rule: Remap) {
        self.0.push(rule);
    }

    /// The node name given by `__node:=` or `__name:=`, if any.
    pub fn node_name(&self) -> Option<&str> {
        self.special(&["__node", "__name"])
    }

    /// The namespace given by `__ns:=`, if any.
    pub fn namespace(&self) -> Option<&str> {
        self.special(&["__ns"])
    }

    /// The topic that `raw` means for `node` after the rules.
    ///
    /// # Errors
    /// [`NameError`] if `raw` or the target of a rule that fits is not a name.
    pub fn topic(&self, raw: &str, node: &NodeName) -> Result<TopicName, NameError> {
        let plain = TopicName::resolve(raw, node)?;
        match self.rule_for(&plain, node) {
            Some(rule) => TopicName::resolve(&rule.to, node),
            None => Ok(plain),
        }
    }

    /// Whether a rule gives `raw` its topic.
    pub fn has_rule_for(&self, raw: &str, node: &NodeName) -> bool {
        TopicName::resolve(raw, node).is_ok_and(|plain| self.rule_for(&plain, node).is_some())
    }

    fn rule_for(&self, plain: &TopicName, node: &NodeName) -> Option<&Remap> {
        let mut rules = self.0.iter().filter(|rule| !rule.from.starts_with("__") && rule.is_for(node));
        rules.find(|rule| TopicName::resolve(&rule.from, node).is_ok_and(|from| from == *plain))
    }

    fn special(&self, names: &[&str]) -> Option<&str> {
        self.0.iter().find(|rule| names.contains(&rule.from.as_str())).map(|rule| rule.to.as_str())
    }
}

impl FromIterator<Remap> for Remaps {
    fn from_iter<I: IntoIterator<Item = Remap>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> Remaps {
        texts.iter().map(|text| Remap::parse(text).unwrap()).collect()
    }

    #[test]
    fn the_first_fitting_rule_wins() {
        let node = NodeName::parse("/ns/camera").unwrap();
        let rules = rules(&["other:image:=/no", "image:=/yes", "/ns/image:=/late"]);

        assert_eq!(rules.topic("image", &node).unwrap().as_str(), "/yes");
        assert_eq!(rules.topic("/ns/image", &node).unwrap().as_str(), "/yes");
        assert_eq!(rules.topic("info", &node).unwrap().as_str(), "/ns/info");
        assert!(rules.has_rule_for("image", &node) && !rules.has_rule_for("info", &node));
    }

    #[test]
    fn private_names_and_schemes_remap() {
        let node = NodeName::parse("/camera").unwrap();
        let rules = rules(&["~/image:=frames", "rostopic://info:=about"]);

        assert_eq!(rules.topic("~/image", &node).unwrap().as_str(), "/frames");
        assert_eq!(rules.topic("info", &node).unwrap().as_str(), "/about");
    }

    #[test]
    fn node_and_namespace_have_their_own_rules() {
        let rules = rules(&["__node:=eye", "__ns:=/robot"]);

        assert_eq!((rules.node_name(), rules.namespace()), (Some("eye"), Some("/robot")));
    }
}
