//! Who wants what of whom: from the graph of this host, the graph of the others and the rules, without a side effect.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use vc::host::{HostGraph, HostPort, HostTopic};
use vc_ros2::{EndpointKind, NO_HASH, type_name};
use vc_words::{Durability, NodeName, Qos, Reliability, TopicName, TypeInfo};

use crate::remarks::{End, remarks};
use crate::remote::{Dialect, Remote, RemotePort};
use crate::rules::Rules;
use crate::status::Way;

/// A topic that nodes of this host publish and that may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Out {
    /// What it carries.
    pub carried: TypeInfo,
    /// Who publishes it.
    pub publishers: Vec<HostPort>,
    /// Who subscribes to it on another key than ROS 2's nodes do since Jazzy.
    pub foreign: Foreign,
}

/// Who listens on keys of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Foreign {
    /// Nodes of ROS 2 Humble, which know no hashes.
    pub humble: bool,
    /// Bridges to DDS.
    pub dds: bool,
}

impl Out {
    /// With what profile the relay reads the topic here.
    pub fn reading(&self) -> Qos {
        let depth = self.publishers.iter().map(|port| port.qos.depth).max().unwrap_or(1);
        let kept = self.is_kept();
        let durability = if kept { Durability::TransientLocal } else { Durability::Volatile };
        Qos { reliability: Reliability::Reliable, durability, depth: 1 }.keep_last(depth)
    }

    /// Whether a publisher keeps samples for late joiners: then they are read even if nobody is there yet.
    pub fn is_kept(&self) -> bool {
        self.publishers.iter().any(|port| port.qos.durability == Durability::TransientLocal)
    }
}

/// A topic that nodes of this host subscribe to and that may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct In {
    /// What it carries.
    pub carried: TypeInfo,
    /// Who subscribes to it.
    pub subscribers: Vec<HostPort>,
    /// With what profile the relay writes the topic here; none while nobody elsewhere publishes it.
    pub writing: Option<Qos>,
    /// Whether a bridge to DDS publishes it.
    pub dds: bool,
}

impl In {
    /// Whether a subscriber wants what was sent before it came.
    pub fn is_kept(&self) -> bool {
        self.kept().is_some()
    }

    /// How much of what was sent before it came a subscriber wants at most; none: nobody wants any.
    pub fn kept(&self) -> Option<usize> {
        let kept = self.subscribers.iter().filter(|port| port.qos.durability == Durability::TransientLocal);
        kept.map(|port| port.qos.depth as usize).max()
    }
}

/// Two that use one topic and cannot understand each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mismatch {
    /// The topic.
    pub topic: TopicName,
    /// Whether the node of this host publishes; else it subscribes.
    pub leaves: bool,
    /// The node of this host.
    pub here: NodeName,
    /// What it calls the topic's type.
    pub here_type: (String, String),
    /// The other's node.
    pub there: NodeName,
    /// What it calls the topic's type.
    pub there_type: (String, String),
    /// The other's zenoh session.
    pub session: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, here, there, session, .. } = self;
        let session = session.get(..8).unwrap_or(session);
        let [(here_name, here_hash), (there_name, there_hash)] = [&self.here_type, &self.there_type];
        let (ours, theirs) = if self.leaves { ("publishes", "expects") } else { ("expects", "publishes") };
        write!(f, "topic `{topic}`: `{here}` here {ours} `{here_name}`")?;
        write!(f, ", but `{there}` of session {session} {theirs} ")?;
        if here_name == there_name {
            let [here_hash, there_hash] = [here_hash, there_hash].map(|hash| hash.get(..15).unwrap_or(hash));
            write!(f, "another definition of it ({here_hash} here, {there_hash} there)")
        } else {
            write!(f, "`{there_name}`")
        }
    }
}

