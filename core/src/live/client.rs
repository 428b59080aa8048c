//! Which nodes there are, and asking them about their parameters.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, connect, recv, send, sockopt};
use vc_cdr::Message;
use vc_msgs::rcl_interfaces::msg::{Parameter, ParameterDescriptor};
use vc_msgs::rcl_interfaces::srv::{
    DescribeParametersRequest, DescribeParametersResponse, GetParametersRequest, GetParametersResponse,
    ListParametersRequest, ListParametersResponse, SetParametersRequest, SetParametersResponse,
};
use vc_words::{NodeName, ParameterType, ParameterValue};

use super::server::{is_trusted, socket};
use super::words::{type_from_ros, value_from_ros, value_to_ros};
use super::{ANSWERED, LONGEST_PACKET, Service, prefix};
use crate::domain::Domain;

/// How long a node may take to answer. It answers from a thread of its own, whatever it is busy with.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a node was asked in vain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// It ended meanwhile.
    #[error("the node has ended")]
    Gone,
    /// It is stopped, or its machine is very busy.
    #[error("the node does not answer")]
    Silent,
    /// It does not understand the request.
    #[error("the node refused the request: {0}")]
    Refused(String),
    /// Its answer makes no sense.
    #[error("the node's answer cannot be read")]
    Answer,
    /// It does not have the parameter.
    #[error("the node has no parameter `{0}`")]
    UnknownParameter(String),
    /// It does not want the value; the text says why.
    #[error("{0}")]
    Value(String),
    /// The system refused.
    #[error("cannot reach the node")]
    Io(#[from] io::Error),
}

impl From<Errno> for RemoteError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::CONNREFUSED | Errno::CONNRESET | Errno::PIPE => Self::Gone,
            Errno::AGAIN | Errno::TIMEDOUT => Self::Silent,
            other => Self::Io(other.into()),
        }
    }
}

/// What a node says of one of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ParameterType,
    /// What it does.
    pub description: String,
    /// Unit and choices, in words; may be empty.
    pub constraints: String,
    /// The least value allowed, of a number.
    pub min: Option<f64>,
    /// The largest value allowed, of a number.
    pub max: Option<f64>,
    /// Whether it stays as it was at the start.
    pub read_only: bool,
}

/// A running node, reached over its socket.
#[derive(Debug)]
pub struct Remote {
    name: NodeName,
    socket: OwnedFd,
}

/// The nodes of `domain` that can be asked, sorted by name, each with the reason if it does not answer.
///
/// # Errors
/// The system's, if the list of sockets cannot be read.
pub fn nodes(domain: Domain) -> io::Result<Vec<(NodeName, Result<Remote, RemoteError>)>> {
    let sockets = fs::read_to_string("/proc/net/unix")?;
    let mut nodes: Vec<_> =
        addresses(&sockets, domain).filter_map(|address| Remote::reach(&address, domain)).collect();
    nodes.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(nodes)
}

/// The addresses in the system's list of sockets that belong to a domain.
fn addresses(sockets: &str, domain: Domain) -> impl Iterator<Item = String> {
    /// The flag of a socket that takes connections.
    const LISTENS: &str = "00010000";
    let prefix = format!("@{}/", prefix(domain));
    sockets.lines().filter_map(move |line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, _, _, LISTENS, _, _, _, path] = fields[..] else { return None };
        path.starts_with(&prefix).then(|| path[1..].to_owned())
    })
}

impl Remote {
    /// The node at an address; `None` if it is no node of ours, or gone.
    fn reach(address: &str, domain: Domain) -> Option<(NodeName, Result<Self, RemoteError>)> {
        let written = address.strip_prefix(&prefix(domain))?;
        let socket = match connected(address) {
            Ok(socket) => socket,
            Err(RemoteError::Gone) => return None,
            Err(error) => return Some((named(written)?, Err(error))),
        };
        if !is_trusted(socket.as_fd()) {
            return None;
        }
        // An address with `#` is not the node's name: the node knows.
        let name = match written.strip_prefix("/#") {
            None => named(written)?,
            Some(_) => named(std::str::from_utf8(&ask(&socket, Service::Name, &[]).ok()?).ok()?)?,
        };
        Some((name.clone(), Ok(Self { name, socket })))
    }

    /// The node's full name.
    pub fn name(&self) -> &NodeName {
        &self.name
    }

    /// Asks with a request that is CDR already, and gives the response as it came.
    ///
    /// # Errors
    /// [`RemoteError`] if the node is gone, silent, or does not understand it.
    pub fn ask(&self, service: Service, request: &[u8]) -> Result<Vec<u8>, RemoteError> {
        ask(&self.socket, service, request)
    }

    fn call<Q: Message, A: Message>(&self, service: Service, request: &Q) -> Result<A, RemoteError> {
        let mut cdr = vec![0; request.cdr_size()];
        request.encode(&mut cdr).map_err(|error| RemoteError::Refused(error.to_string()))?;
        A::decode(&self.ask(service, &cdr)?).map_err(|_| RemoteError::Answer)
    }

