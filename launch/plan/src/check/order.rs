//! Start order: what `after` and timers say is looked up, and must leave every node a way to start.

use std::collections::HashMap;

use vc_words::{NodeName, TopicName};

use super::members::{Member, Members, short};
use super::topics::Publishers;
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{After, Placed};
use crate::plan::{RestartPolicy, StartCondition};
use crate::source::At;

/// That a member cannot start before another one, and where that is written.
struct Wait<'a> {
    on: usize,
    at: &'a At,
}

/// For each member, what must have happened before it is started.
pub(super) fn check(members: &Members, publishers: &Publishers, sink: &mut Sink) -> Vec<Vec<StartCondition>> {
    let index = members.list.iter().enumerate().map(|(at, member)| (&member.name, at)).collect();
    let lookup = Lookup { members, index, publishers };
    let mut all = Vec::new();
    let mut waits = Vec::new();
    for member in &members.list {
        let (mut conditions, mut waits_of_it) = (Vec::new(), Vec::new());
        if !member.wanted.delay.is_zero() {
            conditions.push(StartCondition::Elapsed(member.wanted.delay));
        }
        for after in &member.wanted.after {
            match lookup.condition(member, after) {
                Ok((condition, wait)) => {
                    conditions.push(condition);
                    waits_of_it.extend(wait);
                }
                Err(wrong) => sink.extend(wrong.map(|wrong| *wrong)),
            }
            sink.extend(lookup.doubt(member, after));
        }
        all.push(conditions);
        waits.push(waits_of_it);
    }
    cycles(members, &waits, sink);
    all
}

/// Why there is no such condition; nothing to say if that follows from another mistake.
type Wrong = Option<Box<Diagnostic>>;

struct Lookup<'a> {
    members: &'a Members,
    index: HashMap<&'a NodeName, usize>,
    publishers: &'a Publishers,
}

impl<'a> Lookup<'a> {
    fn condition(
        &self,
        member: &Member,
        after: &'a After,
    ) -> Result<(StartCondition, Option<Wait<'a>>), Wrong> {
        match after {
            After::Ready(node) => {
                let on = self.node(member, node)?;
                let condition = StartCondition::Ready(self.members.list[on].name.clone());
                Ok((condition, Some(Wait { on, at: &node.at })))
            }
            After::Ended(node) => {
                let on = self.node(member, node)?;
                let other = &self.members.list[on];
                let restart = &other.wanted.restart;
                if restart.policy == RestartPolicy::Always && restart.max_retries.is_none() {
                    let message = format!("{} never ends: it is always started again", other.called());
                    let hint = "`respawn: on-failure` lets it end with success";
                    return Err(Some(Diagnostic::error(message).at(&node.at).hint(hint).into()));
                }
                Ok((StartCondition::Ended(other.name.clone()), Some(Wait { on, at: &node.at })))
            }
            After::Topic(written) => {
                let topic = topic(member, written)?;
                let all = || self.publishers.get(&topic).into_iter().flatten();
                let is_near = |name: &&NodeName| {
                    self.index.get(name).is_none_or(|on| !member.is_apart(&self.members.list[*on]))
                };
                let publishers: Vec<NodeName> = all().filter(is_near).cloned().collect();
                if publishers.is_empty()
                    && let Some(far) = all().next()
                {
                    return Err(Some(apart(&format!("`{}`", short(far)), written).into()));
                }
                // Of several, any one will do.
                let wait = match publishers.as_slice() {
                    [only] => self.index.get(only).map(|on| Wait { on: *on, at: &written.at }),
                    _ => None,
                };
                Ok((StartCondition::Message { topic, publishers }, wait))
            }
        }
    }

