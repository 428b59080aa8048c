//! [`Circuit`] → [`Plan`]: programs are found and asked what they are; names, parameters, wires and
//! types are checked against their answers.

mod command;
mod interpreters;
mod machines;
mod members;
mod order;
mod parameters;
mod ports;
mod relays;
mod running;
mod sites;
mod topics;
mod wires;

use crate::describe::Describe;
use crate::diagnostic::Sink;
use crate::expand::Circuit;
use crate::plan::{Plan, PlannedNode};
use crate::read::Options;

/// Checks a circuit. The plan is to be started only if no error was noted.
pub(crate) fn check(circuit: Circuit, options: &Options, describe: &dyn Describe, sink: &mut Sink) -> Plan {
    let Circuit { source, machines, mut nodes, wires, bridges, stop, incomplete } = circuit;
    let machines = machines::settle(machines, &mut nodes, sink);
    let bridges = relays::settle(bridges, &machines, options, sink);
    let mut members = members::Members { list: Vec::new(), incomplete };
    members.find(nodes, &machines, (options, describe), sink);
    parameters::check(&mut members, sink);
    command::check_remaps(&members, sink);
    running::check_watchdogs(&members, sink);
    running::settle_stdin(&mut members, options.stdin.as_deref(), sink);
    let (wires, publishers) = topics::join(&mut members, wires, !bridges.is_empty(), sink);
    let conditions = order::check(&members, &publishers, sink);
    let planned = |(member, after)| PlannedNode { after, ..command::planned(member) };
    let nodes = members.list.into_iter().zip(conditions).map(planned).collect();
    let mut plan = Plan { file: source.path.clone(), machines, nodes, wires, stop };
    plan.add_relays(bridges);
    plan
}
