//! How a circuit stops: each node once those upstream of it have ended, so that nothing in flight is
//! lost; or all at once, when somebody is in a hurry.

use std::time::Instant;

use super::Circuit;
use crate::child_state::{ChildEvent, Rung};
use crate::flow::Ebb;
use crate::observer::{Event, StopReason};

impl Circuit {
    /// Stops the circuit, or hurries.
    pub(crate) fn stop(&mut self, reason: StopReason) {
        let rung = match &reason {
            StopReason::Asked { times, .. } => {
                self.times_asked = *times;
                match times {
                    0 | 1 => Rung::Ask,
                    2 => Rung::Term,
                    _ => Rung::Kill,
                }
            }
            StopReason::RequiredNode { .. } | StopReason::Planned { .. } => Rung::Ask,
        };
        // A required node that ends because the circuit stops is no news.
        if self.stopping.is_some_and(|already| already >= rung) && self.ebbed.is_none() {
            return;
        }
        self.stopping = self.stopping.max(Some(rung));
        (self.ebbed, self.alone) = (None, None);
        self.tell(Event::Stopping(reason));
        self.run.gates.open(0);
        if rung == Rung::Ask {
            self.ebb = Some(Ebb::begin(&self.layers, Instant::now()));
            self.ask_layer();
        } else {
            self.ebb = None;
            for index in (0..self.nodes.len()).rev() {
                self.apply(index, ChildEvent::Stop(rung));
            }
        }
    }

    /// Asks the nodes of the layer that the stop has come to, and those that do not run anyway.
    fn ask_layer(&mut self) {
        let Some(ebb) = self.ebb else { return };
        for index in (0..self.nodes.len()).rev() {
            if self.layers[index] <= ebb.layer || self.nodes[index].process.is_none() {
                self.apply(index, ChildEvent::Stop(Rung::Ask));
            }
        }
    }

    /// Lets a stop go on downstream once upstream has ended, or has had its share of the time.
    pub(super) fn follow_ebb(&mut self, now: Instant) {
        while let Some(ebb) = self.ebb {
            let mut upstream = self.nodes.iter().zip(&self.layers).filter(|(_, layer)| **layer <= ebb.layer);
            if now < ebb.until && !upstream.all(|(node, _)| node.state.is_final()) {
                return;
            }
            self.ebb = ebb.next(&self.layers, now);
            self.ask_layer();
        }
    }
}
