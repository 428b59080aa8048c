//! Wires and names → topics; then everything that meets on a topic must fit together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use vc_words::qos::USUAL_ROOM;
use vc_words::{NodeName, Port, TopicName};

use super::members::{Member, Members, short};
use super::ports::Side;
use super::relays::check_carriage;
use super::wires::{End, Wire, resolve};
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::WantedWire;
use crate::plan::{PlannedWire, PortRef};
use crate::relay::Carriage;
use crate::source::At;

/// The most wires a plan may have: enough for any circuit, few enough to be looked at.
const MAX_WIRES: usize = 100_000;

/// Who is known to write a topic.
pub(super) type Publishers = BTreeMap<TopicName, BTreeSet<NodeName>>;

/// Gives each wire its topic, and finds the wires that names alone make.
pub(super) fn join(
    members: &mut Members,
    wanted: Vec<WantedWire>,
    is_bridged: bool,
    sink: &mut Sink,
) -> (Vec<PlannedWire>, Publishers) {
    let wires = resolve(members, wanted, sink);
    check_carriage(&wires, sink);
    let mut topics: HashMap<End, Vec<TopicName>> = HashMap::new();
    let mut planned = Vec::new();
    let mut drawn = HashSet::new();
    for wire in wires {
        drawn.insert((wire.from.clone(), wire.to.clone()));
        match bind(members, &wire, &mut topics, sink) {
            Some(wire) => planned.push(wire),
            None => members.incomplete = true,
        }
    }
    let meetings = meetings(members, &topics);
    implied(members, &meetings, &drawn, &mut planned, sink);
    // Who is beyond a bridge may feed anything.
    if !is_bridged {
        unfed(members, &meetings, &topics, sink);
    }
    let publishers = publishers(members, &meetings, &planned);
    tell_longest(members, &meetings);
    (planned, publishers)
}

/// By the ports of blocks, and by the wires of other nodes.
fn publishers(
    members: &Members,
    meetings: &BTreeMap<TopicName, Meeting>,
    wires: &[PlannedWire],
) -> Publishers {
    let mut publishers = Publishers::new();
    let ports = meetings.iter().flat_map(|(topic, met)| met.outputs.iter().map(move |end| (topic, end)));
    let by_port = ports.map(|(topic, end)| (topic, &members.list[end.member].name));
    let by_wire = wires.iter().map(|wire| (&wire.topic, &wire.from.node));
    for (topic, node) in by_port.chain(by_wire) {
        publishers.entry(topic.clone()).or_default().insert(node.clone());
    }
    publishers
}

/// Whoever comes first makes a topic, and has to know for how long a queue.
fn tell_longest(members: &mut Members, meetings: &BTreeMap<TopicName, Meeting>) {
    for (topic, meeting) in meetings {
        let outputs = meeting.outputs.iter().map(|end| (end, Side::Output));
        let ends = outputs.chain(meeting.inputs.iter().map(|end| (end, Side::Input)));
        let depth = |(end, side): (&End, Side)| {
            members.list[end.member].port(side, &end.port).map_or(0, |port| port.qos.depth)
        };
        let depths: Vec<(usize, u32)> = ends.map(|end| (end.0.member, depth(end))).collect();
        let longest = depths.iter().map(|(_, depth)| *depth).max().unwrap_or_default();
        if longest <= USUAL_ROOM {
            continue;
        }
        for (member, _) in depths.into_iter().filter(|(_, depth)| *depth < longest) {
            let told = &mut members.list[member].longest;
            // Two ports of one node on one topic.
            if told.last().is_none_or(|(last, _)| last != topic) {
                told.push((topic.clone(), longest));
            }
        }
    }
}

fn reference(member: &Member, port: &str) -> PortRef {
    PortRef { node: member.name.clone(), port: port.to_owned() }
}