    fn node(&self, member: &Member, written: &Placed<String>) -> Result<usize, Wrong> {
        let namespace = &member.wanted.around;
        let full = match written.value.strip_prefix('/') {
            Some(absolute) => format!("/{absolute}"),
            None => format!("{}/{}", namespace.as_str().trim_end_matches('/'), written.value),
        };
        let found = NodeName::parse(&full).ok().and_then(|name| self.index.get(&name).copied());
        if let Some(found) = found {
            let other = &self.members.list[found];
            if member.is_apart(other) {
                return Err(Some(apart(&other.called(), written).into()));
            }
            return Ok(found);
        }
        if self.members.incomplete {
            return Err(None);
        }
        let within = if namespace.as_str() == "/" || written.value.starts_with('/') {
            String::new()
        } else {
            format!(" in namespace `{namespace}`")
        };
        let message = format!("there is no node `{}`{within}", written.value);
        let told = Diagnostic::error(message).at(&written.at);
        let base = written.value.rsplit('/').next().unwrap_or_default();
        // The same name elsewhere is nearer than any other name.
        if let Some(member) = self.members.list.iter().find(|member| member.name.base() == base) {
            return Err(Some(told.hint(format!("did you mean `{}`?", member.name)).into()));
        }
        let names: Vec<String> = self.members.list.iter().map(|member| short(&member.name)).collect();
        let near = full.trim_start_matches('/');
        Err(Some(told.did_you_mean(near, names.iter().map(String::as_str)).into()))
    }

    /// A topic that no block of the circuit writes: most likely a slip, but others may write it.
    fn doubt(&self, member: &Member, after: &After) -> Option<Diagnostic> {
        let After::Topic(written) = after else { return None };
        let topic = topic(member, written).ok()?;
        let has_foreign = self.members.list.iter().any(|member| member.manifest.is_none());
        if self.publishers.contains_key(&topic) || has_foreign || self.members.incomplete {
            return None;
        }
        let message = format!("no node of this circuit writes topic `{topic}`");
        let known = self.publishers.keys().map(TopicName::as_str);
        Some(Diagnostic::warning(message).at(&written.at).did_you_mean(topic.as_str(), known))
    }
}

/// The mistake of waiting for a node that is not in sight.
fn apart(node: &str, written: &Placed<String>) -> Diagnostic {
    let message = format!("node {node} is on another machine: start order holds within a machine");
    Diagnostic::error(message).at(&written.at)
}

fn topic(member: &Member, written: &Placed<String>) -> Result<TopicName, Wrong> {
    TopicName::resolve(&written.value, &member.name)
        .map_err(|error| Some(Diagnostic::error(format!("not a topic name: {error}")).at(&written.at).into()))
}

/// Notes every circle of nodes that wait for each other.
fn cycles(members: &Members, waits: &[Vec<Wait<'_>>], sink: &mut Sink) {
    let mut can_start = vec![false; waits.len()];
    loop {
        let before = can_start.clone();
        for (member, waits) in waits.iter().enumerate() {
            can_start[member] |= waits.iter().all(|wait| can_start[wait.on]);
        }
        if can_start != before {
            continue;
        }
        // Each of the others waits for one of the others: whoever follows them comes round.
        let Some(first) = can_start.iter().position(|can| !can) else { return };
        let circle = circle(first, waits, &can_start);
        sink.push(told(members, &circle));
        for (member, _) in circle {
            can_start[member] = true;
        }
    }
}

/// The members of a circle that `first` comes into, each with where it says what it waits for.
fn circle<'a>(first: usize, waits: &'a [Vec<Wait<'a>>], can_start: &[bool]) -> Vec<(usize, &'a At)> {
    let mut path: Vec<(usize, &At)> = Vec::new();
    let mut at = first;
    loop {
        if let Some(begin) = path.iter().position(|(member, _)| *member == at) {
            return path.split_off(begin);
        }
        let Some(wait) = waits[at].iter().find(|wait| !can_start[wait.on]) else { return path };
        path.push((at, wait.at));
        at = wait.on;
    }
}

fn told(members: &Members, circle: &[(usize, &At)]) -> Diagnostic {
    let name = |member: usize| format!("`{}`", short(&members.list[member].name));
    let Some(((first, at), others)) = circle.split_first() else {
        return Diagnostic::error("nodes wait for each other");
    };
    if others.is_empty() {
        return Diagnostic::error(format!("{} waits for itself", name(*first))).at(at);
    }
    let names: Vec<String> = circle.iter().map(|(member, _)| name(*member)).collect();
    let message = format!("nodes wait for each other: {}, {}", names.join(", "), name(*first));
    let told = Diagnostic::error(message).at(at);
    others.iter().fold(told, |told, (member, at)| told.also(format!("{} waits here", name(*member)), at))
}
