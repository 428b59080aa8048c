//! Ports, and the topics they are bound to by name.

use vc_words::{NodeName, Port, TopicName};

use super::members::Member;
use crate::source::At;

/// Which side of a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Output,
    Input,
}

impl Side {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Input => "input",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Output => Self::Input,
            Self::Input => Self::Output,
        }
    }
}

impl Member {
    /// The declared ports of one side; none for a foreign program.
    pub(super) fn ports(&self, side: Side) -> &[Port] {
        match (&self.manifest, side) {
            (Some(manifest), Side::Output) => &manifest.outputs,
            (Some(manifest), Side::Input) => &manifest.inputs,
            (None, _) => &[],
        }
    }

    pub(super) fn port(&self, side: Side, name: &str) -> Option<&Port> {
        self.ports(side).iter().find(|port| port.name == name)
    }

    /// The topic that a remap rule of the launch file gives to a port, and where the rule stands.
    pub(super) fn remapped(&self, port: &str) -> Option<(TopicName, &At)> {
        let plain = TopicName::resolve(port, &self.name).ok()?;
        let rule = self.wanted.remaps.iter().find(|rule| remaps(&rule.from.value, &plain, &self.name))?;
        Some((TopicName::resolve(&rule.to.value, &self.name).ok()?, &rule.to.at))
    }

    /// The topic a port has if no wire says otherwise.
    pub(super) fn topic(&self, port: &str) -> Option<TopicName> {
        self.remapped(port).map(|(topic, _)| topic).or_else(|| TopicName::resolve(port, &self.name).ok())
    }

    /// The same of a declared port: an optional one has none by its name alone.
    pub(super) fn topic_by_name(&self, port: &Port) -> Option<TopicName> {
        if port.optional { self.remapped(&port.name).map(|(topic, _)| topic) } else { self.topic(&port.name) }
    }
}

/// Whether a rule's left side means `topic` in `node`.
fn remaps(from: &str, topic: &TopicName, node: &NodeName) -> bool {
    let Some(rule) = vc_words::Remap::parse(&format!("{from}:=x")) else { return false };
    let for_us = rule.node.as_deref().is_none_or(|name| name == node.base());
    for_us && TopicName::resolve(&rule.from, node).is_ok_and(|from| from == *topic)
}
