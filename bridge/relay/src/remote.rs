//! The graph of the others: what their tokens say, and what bridges to DDS announce.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use vc_ros2::dds::{self, Announcement};
use vc_ros2::{Endpoint, EndpointKind, Entity, Gid, NO_HASH, Token, WireQos};
use vc_words::{Namespace, NodeName, TopicName, TypeInfo};

/// Tokens remembered at most. More are somebody's mischief; they are counted, and passed over.
pub const MOST_TOKENS: usize = 100_000;

/// How others speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// As ROS 2 nodes with `rmw_zenoh` do.
    Rmw,
    /// As `zenoh-bridge-ros2dds` does for robots on DDS.
    Dds,
}

/// A publisher or subscription elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePort {
    /// The zenoh session it belongs to.
    pub session: String,
    /// Its node.
    pub node: NodeName,
    /// What it is.
    pub endpoint: Endpoint,
    /// How it speaks.
    pub dialect: Dialect,
}

/// The node under which a relay shows in `rmw_zenoh`'s dialect what it has heard in that of the bridges to DDS.
pub const INTERPRETER: &str = "_vcbridge";

/// Whose samples have a gid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The zenoh session.
    pub session: String,
    /// The same as a number.
    host: Option<u128>,
    /// The hash of the type, and so of the key it sends on.
    pub hash: String,
    /// Whether an interpreter says what a robot on DDS has said.
    pub is_interpreted: bool,
}

/// What the others have. Filled by tokens coming and going.
#[derive(Debug, Default)]
pub struct Remote {
    /// Whether this relay speaks with bridges to DDS itself: then it listens to no interpreter, or would hear twice.
    hears_dds: bool,
    tokens: HashMap<String, Token>,
    /// The tokens of each topic's publishers and subscriptions.
    topics: BTreeMap<TopicName, Vec<String>>,
    origins: HashMap<Gid, Origin>,
    /// The tokens of each session that speaks as ROS 2 nodes do.
    speakers: HashMap<String, usize>,
    /// The sessions that are interpreters.
    interpreters: BTreeSet<String>,
    announcements: HashMap<String, RemotePort>,
    /// The sessions that say that they are bridges to DDS.
    bridges: HashSet<String>,
    /// Texts that were no tokens, or too many.
    refused: u64,
}

impl Remote {
    /// Nobody yet; `hears_dds` if bridges to DDS are listened to.
    pub fn new(hears_dds: bool) -> Self {
        Self { hears_dds, ..Self::default() }
    }

    /// Whether bridges to DDS are listened to.
    pub fn hears_dds(&self) -> bool {
        self.hears_dds
    }

    /// A token came. Whether that changes anything.
    pub fn add(&mut self, text: &str) -> bool {
        if self.tokens.contains_key(text) || self.announcements.contains_key(text) {
            return false;
        }
        if text.starts_with(ANNOUNCED) {
            return self.announce(text);
        }
        let token = Token::parse(text).ok().filter(|_| self.tokens.len() < MOST_TOKENS);
        let Some(token) = token else {
            self.refused += 1;
            tracing::debug!(text, "passed over a token");
            return false;
        };
        if let Some(endpoint) = port_of(&token) {
            self.topics.entry(endpoint.topic.clone()).or_default().push(text.to_owned());
            let origin = Origin {
                session: token.place.session.clone(),
                host: u128::from_str_radix(&token.place.session, 16).ok(),
                hash: endpoint.carried.hash.clone(),
                is_interpreted: token.node.base() == INTERPRETER,
            };
            self.origins.insert(Gid::of_token(text), origin);
        }
        *self.speakers.entry(token.place.session.clone()).or_default() += 1;
        if is_interpreter(&token) {
            self.interpreters.insert(token.place.session.clone());
        }
        self.tokens.insert(text.to_owned(), token);
        true
    }

    /// A bridge announces itself, or a topic; services and actions are passed over.
    fn announce(&mut self, text: &str) -> bool {
        if let Some(session) = bridge_of(text).filter(|_| self.bridges.len() < MOST_TOKENS) {
            return self.bridges.insert(session.to_owned());
        }
        let port = Announcement::parse(text).and_then(announced);
        let Some(port) = port.filter(|_| self.announcements.len() < MOST_TOKENS) else { return false };
        self.announcements.insert(text.to_owned(), port);
        true
    }

    /// A token went. Whether that changes anything.
    pub fn remove(&mut self, text: &str) -> bool {
        let Some(token) = self.tokens.remove(text) else {
            let bridge = bridge_of(text).is_some_and(|session| self.bridges.remove(session));
            return bridge || self.announcements.remove(text).is_some();
        };
        if let Some(count) = self.speakers.get_mut(&token.place.session) {
            *count -= 1;
            if *count == 0 {
                self.speakers.remove(&token.place.session);
            }
        }
        if is_interpreter(&token) {
            self.interpreters.remove(&token.place.session);
        }
        if let Some(endpoint) = port_of(&token) {
            self.origins.remove(&Gid::of_token(text));
            if let Some(known) = self.topics.get_mut(&endpoint.topic) {
                known.retain(|other| other != text);
                if known.is_empty() {
                    self.topics.remove(&endpoint.topic);
                }
            }
        }
        true
    }