/// Binds both ends of a wire to its output's topic.
fn bind(
    members: &mut Members,
    wire: &Wire,
    topics: &mut HashMap<End, Vec<TopicName>>,
    sink: &mut Sink,
) -> Option<PlannedWire> {
    let topic = output_topic(&mut members.list[wire.from.member], wire, topics, sink)?;
    input_topic(&mut members.list[wire.to.member], wire, &topic, topics, sink)?;
    let (from, to) = (&members.list[wire.from.member], &members.list[wire.to.member]);
    let offered = from.port(Side::Output, &wire.from.port);
    let wanted = to.port(Side::Input, &wire.to.port);
    if let (Some(offered), Some(wanted)) = (offered, wanted) {
        let pair = Pair { from, offered, to, wanted };
        let said = pair.types().or_else(|| pair.qos());
        sink.extend(said.map(|said| said.at(&wire.to_at).also("the output", &wire.from_at)));
    }
    if let Some(doubt) = crossing_doubt(from, to, wire.carriage) {
        sink.push(doubt.at(&wire.to_at).also("the output", &wire.from_at));
    }
    let type_name = offered.or(wanted).map(|port| port.type_name.clone()).unwrap_or_default();
    Some(PlannedWire {
        from: reference(from, &wire.from.port),
        to: reference(to, &wire.to.port),
        topic,
        type_name,
        carriage: wire.carriage,
    })
}

/// The doubt about a wire between machines with an end at a program that is known not to be a block; and about one
/// within a machine that says how it is to be carried to another.
fn crossing_doubt(from: &Member, to: &Member, carriage: Carriage) -> Option<Diagnostic> {
    if from.wanted.machine() == to.wanted.machine() {
        let message =
            "this wire stays on its machine: `max_rate`, `priority` and `reliability` change nothing";
        return (carriage != Carriage::default()).then(|| Diagnostic::warning(message));
    }
    let foreign = [from, to].into_iter().find(|member| member.manifest.is_none() && !member.is_unchecked)?;
    let message = format!(
        "this wire goes from machine `{}` to `{}`, and node {} is no block",
        from.wanted.machine(),
        to.wanted.machine(),
        foreign.called()
    );
    let hint = "it is joined only if that program speaks ROS 2 over zenoh, to the relay of its machine";
    Some(Diagnostic::warning(message).hint(hint))
}

/// The topic of a wired output: the one it is remapped to, or one named after node and port.
fn output_topic(
    member: &mut Member,
    wire: &Wire,
    topics: &mut HashMap<End, Vec<TopicName>>,
    sink: &mut Sink,
) -> Option<TopicName> {
    if let Some(known) = topics.get(&wire.from).and_then(|known| known.first()) {
        return Some(known.clone());
    }
    let port = &wire.from.port;
    let topic = if let Some((topic, _)) = member.remapped(port) {
        topic
    } else {
        match TopicName::absolute(&format!("{}/{}", member.name, port.trim_start_matches(['/', '~']))) {
            Ok(topic) => {
                member.wired.push((port.clone(), topic.clone()));
                topic
            }
            Err(error) => {
                sink.push(Diagnostic::error(format!("not a topic name: {error}")).at(&wire.from_at));
                return None;
            }
        }
    };
    topics.insert(wire.from.clone(), vec![topic.clone()]);
    Some(topic)
}

/// Lets an input read a topic: the first takes the place of its name, each further one is a source.
fn input_topic(
    member: &mut Member,
    wire: &Wire,
    topic: &TopicName,
    topics: &mut HashMap<End, Vec<TopicName>>,
    sink: &mut Sink,
) -> Option<()> {
    let port = &wire.to.port;
    if let Some((remapped, at)) = member.remapped(port) {
        topics.entry(wire.to.clone()).or_insert_with(|| vec![remapped.clone()]);
        if remapped != *topic {
            let message = format!(
                "input `{}/{port}` is wired to topic `{topic}`, but a remap gives it `{remapped}`",
                short(&member.name)
            );
            sink.push(Diagnostic::error(message).at(&wire.to_at).also("the remap", at));
            return None;
        }
        return Some(());
    }
    let known = topics.entry(wire.to.clone()).or_default();
    if known.contains(topic) {
        return Some(());
    }
    if known.is_empty() {
        member.wired.push((port.clone(), topic.clone()));
    } else if member.manifest.is_some() {
        member.sources.push((port.clone(), topic.clone()));
    } else {
        let message =
            format!("node {} is no block: its topic `{port}` can have one wire only", member.called());
        sink.push(Diagnostic::error(message).at(&wire.to_at));
        return None;
    }
    known.push(topic.clone());
    Some(())
}

