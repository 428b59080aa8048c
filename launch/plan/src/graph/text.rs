//! Drawings in other programs' languages.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::machine::LOCAL;
use crate::plan::{NodeKind, Plan, PlannedNode};

/// The plan in Graphviz's language.
pub fn dot(plan: &Plan) -> String {
    let mut out = String::from("digraph circuit {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for (number, (machine, nodes)) in by_machine(plan).into_iter().enumerate() {
        let indent = if let Some(machine) = machine {
            let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(machine));
            "    "
        } else {
            "  "
        };
        for node in nodes {
            let (name, label) = (quoted(&node.name.to_string()), quoted(&label(node, "\n")));
            let _ = writeln!(out, "{indent}{name} [label={label}];");
        }
        if machine.is_some() {
            out.push_str("  }\n");
        }
    }
    for wire in &plan.wires {
        let (from, to) = (quoted(&wire.from.node.to_string()), quoted(&wire.to.node.to_string()));
        let ports = quoted(&format!("{} → {}\n{}", wire.from.port, wire.to.port, wire.type_name));
        let _ = writeln!(out, "  {from} -> {to} [label={ports}];");
    }
    out.push_str("}\n");
    out
}

/// The plan in Mermaid's language, which code hosts draw in Markdown.
pub fn mermaid(plan: &Plan) -> String {
    let mut out = String::from("flowchart LR\n");
    let numbers: HashMap<_, _> = plan.nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect();
    for (number, (machine, nodes)) in by_machine(plan).into_iter().enumerate() {
        if let Some(machine) = machine {
            let _ = writeln!(out, "  subgraph m{number}[\"{}\"]", escaped(machine));
        }
        for node in nodes {
            let _ = writeln!(out, "  n{}[\"{}\"]", numbers[&node.name], escaped(&label(node, "\n")));
        }
        if machine.is_some() {
            out.push_str("  end\n");
        }
    }
    for wire in &plan.wires {
        let (Some(from), Some(to)) = (numbers.get(&wire.from.node), numbers.get(&wire.to.node)) else {
            continue;
        };
        let ports = format!("{} → {}\n{}", wire.from.port, wire.to.port, wire.type_name);
        let _ = writeln!(out, "  n{from} -->|\"{}\"| n{to}", escaped(&ports));
    }
    out
}

/// The nodes of each machine. In a plan for one machine, that one needs no name.
pub(super) fn by_machine(plan: &Plan) -> Vec<(Option<&str>, Vec<&PlannedNode>)> {
    let mut groups: Vec<(Option<&str>, Vec<&PlannedNode>)> = Vec::new();
    let is_several = plan.nodes.iter().any(|node| node.machine.is_some());
    for node in &plan.nodes {
        let machine = node.machine.as_ref().map_or(LOCAL, |machine| machine.as_str());
        let machine = is_several.then_some(machine);
        match groups.iter_mut().find(|(known, _)| *known == machine) {
            Some((_, nodes)) => nodes.push(node),
            None => groups.push((machine, vec![node])),
        }
    }
    groups
}

/// A node's name, and its block where that has another name.
fn label(node: &PlannedNode, between: &str) -> String {
    let name = node.name.to_string().trim_start_matches('/').to_owned();
    match &node.kind {
        NodeKind::Block { manifest } if manifest.block != node.name.base() => {
            format!("{name}{between}{}", manifest.block)
        }
        _ => name,
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', "<br>")
}
