//! What we show of ourselves: a liveliness token for each node, publisher and subscription of this host.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use vc::host::{HostGraph, HostPort};
use vc_ros2::dds::{self, Announcement, DdsQos};
use vc_ros2::token::Place;
use vc_ros2::{Endpoint, EndpointKind, Entity, Gid, Token, WireQos};
use vc_words::{Namespace, NodeName, TopicName, TypeInfo};
use zenoh::liveliness::LivelinessToken;
use zenoh::{Session, Wait};

use crate::demand::Demand;
use crate::error::RelayError;

/// The gids of our own publishers, for all threads: what carries one of them has come home.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnGids(Arc<RwLock<HashSet<Gid>>>);

impl OwnGids {
    pub(crate) fn contains(&self, gid: &Gid) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(gid)
    }
}

/// A port of this host by its side and number.
type PortKey = (EndpointKind, u128);

/// The tokens that are declared.
pub(crate) struct Tokens {
    session: Session,
    domain: u32,
    /// One count for nodes and endpoints alike.
    next: u64,
    nodes: BTreeMap<NodeName, (u64, LivelinessToken)>,
    ports: HashMap<PortKey, (Gid, LivelinessToken)>,
    own: OwnGids,
    /// For bridges to DDS: that we are one, and what we have; none if they are not spoken with.
    dds: Option<(LivelinessToken, HashMap<PortKey, LivelinessToken>)>,
}

impl Tokens {
    pub(crate) fn new(session: Session, domain: u32, dds: bool) -> Result<Self, RelayError> {
        let (nodes, ports, own) = (BTreeMap::new(), HashMap::new(), OwnGids::default());
        let bridge = dds.then(|| show(&session, format!("@/{}/@ros2_lv", session.zid()))).transpose()?;
        let dds = bridge.map(|bridge| (bridge, HashMap::new()));
        Ok(Self { session, domain, next: 0, nodes, ports, own, dds })
    }

    pub(crate) fn own(&self) -> &OwnGids {
        &self.own
    }

    /// The gid of a publisher that is shown.
    pub(crate) fn gid(&self, publisher: u128) -> Option<Gid> {
        self.ports.get(&(EndpointKind::Publisher, publisher)).map(|(gid, _)| *gid)
    }

    /// Shows what there is now, and nothing else.
    pub(crate) fn show(&mut self, graph: &HostGraph, demand: &Demand) -> Result<(), RelayError> {
        let ports = ports_of(demand);
        let mut nodes: BTreeSet<&NodeName> = graph.nodes.keys().collect();
        nodes.extend(ports.iter().filter_map(|(_, _, _, port)| port.node.as_ref()));
        self.nodes.retain(|name, _| nodes.contains(name));
        for name in nodes {
            if !self.nodes.contains_key(name) {
                let id = self.id();
                let (_, token) = self.declare(id, id, name, Entity::Node)?;
                self.nodes.insert(name.clone(), (id, token));
            }
        }
        let wanted: HashSet<PortKey> = ports.iter().map(|(kind, _, _, port)| (*kind, port.id)).collect();
        self.ports.retain(|key, _| wanted.contains(key));
        self.announce(&ports, &wanted)?;
        for (kind, topic, carried, port) in ports {
            let Some(node) = port.node.as_ref().filter(|_| !self.ports.contains_key(&(kind, port.id))) else {
                continue;
            };
            let node_id = self.nodes.get(node).map(|(id, _)| *id).unwrap_or_default();
            let (topic, carried) = (topic.clone(), carried.clone());
            let endpoint = Endpoint { kind, topic, carried, qos: WireQos::from(&port.qos) };
            let id = self.id();
            let shown = self.declare(node_id, id, node, Entity::Endpoint(endpoint))?;
            self.ports.insert((kind, port.id), shown);
        }
        *self.own.0.write().unwrap_or_else(PoisonError::into_inner) =
            self.ports.values().map(|(gid, _)| *gid).collect();
        Ok(())
    }

    /// The same for bridges to DDS.
    fn announce(&mut self, ports: &[Shown<'_>], wanted: &HashSet<PortKey>) -> Result<(), RelayError> {
        let Some((_, announced)) = &mut self.dds else { return Ok(()) };
        announced.retain(|key, _| wanted.contains(key));
        for (kind, topic, carried, port) in ports {
            if announced.contains_key(&(*kind, port.id)) {
                continue;
            }
            let announcement = Announcement {
                session: self.session.zid().to_string(),
                kind: if *kind == EndpointKind::Publisher {
                    dds::Kind::Publisher
                } else {
                    dds::Kind::Subscription
                },
                key: dds::key_of(topic, None),
                type_name: carried.name.clone(),
                qos: Some(DdsQos::from(&port.qos)),
            };
            announced.insert((*kind, port.id), show(&self.session, announcement.to_string())?);
        }
        Ok(())
    }

    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    fn declare(
        &self,
        node_id: u64,
        id: u64,
        node: &NodeName,
        entity: Entity,
    ) -> Result<(Gid, LivelinessToken), RelayError> {
        let session = self.session.zid().to_string();
        let token = Token {
            place: Place { domain: self.domain, session, node: node_id, entity: id },
            enclave: Namespace::root(),
            node: node.clone(),
            entity,
        };
        let text = token.to_string();
        let gid = Gid::of_token(&text);
        Ok((gid, show(&self.session, text)?))
    }
}

fn show(session: &Session, text: String) -> Result<LivelinessToken, RelayError> {
    session.liveliness().declare_token(text).wait().map_err(RelayError::zenoh("show a node or topic"))
}

/// A port that others are to see.
type Shown<'a> = (EndpointKind, &'a TopicName, &'a TypeInfo, &'a HostPort);

fn ports_of(demand: &Demand) -> Vec<Shown<'_>> {
    let publishers = demand.out.iter().flat_map(|(topic, out)| {
        out.publishers.iter().map(move |port| (EndpointKind::Publisher, topic, &out.carried, port))
    });
    let subscriptions = demand.r#in.iter().flat_map(|(topic, coming)| {
        coming.subscribers.iter().map(move |port| (EndpointKind::Subscription, topic, &coming.carried, port))
    });
    publishers.chain(subscriptions).collect()
}
