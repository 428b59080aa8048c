//! What a relay knows at one moment, for people and programs.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use vc::host::HostPort;
use vc_ros2::EndpointKind;
use vc_words::TopicName;
use zenoh::Wait;

use crate::relay::Relay;
use crate::remote::Remote;

/// A relay at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The version of the program.
    pub version: String,
    /// The domain on this host.
    pub domain: u32,
    /// The domain on the wire.
    pub wire_domain: u32,
    /// The zenoh session, as others see it.
    pub session: String,
    /// What it is to others: router or client, and where.
    pub place: String,
    /// Who is connected: the other's session, and its address.
    pub links: Vec<Link>,
    /// The nodes of this host.
    pub nodes_here: Vec<String>,
    /// The nodes of others, each with its session.
    pub nodes_there: BTreeMap<String, String>,
    /// The topics that may cross.
    pub topics: Vec<Topic>,
    /// Topics of this host's nodes that the rules keep from crossing.
    pub denied: Vec<(String, Way)>,
    /// Topics that only others have.
    pub topics_there: Vec<String>,
    /// Who cannot understand whom, as text.
    pub mismatches: Vec<String>,
    /// Tokens of others that were none.
    pub tokens_refused: u64,
}

/// A connection to another session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The other's session.
    pub session: String,
    /// Router, peer or client.
    pub role: String,
    /// Its address.
    pub address: String,
}

/// Which way a topic crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From this host.
    Out,
    /// To this host.
    In,
}

/// A topic that may cross, one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Which way.
    pub way: Way,
    /// The nodes of this host that have it.
    pub here: Vec<String>,
    /// The nodes of others that have its other end.
    pub there: Vec<String>,
    /// Whether it is carried at the moment: somebody wants it, and somebody has it.
    pub is_open: bool,
    /// Samples carried.
    pub samples: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Samples lost, by cause.
    pub losses: BTreeMap<String, u64>,
}

impl Relay {
    /// How the relay is now.
    pub fn status(&self) -> Status {
        let remote = self.remote.read().unwrap_or_else(PoisonError::into_inner);
        let only_there = remote.topics().into_iter().filter(|topic| !self.graph.topics.contains_key(*topic));
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            domain: self.host.domain().id(),
            wire_domain: self.wire_domain,
            session: self.session_id(),
            place: self.place.to_string(),
            links: self.links(),
            nodes_here: self.graph.nodes.keys().map(ToString::to_string).collect(),
            nodes_there: remote
                .nodes()
                .into_iter()
                .map(|(node, session)| (node.to_string(), session))
                .collect(),
            topics: self.topics(&remote),
            denied: self.demand.denied.iter().map(|(topic, way)| (topic.to_string(), *way)).collect(),
            topics_there: only_there.map(ToString::to_string).collect(),
            mismatches: self.demand.mismatches.iter().map(ToString::to_string).collect(),
            tokens_refused: remote.refused(),
        }
    }

    fn links(&self) -> Vec<Link> {
        let roles: BTreeMap<String, String> = self
            .session
            .info()
            .transports()
            .wait()
            .map(|transport| (transport.zid().to_string(), transport.whatami().to_string()))
            .collect();
        let links = self.session.info().links().wait().map(|link| {
            let session = link.zid().to_string();
            let role = roles.get(&session).cloned().unwrap_or_default();
            Link { session, role, address: link.dst().to_string() }
        });
        let mut links: Vec<Link> = links.collect();
        links.sort();
        links
    }

    fn topics(&self, remote: &Remote) -> Vec<Topic> {
        let text = |losses: BTreeMap<&'static str, u64>| {
            losses.into_iter().map(|(cause, count)| (cause.to_owned(), count)).collect()
        };
        let out = self.demand.out.iter().map(|(name, out)| {
            let outlet = self.outlets.get(name);
            let counters = outlet.map(crate::outlet::Outlet::counters);
            Topic {
                name: name.to_string(),
                type_name: out.carried.name.clone(),
                way: Way::Out,
                here: nodes_of(&out.publishers),
                there: others_of(remote, name, EndpointKind::Subscription),
                is_open: outlet.is_some_and(crate::outlet::Outlet::flows),
                samples: counters.map_or(0, |left| left.samples.get()),
                bytes: counters.map_or(0, |left| left.bytes.get()),
                losses: counters.map(|left| text(left.losses())).unwrap_or_default(),
            }
        });
        let coming = self.demand.r#in.iter().map(|(name, coming)| {
            let inlet = self.inlets.get(name);
            let counters = inlet.map(crate::inlet::Inlet::counters);
            Topic {
                name: name.to_string(),
                type_name: coming.carried.name.clone(),
                way: Way::In,
                here: nodes_of(&coming.subscribers),
                there: others_of(remote, name, EndpointKind::Publisher),
                is_open: inlet.is_some_and(crate::inlet::Inlet::is_open),
                samples: counters.map_or(0, |came| came.samples.get()),
                bytes: counters.map_or(0, |came| came.bytes.get()),
                losses: counters.map(|came| text(came.losses())).unwrap_or_default(),
            }
        });
        let mut topics: Vec<Topic> = out.chain(coming).collect();
        topics.sort_by(|a, b| (&a.name, a.way).cmp(&(&b.name, b.way)));
        topics
    }
}

fn nodes_of(ports: &[HostPort]) -> Vec<String> {
    ports.iter().filter_map(|port| port.node.as_ref().map(ToString::to_string)).collect()
}

fn others_of(remote: &Remote, topic: &TopicName, kind: EndpointKind) -> Vec<String> {
    remote.ports(topic, kind).into_iter().map(|port| port.node.to_string()).collect()
}
