//! Liveliness tokens: each entity of the ROS graph is one, and is gone when its token is.
//!
//! `@ros2_lv/domain/zid/nid/eid/KIND/enclave/namespace/node`, and for endpoints `/name/type/hash/qos` behind it.

use std::fmt;

use vc_words::{NameError, Namespace, NodeName, TopicName, TypeInfo};

use crate::gid::Gid;
use crate::key::is_hash;
use crate::mangle::{demangle, mangle};
use crate::qos::WireQos;
use crate::type_name;

/// What all tokens begin with.
const PREFIX: &str = "@ros2_lv";
/// The longest token that is looked at: names, type and hash at their longest, three times over.
const LONGEST: usize = 4096;
/// Chunks of a node's token, and of an endpoint's. What comes behind is of versions to come, and not looked at.
const NODE_CHUNKS: usize = 9;
const ENDPOINT_CHUNKS: usize = 13;

/// The expression that matches all tokens of a domain.
pub fn graph_of(domain: u32) -> String {
    format!("{PREFIX}/{domain}/**")
}

/// Which side of what an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EndpointKind {
    /// Publishes on a topic.
    Publisher,
    /// Subscribes to a topic.
    Subscription,
    /// Answers a service.
    Server,
    /// Calls a service.
    Client,
}

impl EndpointKind {
    const ALL: [(Self, &str); 4] =
        [(Self::Publisher, "MP"), (Self::Subscription, "MS"), (Self::Server, "SS"), (Self::Client, "SC")];

    fn code(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("MP", |(_, code)| code)
    }
}

/// An entity's place: whose session, which node, which of its entities.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The wire's domain.
    pub domain: u32,
    /// The zenoh session, as zenoh prints it.
    pub session: String,
    /// The node, within the session.
    pub node: u64,
    /// The entity, within the session; a node's own is the node's.
    pub entity: u64,
}

/// What an endpoint is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Which side of what.
    pub kind: EndpointKind,
    /// The topic or service.
    pub topic: TopicName,
    /// Its type, by ROS 2's name, and hash.
    pub carried: TypeInfo,
    /// Its quality of service.
    pub qos: WireQos,
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A node.
    Node,
    /// An endpoint of a node.
    Endpoint(Endpoint),
}

/// One entity of the ROS graph.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Token {
    /// Where it is.
    pub place: Place,
    /// The enclave; the default is the root.
    pub enclave: Namespace,
    /// The node it is, or belongs to.
    pub node: NodeName,
    /// What it is.
    pub entity: Entity,
}

/// Why a text is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Longer than any token is.
    #[error("{length} bytes are more than a token has")]
    Long {
        /// Its length.
        length: usize,
    },
    /// Nothing between two slashes.
    #[error("chunk {at} is empty")]
    Empty {
        /// Which chunk, from 0.
        at: usize,
    },
    /// Too few chunks.
    #[error("it has {found} chunks, a `{kind}` has {wanted}")]
    Short {
        /// The kind it says it is.
        kind: String,
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// A chunk that is not what belongs there.
    #[error("`{text}` is no {what}")]
    Chunk {
        /// What belongs there.
        what: &'static str,
        /// What stands there.
        text: String,
    },
    /// A name that is none.
    #[error("bad name")]
    Name(#[from] NameError),
}

impl Token {
    /// Reads a token.
    ///
    /// # Errors
    /// [`TokenError`] if the text is none.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > LONGEST {
            return Err(TokenError::Long { length: text.len() });
        }
        let chunks: Vec<&str> = text.split('/').take(ENDPOINT_CHUNKS).collect();
        if let Some(at) = chunks.iter().position(|chunk| chunk.is_empty()) {
            return Err(TokenError::Empty { at });
        }
        let kind = *chunks.get(5).ok_or_else(|| short("token", chunks.len(), NODE_CHUNKS))?;
        if chunks.len() < NODE_CHUNKS {
            return Err(short(kind, chunks.len(), NODE_CHUNKS));
        }
        if chunks[0] != PREFIX {
            return Err(wrong("token", chunks[0]));
        }
        let place = Place {
            domain: number("domain", chunks[1])?,
            session: session(chunks[2])?,
            node: number("node id", chunks[3])?,
            entity: number("entity id", chunks[4])?,
        };
        let entity = match EndpointKind::ALL.iter().find(|(_, code)| *code == kind) {
            None if kind == "NN" => Entity::Node,
            None => return Err(wrong("kind of entity", kind)),
            Some((kind, _)) => Entity::Endpoint(endpoint(*kind, &chunks)?),
        };
        let namespace = Namespace::parse(&demangle(chunks[7]))?;
        Ok(Self {
            place,
            enclave: Namespace::parse(&demangle(chunks[6])).unwrap_or_else(|_| Namespace::root()),
            node: NodeName::new(namespace, chunks[8])?,
            entity,
        })
    }

    /// The gid of the endpoint whose token this is, if it is written as here.
    pub fn gid(&self) -> Gid {
        Gid::of_token(&self.to_string())
    }
}

fn endpoint(kind: EndpointKind, chunks: &[&str]) -> Result<Endpoint, TokenError> {
    let &[_, _, _, _, _, _, _, _, _, name, wire, hash, qos] = chunks else {
        return Err(short(kind.code(), chunks.len(), ENDPOINT_CHUNKS));
    };
    let type_name = type_name::from_wire(wire).ok_or_else(|| wrong("type", wire))?;
    if !is_hash(hash) {
        return Err(wrong("type hash", hash));
    }
    Ok(Endpoint {
        kind,
        topic: TopicName::absolute(&demangle(name))?,
        carried: TypeInfo { name: type_name, hash: hash.to_owned() },
        qos: WireQos::decode(qos).ok_or_else(|| wrong("quality of service", qos))?,
    })
}

fn session(chunk: &str) -> Result<String, TokenError> {
    let is_one = chunk.len() <= 32 && chunk.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    if is_one { Ok(chunk.to_owned()) } else { Err(wrong("zenoh session", chunk)) }
}

fn number<N: std::str::FromStr>(what: &'static str, chunk: &str) -> Result<N, TokenError> {
    // `parse` takes a sign, which no number here has.
    let digits = chunk.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| chunk.parse().ok()).flatten().ok_or_else(|| wrong(what, chunk))
}

fn short(kind: &str, found: usize, wanted: usize) -> TokenError {
    TokenError::Short { kind: excerpt(kind), found, wanted }
}

fn wrong(what: &'static str, text: &str) -> TokenError {
    TokenError::Chunk { what, text: excerpt(text) }
}

/// As much of a stranger's text as belongs into an error.
fn excerpt(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Writes the token as it is declared.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { domain, session, node, entity } = &self.place;
        let kind = match &self.entity {
            Entity::Node => "NN",
            Entity::Endpoint(endpoint) => endpoint.kind.code(),
        };
        let (enclave, namespace) = (mangle(self.enclave.as_str()), mangle(self.node.namespace().as_str()));
        let base = self.node.base();
        write!(f, "{PREFIX}/{domain}/{session}/{node}/{entity}/{kind}/{enclave}/{namespace}/{base}")?;
        let Entity::Endpoint(endpoint) = &self.entity else { return Ok(()) };
        let wire = type_name::to_wire(&endpoint.carried.name).unwrap_or_default();
        write!(f, "/{}/{wire}/{}/{}", mangle(endpoint.topic.as_str()), endpoint.carried.hash, endpoint.qos)
    }
}

#[cfg(test)]
mod tests;
