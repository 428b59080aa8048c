//! The order in which a circuit stops: with the flow of its data.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use vc_plan::Plan;
use vc_plan::plan::NodeKind;

/// What all layers together may take before the last one is asked: half of what a person waits for.
const BUDGET: Duration = Duration::from_millis(500);

/// For each node of a plan, how many wires lie upstream of it at the most. Relays are downstream of all.
///
/// Around a cycle there is no upstream; its nodes come in some order, each once.
pub fn layers(plan: &Plan) -> Vec<usize> {
    let index: HashMap<_, _> = plan.nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect();
    let edges: Vec<(usize, usize)> = plan
        .wires
        .iter()
        .filter_map(|wire| Some((*index.get(&wire.from.node)?, *index.get(&wire.to.node)?)))
        .filter(|(from, to)| from != to)
        .collect();
    let mut layers = vec![0; plan.nodes.len()];
    for _ in 0..plan.nodes.len() {
        let before = layers.clone();
        for (from, to) in &edges {
            layers[*to] = layers[*to].max(layers[*from] + 1).min(plan.nodes.len());
        }
        if layers == before {
            break;
        }
    }
    let last = layers.iter().max().copied().unwrap_or(0) + 1;
    for (layer, node) in layers.iter_mut().zip(&plan.nodes) {
        if matches!(node.kind, NodeKind::Relay(_)) {
            *layer = last;
        }
    }
    layers
}

/// A stop on its way through the layers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ebb {
    /// The layer that was asked last.
    pub(crate) layer: usize,
    /// When the next one is asked, whether this one has ended or not.
    pub(crate) until: Instant,
}

impl Ebb {
    /// Begins at a circuit's sources.
    pub(crate) fn begin(layers: &[usize], now: Instant) -> Self {
        Self { layer: 0, until: now + share(layers) }
    }

    /// Goes on to the next layer; none: all have been asked.
    pub(crate) fn next(self, layers: &[usize], now: Instant) -> Option<Self> {
        let last = layers.iter().max().copied().unwrap_or(0);
        (self.layer < last).then(|| Self { layer: self.layer + 1, until: now + share(layers) })
    }
}

fn share(layers: &[usize]) -> Duration {
    let mut used = layers.to_vec();
    used.sort_unstable();
    used.dedup();
    BUDGET / u32::try_from(used.len().max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plan_of, shell, wire};

    fn circuit_of(nodes: &[&str], wires: &[(&str, &str)]) -> Plan {
        let mut plan = plan_of(nodes.iter().map(|name| shell(name, "")));
        plan.wires = wires.iter().map(|(from, to)| wire(&format!("{from}/o"), &format!("{to}/i"))).collect();
        plan
    }

    #[test]
    fn sources_come_before_what_they_feed() {
        let plan = circuit_of(
            &["sink", "edges", "camera"],
            &[("camera", "edges"), ("edges", "sink"), ("camera", "sink")],
        );

        assert_eq!(layers(&plan), [2, 1, 0]);
    }

    #[test]
    fn a_cycle_has_an_end() {
        let plan = circuit_of(&["a", "b"], &[("a", "b"), ("b", "a"), ("a", "a")]);
        let layers = layers(&plan);

        let (mut ebb, mut steps) = (Some(Ebb::begin(&layers, Instant::now())), 0);
        while let Some(at) = ebb {
            (ebb, steps) = (at.next(&layers, Instant::now()), steps + 1);
        }

        assert!(steps <= 3, "{steps} steps through {layers:?}");
    }
}