/// Who writes and who reads a topic.
#[derive(Default)]
struct Meeting {
    outputs: Vec<End>,
    inputs: Vec<End>,
}

fn meetings(members: &Members, topics: &HashMap<End, Vec<TopicName>>) -> BTreeMap<TopicName, Meeting> {
    let mut meetings: BTreeMap<TopicName, Meeting> = BTreeMap::new();
    for (index, member) in members.list.iter().enumerate() {
        for side in [Side::Output, Side::Input] {
            for port in member.ports(side) {
                let end = End { member: index, port: port.name.clone() };
                let bound = topics
                    .get(&end)
                    .cloned()
                    .unwrap_or_else(|| member.topic_by_name(port).into_iter().collect());
                for topic in bound {
                    let meeting = meetings.entry(topic).or_default();
                    let ends = if side == Side::Output { &mut meeting.outputs } else { &mut meeting.inputs };
                    ends.push(end.clone());
                }
            }
        }
    }
    meetings
}

/// The wires that nobody drew: an output and an input whose names mean one topic, as in ROS 2.
fn implied(
    members: &Members,
    meetings: &BTreeMap<TopicName, Meeting>,
    drawn: &HashSet<(End, End)>,
    planned: &mut Vec<PlannedWire>,
    sink: &mut Sink,
) {
    for (topic, meeting) in meetings {
        one_type(members, topic, meeting, sink);
        for (from_end, to_end) in
            meeting.outputs.iter().flat_map(|out| meeting.inputs.iter().map(move |i| (out, i)))
        {
            if drawn.contains(&(from_end.clone(), to_end.clone())) {
                continue;
            }
            if planned.len() == MAX_WIRES {
                let message = format!("this launch file comes to more than {MAX_WIRES} wires");
                sink.push(Diagnostic::error(message).at(members.list[to_end.member].at()));
                return;
            }
            let (from, to) = (&members.list[from_end.member], &members.list[to_end.member]);
            let ports = from.port(Side::Output, &from_end.port).zip(to.port(Side::Input, &to_end.port));
            let Some((offered, wanted)) = ports else { continue };
            let pair = Pair { from, offered, to, wanted };
            let said = pair.types().or_else(|| pair.qos());
            if let Some(said) = said {
                let said = said.at(place(to, &to_end.port)).also("the output", place(from, &from_end.port));
                sink.push(said.hint(format!("both ports are on topic `{topic}`")));
            }
            planned.push(PlannedWire {
                from: reference(from, &from_end.port),
                to: reference(to, &to_end.port),
                topic: topic.clone(),
                type_name: offered.type_name.clone(),
                carriage: Carriage::default(),
            });
        }
    }
}

/// Where to point for a port: the remap that binds it, or its node.
fn place<'a>(member: &'a Member, port: &str) -> &'a At {
    member.remapped(port).map_or(member.at(), |(_, at)| at)
}

/// All outputs on a topic must carry one type, whether somebody reads them or not.
fn one_type(members: &Members, topic: &TopicName, meeting: &Meeting, sink: &mut Sink) {
    let Some((first, others)) = meeting.outputs.split_first() else { return };
    let port = |end: &End| members.list[end.member].port(Side::Output, &end.port);
    let Some(expected) = port(first) else { return };
    for other in others {
        let (one, two) = (&members.list[first.member], &members.list[other.member]);
        if let Some(found) = port(other).filter(|found| !same_type(found, expected)) {
            let message = format!(
                "topic `{topic}` would carry two types: `{}/{}` gives {}, `{}/{}` gives {}",
                short(&one.name),
                expected.name,
                type_text(expected, found),
                short(&two.name),
                found.name,
                type_text(found, expected),
            );
            let diagnostic = Diagnostic::error(message).at(place(two, &other.port));
            sink.push(diagnostic.also("the other output", place(one, &first.port)));
        }
    }
}

fn same_type(a: &Port, b: &Port) -> bool {
    a.type_name == b.type_name && a.hash == b.hash
}

