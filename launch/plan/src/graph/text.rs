//! Drawings in other programs' languages.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::plan::{NodeKind, Plan, PlannedNode};

/// The plan in Graphviz's language.
pub fn dot(plan: &Plan) -> String {
    let mut out = String::from("digraph circuit {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for node in &plan.nodes {
        let _ = writeln!(out, "  {} [label={}];", quoted(&node.name.to_string()), quoted(&label(node, "\n")));
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
    for (index, node) in plan.nodes.iter().enumerate() {
        let _ = writeln!(out, "  n{index}[\"{}\"]", escaped(&label(node, "\n")));
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
