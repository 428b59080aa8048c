//! When the parts of a circuit begin and stop, so that nothing is lost at a wire between machines: at the start sinks
//! before sources, once every wire's ends know of each other; at the end sources before sinks, each layer once all that
//! was sent before has come.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use vc_plan::plan::NodeKind;
use vc_plan::{Plan, PlannedWire};
use vc_supervise::{ChildState, Name, Order, WireFigures};
use vc_words::{NodeName, TopicName};

use crate::operator::{Machine, name_of};
use crate::protocol::Told;

/// How long the opening of one layer may take.
const OPENING: Duration = Duration::from_secs(1);
/// How long a layer may take to end, and what it sent to come.
const EBB: Duration = Duration::from_millis(1500);
/// What was not received for so long will not come.
const QUIET: Duration = Duration::from_millis(600);

/// Where a node is, and how it stands.
#[derive(Debug)]
struct Node {
    machine: Machine,
    layer: usize,
    is_started: bool,
    /// Once it has ended for good: how many reports of its machine there were by then.
    ended: Option<u64>,
}

/// How a machine's part stands.
#[derive(Debug, Default)]
struct Part {
    is_settled: bool,
    /// Down to which layer it is open.
    open: Option<usize>,
    /// How often it told figures.
    reports: u64,
    /// Whether nothing is to be waited for: it has ended, or is out of sight.
    is_gone: bool,
}

/// Where the circuit is between its beginning and its end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// Some nodes are on their way to being ready.
    Gathering,
    /// All are; the wires between machines are waited for, until then.
    Joining(Instant),
    /// The gates of this layer are being opened, until then.
    Opening(usize, Instant),
    /// All run.
    Running,
    /// This layer and all upstream of it have been asked to end.
    Ebbing { layer: usize, until: Instant, came: u64, quiet: Instant },
    /// Everything was asked to end.
    Ending,
}

/// What the conductor wants done.
#[derive(Debug, Default, PartialEq)]
pub struct Want {
    /// Orders for all parts.
    pub orders: Vec<Order>,
    /// For people.
    pub warning: Option<String>,
}

/// Conducts the parts.
#[derive(Debug)]
pub struct Conductor {
    nodes: HashMap<Name, Node>,
    parts: HashMap<Machine, Part>,
    crossing: Vec<PlannedWire>,
    /// The ends that relays have in sight: on which machine, which topic, which node elsewhere.
    flows: HashSet<(Machine, TopicName, NodeName)>,
    /// The ends that relays can tell of: those of blocks.
    blocks: HashSet<NodeName>,
    layers: BTreeSet<usize>,
    phase: Phase,
    /// How long wires are waited for.
    patience: Duration,
}

impl Conductor {
    /// Of a circuit that is about to be started, each of its nodes so far downstream; its wires between machines are
    /// waited for so long.
    pub fn new(plan: &Plan, layers: &[usize], patience: Duration) -> Self {
        let node = |(node, layer): (&vc_plan::PlannedNode, &usize)| {
            let of = Node { machine: node.machine.clone(), layer: *layer, is_started: false, ended: None };
            (name_of(&node.name), of)
        };
        let is_block = |node: &&vc_plan::PlannedNode| matches!(node.kind, NodeKind::Block { .. });
        Self {
            nodes: plan.nodes.iter().zip(layers).map(node).collect(),
            parts: plan.nodes.iter().map(|node| (node.machine.clone(), Part::default())).collect(),
            crossing: plan.crossing().cloned().collect(),
            flows: HashSet::new(),
            blocks: plan.nodes.iter().filter(is_block).map(|node| node.name.clone()).collect(),
            layers: layers.iter().copied().collect(),
            phase: Phase::Gathering,
            patience,
        }
    }

    /// Of a circuit that runs already.
    pub fn of_running(plan: &Plan, layers: &[usize]) -> Self {
        let mut conductor = Self::new(plan, layers, Duration::ZERO);
        conductor.nodes.values_mut().for_each(|node| node.is_started = true);
        conductor.phase = Phase::Running;
        conductor
    }

    /// A machine tells something.
    pub fn told(&mut self, machine: &Machine, told: &Told) {
        let Some(part) = self.parts.get_mut(machine) else { return };
        match told {
            Told::Settled => part.is_settled = true,
            Told::Opened { layer } => part.open = Some(part.open.map_or(*layer, |open| open.min(*layer))),
            Told::Wires(_) => part.reports += 1,
            Told::Summary(_) => part.is_gone = true,
            Told::Flows { topic, end } => {
                self.flows.insert((machine.clone(), topic.clone(), end.clone()));
            }
            Told::State(change) => {
                let reports = part.reports;
                if let Some(node) = self.nodes.get_mut(&change.node).filter(|node| node.machine == *machine) {
                    node.is_started |= change.state != ChildState::Waiting;
                    node.ended = change.state.is_final().then(|| node.ended.unwrap_or(reports));
                }
            }
            _ => {}
        }
    }

    /// Whether a machine's part can be told anything, and told of.
    pub fn sight(&mut self, machine: &Machine, is_there: bool) {
        if let Some(part) = self.parts.get_mut(machine) {
            part.is_gone = !is_there;
        }
    }

    /// The circuit is to stop.
    pub fn stop(&mut self, now: Instant) -> Vec<Order> {
        if matches!(self.phase, Phase::Ebbing { .. } | Phase::Ending) {
            return Vec::new();
        }
        self.ebb(self.layers.first().copied(), now).into_iter().collect()
    }

    /// It is to stop at once: this often somebody has asked.
    pub fn hurry(&mut self, times: u32) -> Order {
        self.phase = Phase::Ending;
        Order::Stop { times }
    }

