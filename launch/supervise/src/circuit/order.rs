//! Start order: a node starts once all it waits for has happened, and fails if that never can.

use std::collections::HashMap;
use std::time::Instant;

use vc_plan::Plan;
use vc_plan::plan::StartCondition;

use super::{Circuit, Node};
use crate::child_state::{ChildEvent, ChildState};
use crate::observer::Event;

/// Something that must happen before a node is started.
#[derive(Debug)]
pub(super) struct Need {
    condition: StartCondition,
    /// The places in the plan of the nodes that it depends on. For a message: of those known to write the topic.
    nodes: Vec<usize>,
}

/// How things stand with a need.
enum Outlook {
    Met,
    Open,
    /// It can never be met any more, and why.
    Lost(String),
}

/// What each node of a plan needs.
pub(super) fn needs(plan: &Plan) -> Vec<Vec<Need>> {
    let places: HashMap<_, _> = plan.nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect();
    let need = |condition: &StartCondition| {
        let names = match condition {
            StartCondition::Ready(node) | StartCondition::Ended(node) => std::slice::from_ref(node),
            StartCondition::Message { publishers, .. } => publishers,
            StartCondition::Elapsed(_) => &[],
        };
        let nodes = names.iter().filter_map(|name| places.get(name).copied()).collect();
        Need { condition: condition.clone(), nodes }
    };
    plan.nodes.iter().map(|node| node.after.iter().map(need).collect()).collect()
}

impl Circuit {
    /// Starts the nodes that wait for nothing any more. Then, once no node is on its way to being ready, opens the
    /// gate: those that still wait, wait for something that running nodes do.
    pub(super) fn settle(&mut self, now: Instant) {
        self.settled = now;
        // Each that starts or fails may decide others.
        while self.stopping.is_none() && self.start_due(now) {}
        let is_starting = |node: &Node| matches!(node.state, ChildState::Starting { .. });
        if !self.is_ready && !self.nodes.iter().any(is_starting) {
            self.is_ready = true;
            if self.options.conducted.is_some() {
                self.tell(Event::Settled);
            } else {
                self.run.gates.open(0);
            }
        }
    }

    /// When the next node may start by the clock alone.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let waiting = self.nodes.iter().filter(|node| node.state == ChildState::Waiting);
        let times = waiting.flat_map(|node| &node.needs).filter_map(|need| match need.condition {
            StartCondition::Elapsed(time) => self.began.checked_add(time),
            _ => None,
        });
        times.filter(|time| *time > self.settled).min()
    }

    /// Decides each node that has not started yet, if it can be; whether any was.
    fn start_due(&mut self, now: Instant) -> bool {
        let mut decided = false;
        for index in 0..self.nodes.len() {
            if self.nodes[index].state != ChildState::Waiting || self.stopping.is_some() {
                continue;
            }
            let mut open = Vec::new();
            let mut lost = None;
            for need in &self.nodes[index].needs {
                match self.outlook(need, now) {
                    Outlook::Met => {}
                    Outlook::Open => open.push(need.condition.clone()),
                    Outlook::Lost(why) => {
                        lost = Some(format!("it waits for {}, but {why}", need.condition));
                    }
                }
            }
            if let Some(reason) = lost {
                self.apply(index, ChildEvent::Hopeless { reason });
            } else if open.is_empty() {
                self.apply(index, ChildEvent::Start);
            } else {
                self.tell_needs(index, open);
                continue;
            }
            decided = true;
        }
        decided
    }

    fn tell_needs(&mut self, index: usize, conditions: Vec<StartCondition>) {
        let node = &mut self.nodes[index];
        // What has happened stays so: as many are the same ones.
        if node.told_needs != conditions.len() {
            node.told_needs = conditions.len();
            let node = node.name.clone();
            self.tell(Event::Waits { node, conditions });
        }
    }

    fn outlook(&self, need: &Need, now: Instant) -> Outlook {
        let nodes = || need.nodes.iter().map(|index| &self.nodes[*index]);
        let is_met = match &need.condition {
            StartCondition::Ready(_) => nodes().all(|node| node.was_ready),
            StartCondition::Ended(_) => nodes().all(|node| matches!(node.state, ChildState::Ended { .. })),
            StartCondition::Message { topic, .. } => self.ledger.has_message(topic),
            StartCondition::Elapsed(time) => now.saturating_duration_since(self.began) >= *time,
        };
        if is_met {
            return Outlook::Met;
        }
        match need.nodes.as_slice() {
            [] => Outlook::Open,
            _ if nodes().any(|node| !node.state.is_final()) => Outlook::Open,
            _ => Outlook::Lost(nodes().map(became).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// What became of a node that has ended for good: `camera` has failed.
fn became(node: &Node) -> String {
    format!("`{}` has {}", node.name, node.state.word())
}
