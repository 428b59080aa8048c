//! What we show of ourselves: a liveliness token for each node, publisher and subscription of this host; and what we
//! show to those who speak one dialect of those who speak the other.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use vc::host::{HostGraph, HostPort};
use vc_ros2::dds::{self, Announcement, DdsQos};
use vc_ros2::token::Place;
use vc_ros2::{Endpoint, EndpointKind, Entity, Gid, NO_HASH, Token, WireQos};
use vc_words::{Namespace, NodeName, Qos, TopicName, TypeInfo};
use zenoh::liveliness::LivelinessToken;
use zenoh::{Session, Wait};

use crate::across::{Across, Toward};
use crate::demand::Demand;
use crate::error::RelayError;
use crate::remote::INTERPRETER;

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
    /// What bridges to DDS are to see; none if they are not spoken with.
    dds: Option<Dds>,
}

/// What a relay shows that speaks with bridges to DDS.
struct Dds {
    /// That it is a bridge, and that it is an interpreter.
    _bridge: LivelinessToken,
    _node: LivelinessToken,
    interpreter: NodeName,
    /// What this host has, for bridges.
    announced: HashMap<PortKey, LivelinessToken>,
    /// What robots on DDS have, for nodes with `rmw_zenoh`.
    interpreted: HashMap<Endpoint, (Gid, LivelinessToken)>,
    /// What nodes with `rmw_zenoh` have, for bridges.
    told: HashMap<Announcement, LivelinessToken>,
}

impl Tokens {
    pub(crate) fn new(session: Session, domain: u32, dds: bool) -> Result<Self, RelayError> {
        let (nodes, ports, own) = (BTreeMap::new(), HashMap::new(), OwnGids::default());
        let mut tokens = Self { session, domain, next: 0, nodes, ports, own, dds: None };
        if let Some(interpreter) = NodeName::new(Namespace::root(), INTERPRETER).ok().filter(|_| dds) {
            let bridge = show(&tokens.session, format!("@/{}/@ros2_lv", tokens.session.zid()))?;
            // The first entity of all: its number is 0.
            let id = tokens.id();
            let (_, node) = tokens.declare(id, id, &interpreter, Entity::Node)?;
            tokens.dds = Some(Dds {
                _bridge: bridge,
                _node: node,
                interpreter,
                announced: HashMap::new(),
                interpreted: HashMap::new(),
                told: HashMap::new(),
            });
        }
        Ok(tokens)
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
        let Some(Dds { announced, .. }) = &mut self.dds else { return Ok(()) };
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

    /// Shows what is interpreted now, and nothing else.
    pub(crate) fn interpret(
        &mut self,
        across: &BTreeMap<(TopicName, Toward), Across>,
    ) -> Result<(), RelayError> {
        let Some(mut dds) = self.dds.take() else { return Ok(()) };
        let done = self.show_across(&mut dds, across);
        self.dds = Some(dds);
        done
    }

    fn show_across(
        &mut self,
        dds: &mut Dds,
        across: &BTreeMap<(TopicName, Toward), Across>,
    ) -> Result<(), RelayError> {
        let session = self.session.zid().to_string();
        let endpoints: HashSet<Endpoint> = across.iter().flat_map(endpoints_of).collect();
        let told: HashSet<Announcement> =
            across.iter().filter_map(|one| announcement_of(one, &session)).collect();
        dds.interpreted.retain(|endpoint, _| endpoints.contains(endpoint));
        dds.told.retain(|announcement, _| told.contains(announcement));
        for endpoint in endpoints {
            if !dds.interpreted.contains_key(&endpoint) {
                let id = self.id();
                let shown = self.declare(0, id, &dds.interpreter, Entity::Endpoint(endpoint.clone()))?;
                dds.interpreted.insert(endpoint, shown);
            }
        }
        for announcement in told {
            if let Entry::Vacant(entry) = dds.told.entry(announcement) {
                let token = show(&self.session, entry.key().to_string())?;
                entry.insert(token);
            }
        }
        Ok(())
    }

    /// The gid under which what robots on DDS publish is said with this type.
    pub(crate) fn interpreted(&self, topic: &TopicName, carried: &TypeInfo) -> Option<Gid> {
        let is_it = |endpoint: &Endpoint| {
            endpoint.kind == EndpointKind::Publisher
                && endpoint.topic == *topic
                && endpoint.carried == *carried
        };
        let interpreted = &self.dds.as_ref()?.interpreted;
        interpreted.iter().find(|(endpoint, _)| is_it(endpoint)).map(|(_, (gid, _))| *gid)
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

/// The hashes under which what robots on DDS publish is said: those of the nodes that listen.
pub(crate) fn said_under(across: &Across) -> BTreeSet<String> {
    if across.hashes.is_empty() { [NO_HASH.to_owned()].into() } else { across.hashes.clone() }
}

/// What nodes with `rmw_zenoh` see of robots on DDS: publishers always; subscriptions by the hash of each publisher
/// there is, which a node that knows hashes would have.
fn endpoints_of(((topic, toward), across): (&(TopicName, Toward), &Across)) -> Vec<Endpoint> {
    let (side, kind, hashes) = match toward {
        Toward::Rmw => (&across.publishers, EndpointKind::Publisher, said_under(across)),
        Toward::Dds => (&across.subscribers, EndpointKind::Subscription, across.hashes.clone()),
    };
    let Some(side) = side else { return Vec::new() };
    let endpoint = |hash: String| Endpoint {
        kind,
        topic: topic.clone(),
        carried: TypeInfo { name: across.type_name.clone(), hash },
        qos: WireQos::from(&side.qos),
    };
    hashes.into_iter().map(endpoint).collect()
}

/// What bridges see of nodes with `rmw_zenoh`.
fn announcement_of(
    ((topic, toward), across): (&(TopicName, Toward), &Across),
    session: &str,
) -> Option<Announcement> {
    let (side, kind): (&Option<_>, _) = match toward {
        Toward::Dds => (&across.publishers, dds::Kind::Publisher),
        Toward::Rmw => (&across.subscribers, dds::Kind::Subscription),
    };
    let qos: Qos = side.as_ref()?.qos;
    Some(Announcement {
        session: session.to_owned(),
        kind,
        key: dds::key_of(topic, None),
        type_name: across.type_name.clone(),
        qos: Some(DdsQos::from(&qos)),
    })
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
