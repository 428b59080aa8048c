//! `vclaunch param`

use serde_json::json;
use vc::domain::Domain;
use vc::live::RemoteError;
use vc::live::client::{self, Described, Remote};
use vc_words::suggest::nearest;
use vc_words::{NodeName, ParameterType, ParameterValue};

use crate::args::ParamVerb;
use crate::exit_code::{self, Code};
use crate::report::table::Table;
use crate::report::{self, Style};

/// Shows or changes parameters of running nodes.
pub(crate) fn param(verb: &ParamVerb, style: Style) -> Code {
    let done = match verb {
        ParamVerb::List { node, json } => list(node.as_deref(), *json, style),
        ParamVerb::Get { node, name, json } => get(node, name, *json),
        ParamVerb::Set { node, name, value, json } => set(node, name, value, *json),
        ParamVerb::Describe { node, name, json } => describe(node, name.as_deref(), *json),
    };
    match done {
        Ok(Told { text, code }) => match report::result(&text, style) {
            exit_code::SUCCESS => code,
            failed => failed,
        },
        Err(failure) => {
            report::error(&failure.message, failure.hint.as_deref(), style);
            failure.code
        }
    }
}

/// What goes to standard output, and how the command ends all the same.
struct Told {
    text: String,
    code: Code,
}

impl From<String> for Told {
    fn from(text: String) -> Self {
        Self { text, code: exit_code::SUCCESS }
    }
}

/// Why a command cannot be carried out.
struct Failure {
    message: String,
    hint: Option<String>,
    code: Code,
}

type Outcome = Result<Told, Failure>;
/// A node found, and itself if it answers.
type Found = (NodeName, Result<Remote, RemoteError>);

fn list(node: Option<&str>, json: bool, style: Style) -> Outcome {
    let domain = domain()?;
    let found = nodes(domain)?;
    let found = match node {
        Some(asked) => vec![pick(found, asked, domain)?],
        None => found,
    };
    let is_single = node.is_some();
    let (mut rows, mut code) = (Vec::new(), exit_code::SUCCESS);
    for (name, remote) in found {
        match remote.and_then(|remote| all(&remote)) {
            Ok(parameters) => {
                rows.extend(parameters.into_iter().map(|(what, value)| (name.clone(), what, value)));
            }
            Err(RemoteError::Gone) if !is_single => {}
            Err(error) if is_single => return Err(failure(&name, &error)),
            Err(error) => {
                // The others are shown all the same.
                let failure = failure(&name, &error);
                report::error(&failure.message, failure.hint.as_deref(), style);
                code = failure.code;
            }
        }
    }
    if json {
        let rows = rows.iter().map(|(node, what, value)| {
            json!({"node": node.to_string(), "name": what.name, "type": what.kind, "value": value,
                   "read_only": what.read_only})
        });
        return Ok(Told { text: line(&rows.collect()), code });
    }
    if rows.is_empty() {
        return Ok(Told {
            text: format!("no running node of domain {} has parameters\n", domain.id()),
            code,
        });
    }
    let mut table = Table::new(&["node", "parameter", "type", "value", "while running"]);
    for (node, what, value) in rows {
        table.row([
            node.to_string(),
            what.name,
            what.kind.to_string(),
            value.to_yaml(),
            changes(what.read_only),
        ]);
    }
    Ok(Told { text: table.to_string(), code })
}

fn get(node: &str, name: &str, json: bool) -> Outcome {
    let remote = reach(node)?;
    let value = remote.get(name).map_err(|error| parameter_failure(&remote, &error))?;
    Ok(if json {
        line(&json!({"node": remote.name().to_string(), "name": name, "type": value.kind(), "value": value}))
    } else {
        format!("{value}\n")
    }
    .into())
}

fn set(node: &str, name: &str, text: &str, json: bool) -> Outcome {
    let remote = reach(node)?;
    let fail = |error: RemoteError| parameter_failure(&remote, &error);
    let described = remote.describe(name).map_err(fail)?;
    let value = read(text, described.kind)?;
    let before = remote.get(name).map_err(fail)?;
    remote.set(name, value).map_err(fail)?;
    let after = remote.get(name).map_err(fail)?;
    Ok(if json {
        let node = remote.name().to_string();
        line(&json!({"node": node, "name": name, "type": after.kind(), "before": before, "value": after}))
    } else {
        format!("{} {name}: {} → {}\n", remote.name(), before.to_yaml(), after.to_yaml())
    }
    .into())
}

/// The value that a text means. For a parameter that is text it is the text, however it looks: `on` is no
/// boolean then.
fn read(text: &str, kind: ParameterType) -> Result<ParameterValue, Failure> {
    match ParameterValue::parse(text) {
        Ok(string @ ParameterValue::String(_)) => Ok(string),
        _ if kind == ParameterType::String => Ok(ParameterValue::String(text.to_owned())),
        Ok(value) => Ok(value),
        Err(error) => Err(Failure { message: error.to_string(), hint: None, code: exit_code::USAGE }),
    }
}

