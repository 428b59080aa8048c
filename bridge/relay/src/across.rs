//! Who wants what of whom among others that speak different dialects: robots with `rmw_zenoh` and robots on DDS. The relay
//! is their interpreter. From the graph of the others and the rules, without a side effect.

use std::collections::{BTreeMap, BTreeSet};

use vc_ros2::EndpointKind;
use vc_words::{Durability, Qos, TopicName};

use crate::demand::profile;
use crate::remote::{Dialect, Remote, RemotePort};
use crate::rules::Rules;
use crate::status::NodeThere;

/// Into which dialect a topic is interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Toward {
    /// Of what nodes with `rmw_zenoh` publish, for robots on DDS.
    Dds,
    /// Of what robots on DDS publish, for nodes with `rmw_zenoh`.
    Rmw,
}

impl Toward {
    /// The dialects of those who publish and of those who subscribe.
    fn dialects(self) -> [Dialect; 2] {
        match self {
            Self::Dds => [Dialect::Rmw, Dialect::Dds],
            Self::Rmw => [Dialect::Dds, Dialect::Rmw],
        }
    }
}

/// Those on one side of a topic, as they are shown to the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Their quality of service, together.
    pub qos: Qos,
    /// The nodes, for people.
    pub nodes: Vec<NodeThere>,
}

/// A topic that others have who speak different dialects, one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Across {
    /// Its type, by ROS 2's name.
    pub type_name: String,
    /// The hashes by which the nodes with `rmw_zenoh` know the type, on whichever side they are: DDS knows none.
    pub hashes: BTreeSet<String>,
    /// Who publishes it, if somebody does.
    pub publishers: Option<Side>,
    /// Who subscribes to it, if somebody does.
    pub subscribers: Option<Side>,
}

impl Across {
    /// Whether samples go this way: somebody publishes, somebody subscribes.
    pub fn is_wanted(&self) -> bool {
        self.publishers.is_some() && self.subscribers.is_some()
    }

    /// Whether a publisher keeps samples and a subscriber asks for them.
    pub fn is_kept(&self) -> bool {
        let keeps = |side: &Option<Side>| {
            side.as_ref().is_some_and(|side| side.qos.durability == Durability::TransientLocal)
        };
        keeps(&self.publishers) && keeps(&self.subscribers)
    }
}

/// What is interpreted, by topic and way. Nothing if another relay is the interpreter: of several, it is the one whose
/// session is the first by its name, as all of them see alike.
pub fn across(there: &Remote, rules: &Rules, own: &str) -> BTreeMap<(TopicName, Toward), Across> {
    if there.interpreters().iter().any(|other| other.as_str() < own) {
        return BTreeMap::new();
    }
    let allowed = |topic: &&TopicName| rules.out.allows(topic) && rules.r#in.allows(topic);
    let mut all = BTreeMap::new();
    for topic in there.topics().into_iter().filter(allowed) {
        let [publishers, subscribers] = [EndpointKind::Publisher, EndpointKind::Subscription].map(|kind| {
            let mut ports = there.ports(topic, kind);
            // Who speaks both dialects needs no interpreter.
            ports.retain(|port| !there.is_bilingual(&port.session));
            ports
        });
        for toward in [Toward::Dds, Toward::Rmw] {
            if let Some(across) = one_way(toward, &publishers, &subscribers) {
                all.insert((topic.clone(), toward), across);
            }
        }
    }
    all
}

fn one_way(toward: Toward, publishers: &[RemotePort], subscribers: &[RemotePort]) -> Option<Across> {
    let [from, to] = toward.dialects();
    let speaking = |ports: &[RemotePort], dialect| -> Vec<RemotePort> {
        ports.iter().filter(|port| port.dialect == dialect).cloned().collect()
    };
    let (mut publishers, mut subscribers) = (speaking(publishers, from), speaking(subscribers, to));
    // Who means another type is not understood on either side.
    let first = publishers.iter().chain(&subscribers).map(|port| &port.endpoint.carried.name).min();
    let type_name = first?.clone();
    for ports in [&mut publishers, &mut subscribers] {
        ports.retain(|port| port.endpoint.carried.name == type_name);
    }
    let rmw = if toward == Toward::Dds { &publishers } else { &subscribers };
    let hashes = rmw.iter().map(|port| port.endpoint.carried.hash.clone()).collect();
    let [publishers, subscribers] = [side(&publishers), side(&subscribers)];
    Some(Across { type_name, hashes, publishers, subscribers })
}

