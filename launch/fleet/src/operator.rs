//! An operator's mind: what the parts of a circuit tell becomes one story.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use vc_plan::{LOCAL, MachineName, Plan, PortRef};
use vc_supervise::child_state::{ChildState, End};
use vc_supervise::observer::NodeSummary;
use vc_supervise::{Event, Name, StopReason, Summary, Verdict, Warning, WireFigures};

use crate::clock::Offset;
use crate::protocol::Told;

/// Clocks that are farther apart are worth a word.
const FAR_APART: Duration = Duration::from_millis(100);

/// A machine of the launch; none: the operator's own.
pub type Machine = Option<MachineName>;

/// What the operator makes of something told.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// For those who watch.
    pub events: Vec<Event>,
    /// Whether all parts are to be stopped.
    pub stop: bool,
}

#[derive(Debug)]
struct Part {
    machine: Machine,
    wires: HashMap<(PortRef, PortRef), WireFigures>,
    summary: Option<Summary>,
    is_in_sight: bool,
    is_given_up: bool,
}

/// One circuit in several parts.
#[derive(Debug)]
pub struct Operator {
    plan: Plan,
    machines: HashMap<Name, Machine>,
    parts: Vec<Part>,
    clocks: HashMap<Machine, Offset>,
    is_stopping: bool,
}

impl Operator {
    /// Of a plan, with a part for each machine that it has nodes on.
    pub fn new(plan: Plan) -> Self {
        let machines: HashMap<Name, Machine> =
            plan.nodes.iter().map(|node| (name_of(&node.name), node.machine.clone())).collect();
        let mut parts: Vec<Part> = Vec::new();
        for node in &plan.nodes {
            if !parts.iter().any(|part| part.machine == node.machine) {
                let machine = node.machine.clone();
                let wires = HashMap::new();
                parts.push(Part { machine, wires, summary: None, is_in_sight: true, is_given_up: false });
            }
        }
        Self { plan, machines, parts, clocks: HashMap::new(), is_stopping: false }
    }

    /// The machines that there are parts for.
    pub fn machines(&self) -> Vec<Machine> {
        self.parts.iter().map(|part| part.machine.clone()).collect()
    }

    /// The nodes that a machine speaks for.
    pub fn nodes_of(&self, machine: &Machine) -> HashSet<Name> {
        let own = self.machines.iter().filter(|(_, of)| *of == machine);
        own.map(|(node, _)| node.clone()).collect()
    }

    /// For each node, what people call its machine.
    pub fn places(&self) -> HashMap<Name, String> {
        self.machines.iter().map(|(node, machine)| (node.clone(), called(machine))).collect()
    }

    /// The circuit begins.
    pub fn began(&self) -> Event {
        let nodes = self.plan.nodes.iter().map(|node| name_of(&node.name)).collect();
        Event::Began { log_folder: None, nodes, wires: self.wires() }
    }

    /// Takes in what a machine tells. Nobody speaks for nodes of another machine.
    pub fn told(&mut self, machine: &Machine, told: Told) -> Step {
        let is_its_own = |node: &Name| self.machines.get(node) == Some(machine);
        let event = |event| Step { events: vec![event], ..Step::default() };
        match told {
            Told::State(change) if is_its_own(&change.node) => event(Event::State(change)),
            Told::Status { node, text } if is_its_own(&node) => event(Event::Status { node, text }),
            // Lines go straight to those who watch; what is told of gates and relays is the conductor's affair.
            Told::State(_)
            | Told::Status { .. }
            | Told::Began { log_folder: None }
            | Told::Line(_)
            | Told::Settled
            | Told::Opened { .. }
            | Told::Flows { .. } => Step::default(),
            Told::Began { log_folder: Some(folder) } => {
                event(note(machine, &format!("log files in {}", folder.display())))
            }
            Told::Warning(text) => event(note(machine, &text)),
            Told::Wires(wires) => {
                if let Some(part) = self.part(machine) {
                    part.wires = by_ends(wires);
                }
                Step::default()
            }
            Told::RequiredEnded { node } => self.ought_to_stop(StopReason::RequiredNode { node }),
            Told::Planned { reason } => self.ought_to_stop(StopReason::Planned { reason }),
            Told::Summary(summary) => {
                if let Some(part) = self.part(machine) {
                    part.summary = Some(summary);
                }
                Step::default()
            }
        }
    }

    /// A part has a reason to stop all: the first counts.
    fn ought_to_stop(&mut self, reason: StopReason) -> Step {
        let is_news = !std::mem::replace(&mut self.is_stopping, true);
        let events = is_news.then_some(Event::Stopping(reason)).into_iter().collect();
        Step { events, stop: is_news }
    }

    /// Somebody asked for the n-th time to stop.
    pub fn asked_to_stop(&mut self, signal: &'static str, times: u32) -> Event {
        self.is_stopping = true;
        Event::Stopping(StopReason::Asked { signal, times })
    }

    /// The link to a machine is there, or is not. Gives what to say, if that is new.
    pub fn link(&mut self, machine: &Machine, is_there: bool) -> Option<Event> {
        let keeps = self.plan.machines.iter().any(|planned| {
            Some(&planned.name) == machine.as_ref()
                && planned.on_operator_lost == vc_plan::OnOperatorLost::Keep
        });
        let part = self.part(machine)?;
        if std::mem::replace(&mut part.is_in_sight, is_there) == is_there || part.summary.is_some() {
            return None;
        }
        let text = match (is_there, keeps) {
            (true, _) => "the link is there again",
            (false, true) => "the link is lost; its nodes go on",
            (false, false) => "the link is lost; its nodes stop unless it returns within seconds",
        };
        Some(note(machine, text))
    }