fn describe(node: &str, name: Option<&str>, json: bool) -> Outcome {
    let remote = reach(node)?;
    let fail = |error: RemoteError| parameter_failure(&remote, &error);
    let names = match name {
        Some(name) => vec![name.to_owned()],
        None => remote.list().map_err(fail)?,
    };
    let described: Result<Vec<Described>, _> = names.iter().map(|name| remote.describe(name)).collect();
    let described = described.map_err(fail)?;
    if json {
        let each = described.iter().map(|what| {
            json!({"node": remote.name().to_string(), "name": what.name, "type": what.kind,
                   "description": what.description, "constraints": what.constraints,
                   "min": what.min, "max": what.max, "read_only": what.read_only})
        });
        return Ok(line(&each.collect()).into());
    }
    if described.is_empty() {
        return Ok(format!("{} has no parameters\n", remote.name()).into());
    }
    let mut table = Table::new(&["parameter", "type", "while running", "description"]);
    for what in described {
        table.row([what.name.clone(), allowed(&what), changes(what.read_only), what.description]);
    }
    Ok(table.to_string().into())
}

/// Such as `double, 0 to 255, in Hz`.
fn allowed(what: &Described) -> String {
    let range = match (what.min, what.max) {
        (Some(min), Some(max)) => format!(", {min} to {max}"),
        (Some(min), None) => format!(", at least {min}"),
        (None, Some(max)) => format!(", at most {max}"),
        (None, None) => String::new(),
    };
    let rest = if what.constraints.is_empty() { String::new() } else { format!(", {}", what.constraints) };
    format!("{}{range}{rest}", what.kind)
}

fn changes(read_only: bool) -> String {
    if read_only { "fixed" } else { "can be set" }.to_owned()
}

fn line(value: &serde_json::Value) -> String {
    format!("{value}\n")
}

fn domain() -> Result<Domain, Failure> {
    Domain::from_env().map_err(|error| Failure {
        message: report::with_causes(&error),
        hint: None,
        code: exit_code::USAGE,
    })
}

fn nodes(domain: Domain) -> Result<Vec<Found>, Failure> {
    client::nodes(domain).map_err(|error| Failure {
        message: format!("cannot look for nodes in /proc/net/unix: {}", report::reason(&error)),
        hint: None,
        code: exit_code::UNKNOWN_NODE,
    })
}

/// The node that a person means by `asked`: its full name, or its own name if no other node has the same.
fn pick(mut found: Vec<Found>, asked: &str, domain: Domain) -> Result<Found, Failure> {
    let unknown =
        |message: String, hint: Option<String>| Failure { message, hint, code: exit_code::UNKNOWN_NODE };
    let full = NodeName::parse(asked).ok();
    let is_full = |name: &NodeName| Some(name) == full.as_ref();
    let is_meant = |name: &NodeName| is_full(name) || name.base() == asked;
    let meant: Vec<usize> = {
        let exact: Vec<usize> = positions(&found, is_full);
        if exact.is_empty() { positions(&found, is_meant) } else { exact }
    };
    match meant[..] {
        [at] => Ok(found.swap_remove(at)),
        [] => {
            let domain = domain.id();
            let names: Vec<String> = found.iter().map(|(name, _)| name.to_string()).collect();
            let bases = found.iter().map(|(name, _)| name.base());
            let near = nearest(asked, names.iter().map(String::as_str).chain(bases));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => {
                    format!("no node runs in domain {domain}; is ROS_DOMAIN_ID that of the circuit?")
                }
                None => format!("in domain {domain} run {}", names.join(", ")),
            };
            Err(unknown(format!("there is no running node `{asked}`"), Some(hint)))
        }
        _ => {
            let names: Vec<String> = meant.iter().map(|at| found[*at].0.to_string()).collect();
            Err(unknown(format!("`{asked}` may be any of {}", names.join(", ")), None))
        }
    }
}

fn positions(found: &[Found], is: impl Fn(&NodeName) -> bool) -> Vec<usize> {
    found.iter().enumerate().filter(|(_, (name, _))| is(name)).map(|(at, _)| at).collect()
}

fn reach(asked: &str) -> Result<Remote, Failure> {
    let domain = domain()?;
    let (name, remote) = pick(nodes(domain)?, asked, domain)?;
    remote.map_err(|error| failure(&name, &error))
}

/// Every parameter of a node, with its value.
fn all(remote: &Remote) -> Result<Vec<(Described, ParameterValue)>, RemoteError> {
    let names = remote.list()?;
    names.iter().map(|name| Ok((remote.describe(name)?, remote.get(name)?))).collect()
}

fn failure(node: &NodeName, error: &RemoteError) -> Failure {
    let code = match error {
        RemoteError::UnknownParameter(_) => exit_code::UNKNOWN_PARAMETER,
        RemoteError::Value(_) => exit_code::VALUE_REFUSED,
        RemoteError::Gone => exit_code::UNKNOWN_NODE,
        _ => exit_code::NODE_SILENT,
    };
    Failure { message: format!("`{node}`: {}", report::with_causes(error)), hint: None, code }
}

/// The same, with a hint if a parameter's name was mistyped.
fn parameter_failure(remote: &Remote, error: &RemoteError) -> Failure {
    let mut failure = failure(remote.name(), error);
    if let RemoteError::UnknownParameter(asked) = error {
        let names = remote.list().unwrap_or_default();
        failure.hint = Some(match nearest(asked, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "it has none".to_owned(),
            None => format!("it has {}", names.join(", ")),
        });
    }
    failure
}
