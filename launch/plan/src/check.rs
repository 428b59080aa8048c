//! [`Circuit`] → [`Plan`]: programs are found and asked what they are; names, parameters, wires and
//! types are checked against their answers.

mod command;
mod parameters;
mod parts;
mod ports;
mod topics;
mod wires;

use crate::describe::Describe;
use crate::diagnostic::Sink;
use crate::expand::Circuit;
use crate::find::Search;
use crate::plan::Plan;

/// Checks a circuit. The plan is to be started only if no error was noted.
pub(crate) fn check(circuit: Circuit, search: &Search, describe: &dyn Describe, sink: &mut Sink) -> Plan {
    let Circuit { source, nodes, wires, incomplete } = circuit;
    let mut parts = parts::Parts { list: Vec::new(), incomplete };
    parts.find(nodes, &source, search, describe, sink);
    parameters::check(&mut parts, sink);
    command::check_remaps(&parts, sink);
    let wires = topics::join(&mut parts, wires, sink);
    let nodes = parts.list.into_iter().map(command::planned).collect();
    Plan { file: source.path.clone(), nodes, wires }
}