    /// Whether the figures of all wires matter to what comes next.
    pub fn is_ebbing(&self) -> bool {
        matches!(self.phase, Phase::Ebbing { .. })
    }

    /// When to ask again at the latest, if nothing is told.
    pub fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Gathering | Phase::Running | Phase::Ending => None,
            Phase::Joining(until) | Phase::Opening(_, until) => Some(until),
            Phase::Ebbing { until, quiet, .. } => Some(until.min(quiet)),
        }
    }

    /// What follows from what was told, and from the time. `figures` are those of all wires.
    pub fn next(&mut self, figures: &[WireFigures], now: Instant) -> Want {
        let mut want = Want::default();
        while let Some(order) = self.step(figures, now, &mut want.warning) {
            want.orders.push(order);
        }
        want
    }

    fn step(&mut self, figures: &[WireFigures], now: Instant, warning: &mut Option<String>) -> Option<Order> {
        match self.phase {
            Phase::Gathering => {
                if !self.present().all(|part| part.is_settled) {
                    return None;
                }
                self.phase = Phase::Joining(now + self.patience);
                self.step(figures, now, warning)
            }
            Phase::Joining(until) => {
                let missing = self.missing();
                if !missing.is_empty() && now < until {
                    return None;
                }
                *warning = (!missing.is_empty()).then(|| {
                    format!("begins without {}: relays do not reach each other there", missing.join(", "))
                });
                self.open(self.layers.last().copied(), now)
            }
            Phase::Opening(layer, until) => {
                let is_open = self.present().all(|part| part.open.is_some_and(|open| open <= layer));
                if !is_open && now < until {
                    return None;
                }
                self.open(self.layers.range(..layer).next_back().copied(), now)
            }
            Phase::Running | Phase::Ending => None,
            Phase::Ebbing { layer, until, came, quiet } => {
                let coming: u64 = figures.iter().map(|wire| wire.received + wire.lost).sum();
                if coming != came {
                    self.phase = Phase::Ebbing { layer, until, came: coming, quiet: now + QUIET };
                }
                let has_ebbed = self.has_ended(layer)
                    && (self.has_come(layer, figures) || (now >= quiet && coming == came));
                if !has_ebbed && now < until {
                    return None;
                }
                self.ebb(self.layers.range(layer + 1..).next().copied(), now)
            }
        }
    }

    fn open(&mut self, layer: Option<usize>, now: Instant) -> Option<Order> {
        self.phase = layer.map_or(Phase::Running, |layer| Phase::Opening(layer, now + OPENING));
        layer.map(|layer| Order::Open { layer })
    }

    fn ebb(&mut self, layer: Option<usize>, now: Instant) -> Option<Order> {
        self.phase = layer.map_or(Phase::Ending, |layer| Phase::Ebbing {
            layer,
            until: now + EBB,
            came: 0,
            quiet: now + QUIET,
        });
        layer.map(|layer| Order::Ebb { layer })
    }

    /// The parts that can be waited for.
    fn present(&self) -> impl Iterator<Item = &Part> {
        self.parts.values().filter(|part| !part.is_gone)
    }

    fn is_present(&self, machine: &Machine) -> bool {
        self.parts.get(machine).is_some_and(|part| !part.is_gone)
    }

    /// The wires between machines whose ends do not know of each other, though both are there.
    fn missing(&self) -> Vec<String> {
        let is_up = |name: &NodeName| {
            let node = self.nodes.get(&name_of(name));
            node.filter(|node| node.is_started && node.ended.is_none() && self.is_present(&node.machine))
        };
        let is_missing = |wire: &&PlannedWire| {
            let (from, to) = (&wire.from.node, &wire.to.node);
            let (Some(begin), Some(end)) = (is_up(from), is_up(to)) else { return false };
            let sees = |machine: &Machine, other: &NodeName| {
                let end = (machine.clone(), wire.topic.clone(), other.clone());
                !self.blocks.contains(other) || self.flows.contains(&end)
            };
            !(sees(&begin.machine, to) && sees(&end.machine, from))
        };
        let missing = self.crossing.iter().filter(is_missing);
        missing.map(|wire| format!("`{}` ⇒ `{}`", wire.from, wire.to)).collect()
    }

    /// Whether all nodes up to a layer have ended, as far as anybody sees.
    fn has_ended(&self, layer: usize) -> bool {
        let has_ended = |node: &Node| node.ended.is_some() || !self.is_present(&node.machine);
        self.nodes.values().filter(|node| node.layer <= layer).all(has_ended)
    }

    /// Whether all that nodes up to a layer have sent to another machine has come there.
    fn has_come(&self, layer: usize, figures: &[WireFigures]) -> bool {
        self.crossing.iter().all(|wire| {
            let nodes = [&wire.from, &wire.to].map(|end| self.nodes.get(&name_of(&end.node)));
            let [Some(from), Some(to)] = nodes else { return true };
            let waits = from.layer <= layer && to.ended.is_none();
            if !waits || !self.is_present(&from.machine) || !self.is_present(&to.machine) {
                return true;
            }
            // What it sent is known once its machine has told figures after its end.
            let reports = self.parts.get(&from.machine).map_or(0, |part| part.reports);
            let is_known = from.ended.is_some_and(|then| reports > then);
            let is_it = |figures: &&WireFigures| figures.from == wire.from && figures.to == wire.to;
            let figures = figures.iter().find(is_it);
            is_known && figures.is_none_or(|wire| wire.received + wire.lost >= wire.sent)
        })
    }
}

#[cfg(test)]
mod tests;