fn side(ports: &[RemotePort]) -> Option<Side> {
    let each: Vec<Qos> = ports.iter().map(|port| port.endpoint.qos.to_local()).collect();
    let is_kept = each.iter().any(|qos| qos.durability == Durability::TransientLocal);
    let nodes = ports.iter().map(NodeThere::of).collect();
    (!ports.is_empty()).then(|| Side { qos: profile(&each, is_kept), nodes })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRING: &str = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18";

    /// An endpoint of a session with `rmw_zenoh`.
    fn rmw(session: &str, kind: &str, node: &str, hash: &str, qos: &str) -> String {
        format!(
            "@ros2_lv/0/{session}/0/1/{kind}/%/%/{node}/%chatter/std_msgs::msg::dds_::String_/{hash}/{qos}"
        )
    }

    /// The same of a bridge to DDS.
    fn dds(session: &str, kind: &str, qos: &str) -> String {
        format!("@/{session}/@ros2_lv/{kind}/chatter/std_msgs§msg§String/{qos}")
    }

    fn there(tokens: &[String]) -> Remote {
        let mut remote = Remote::new(true);
        for token in tokens {
            assert!(remote.add(token), "{token}");
        }
        remote
    }

    fn all(tokens: &[String]) -> BTreeMap<Toward, Across> {
        let all = across(&there(tokens), &Rules::default(), "b0");
        all.into_iter().map(|((_, toward), across)| (toward, across)).collect()
    }

    #[test]
    fn what_one_side_publishes_the_other_side_sees() {
        let published = all(&[rmw("1a", "MP", "talker", STRING, "::,7:,:,:,,")]);
        let across = &published[&Toward::Dds];
        assert_eq!(published.len(), 1);
        assert_eq!((across.type_name.as_str(), across.is_wanted()), ("std_msgs/msg/String", false));
        let side = across.publishers.as_ref().unwrap();
        assert_eq!((side.qos, side.nodes[0].node.as_str()), (Qos::DEFAULT.keep_last(7), "/talker"));

        let published = all(&[dds("2b", "MP", ":1:1:0,3")]);
        let across = &published[&Toward::Rmw];
        assert!(across.hashes.is_empty() && !across.is_wanted());
        assert_eq!(across.publishers.as_ref().unwrap().qos, Qos::LATCHED.keep_last(3));
    }

    #[test]
    fn samples_go_where_both_ends_are() {
        let both = all(&[
            rmw("1a", "MP", "talker", STRING, ":1:,1:,:,:,,"),
            rmw("1b", "MS", "listener", "RIHS01_ab", "::,5:,:,:,,"),
            dds("2b", "MP", ":0:0:0,5"),
            dds("2b", "MS", ":1:1:0,1"),
        ]);
        let (to_dds, to_rmw) = (&both[&Toward::Dds], &both[&Toward::Rmw]);
        assert!(to_dds.is_wanted() && to_dds.is_kept() && to_rmw.is_wanted() && !to_rmw.is_kept());
        // Each side with the hash of the nodes that have one.
        assert_eq!(to_dds.hashes, [STRING.to_owned()].into());
        assert_eq!(to_rmw.hashes, ["RIHS01_ab".to_owned()].into());
    }

    #[test]
    fn other_types_are_not_understood() {
        let number = dds("2b", "MS", ":1:0:0,1").replace("String", "UInt64");
        let both = all(&[rmw("1a", "MP", "talker", STRING, "::,7:,:,:,,"), number]);
        assert!(!both[&Toward::Dds].is_wanted());
    }

    #[test]
    fn who_speaks_both_dialects_needs_no_interpreter() {
        let relay = [rmw("1a", "MP", "talker", STRING, "::,7:,:,:,,"), "@/1a/@ros2_lv".to_owned()];
        assert!(
            all(&[&relay[..], &[dds("2b", "MS", ":1:0:0,1")]].concat())[&Toward::Dds].publishers.is_none()
        );
    }

    #[test]
    fn of_several_interpreters_one_speaks() {
        let node = |session: &str| format!("@ros2_lv/0/{session}/0/0/NN/%/%/_vcbridge");
        let talker = rmw("1a", "MP", "talker", STRING, "::,7:,:,:,,");
        assert_eq!(all(&[talker.clone(), node("b1")]).len(), 1);
        assert_eq!(all(&[talker, node("af")]).len(), 0);
    }

    #[test]
    fn what_may_not_leave_or_come_in_is_not_interpreted() {
        let remote = there(&[rmw("1a", "MP", "talker", STRING, "::,7:,:,:,,")]);
        for is_out in [true, false] {
            let mut rules = Rules::default();
            let way = if is_out { &mut rules.out } else { &mut rules.r#in };
            way.deny.push(crate::rules::Entry::parse("/chatter").unwrap());
            assert!(across(&remote, &rules, "b0").is_empty());
        }
    }
}
