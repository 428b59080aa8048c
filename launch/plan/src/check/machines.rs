//! The machines of a circuit: declared, or named only.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{DeclaredMachine, Wanted};
use crate::machine::{MachineName, OnOperatorLost, PlannedMachine};
use crate::source::At;

/// Settles which machines there are, and gives each process its machine's environment.
///
/// Where a launch file declares machines, all must be declared: a name it does not know is a mistake.
pub(super) fn settle(
    declared: Vec<DeclaredMachine>,
    nodes: &mut [Wanted],
    sink: &mut Sink,
) -> Vec<PlannedMachine> {
    let all_are_declared = !declared.is_empty();
    let mut machines: Vec<PlannedMachine> = Vec::new();
    let mut places: HashMap<MachineName, At> = HashMap::new();
    let mut env: HashMap<MachineName, Vec<(String, String)>> = HashMap::new();
    for one in declared {
        if let Some(first) = places.get(&one.machine.name) {
            let message = format!("machine `{}` is declared twice", one.machine.name);
            sink.push(Diagnostic::error(message).at(&one.at).also("the first time", first));
            continue;
        }
        places.insert(one.machine.name.clone(), one.at);
        env.insert(one.machine.name.clone(), one.env);
        machines.push(one.machine);
    }
    for node in nodes {
        let Some(wanted) = &node.machine else { continue };
        let (name, at) = (&wanted.value, &wanted.at);
        if !machines.iter().any(|machine| machine.name == *name) {
            if all_are_declared {
                let known = machines.iter().map(|machine| machine.name.as_str());
                let listed = known.clone().collect::<Vec<_>>().join(", ");
                let message = format!("there is no machine `{name}`");
                let hint = format!("the machines declared are {listed}");
                sink.push(Diagnostic::error(message).at(at).hint(hint).did_you_mean(name.as_str(), known));
                continue;
            }
            let on_operator_lost = OnOperatorLost::default();
            machines.push(PlannedMachine { name: name.clone(), address: None, on_operator_lost });
        }
        for (variable, value) in env.get(name).into_iter().flatten() {
            if !node.env.iter().any(|(known, _)| known == variable) {
                node.env.push((variable.clone(), Some(value.clone())));
            }
        }
    }
    machines
}