    /// The names of its parameters, in the order declared.
    ///
    /// # Errors
    /// As [`Remote::ask`].
    pub fn list(&self) -> Result<Vec<String>, RemoteError> {
        let response: ListParametersResponse =
            self.call(Service::ListParameters, &ListParametersRequest::default())?;
        Ok(response.result.names)
    }

    /// What it says of a parameter.
    ///
    /// # Errors
    /// [`RemoteError::UnknownParameter`], else as [`Remote::ask`].
    pub fn describe(&self, name: &str) -> Result<Described, RemoteError> {
        let request = DescribeParametersRequest { names: vec![name.to_owned()] };
        let mut response: DescribeParametersResponse = self.call(Service::DescribeParameters, &request)?;
        let described = response.descriptors.pop().ok_or(RemoteError::Answer)?;
        described_of(described).ok_or_else(|| RemoteError::UnknownParameter(name.to_owned()))
    }

    /// A parameter's present value.
    ///
    /// # Errors
    /// [`RemoteError::UnknownParameter`], else as [`Remote::ask`].
    pub fn get(&self, name: &str) -> Result<ParameterValue, RemoteError> {
        let request = GetParametersRequest { names: vec![name.to_owned()] };
        let mut response: GetParametersResponse = self.call(Service::GetParameters, &request)?;
        let value = response.values.pop().ok_or(RemoteError::Answer)?;
        value_from_ros(value).ok_or_else(|| RemoteError::UnknownParameter(name.to_owned()))
    }

    /// Sets a parameter. Once this returns, the node's own code sees the new value.
    ///
    /// # Errors
    /// [`RemoteError::Value`] if the node does not want it, else as [`Remote::ask`].
    pub fn set(&self, name: &str, value: ParameterValue) -> Result<(), RemoteError> {
        let parameter = Parameter { name: name.to_owned(), value: value_to_ros(value) };
        let request = SetParametersRequest { parameters: vec![parameter] };
        let mut response: SetParametersResponse = self.call(Service::SetParameters, &request)?;
        let result = response.results.pop().ok_or(RemoteError::Answer)?;
        if result.successful { Ok(()) } else { Err(RemoteError::Value(result.reason)) }
    }
}

fn named(text: &str) -> Option<NodeName> {
    NodeName::parse(text).ok()
}

fn connected(address: &str) -> Result<OwnedFd, RemoteError> {
    let socket = socket(SocketFlags::CLOEXEC)?;
    for direction in [sockopt::Timeout::Send, sockopt::Timeout::Recv] {
        sockopt::set_socket_timeout(&socket, direction, Some(PATIENCE))?;
    }
    connect(&socket, &SocketAddrUnix::new_abstract_name(address.as_bytes())?)?;
    Ok(socket)
}

fn ask(socket: &OwnedFd, service: Service, request: &[u8]) -> Result<Vec<u8>, RemoteError> {
    let packet = [&(service as u32).to_le_bytes(), request].concat();
    send(socket, &packet, SendFlags::NOSIGNAL).map_err(|errno| match errno {
        Errno::MSGSIZE => RemoteError::Refused(format!("it is longer than {LONGEST_PACKET} bytes")),
        other => other.into(),
    })?;
    let mut answer = vec![0; LONGEST_PACKET];
    let (len, _) = recv(socket, answer.as_mut_slice(), RecvFlags::empty())?;
    answer.truncate(len);
    let Some((status, response)) = answer.split_first_chunk() else { return Err(RemoteError::Gone) };
    if u32::from_le_bytes(*status) == ANSWERED {
        Ok(response.to_vec())
    } else {
        Err(RemoteError::Refused(String::from_utf8_lossy(response).into_owned()))
    }
}

#[expect(clippy::cast_precision_loss, reason = "bounds are shown, not computed with")]
fn described_of(ros: ParameterDescriptor) -> Option<Described> {
    let double = ros.floating_point_range.first().map(|range| {
        let bound = |bound: f64| bound.is_finite().then_some(bound);
        (bound(range.from_value), bound(range.to_value))
    });
    let integer = ros.integer_range.first().map(|range| {
        let bound = |bound: i64| (bound != i64::MIN && bound != i64::MAX).then_some(bound as f64);
        (bound(range.from_value), bound(range.to_value))
    });
    let (min, max) = double.or(integer).unwrap_or_default();
    Some(Described {
        kind: type_from_ros(ros.r#type)?,
        name: ros.name,
        description: ros.description,
        constraints: ros.additional_constraints,
        min,
        max,
        read_only: ros.read_only,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listening_sockets_of_the_domain_are_nodes() {
        let own = prefix(Domain::new(7));
        let list = format!(
            "Num       RefCount Protocol Flags    Type St Inode Path\n\
             0000000000000000: 00000002 00000000 00010000 0005 01 43 @{own}/a/camera\n\
             0000000000000000: 00000003 00000000 00000000 0005 03 44 @{own}/a/camera\n\
             0000000000000000: 00000002 00000000 00010000 0005 01 45 @{own}0/b\n\
             0000000000000000: 00000002 00000000 00010000 0001 01 46 /run/x\n\
             0000000000000000: 00000003 00000000 00000000 0001 03 47\n"
        );

        let found: Vec<String> = addresses(&list, Domain::new(7)).collect();

        assert_eq!(found, [format!("{own}/a/camera")]);
    }
}