    /// Whose gid this is.
    pub fn origin(&self, gid: Gid) -> Option<&Origin> {
        self.origins.get(&gid)
    }

    /// Whether a sample with this gid, on a key with this hash, is one that is meant for others only: a publisher whose
    /// samples go by several keys is listened to on one of them.
    pub fn is_for_others(&self, gid: Gid, hash: &str) -> bool {
        self.host_of(gid, hash).is_none()
    }

    /// The session such a sample is of, as a number; where nobody has told it, the publisher stands for it. None if it
    /// [is for others](Self::is_for_others).
    pub fn host_of(&self, gid: Gid, hash: &str) -> Option<u128> {
        let Some(origin) = self.origin(gid) else { return Some(gid.value()) };
        let is_for_others = (origin.is_interpreted && self.hears_dds) || origin.hash != hash;
        (!is_for_others).then(|| origin.host.unwrap_or(gid.value()))
    }

    /// Whether a session says in both dialects what it has.
    pub fn is_bilingual(&self, session: &str) -> bool {
        self.bridges.contains(session) && self.speakers.contains_key(session)
    }

    /// The sessions of other interpreters.
    pub fn interpreters(&self) -> &BTreeSet<String> {
        &self.interpreters
    }

    /// The publishers or subscriptions of a topic.
    pub fn ports(&self, topic: &TopicName, kind: EndpointKind) -> Vec<RemotePort> {
        let texts = self.topics.get(topic).into_iter().flatten();
        let heard = |token: &&Token| !self.hears_dds || token.node.base() != INTERPRETER;
        let ports = texts.filter_map(|text| self.tokens.get(text)).filter(heard).filter_map(|token| {
            let endpoint = port_of(token).filter(|endpoint| endpoint.kind == kind)?;
            let session = token.place.session.clone();
            let (node, endpoint) = (token.node.clone(), endpoint.clone());
            Some(RemotePort { session, node, endpoint, dialect: Dialect::Rmw })
        });
        // Who speaks both ways is listened to the first way only: else all would come twice.
        let announced = self.announcements.values().filter(|port| {
            let Endpoint { kind: own, topic: of, .. } = &port.endpoint;
            of == topic && *own == kind && !self.speakers.contains_key(&port.session)
        });
        ports.chain(announced.cloned()).collect()
    }

    /// The topics of others.
    pub fn topics(&self) -> BTreeSet<&TopicName> {
        self.topics.keys().chain(self.announcements.values().map(|port| &port.endpoint.topic)).collect()
    }

    /// The nodes of others, with their sessions.
    pub fn nodes(&self) -> BTreeMap<NodeName, String> {
        let nodes =
            self.tokens.values().filter(|token| token.entity == Entity::Node && !is_interpreter(token));
        nodes.map(|token| (token.node.clone(), token.place.session.clone())).collect()
    }

    /// Texts that were passed over.
    pub fn refused(&self) -> u64 {
        self.refused
    }
}

/// What the announcements of bridges begin with.
const ANNOUNCED: &str = "@/";

/// The session of a bridge that says only that it is there.
fn bridge_of(text: &str) -> Option<&str> {
    text.strip_prefix(ANNOUNCED)?.strip_suffix("/@ros2_lv").filter(|session| !session.contains('/'))
}

fn is_interpreter(token: &Token) -> bool {
    token.entity == Entity::Node && token.node.base() == INTERPRETER
}

/// The port that a bridge announces. Its node is not told, and its type has no hash.
fn announced(announcement: Announcement) -> Option<RemotePort> {
    let kind = match announcement.kind {
        dds::Kind::Publisher => EndpointKind::Publisher,
        dds::Kind::Subscription => EndpointKind::Subscription,
        _ => return None,
    };
    let topic = announcement.topic(None)?;
    let qos = WireQos::from(&announcement.qos?.to_local(announcement.kind));
    let carried = TypeInfo { name: announcement.type_name, hash: NO_HASH.to_owned() };
    let node = NodeName::new(Namespace::root(), "dds").ok()?;
    let endpoint = Endpoint { kind, topic, carried, qos };
    Some(RemotePort { session: announcement.session, node, endpoint, dialect: Dialect::Dds })
}