/// What is wanted at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demand {
    /// The topics that others may have.
    pub out: BTreeMap<TopicName, Out>,
    /// The topics that are wanted here.
    pub r#in: BTreeMap<TopicName, In>,
    /// Who cannot understand whom.
    pub mismatches: BTreeSet<Mismatch>,
    /// What the quality of service of two that meet means for them.
    pub remarks: BTreeSet<String>,
    /// The topics that the rules keep from crossing, with those here who have them.
    pub denied: BTreeMap<(TopicName, Way), Vec<HostPort>>,
}

impl Demand {
    /// What follows from the two graphs.
    pub fn of(here: &HostGraph, there: &Remote, rules: &Rules) -> Self {
        let mut demand = Self::default();
        for (name, topic) in &here.topics {
            // A topic without a type's name, as from a tool, has no key on the wire.
            if type_name::to_wire(&topic.carried.name).is_none() || topic.carried.hash.is_empty() {
                continue;
            }
            match of_nodes(&topic.publishers) {
                publishers if publishers.is_empty() => {}
                publishers if rules.out.allows(name) => demand.leave(name, topic, publishers, there),
                publishers => demand.deny(name, Way::Out, publishers),
            }
            match of_nodes(&topic.subscribers) {
                subscribers if subscribers.is_empty() => {}
                subscribers if rules.r#in.allows(name) => demand.come(name, topic, subscribers, there),
                subscribers => demand.deny(name, Way::In, subscribers),
            }
        }
        demand
    }

    fn deny(&mut self, name: &TopicName, way: Way, ports: Vec<HostPort>) {
        self.denied.insert((name.clone(), way), ports);
    }

    fn leave(&mut self, name: &TopicName, topic: &HostTopic, publishers: Vec<HostPort>, there: &Remote) {
        let others = there.ports(name, EndpointKind::Subscription);
        let listens = |dialect| {
            let speaks = |port: &&RemotePort| port.dialect == dialect && understands(&topic.carried, port);
            others.iter().filter(speaks).any(|port| port.endpoint.carried.hash == NO_HASH)
        };
        self.compare(name, &topic.carried, &publishers, &others);
        let foreign = Foreign { humble: listens(Dialect::Rmw), dds: listens(Dialect::Dds) };
        let mut out = Out { carried: topic.carried.clone(), publishers, foreign };
        // A bridge asks once for what was kept, when it hears of a topic: too late to begin to keep it then.
        out.foreign.dds |= out.is_kept() && there.hears_dds();
        self.out.insert(name.clone(), out);
    }

    fn come(&mut self, name: &TopicName, topic: &HostTopic, subscribers: Vec<HostPort>, there: &Remote) {
        let others = there.ports(name, EndpointKind::Publisher);
        self.compare(name, &topic.carried, &subscribers, &others);
        let mut coming = In { carried: topic.carried.clone(), subscribers, writing: None, dds: false };
        let understood = || others.iter().filter(|port| understands(&topic.carried, port));
        coming.dds = understood().any(|port| port.dialect == Dialect::Dds);
        let profiles: Vec<Qos> = understood().map(|port| port.endpoint.qos.to_local()).collect();
        if !profiles.is_empty() {
            coming.writing = Some(profile(&profiles, coming.is_kept()));
        }
        self.r#in.insert(name.clone(), coming);
    }

    /// Notes who of `others` cannot understand ours, and what the profiles of the others mean; we publish if they
    /// subscribe.
    fn compare(&mut self, name: &TopicName, carried: &TypeInfo, ours: &[HostPort], others: &[RemotePort]) {
        let Some(here) = ours.iter().find_map(|port| port.node.clone()) else { return };
        let pair = |carried: &TypeInfo| (carried.name.clone(), carried.hash.clone());
        for other in others.iter().filter(|port| understands(carried, port)) {
            let there = End::there(&other.node, &other.endpoint.qos);
            let ours = ours.iter().filter_map(|port| Some(End::here(port.node.as_ref()?, &port.qos)));
            self.remarks.extend(ours.flat_map(|here| match other.endpoint.kind {
                EndpointKind::Subscription => remarks(name, &here, &there),
                _ => remarks(name, &there, &here),
            }));
        }
        for other in others.iter().filter(|port| !understands(carried, port)) {
            self.mismatches.insert(Mismatch {
                topic: name.clone(),
                leaves: other.endpoint.kind == EndpointKind::Subscription,
                here: here.clone(),
                here_type: pair(carried),
                there: other.node.clone(),
                there_type: pair(&other.endpoint.carried),
                session: other.session.clone(),
            });
        }
    }
}

