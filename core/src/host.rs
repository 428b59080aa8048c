//! The topics of a host, for tools that look at them or carry them elsewhere: relays, recorders, monitors.
//!
//! A tool joins a domain without being a node of the circuit: it has no name there, no ports of its own but those
//! it opens, and it is left out of what others see as [`HostGraph`].

mod watch;

use std::collections::{BTreeMap, HashMap};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use iceoryx2::node::NodeView;
use iceoryx2::prelude::{CallbackProgression, NodeState};
use vc_counters::Page;
use vc_words::{Durability, NodeName, Port, Qos, TopicName, TypeInfo};

use crate::domain::{Domain, Presence, TransportNode};
use crate::error::Error;
use crate::keeper::{Activity, Keeper};
use crate::notify::Notify;
use crate::stop::Stop;
use crate::topic::{
    Kept, Latch, LongestQueues, Observed, ObservedPort, Publisher, Raw, Shared, Subscriber, Wiring,
    service_names,
};
use watch::Watch;

/// How long what was told of may take to be there whole.
const SETTLING: Duration = Duration::from_millis(300);
/// How long a listing of services and nodes is believed while nothing tells of a change.
const BELIEVED: Duration = Duration::from_secs(10);

/// A port on a topic of this host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    /// The port's own number. A publisher's is the gid that its samples carry.
    pub id: u128,
    /// The node that has it; none: a tool's, such as a relay's.
    pub node: Option<NodeName>,
    /// What its node calls it.
    pub name: String,
    /// Its quality of service.
    pub qos: Qos,
}

/// A topic of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostTopic {
    /// What it carries.
    pub carried: TypeInfo,
    /// Who writes it.
    pub publishers: Vec<HostPort>,
    /// Who reads it.
    pub subscribers: Vec<HostPort>,
}

/// The nodes and topics of this host at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostGraph {
    /// The nodes, each with its process.
    pub nodes: BTreeMap<NodeName, u32>,
    /// The topics that have a port.
    pub topics: BTreeMap<TopicName, HostTopic>,
}

/// A tool's stay in a domain.
///
/// Its descriptor is readable when something may have changed: a node came, went or died, a port was opened or
/// closed. The change may be seen a moment later only, so look again some milliseconds after.
pub struct Host {
    observed: BTreeMap<TopicName, Observed>,
    nodes: HashMap<u128, Known>,
    watch: Watch,
    listed: Option<Instant>,
    /// Until when what is listed may be incomplete: what comes is told of before it can be read, and a topic is there
    /// before its first port, of which nothing tells.
    unsettled: Instant,
    keeper: Keeper,
    page: Page,
    stop: Stop,
    // Dropped last, in this order: what uses the domain, then the stay in it.
    transport: TransportNode<Shared>,
    domain: Domain,
    _presence: Presence,
}

#[derive(Debug, Clone)]
struct Known {
    /// None: a tool.
    name: Option<NodeName>,
    pid: u32,
}

impl Host {
    /// Joins `domain` as a tool, which people find under `label`; ports that are waited on end with `stop`.
    ///
    /// # Errors
    /// [`Error::Domain`] if the domain cannot be entered, [`Error::SharedMemory`] if there is no room.
    pub fn join(domain: Domain, label: &str, stop: Stop) -> Result<Self, Error> {
        let presence = domain.enter()?;
        // No node's name: so nobody takes it for one.
        let transport = domain.transport_node(&format!("@{label}"))?;
        let (page, _) = Page::create().map_err(Error::io("make a page of counters"))?;
        Ok(Self {
            observed: BTreeMap::new(),
            nodes: HashMap::new(),
            watch: Watch::over(domain.folder())?,
            listed: None,
            unsettled: Instant::now(),
            keeper: Keeper::new(Arc::new(Notify::silent()), Arc::new(Activity::default())),
            page,
            stop,
            transport,
            domain,
            _presence: presence,
        })
    }

    /// The domain joined.
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// The host's nodes and topics now. Costs little while nothing changes: then it reads shared memory only.
    ///
    /// # Errors
    /// [`Error::Domain`] if the transport cannot be asked.
    pub fn look(&mut self) -> Result<HostGraph, Error> {
        let news = self.watch.news();
        if news.deaths {
            self.transport.try_cleanup_dead_nodes();
        }
        if news.services || news.nodes {
            self.unsettled = Instant::now() + SETTLING;
        }
        let is_stale = self.listed.is_none_or(|when| when.elapsed() > BELIEVED);
        if news.deaths || is_stale || Instant::now() < self.unsettled {
            self.list_services()?;
            self.list_nodes()?;
            self.listed = Some(Instant::now());
        }
        self.read()
    }

