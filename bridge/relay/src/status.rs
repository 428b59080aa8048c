//! What a relay knows at one moment, for people and programs.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use vc::host::HostPort;
use vc_ros2::EndpointKind;
use vc_words::TopicName;
use zenoh::Wait;

use crate::across::Toward;
use crate::counters::Carried;
use crate::expected::Expected;
use crate::inlet::Inlet;
use crate::outlet::Outlet;
use crate::relay::Relay;
use crate::remote::{Remote, RemotePort};

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
    /// Whose keys it has, if it has some: `machine arm`.
    pub own: Option<String>,
    /// Who is connected: the other's session, and its address.
    pub links: Vec<Link>,
    /// The nodes of this host.
    pub nodes_here: Vec<String>,
    /// The nodes of others, each with its session.
    pub nodes_there: BTreeMap<String, String>,
    /// The topics that may cross.
    pub topics: Vec<Topic>,
    /// Topics of this host's nodes that the rules keep from crossing.
    pub denied: Vec<Denied>,
    /// Topics that only others have.
    pub topics_there: Vec<String>,
    /// Who cannot understand whom, as text.
    pub mismatches: Vec<String>,
    /// What the quality of service of two that meet means for them, as text.
    pub remarks: Vec<String>,
    /// Whether it speaks with bridges to DDS; and which other session interprets instead of this one.
    pub dds: bool,
    /// The other relay that interprets between `rmw_zenoh` and DDS, if this one leaves it to it.
    pub interpreter: Option<String>,
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
    /// Who it is by its certificate, where it has shown one.
    pub certificate: Option<String>,
}

/// Which way a topic crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From this host.
    Out,
    /// To this host.
    In,
    /// Through this host, from nodes with `rmw_zenoh` to robots on DDS.
    ToDds,
    /// Through this host, from robots on DDS to nodes with `rmw_zenoh`.
    ToRmw,
}

/// A node of others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeThere {
    /// Its name.
    pub node: String,
    /// Its session.
    pub session: String,
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
    /// The nodes of this host that have it; of what goes through, the others that publish it.
    pub here: Vec<String>,
    /// The nodes of others that have its other end.
    pub there: Vec<NodeThere>,
    /// Whether it is carried at the moment: somebody wants it, and somebody has it.
    pub is_open: bool,
    /// Samples carried.
    pub samples: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Samples lost, by cause.
    pub losses: BTreeMap<String, u64>,
}

/// A topic of this host's nodes that the rules keep from crossing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// Its name.
    pub name: String,
    /// Which way.
    pub way: Way,
    /// The nodes of this host that have it.
    pub here: Vec<String>,
}

impl Status {
    /// What to say of the topics that are expected and do not flow, as far as it is known why.
    pub(crate) fn complaints(&self, expected: &Expected) -> impl Iterator<Item = String> {
        expected.missing().map(|(topic, node)| {
            let why = if self.denied.iter().any(|denied| denied.name == topic.as_str()) {
                "the rules of this host's relay do not let it cross"
            } else if self.links.is_empty() {
                "this host's relay is connected to nobody: is the other's port 7447 open?"
            } else if self.mismatches.iter().any(|text| text.contains(&format!("`{topic}`"))) {
                "its two ends do not mean the same type"
            } else {
                "`vcbridge doctor` tells more"
            };
            format!("topic `{topic}` is not joined to `{node}` yet: {why}")
        })
    }
}