/// The endpoint of a topic; services have none here.
fn port_of(token: &Token) -> Option<&Endpoint> {
    match &token.entity {
        Entity::Endpoint(endpoint)
            if matches!(endpoint.kind, EndpointKind::Publisher | EndpointKind::Subscription) =>
        {
            Some(endpoint)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHER: &str = "@ros2_lv/0/e09d61832b9d06c3b6db1f20e5e9fcb7/0/2/MP/%/%demo/talker/%demo%chatter/std_msgs::msg::dds_::String_/RIHS01_df/::,10:,:,:,,";
    const SESSION: &str = "e09d61832b9d06c3b6db1f20e5e9fcb7";
    const NODE: &str = "@ros2_lv/0/e09d61832b9d06c3b6db1f20e5e9fcb7/0/0/NN/%/%demo/talker";

    #[test]
    fn tokens_come_and_go() {
        let mut remote = Remote::default();
        let topic = TopicName::absolute("/demo/chatter").unwrap();

        assert!(remote.add(NODE) && remote.add(PUBLISHER));
        assert!(!remote.add(PUBLISHER), "known already");
        let [port] = &remote.ports(&topic, EndpointKind::Publisher)[..] else { panic!() };
        assert_eq!(port.node.to_string(), "/demo/talker");
        let origin = remote.origin(Gid::of_token(PUBLISHER)).unwrap();
        assert_eq!((origin.session.as_str(), origin.hash.as_str()), (SESSION, "RIHS01_df"));
        assert_eq!(remote.ports(&topic, EndpointKind::Subscription), []);
        assert_eq!(remote.nodes().len(), 1);

        assert!(remote.remove(PUBLISHER) && !remote.remove(PUBLISHER));
        assert!(remote.topics().is_empty());
        assert_eq!(remote.origin(Gid::of_token(PUBLISHER)), None);
    }

    #[test]
    fn what_is_no_token_is_counted() {
        let mut remote = Remote::default();
        assert!(!remote.add("@ros2_lv/0/xyz") && !remote.add(""));
        assert_eq!(remote.refused(), 2);
    }

    #[test]
    fn bridges_announce_for_robots_on_dds() {
        const IMAGE: &str = "@/5a/@ros2_lv/MP/camera§image/sensor_msgs§msg§Image/:0:0:0,5";
        let mut remote = Remote::default();
        let topic = TopicName::absolute("/camera/image").unwrap();

        assert!(remote.add("@/5a/@ros2_lv") && !remote.add("@/5a/@ros2_lv"));
        assert!(!remote.add("@/5a/@ros2_lv/SS/set/std_srvs§srv§SetBool") && !remote.is_bilingual("5a"));
        assert!(remote.add(IMAGE) && !remote.add(IMAGE));
        let [port] = &remote.ports(&topic, EndpointKind::Publisher)[..] else { panic!() };
        assert_eq!((port.dialect, port.endpoint.carried.hash.as_str()), (Dialect::Dds, NO_HASH));
        assert!(remote.topics().contains(&topic));

        assert!(remote.remove(IMAGE));
        assert_eq!(remote.ports(&topic, EndpointKind::Publisher), []);
    }

    #[test]
    fn who_speaks_both_ways_is_heard_once() {
        let mut remote = Remote::default();
        let topic = TopicName::absolute("/demo/chatter").unwrap();
        let announcement =
            "@/e09d61832b9d06c3b6db1f20e5e9fcb7/@ros2_lv/MP/demo§chatter/std_msgs§msg§String/:1:0:0,5";
        assert!(remote.add(announcement));

        assert!(remote.add(PUBLISHER));
        let dialects = |remote: &Remote| {
            remote.ports(&topic, EndpointKind::Publisher).iter().map(|port| port.dialect).collect::<Vec<_>>()
        };
        assert_eq!(dialects(&remote), [Dialect::Rmw]);
        assert!(remote.remove(PUBLISHER));
        assert_eq!(dialects(&remote), [Dialect::Dds]);
    }

    #[test]
    fn a_copy_on_another_key_is_for_others() {
        let mut remote = Remote::default();
        assert!(remote.add(PUBLISHER));
        let gid = Gid::of_token(PUBLISHER);
        assert!(!remote.is_for_others(gid, "RIHS01_df") && remote.is_for_others(gid, NO_HASH));
        assert!(!remote.is_for_others(Gid([7; 16]), NO_HASH), "who is not known is believed");
    }

    #[test]
    fn an_interpreter_is_heard_by_those_who_do_not_hear_dds_themselves() {
        let topic = TopicName::absolute("/demo/chatter").unwrap();
        let (node, publisher) =
            (NODE.replace("talker", INTERPRETER), PUBLISHER.replace("talker", INTERPRETER));
        for hears_dds in [false, true] {
            let mut remote = Remote::new(hears_dds);
            assert!(remote.add(&node) && remote.add(&publisher));
            assert_eq!(remote.ports(&topic, EndpointKind::Publisher).is_empty(), hears_dds);
            assert_eq!(remote.is_for_others(Gid::of_token(&publisher), "RIHS01_df"), hears_dds);
            assert!(remote.nodes().is_empty() && remote.interpreters().contains(SESSION));
            assert!(!remote.is_bilingual(SESSION));
            assert!(remote.add(&format!("@/{SESSION}/@ros2_lv")) && remote.is_bilingual(SESSION));
            assert!(remote.remove(&node) && remote.interpreters().is_empty());
        }
    }
}
