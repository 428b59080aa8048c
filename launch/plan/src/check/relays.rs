//! What relays are asked for, and whether it fits together.

use std::collections::HashMap;

use super::wires::{End, Wire};
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::WantedBridge;
use crate::machine::{MachineName, PlannedMachine};
use crate::read::Options;
use crate::relay::{Carriage, PlannedBridge};

/// The bridges of the launch file and of the command line; none: of the machine where the launch is started.
pub(super) fn settle(
    wanted: Vec<WantedBridge>,
    machines: &[PlannedMachine],
    options: &Options,
    sink: &mut Sink,
) -> Vec<(Option<MachineName>, PlannedBridge)> {
    let given = options.bridges.iter().map(|bridge| (None, bridge.clone()));
    let mut bridges: Vec<_> = given.collect();
    for WantedBridge { machine, bridge } in wanted {
        if let Some(placed) = &machine
            && machines.iter().all(|known| known.name != placed.value)
        {
            let known = machines.iter().map(|machine| machine.name.as_str());
            let message = format!("there is no machine `{}`", placed.value);
            sink.push(Diagnostic::error(message).at(&placed.at).did_you_mean(placed.value.as_str(), known));
            continue;
        }
        bridges.push((machine.map(|machine| machine.value), bridge));
    }
    bridges
}

/// An output is carried in one way, whoever reads it: those that say something about it say the same.
pub(super) fn check_carriage(wires: &[Wire], sink: &mut Sink) {
    let mut known: HashMap<&End, &Wire> = HashMap::new();
    for wire in wires.iter().filter(|wire| wire.carriage != Carriage::default()) {
        let first = known.entry(&wire.from).or_insert(wire);
        if first.carriage != wire.carriage {
            let message = "this wire is to be carried in another way than one from the same output";
            let diagnostic = Diagnostic::error(message).at(&wire.to_at).also("the other wire", &first.to_at);
            sink.push(diagnostic.hint("what one reader gets all get: say the same of both"));
        }
    }
}
