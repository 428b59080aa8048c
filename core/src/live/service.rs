//! Answers requests: bytes in, bytes out. No socket, no thread, no clock.

use std::collections::BTreeSet;

use vc_cdr::Message;
use vc_msgs::rcl_interfaces::msg::{
    ListParametersResult, Parameter, ParameterDescriptor, ParameterValue as RosValue, SetParametersResult,
};
use vc_msgs::rcl_interfaces::srv::{
    DescribeParametersRequest, DescribeParametersResponse, GetParameterTypesRequest,
    GetParameterTypesResponse, GetParametersRequest, GetParametersResponse, ListParametersRequest,
    ListParametersResponse, SetParametersAtomicallyRequest, SetParametersAtomicallyResponse,
    SetParametersRequest, SetParametersResponse,
};
use vc_words::NodeName;

use super::table::Table;
use super::words::{descriptor_to_ros, type_to_ros, value_from_ros, value_to_ros};
use super::{ANSWERED, LONGEST_PACKET, NOT_UNDERSTOOD};

/// What can be asked of a node; each but the first is the ROS 2 service of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Service {
    /// The node's full name. No request; the response is the name as UTF-8.
    Name = 0,
    /// `rcl_interfaces/srv/ListParameters`
    ListParameters = 1,
    /// `rcl_interfaces/srv/DescribeParameters`
    DescribeParameters = 2,
    /// `rcl_interfaces/srv/GetParameterTypes`
    GetParameterTypes = 3,
    /// `rcl_interfaces/srv/GetParameters`
    GetParameters = 4,
    /// `rcl_interfaces/srv/SetParameters`
    SetParameters = 5,
    /// `rcl_interfaces/srv/SetParametersAtomically`
    SetParametersAtomically = 6,
}

impl Service {
    fn of(number: u32) -> Option<Self> {
        use Service as S;
        let all = [
            S::Name,
            S::ListParameters,
            S::DescribeParameters,
            S::GetParameterTypes,
            S::GetParameters,
            S::SetParameters,
            S::SetParametersAtomically,
        ];
        all.into_iter().find(|service| *service as u32 == number)
    }
}

