//! Wires as written: their ends are looked up.

use std::collections::HashMap;

use vc_words::{NodeName, TopicName};

use super::members::{Members, short};
use super::ports::Side;
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{Placed, WantedWire};
use crate::relay::Carriage;
use crate::source::At;

/// A port of a member, by index.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct End {
    pub(super) member: usize,
    pub(super) port: String,
}

/// A wire whose ends exist.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) from_at: At,
    pub(super) to_at: At,
    pub(super) carriage: Carriage,
}

/// Looks up the ends of all wires; those that lead nowhere are noted and left out.
pub(super) fn resolve(members: &mut Members, wanted: Vec<WantedWire>, sink: &mut Sink) -> Vec<Wire> {
    let index: HashMap<NodeName, usize> =
        members.list.iter().enumerate().map(|(at, member)| (member.name.clone(), at)).collect();
    let mut wires = Vec::new();
    let mut seen: HashMap<(End, End), At> = HashMap::new();
    let mut failed = false;
    for wire in wanted {
        let lookup = Lookup { members, index: &index, wire: &wire };
        if lookup.reversed() {
            failed = true;
            let message = format!("`{}` is an input and `{}` is an output", wire.from.value, wire.to.value);
            let hint = "a wire goes from an output to an input: swap `from` and `to`";
            sink.push(Diagnostic::error(message).at(&wire.from.at).hint(hint));
            continue;
        }
        let (from, to) = (lookup.end(&wire.from, Side::Output), lookup.end(&wire.to, Side::Input));
        let (from, to) = match (from, to) {
            (Ok(from), Ok(to)) => (from, to),
            (from, to) => {
                failed = true;
                from.err().into_iter().chain(to.err()).flatten().for_each(|wrong| sink.push(*wrong));
                continue;
            }
        };
        if let Some(first) = seen.get(&(from.clone(), to.clone())) {
            let message =
                format!("this wire from `{}` to `{}` is there already", wire.from.value, wire.to.value);
            sink.push(Diagnostic::error(message).at(&wire.to.at).also("the same wire", first));
            continue;
        }
        seen.insert((from.clone(), to.clone()), wire.to.at.clone());
        wires.push(Wire { from, to, from_at: wire.from.at, to_at: wire.to.at, carriage: wire.carriage });
    }
    members.incomplete |= failed;
    wires
}

/// Why an end leads nowhere; nothing to say if that follows from another mistake.
type Wrong = Option<Box<Diagnostic>>;

struct Lookup<'a> {
    members: &'a Members,
    index: &'a HashMap<NodeName, usize>,
    wire: &'a WantedWire,
}

impl Lookup<'_> {
    /// Whether the wire would be right the other way round, and only so.
    fn reversed(&self) -> bool {
        let WantedWire { from, to, .. } = self.wire;
        let fits = |from, to| self.end(from, Side::Output).is_ok() && self.end(to, Side::Input).is_ok();
        !fits(from, to) && fits(to, from)
    }

    fn end(&self, text: &Placed<String>, side: Side) -> Result<End, Wrong> {
        let wrong = |diagnostic: Diagnostic| Err(Some(Box::new(diagnostic.at(&text.at))));
        let told = |diagnostic: Box<Diagnostic>| wrong(*diagnostic);
        let full = match text.value.strip_prefix('/') {
            Some(absolute) => format!("/{absolute}"),
            None => format!("{}/{}", self.wire.namespace.as_str().trim_end_matches('/'), text.value),
        };
        if !text.value.trim_start_matches('/').contains('/') {
            let message = format!("an end of a wire is written `node/port`, not `{}`", text.value);
            return wrong(Diagnostic::error(message).maybe_hint(self.ports_of(&full, side)));
        }
        // A port's own name may hold slashes: the longest node name that exists counts.
        let splits = full.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
        let found = splits.collect::<Vec<_>>().into_iter().rev().find_map(|at| {
            let node = NodeName::parse(&full[..at]).ok()?;
            Some((*self.index.get(&node)?, &full[at + 1..]))
        });
        match found {
            Some((member, port)) => self.port(member, port, side).or_else(told),
            None if self.members.incomplete => Err(None),
            None => wrong(self.no_node(text, &full)),
        }
    }

    fn port(&self, at: usize, port: &str, side: Side) -> Result<End, Box<Diagnostic>> {
        let member = &self.members.list[at];
        let end = End { member: at, port: port.to_owned() };
        let called = member.called();
        if member.is_executable() {
            let message = format!("{called} is an executable, not a node: it has no ports");
            return Err(Diagnostic::error(message).into());
        }
        if member.manifest.is_none() {
            // A foreign node's ports are its topics, whatever they are.
            return match TopicName::resolve(port, &member.name) {
                Ok(_) => Ok(end),
                Err(error) => Err(Diagnostic::error(format!("not a topic name: {error}")).into()),
            };
        }
        if member.port(side, port).is_some() {
            return Ok(end);
        }
        let word = side.word();
        if member.port(side.other(), port).is_some() {
            let other = side.other().word();
            let message = format!("`{port}` of node {called} is an {other}, not an {word}");
            return Err(Diagnostic::error(message).hint("a wire goes from an output to an input").into());
        }
        let known: Vec<&str> = member.ports(side).iter().map(|port| port.name.as_str()).collect();
        let all = match known.as_slice() {
            [] => format!("it has no {word}s"),
            known => format!("its {word}s are {}", known.join(", ")),
        };
        let message = format!("node {called} has no {word} `{port}`");
        Err(Diagnostic::error(message).hint(all).did_you_mean(port, known.iter().copied()).into())
    }

    /// A hint for a wire that names a node only.
    fn ports_of(&self, full: &str, side: Side) -> Option<String> {
        let member = &self.members.list[*self.index.get(&NodeName::parse(full).ok()?)?];
        let port = member.ports(side).first()?;
        Some(format!("did you mean `{}/{}`?", short(&member.name), port.name))
    }

    fn no_node(&self, text: &Placed<String>, full: &str) -> Diagnostic {
        let (node, port) = text.value.rsplit_once('/').unwrap_or((&text.value, ""));
        let namespace = self.wire.namespace.as_str();
        let within = if namespace == "/" || text.value.starts_with('/') {
            String::new()
        } else {
            format!(" in namespace `{namespace}`")
        };
        let diagnostic = Diagnostic::error(format!("there is no node `{node}`{within}"));
        let base = node.rsplit('/').next().unwrap_or(node);
        // The same name elsewhere is nearer than any other name.
        let elsewhere = self.members.list.iter().find(|member| member.name.base() == base);
        if let Some(member) = elsewhere {
            return diagnostic.hint(format!("did you mean `{}/{port}`?", member.name));
        }
        let names: Vec<String> = self.members.list.iter().map(|member| member.name.to_string()).collect();
        let wanted = full.rsplit_once('/').map_or(full, |(node, _)| node);
        let near = vc_words::suggest::nearest(wanted, names.iter().map(String::as_str));
        diagnostic
            .maybe_hint(near.map(|near| format!("did you mean `{}/{port}`?", near.trim_start_matches('/'))))
    }
}
