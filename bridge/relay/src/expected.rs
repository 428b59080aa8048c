//! What a circuit expects of its relay: for each topic that crosses, the nodes elsewhere that are to have its other
//! end. A circuit begins once all of that is in sight, so that nothing is lost at a wire that crosses.

use std::collections::BTreeSet;

use vc::notify::Notify;
use vc_words::{NodeName, TopicName};

use crate::status::{Denied, Topic, Way};

/// The ends expected: a topic, which way it crosses, and a node elsewhere. Those that are there are told, and are not
/// looked at again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected(BTreeSet<(TopicName, Way, NodeName)>);

impl Expected {
    /// Expects a topic to flow to or from these nodes elsewhere.
    pub fn add(&mut self, topic: &TopicName, way: Way, nodes: impl IntoIterator<Item = NodeName>) {
        self.0.extend(nodes.into_iter().map(|node| (topic.clone(), way, node)));
    }

    /// Whether all that was expected is there, or was.
    pub fn is_met(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells what flows now, `X_VC_FLOWS=/camera/image /edges` by `sd_notify`, of the topics that cross and those that
    /// may not.
    pub fn look(&mut self, topics: &[Topic], denied: &[Denied], notify: &Notify) {
        self.0.retain(|(topic, way, node)| {
            let (name, node) = (topic.as_str(), &node.to_string());
            let flows = flows(topics, name, *way, node) || is_here(topics, denied, name, *way, node);
            if flows {
                notify.send(&format!("X_VC_FLOWS={topic} {node}"));
            }
            !flows
        });
    }

    /// The topics that do not flow yet, each with a node that is to be at its other end.
    pub fn missing(&self) -> impl Iterator<Item = (&TopicName, &NodeName)> {
        self.0.iter().map(|(topic, _, node)| (topic, node))
    }
}

/// Whether a node elsewhere is at the topic's other end, and the way there is open.
fn flows(topics: &[Topic], name: &str, way: Way, node: &String) -> bool {
    let mut ways = topics.iter().filter(|topic| topic.name == name && topic.way == way);
    ways.any(|topic| topic.is_open && topic.there.iter().any(|there| there.node == *node))
}

/// Whether a node at the topic's other end is on this very host, as where two machines of a circuit are one computer:
/// it needs no way, and is not asked whether it may have one.
fn is_here(topics: &[Topic], denied: &[Denied], name: &str, way: Way, node: &String) -> bool {
    let other = if way == Way::Out { Way::In } else { Way::Out };
    topics.iter().any(|topic| topic.name == name && topic.way == other && topic.here.contains(node))
        || denied
            .iter()
            .any(|denied| denied.name == name && denied.way == other && denied.here.contains(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::NodeThere;

    fn topic(way: Way, here: &[&str], there: &[&str], is_open: bool) -> Topic {
        let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Topic {
            name: "/image".to_owned(),
            type_name: "sensor_msgs/msg/Image".to_owned(),
            way,
            here: list(here),
            there: list(there).into_iter().map(|node| NodeThere { node, session: "5a".to_owned() }).collect(),
            is_open,
            samples: 0,
            bytes: 0,
            losses: [].into(),
        }
    }

    fn expected(way: Way, nodes: &[&str]) -> Expected {
        let mut expected = Expected::default();
        let nodes = nodes.iter().map(|node| NodeName::parse(node).unwrap());
        expected.add(&TopicName::absolute("/image").unwrap(), way, nodes);
        expected
    }

    fn is_met(way: Way, nodes: &[&str], topics: &[Topic]) -> bool {
        let mut expected = expected(way, nodes);
        expected.look(topics, &[], &Notify::from_env());
        expected.is_met()
    }

    #[test]
    fn a_topic_flows_once_all_its_nodes_are_in_sight_and_the_way_is_open() {
        let out = |there: &[&str], is_open| [topic(Way::Out, &["/camera"], there, is_open)];

        assert!(!is_met(Way::Out, &["/edges"], &[]));
        assert!(!is_met(Way::Out, &["/edges"], &out(&[], true)));
        assert!(!is_met(Way::Out, &["/edges"], &out(&["/edges"], false)));
        assert!(!is_met(Way::Out, &["/edges", "/screen"], &out(&["/edges"], true)));
        assert!(is_met(Way::Out, &["/edges"], &out(&["/other", "/edges"], true)));
        assert!(!is_met(Way::In, &["/edges"], &out(&["/edges"], true)));
    }

    #[test]
    fn a_node_of_this_very_host_needs_no_way() {
        let both = [topic(Way::In, &["/edges"], &[], false), topic(Way::Out, &["/camera"], &[], false)];

        assert!(is_met(Way::Out, &["/edges"], &both) && is_met(Way::In, &["/camera"], &both));
        assert!(!is_met(Way::Out, &["/screen"], &both));
    }

    #[test]
    fn a_node_of_this_very_host_may_be_kept_from_leaving_it() {
        let here = vec!["/edges".to_owned()];
        let denied = [Denied { name: "/image".to_owned(), way: Way::In, here }];
        let is_met = |way| {
            let mut expected = expected(way, &["/edges"]);
            expected.look(&[topic(Way::Out, &["/camera"], &[], false)], &denied, &Notify::from_env());
            expected.is_met()
        };
        assert!(is_met(Way::Out) && !is_met(Way::In));
    }

    #[test]
    fn what_flowed_once_is_not_expected_again() {
        let mut expected = expected(Way::In, &["/camera"]);
        assert_eq!(expected.missing().count(), 1);
        expected.look(&[topic(Way::In, &["/edges"], &["/camera"], true)], &[], &Notify::from_env());
        expected.look(&[], &[], &Notify::from_env());
        assert!(expected.is_met());
    }
}