/// Why a request has no response.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("a request begins with the number of a service")]
    Short,
    #[error("there is no service {0}")]
    Service(u32),
    #[error("the request cannot be read: {0}")]
    Request(#[from] vc_cdr::DecodeError),
    #[error("the response cannot be written: {0}")]
    Response(#[from] vc_cdr::EncodeError),
    #[error("a request may set at most {MOST_SET} parameters")]
    Many,
    #[error("the response would be longer than {LONGEST_PACKET} bytes; ask for fewer parameters at once")]
    Long,
}

/// Parameters that one request may set, and the characters of the longest reason given for each refusal: so that the
/// response, which can no longer be refused, always fits.
const MOST_SET: usize = 256;
const LONGEST_REASON: usize = 160;

/// The answer to one packet: never longer than [`LONGEST_PACKET`], whatever the packet says.
pub(super) fn answer(table: &Table, node: &NodeName, packet: &[u8]) -> Vec<u8> {
    response(table, node, packet).unwrap_or_else(|refusal| {
        let mut answer = NOT_UNDERSTOOD.to_le_bytes().to_vec();
        answer.extend_from_slice(refusal.to_string().as_bytes());
        answer
    })
}

fn response(table: &Table, node: &NodeName, packet: &[u8]) -> Result<Vec<u8>, Refusal> {
    let (number, request) = packet.split_first_chunk().ok_or(Refusal::Short)?;
    let number = u32::from_le_bytes(*number);
    match Service::of(number).ok_or(Refusal::Service(number))? {
        Service::Name => Ok([&ANSWERED.to_le_bytes(), node.to_string().as_bytes()].concat()),
        Service::ListParameters => encoded(&list(table, &ListParametersRequest::decode(request)?)),
        Service::DescribeParameters => {
            encoded(&describe(table, &DescribeParametersRequest::decode(request)?)?)
        }
        Service::GetParameterTypes => encoded(&types(table, &GetParameterTypesRequest::decode(request)?)),
        Service::GetParameters => encoded(&get(table, &GetParametersRequest::decode(request)?)?),
        Service::SetParameters => encoded(&set(table, SetParametersRequest::decode(request)?)?),
        Service::SetParametersAtomically => {
            encoded(&set_atomically(table, SetParametersAtomicallyRequest::decode(request)?))
        }
    }
}

fn encoded<M: Message>(response: &M) -> Result<Vec<u8>, Refusal> {
    let status = ANSWERED.to_le_bytes();
    let len = status.len() + response.cdr_size();
    if len > LONGEST_PACKET {
        return Err(Refusal::Long);
    }
    let mut answer = vec![0; len];
    answer[..status.len()].copy_from_slice(&status);
    response.encode(&mut answer[status.len()..])?;
    Ok(answer)
}

/// Gathers what `one` gives for each name, and stops where the response would be too long anyway: a short
/// request can name a long parameter many times.
fn each<M: Message>(names: &[String], one: impl Fn(&str) -> M) -> Result<Vec<M>, Refusal> {
    let mut size = 0;
    let mut gathered = Vec::new();
    for name in names {
        let item = one(name);
        size += item.cdr_size();
        if size > 2 * LONGEST_PACKET {
            return Err(Refusal::Long);
        }
        gathered.push(item);
    }
    Ok(gathered)
}

/// Names may have parts, joined by dots; prefixes are whole parts, and depth counts them.
fn list(table: &Table, request: &ListParametersRequest) -> ListParametersResponse {
    let within = |rest: &str| {
        let parts = 1 + rest.matches('.').count() as u64;
        request.depth == ListParametersRequest::DEPTH_RECURSIVE || parts <= request.depth
    };
    let below = |name: &str, prefix: &str| {
        name == prefix
            || name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')).is_some_and(within)
    };
    let wanted = |name: &str| {
        if request.prefixes.is_empty() {
            within(name)
        } else {
            request.prefixes.iter().any(|prefix| below(name, prefix))
        }
    };
    let names = table.descriptors().iter().map(|descriptor| descriptor.name.clone());
    let names: Vec<String> = names.filter(|name| wanted(name)).collect();
    let parents: BTreeSet<&str> =
        names.iter().filter_map(|name| name.rsplit_once('.')).map(|(parent, _)| parent).collect();
    let prefixes = parents.into_iter().map(str::to_owned).collect();
    ListParametersResponse { result: ListParametersResult { names, prefixes } }
}

fn describe(
    table: &Table,
    request: &DescribeParametersRequest,
) -> Result<DescribeParametersResponse, Refusal> {
    let one = |name: &str| match table.position(name) {
        Some(at) => descriptor_to_ros(&table.descriptors()[at], !table.is_live(at)),
        None => ParameterDescriptor { name: name.to_owned(), ..ParameterDescriptor::default() },
    };
    Ok(DescribeParametersResponse { descriptors: each(&request.names, one)? })
}

fn types(table: &Table, request: &GetParameterTypesRequest) -> GetParameterTypesResponse {
    let kind = |name: &String| table.position(name).map(|at| type_to_ros(table.descriptors()[at].kind));
    GetParameterTypesResponse {
        types: request.names.iter().map(|name| kind(name).unwrap_or_default()).collect(),
    }
}

fn get(table: &Table, request: &GetParametersRequest) -> Result<GetParametersResponse, Refusal> {
    let value = |name: &str| table.position(name).map(|at| value_to_ros(table.value(at)));
    Ok(GetParametersResponse { values: each(&request.names, |name| value(name).unwrap_or_default())? })
}

fn set(table: &Table, request: SetParametersRequest) -> Result<SetParametersResponse, Refusal> {
    if request.parameters.len() > MOST_SET {
        return Err(Refusal::Many);
    }
    let one = |parameter| outcome(checked(table, parameter).map(|change| table.set([change])));
    Ok(SetParametersResponse { results: request.parameters.into_iter().map(one).collect() })
}

/// All or none.
fn set_atomically(table: &Table, request: SetParametersAtomicallyRequest) -> SetParametersAtomicallyResponse {
    let changes: Result<Vec<_>, String> =
        request.parameters.into_iter().map(|parameter| checked(table, parameter)).collect();
    SetParametersAtomicallyResponse { result: outcome(changes.map(|changes| table.set(changes))) }
}

fn checked(table: &Table, parameter: Parameter) -> Result<(usize, vc_words::ParameterValue), String> {
    let Parameter { name, value } = parameter;
    let kind = value.r#type;
    let value = value_from_ros(value).ok_or_else(|| {
        if kind == RosValue::default().r#type {
            format!("parameter `{name}` cannot be unset: its type is fixed")
        } else {
            format!("parameter `{name}` cannot be of type {kind}")
        }
    })?;
    table.check(&name, value)
}

fn outcome(result: Result<(), String>) -> SetParametersResult {
    let successful = result.is_ok();
    let reason = result.err().unwrap_or_default().chars().take(LONGEST_REASON).collect();
    SetParametersResult { successful, reason }
}

#[cfg(test)]
mod tests;