    fn list_services(&mut self) -> Result<(), Error> {
        let config = self.domain.config()?;
        let names = service_names(&config).map_err(|reason| self.domain.error(reason))?;
        let found: BTreeMap<_, _> = names.into_iter().collect();
        self.observed.retain(|topic, observed| found.get(topic) == Some(&observed.carried));
        for (topic, carried) in found {
            if !self.observed.contains_key(&topic)
                && let Some(observed) = Observed::open(&self.transport, &topic, carried)
            {
                self.observed.insert(topic, observed);
            }
        }
        Ok(())
    }

    fn list_nodes(&mut self) -> Result<(), Error> {
        let config = self.domain.config()?;
        let mut found = HashMap::new();
        iceoryx2::node::Node::<Shared>::list(&config, |state| {
            if let NodeState::Alive(node) = state
                && let Some(details) = node.details()
            {
                let name = Some(details.name().as_str()).filter(|name| name.starts_with('/'));
                let name = name.and_then(|name| NodeName::parse(name).ok());
                let pid = u32::try_from(details.process_id().value()).unwrap_or_default();
                found.insert(node.id().value(), Known { name, pid });
            }
            CallbackProgression::Continue
        })
        .map_err(|error| self.domain.error(format!("{error:?}")))?;
        self.watch.processes(found.values().map(|known| known.pid));
        self.nodes = found;
        Ok(())
    }

    fn read(&mut self) -> Result<HostGraph, Error> {
        let mut ports: BTreeMap<TopicName, (TypeInfo, [Vec<ObservedPort>; 2])> = BTreeMap::new();
        let before = self.observed.len();
        self.observed.retain(|topic, observed| {
            let both = [observed.publishers(), observed.subscribers()];
            // Nobody has it any more: let go of it, so that it can come again with another type.
            let in_use = both.iter().any(|side| !side.is_empty());
            if in_use {
                ports.insert(topic.clone(), (observed.carried.clone(), both));
            }
            in_use
        });
        if self.observed.len() < before {
            self.unsettled = Instant::now() + SETTLING;
        }
        let unknown = ports.values().flat_map(|(_, both)| both.iter().flatten());
        if unknown.into_iter().any(|port| !self.nodes.contains_key(&port.node)) {
            self.list_nodes()?;
        }
        let nodes = self.nodes.values().filter_map(|known| Some((known.name.clone()?, known.pid)));
        let named = |port: ObservedPort| {
            // A node that has gone meanwhile takes its ports with it.
            let node = self.nodes.get(&port.node)?.name.clone();
            Some(HostPort { id: port.id, node, name: port.name, qos: port.qos })
        };
        let topics = ports.into_iter().map(|(topic, (carried, both))| {
            let [publishers, subscribers] = both.map(|side| {
                let mut side: Vec<HostPort> = side.into_iter().filter_map(named).collect();
                side.sort_by_key(|port| port.id);
                side
            });
            (topic, HostTopic { carried, publishers, subscribers })
        });
        Ok(HostGraph { nodes: nodes.collect(), topics: topics.collect() })
    }

    /// Opens a topic to write samples that are CDR already, from any thread.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] if the topic exists with another type, [`Error::Topic`] if the transport fails.
    pub fn publisher(
        &self,
        topic: &TopicName,
        carried: &TypeInfo,
        qos: Qos,
    ) -> Result<Publisher<Raw, Shared>, Error> {
        let port = port_of(carried, qos);
        let kept = if qos.durability == Durability::Volatile {
            None
        } else {
            let kept = Arc::new(Kept::open(&self.transport, topic, &port)?);
            self.keeper.take_on(Latch::new(&self.transport, topic, Arc::clone(&kept))?)?;
            Some(kept)
        };
        Publisher::open(&self.transport, &self.page, (topic, &LongestQueues::default()), &port, kept)
    }

    /// Opens a topic to read its samples as they lie, on any thread.
    ///
    /// # Errors
    /// As [`Host::publisher`].
    pub fn subscriber(
        &self,
        topic: &TopicName,
        carried: &TypeInfo,
        qos: Qos,
    ) -> Result<Subscriber<Raw, Shared>, Error> {
        Subscriber::open(&Wiring {
            node: &self.transport,
            page: &self.page,
            stop: &self.stop,
            port: &port_of(carried, qos),
            topics: std::slice::from_ref(topic),
            longest: &LongestQueues::default(),
        })
    }
}

fn port_of(carried: &TypeInfo, qos: Qos) -> Port {
    Port {
        name: "relay".to_owned(),
        type_name: carried.name.clone(),
        hash: carried.hash.clone(),
        description: String::new(),
        required: false,
        optional: false,
        qos,
    }
}

impl AsFd for Host {
    /// Readable when something may have changed.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.watch.as_fd()
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("domain", &self.domain).finish_non_exhaustive()
    }
}