/// The profile for writing here what publishers of these profiles send.
pub fn profile(profiles: &[Qos], is_kept: bool) -> Qos {
    let reliable = profiles.iter().any(|qos| qos.reliability == Reliability::Reliable);
    Qos {
        reliability: if reliable { Reliability::Reliable } else { Reliability::BestEffort },
        durability: if is_kept { Durability::TransientLocal } else { Durability::Volatile },
        depth: 1,
    }
    .keep_last(profiles.iter().map(|qos| qos.depth).max().unwrap_or(1))
}

fn of_nodes(ports: &[HostPort]) -> Vec<HostPort> {
    ports.iter().filter(|port| port.node.is_some()).cloned().collect()
}

/// Whether the two mean the same type; a node that knows no hashes is believed.
fn understands(carried: &TypeInfo, port: &RemotePort) -> bool {
    let theirs = &port.endpoint.carried;
    carried.name == theirs.name && (carried.hash == theirs.hash || theirs.hash == NO_HASH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18";

    fn string() -> TypeInfo {
        TypeInfo { name: "std_msgs/msg/String".to_owned(), hash: HASH.to_owned() }
    }

    fn port(id: u128, node: &str, qos: Qos) -> HostPort {
        HostPort { id, node: NodeName::parse(node).ok(), name: "words".to_owned(), qos }
    }

    fn topic() -> TopicName {
        TopicName::absolute("/chatter").unwrap()
    }

    fn here(publishers: Vec<HostPort>, subscribers: Vec<HostPort>) -> HostGraph {
        let chatter = HostTopic { carried: string(), publishers, subscribers };
        HostGraph { nodes: BTreeMap::new(), topics: [(topic(), chatter)].into() }
    }

    fn there(kind: &str, wire_type: &str, hash: &str) -> Remote {
        let mut remote = Remote::default();
        assert!(
            remote.add(&format!(
                "@ros2_lv/0/1a2b/0/1/{kind}/%/%/other/%chatter/{wire_type}/{hash}/::,7:,:,:,,"
            ))
        );
        remote
    }

    const STRING: &str = "std_msgs::msg::dds_::String_";

    #[test]
    fn what_nodes_publish_may_leave_and_tools_ports_do_not_count() {
        let tool = HostPort { node: None, ..port(9, "/x", Qos::DEFAULT) };
        let graph = here(vec![port(1, "/talker", Qos::DEFAULT), tool.clone()], vec![tool]);

        let demand = Demand::of(&graph, &Remote::default(), &Rules::default());

        assert_eq!(demand.out[&topic()].publishers.len(), 1);
        assert!(demand.r#in.is_empty() && demand.mismatches.is_empty());
    }

    #[test]
    fn a_topic_is_written_here_while_somebody_elsewhere_publishes_it() {
        let graph = here(vec![], vec![port(1, "/listener", Qos::DEFAULT)]);

        let alone = Demand::of(&graph, &Remote::default(), &Rules::default());
        assert_eq!(alone.r#in[&topic()].writing, None);
        let wanted = Demand::of(&graph, &there("MP", STRING, HASH), &Rules::default());
        assert_eq!(wanted.r#in[&topic()].writing, Some(Qos::DEFAULT.keep_last(7)));
        let humble = Demand::of(&graph, &there("MP", STRING, NO_HASH), &Rules::default());
        assert!(humble.r#in[&topic()].writing.is_some() && humble.mismatches.is_empty());
    }

    #[test]
    fn late_joiners_are_thought_of_where_one_of_them_asks() {
        let graph = here(
            vec![port(1, "/talker", Qos::DEFAULT), port(2, "/mapper", Qos::LATCHED)],
            vec![port(3, "/a", Qos::DEFAULT), port(4, "/b", Qos::LATCHED)],
        );
        let demand = Demand::of(&graph, &there("MP", STRING, HASH), &Rules::default());

        assert!(demand.out[&topic()].is_kept());
        assert_eq!(demand.out[&topic()].reading(), Qos::LATCHED.keep_last(10));
        let coming = &demand.r#in[&topic()];
        assert_eq!(coming.writing, Some(Qos::LATCHED.keep_last(7)));
        // One asks for what was kept, and the other one, elsewhere, keeps nothing.
        let told: Vec<&str> = demand.remarks.iter().map(String::as_str).collect();
        assert!(matches!(told[..], [one] if one.contains("`/b` here asks for transient local")), "{told:?}");
    }

    #[test]
    fn other_types_and_other_definitions_are_told() {
        let graph = here(vec![], vec![port(1, "/listener", Qos::DEFAULT)]);
        let text = |remote: &Remote| {
            let demand = Demand::of(&graph, remote, &Rules::default());
            assert_eq!(demand.r#in[&topic()].writing, None);
            demand.mismatches.first().unwrap().to_string()
        };
        let number = text(&there("MP", "std_msgs::msg::dds_::UInt64_", "RIHS01_ab"));
        assert_eq!(
            number,
            "topic `/chatter`: `/listener` here expects `std_msgs/msg/String`, but `/other` of session 1a2b publishes `std_msgs/msg/UInt64`"
        );
        let older = text(&there("MP", STRING, "RIHS01_0123456789abcdef"));
        assert!(
            older.ends_with("another definition of it (RIHS01_df668c74 here, RIHS01_01234567 there)"),
            "{older}"
        );

        let graph = here(vec![port(1, "/talker", Qos::DEFAULT)], vec![]);
        let demand = Demand::of(&graph, &there("MS", STRING, "RIHS01_ab"), &Rules::default());
        assert!(demand.mismatches.first().unwrap().leaves);
    }

    #[test]
    fn humble_gets_a_key_of_its_own() {
        let graph = here(vec![port(1, "/talker", Qos::DEFAULT)], vec![]);
        let humble = |hash| {
            Demand::of(&graph, &there("MS", STRING, hash), &Rules::default()).out[&topic()].foreign.humble
        };
        assert!(humble(NO_HASH) && !humble(HASH));
    }

    #[test]
    fn what_is_kept_is_kept_for_bridges_before_one_is_there() {
        let wanted = |qos, hears_dds| {
            let graph = here(vec![port(1, "/talker", qos)], vec![]);
            Demand::of(&graph, &Remote::new(hears_dds), &Rules::default()).out[&topic()].foreign.dds
        };
        assert!(wanted(Qos::LATCHED, true) && !wanted(Qos::DEFAULT, true) && !wanted(Qos::LATCHED, false));
    }

    #[test]
    fn rules_keep_a_topic_where_it_is() {
        let graph = here(vec![port(1, "/t", Qos::DEFAULT)], vec![port(2, "/l", Qos::DEFAULT)]);
        let mut rules = Rules::default();
        rules.out.deny.push(crate::rules::Entry::parse("/chatter").unwrap());
        let demand = Demand::of(&graph, &Remote::default(), &rules);
        assert!(demand.out.is_empty() && !demand.r#in.is_empty());
        assert_eq!(demand.denied, [((topic(), Way::Out), vec![port(1, "/t", Qos::DEFAULT)])].into());
    }
}