impl Relay {
    /// How the relay is now.
    pub fn status(&self) -> Status {
        let remote = self.remote.read().unwrap_or_else(PoisonError::into_inner);
        let own = self.session_id();
        let only_there = remote.topics().into_iter().filter(|topic| !self.graph.topics.contains_key(*topic));
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            domain: self.host.domain().id(),
            wire_domain: self.wire_domain,
            session: self.session_id(),
            place: self.place.to_string(),
            own: self.own.clone(),
            links: self.links(),
            nodes_here: self.graph.nodes.keys().map(ToString::to_string).collect(),
            nodes_there: remote
                .nodes()
                .into_iter()
                .map(|(node, session)| (node.to_string(), session))
                .collect(),
            topics: self.topics(&remote),
            denied: self.denied(),
            topics_there: only_there.map(ToString::to_string).collect(),
            mismatches: self.demand.mismatches.iter().map(ToString::to_string).collect(),
            remarks: self.demand.remarks.iter().cloned().collect(),
            dds: self.dds,
            interpreter: remote.interpreters().first().filter(|other| !self.dds || **other < own).cloned(),
            tokens_refused: remote.refused(),
        }
    }

    pub(crate) fn denied(&self) -> Vec<Denied> {
        let denied = self.demand.denied.iter();
        denied
            .map(|((topic, way), ports)| Denied { name: topic.to_string(), way: *way, here: nodes_of(ports) })
            .collect()
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
            let certificate = link.auth_identifier().map(str::to_owned);
            Link { session, role, address: link.dst().to_string(), certificate }
        });
        let mut links: Vec<Link> = links.collect();
        links.sort();
        links
    }

    pub(crate) fn topics(&self, remote: &Remote) -> Vec<Topic> {
        let out = self.demand.out.iter().map(|(name, out)| {
            let outlet = self.outlets.get(name);
            Topic {
                here: nodes_of(&out.publishers),
                there: others_of(remote, name, EndpointKind::Subscription),
                is_open: outlet.is_some_and(Outlet::flows),
                ..Topic::of(
                    name,
                    &out.carried.name,
                    Way::Out,
                    outlet.map(|outlet| outlet.counters().carried()),
                )
            }
        });
        let coming = self.demand.r#in.iter().map(|(name, coming)| {
            let inlet = self.inlets.get(name);
            Topic {
                here: nodes_of(&coming.subscribers),
                there: others_of(remote, name, EndpointKind::Publisher),
                is_open: inlet.is_some_and(Inlet::is_open),
                ..Topic::of(
                    name,
                    &coming.carried.name,
                    Way::In,
                    inlet.map(|inlet| inlet.counters().carried()),
                )
            }
        });
        let through = self.across.iter().map(|((name, toward), across)| {
            let crossing = self.crossings.get(&(name.clone(), *toward));
            let way = if *toward == Toward::Dds { Way::ToDds } else { Way::ToRmw };
            let publishers = across.publishers.as_ref().map(|side| side.nodes.clone());
            let subscribers = across.subscribers.as_ref().map(|side| side.nodes.clone());
            Topic {
                here: publishers.unwrap_or_default().into_iter().map(|there| there.node).collect(),
                there: subscribers.unwrap_or_default(),
                is_open: crossing.is_some(),
                ..Topic::of(
                    name,
                    &across.type_name,
                    way,
                    crossing.map(|crossing| crossing.counters().carried()),
                )
            }
        });
        let mut topics: Vec<Topic> = out.chain(coming).chain(through).collect();
        topics.sort_by(|a, b| (&a.name, a.way).cmp(&(&b.name, b.way)));
        topics
    }
}

impl Topic {
    /// What is known of each topic alike.
    fn of(name: &TopicName, type_name: &str, way: Way, carried: Option<Carried>) -> Self {
        let Carried { samples, bytes, losses } = carried.unwrap_or_default();
        let losses = losses.into_iter().map(|(cause, count)| (cause.to_owned(), count)).collect();
        Self {
            name: name.to_string(),
            type_name: type_name.to_owned(),
            way,
            here: Vec::new(),
            there: Vec::new(),
            is_open: false,
            samples,
            bytes,
            losses,
        }
    }
}

fn nodes_of(ports: &[HostPort]) -> Vec<String> {
    ports.iter().filter_map(|port| port.node.as_ref().map(ToString::to_string)).collect()
}

fn others_of(remote: &Remote, topic: &TopicName, kind: EndpointKind) -> Vec<NodeThere> {
    remote.ports(topic, kind).iter().map(NodeThere::of).collect()
}

impl NodeThere {
    /// Whose port this is.
    pub fn of(port: &RemotePort) -> Self {
        Self { node: port.node.to_string(), session: port.session.clone() }
    }
}