/// A type for people: with its hash only where the names are equal.
fn type_text(port: &Port, other: &Port) -> String {
    if port.type_name == other.type_name {
        let hash: String = port.hash.chars().take(20).collect();
        format!("`{}` of version {hash}…", port.type_name)
    } else {
        format!("`{}`", port.type_name)
    }
}

/// An output and an input on one topic.
struct Pair<'a> {
    from: &'a Member,
    offered: &'a Port,
    to: &'a Member,
    wanted: &'a Port,
}

impl Pair<'_> {
    fn ends(&self) -> (String, String) {
        let (from, to) = (short(&self.from.name), short(&self.to.name));
        (format!("`{from}/{}`", self.offered.name), format!("`{to}/{}`", self.wanted.name))
    }

    /// The mistake of joining two types.
    fn types(&self) -> Option<Diagnostic> {
        if same_type(self.offered, self.wanted) {
            return None;
        }
        let (from, to) = self.ends();
        let message = format!(
            "output {from} gives {}, but input {to} takes {}",
            type_text(self.offered, self.wanted),
            type_text(self.wanted, self.offered),
        );
        Some(Diagnostic::error(message))
    }

    /// The doubt about an output that offers less than the input asks for.
    fn qos(&self) -> Option<Diagnostic> {
        if self.offered.qos.offers(&self.wanted.qos) {
            return None;
        }
        let (from, to) = self.ends();
        let (offered, wanted) = (&self.offered.qos, &self.wanted.qos);
        let words = if offered.durability == wanted.durability {
            (format!("{:?}", offered.reliability), format!("{:?}", wanted.reliability))
        } else {
            (format!("{:?}", offered.durability), format!("{:?}", wanted.durability))
        };
        let message = format!(
            "output {from} offers {}, but input {to} asks for {}",
            spaced(&words.0),
            spaced(&words.1)
        );
        Some(Diagnostic::warning(message))
    }
}

/// `BestEffort` → `best effort`.
fn spaced(word: &str) -> String {
    let mut text = String::new();
    for c in word.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// Inputs that nothing feeds. With a foreign program in the circuit nobody can tell.
fn unfed(
    members: &Members,
    meetings: &BTreeMap<TopicName, Meeting>,
    topics: &HashMap<End, Vec<TopicName>>,
    sink: &mut Sink,
) {
    if members.incomplete || members.list.iter().any(|member| member.manifest.is_none()) {
        return;
    }
    for (index, member) in members.list.iter().enumerate() {
        for port in member.ports(Side::Input) {
            let end = End { member: index, port: port.name.clone() };
            let bound =
                topics.get(&end).cloned().unwrap_or_else(|| member.topic_by_name(port).into_iter().collect());
            if port.optional && bound.is_empty() {
                continue;
            }
            let fed =
                bound.iter().any(|topic| meetings.get(topic).is_some_and(|met| !met.outputs.is_empty()));
            if fed {
                continue;
            }
            let message = format!("input `{}` of node {} has no source", port.name, member.called());
            // Drawings are run as they are drawn, half done too, and hints about text do not help their users.
            let drawn = member.at().source.is_drawn();
            let diagnostic = if port.required && !drawn {
                Diagnostic::error(message)
            } else {
                Diagnostic::warning(message)
            };
            let hint = if drawn { None } else { source_for(members, index, port) };
            sink.push(diagnostic.at(member.at()).maybe_hint(hint));
        }
    }
}

/// An output that would do.
fn source_for(members: &Members, to: usize, port: &Port) -> Option<String> {
    let others = members.list.iter().enumerate().filter(|(index, _)| *index != to).map(|(_, member)| member);
    let fits =
        others.flat_map(|member| member.ports(Side::Output).iter().map(move |output| (member, output)));
    let (member, output) = fits.into_iter().find(|(_, output)| same_type(output, port))?;
    let (from, to) = (&member.name, &members.list[to].name);
    let shown = |name: &vc_words::NodeName| {
        if name.namespace().as_str() == "/" { short(name) } else { name.to_string() }
    };
    Some(format!("add `- wire: {{from: {}/{}, to: {}/{}}}`", shown(from), output.name, shown(to), port.name))
}