    /// Something about a machine that people should know.
    pub fn note(&self, machine: &Machine, text: &str) -> Event {
        note(machine, text)
    }

    /// How far a machine's clock is ahead of ours. Gives what to say, once, if people should know.
    pub fn clock(&mut self, machine: &Machine, offset: Offset) -> Option<Event> {
        let known = self.clocks.insert(machine.clone(), offset);
        let apart = Duration::from_nanos(offset.ahead_ns.unsigned_abs());
        let is_far = apart.saturating_sub(offset.uncertainty) > FAR_APART;
        let is_news =
            known.is_none_or(|known| known.ahead_ns.unsigned_abs() < offset.ahead_ns.unsigned_abs() / 2);
        (is_far && is_news).then(|| {
            let text = format!(
                "its clock is {offset}: stamps of its data are off by that; let both machines set their clocks by one server"
            );
            note(machine, &text)
        })
    }

    /// How far all machines' clocks are ahead of ours.
    pub fn clocks(&self) -> Vec<Event> {
        let mut clocks: Vec<_> = self.clocks.iter().collect();
        clocks.sort_by_key(|(machine, _)| *machine);
        let event = |(machine, offset): (&Machine, &Offset)| Event::Clock {
            machine: called(machine),
            ahead_ns: offset.ahead_ns,
            uncertainty: offset.uncertainty,
        };
        clocks.into_iter().map(event).collect()
    }

    /// A part whose end cannot be waited for.
    pub fn give_up(&mut self, machine: &Machine) {
        if let Some(part) = self.part(machine) {
            part.is_given_up = part.summary.is_none();
        }
    }

    /// Whether the link to a machine is lost.
    pub fn is_out_of_sight(&self, machine: &Machine) -> bool {
        self.parts.iter().any(|part| part.machine == *machine && !part.is_in_sight)
    }

    /// Whether a machine's part has ended or was given up.
    pub fn has_ended(&self, machine: &Machine) -> bool {
        let part = self.parts.iter().find(|part| part.machine == *machine);
        part.is_none_or(|part| part.summary.is_some() || part.is_given_up)
    }

    /// Whether all parts have ended.
    pub fn is_over(&self) -> bool {
        self.parts.iter().all(|part| part.summary.is_some() || part.is_given_up)
    }

    /// The figures of all wires: what was sent is what its begin knows, all else what its end knows.
    pub fn wires(&self) -> Vec<WireFigures> {
        self.merged(|part| part.wires.clone())
    }

    /// How it all ended.
    pub fn summary(&self, lasted: Duration) -> Summary {
        let told: HashMap<Name, &NodeSummary> = self
            .parts
            .iter()
            .flat_map(|part| {
                let nodes = part.summary.iter().flat_map(|summary| &summary.nodes);
                nodes.filter(|node| self.machines.get(&node.node) == Some(&part.machine))
            })
            .map(|node| (node.node.clone(), node))
            .collect();
        let node = |planned: &vc_plan::PlannedNode| {
            let name = name_of(&planned.name);
            told.get(&name)
                .map_or_else(|| out_of_sight(name.clone(), planned.machine.as_ref()), |told| (*told).clone())
        };
        let verdict = |part: &Part| match &part.summary {
            Some(summary) => summary.verdict,
            None => Verdict::NodeFailed,
        };
        let figures = |part: &Part| match &part.summary {
            Some(summary) => by_ends(summary.wires.clone()),
            None => part.wires.clone(),
        };
        Summary {
            verdict: self
                .parts
                .iter()
                .map(verdict)
                .max_by_key(|verdict| *verdict as u8)
                .unwrap_or(Verdict::Success),
            nodes: self.plan.nodes.iter().map(node).collect(),
            wires: self.merged(figures),
            lasted,
        }
    }

    fn merged(&self, of: impl Fn(&Part) -> HashMap<(PortRef, PortRef), WireFigures>) -> Vec<WireFigures> {
        let parts: HashMap<&Machine, _> = self.parts.iter().map(|part| (&part.machine, of(part))).collect();
        let figures = |wire: &vc_plan::PlannedWire| {
            let ends = (wire.from.clone(), wire.to.clone());
            let at = |end: &PortRef| parts.get(self.machines.get(&name_of(&end.node))?)?.get(&ends);
            let end = at(&wire.to).cloned().unwrap_or_else(|| WireFigures::nothing(wire));
            WireFigures { sent: at(&wire.from).map_or(0, |begin| begin.sent), ..end }
        };
        self.plan.wires.iter().map(figures).collect()
    }

    fn part(&mut self, machine: &Machine) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.machine == *machine)
    }
}

/// What another machine has to say.
fn note(machine: &Machine, text: &str) -> Event {
    Event::Warning(Warning::Machine { machine: called(machine), text: text.to_owned() })
}

/// What people call a machine.
fn called(machine: &Machine) -> String {
    machine.as_ref().map_or(LOCAL, MachineName::as_str).to_owned()
}

/// A node's name as people write it.
pub(crate) fn name_of(name: &vc_words::NodeName) -> Name {
    name.to_string().trim_start_matches('/').into()
}

fn by_ends(wires: Vec<WireFigures>) -> HashMap<(PortRef, PortRef), WireFigures> {
    wires.into_iter().map(|wire| ((wire.from.clone(), wire.to.clone()), wire)).collect()
}

fn out_of_sight(node: Name, machine: Option<&MachineName>) -> NodeSummary {
    let machine = machine.map_or(LOCAL, MachineName::as_str).to_owned();
    let end = End::OutOfSight { machine };
    NodeSummary { node, state: ChildState::Failed { end: end.clone() }, exit: Some(end), restarts: 0 }
}

#[cfg(test)]
mod tests;
