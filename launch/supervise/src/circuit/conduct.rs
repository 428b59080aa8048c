//! A part of a circuit on several machines: when its gates open and which of its nodes stop is said by whoever
//! conducts the whole.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Circuit;
use crate::child_state::{ChildEvent, Rung};
use crate::observer::{Event, StopReason};

/// How long a part that has a reason to stop waits to be told how.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a part of a circuit is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Open the gates of this layer and of all downstream of it.
    Open {
        /// The layer.
        layer: usize,
    },
    /// Ask the nodes of this layer, and of all upstream of it, to end.
    Ebb {
        /// The layer.
        layer: usize,
    },
    /// Stop, as a launcher stops that was asked so many times.
    Stop {
        /// How often.
        times: u32,
    },
}

impl Circuit {
    pub(super) fn obey(&mut self, order: Order) {
        match order {
            Order::Open { layer } => {
                self.run.gates.open(layer);
                self.tell(Event::Opened { layer });
            }
            Order::Ebb { layer } if self.stopping.is_none() || self.ebbed.is_some() => {
                self.stopping = Some(Rung::Ask);
                (self.ebbed, self.alone) = (Some(layer), None);
                self.run.gates.open(0);
                for index in (0..self.nodes.len()).rev() {
                    if self.layers[index] <= layer || self.nodes[index].process.is_none() {
                        self.apply(index, ChildEvent::Stop(Rung::Ask));
                    }
                }
            }
            // It stops already, and not by order.
            Order::Ebb { .. } => {}
            Order::Stop { times } => self.stop(StopReason::Asked { signal: "stop", times }),
        }
    }

    /// There is a reason to stop. A part says so and waits to be told how; if nobody does, it stops by itself.
    pub(super) fn ought_to_stop(&mut self, reason: StopReason) {
        if self.options.conducted.is_none() {
            self.stop(reason);
        } else if self.stopping.is_none() && self.alone.is_none() {
            self.tell(Event::Stopping(reason.clone()));
            self.alone = Some((Instant::now() + PATIENCE, reason));
        }
    }

    /// Nobody has said how to stop.
    pub(super) fn stop_alone(&mut self, now: Instant) {
        if let Some((_, reason)) = self.alone.take_if(|(until, _)| *until <= now) {
            self.stop(reason);
        }
    }

    /// Whether figures are wanted at each look: whoever conducts waits until all that was sent has come.
    pub(super) fn is_ebbing(&self) -> bool {
        self.ebbed.is_some()
    }
}
