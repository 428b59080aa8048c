//! `vclaunch check`

use std::collections::{HashMap, HashSet};

use vc_plan::plan::NodeKind;
use vc_plan::{Checked, LOCAL, MachineName, Plan, PlannedWire, PortRef, ProjectNotes};

use crate::args::CheckArgs;
use crate::commands::read;
use crate::exit_code::{self, Code};
use crate::report::table::Table;
use crate::report::{self, Style, count};

/// Checks a launch file and shows what it would start.
pub(crate) fn check(args: &CheckArgs, style: Style) -> Code {
    match read::checked(&args.launch, &read::log_folder(None), None, style) {
        Ok(checked) => show(&checked, args.json, style),
        Err(code) => {
            // What of a project runs how is known too where something is missing for it.
            if code == exit_code::LAUNCH_FILE_INVALID
                && !args.json
                && let Some(notes) = read::project_notes(&args.launch)
            {
                report::result(&project(&notes), style);
            }
            code
        }
    }
}

/// Shows what a launch file would start.
pub(crate) fn show(checked: &Checked, json: bool, style: Style) -> Code {
    let text = match &checked.project {
        _ if json => self::json(checked),
        None => summary(&checked.plan),
        Some(notes) => project_summary(&checked.plan, notes),
    };
    report::result(&text, style)
}

/// The plan, and under `project` what is known of a project beside it.
fn json(checked: &Checked) -> String {
    // Plain data: there is nothing in it that JSON cannot hold.
    let Some(notes) = &checked.project else {
        return serde_json::to_string_pretty(&checked.plan).unwrap_or_default() + "\n";
    };
    let mut whole = serde_json::to_value(&checked.plan).unwrap_or_default();
    whole["project"] = serde_json::to_value(notes).unwrap_or_default();
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

/// What of a project runs how, and what must be there for it.
pub(crate) fn project(notes: &ProjectNotes) -> String {
    let mut table = Table::new(&["block", "package", "runs", "because"]);
    for note in &notes.blocks {
        let runs =
            note.native.as_ref().map_or("in Python".to_owned(), |native| format!("natively, `{native}`"));
        table.row([note.block.clone(), note.package.clone().unwrap_or_default(), runs, note.why.clone()]);
    }
    let asked = match notes.requirements.as_slice() {
        [] => String::new(),
        asked => format!("\nIts author asks for these from pip: {}.\n", asked.join(", ")),
    };
    section(&table) + &asked
}

/// A project in the words of its editor.
fn project_summary(plan: &Plan, notes: &ProjectNotes) -> String {
    let native = notes.blocks.iter().filter(|note| note.native.is_some()).count();
    let (blocks, wires) = (count(notes.blocks.len(), "block"), count(notes.wires.len(), "wire"));
    let python = notes.blocks.len() - native;
    let file = plan.file.display();
    let text = format!("{file}: {blocks} ({native} natively, {python} in Python), {wires}\n");
    let by_ends = plan.wires.iter().map(|wire| ((wire.from.to_string(), wire.to.to_string()), wire));
    let by_ends: HashMap<(String, String), &PlannedWire> = by_ends.collect();
    let mut table = Table::new(&["wire", "", "", "type", "topic"]);
    for note in &notes.wires {
        let Some(wire) = by_ends.get(&(note.from.clone(), note.to.clone())) else { continue };
        // The node, and the port by the name that was typed.
        let drawn =
            |end: &PortRef, port: &str| format!("{}.{port}", end.node.to_string().trim_start_matches('/'));
        let (from, to) = (drawn(&wire.from, &note.output), drawn(&wire.to, &note.input));
        table.row([from, "→".into(), to, wire.type_name.clone(), wire.topic.to_string()]);
    }
    text + &project(notes) + &section(&table)
}

fn summary(plan: &Plan) -> String {
    let (nodes, wires) = (count(plan.nodes.len(), "node"), count(plan.wires.len(), "wire"));
    let is_several = plan.nodes.iter().any(|node| node.machine.is_some());
    let across: HashSet<_> = plan.crossing().map(|wire| (&wire.from, &wire.to)).collect();
    let crossing = match across.len() {
        0 => String::new(),
        number => format!(", {number} across machines"),
    };
    let mut text = format!("{}: {nodes}, {wires}{crossing}\n", plan.file.display());
    let mut table = Table::new(if is_several {
        &["node", "machine", "kind", "program"]
    } else {
        &["node", "kind", "program"]
    });
    for node in &plan.nodes {
        let kind = match &node.kind {
            NodeKind::Block { manifest } => format!("block {}", manifest.block),
            NodeKind::Foreign => "program".to_owned(),
            NodeKind::Relay(_) => "relay".to_owned(),
        };
        let name = node.name.to_string();
        let machine = node.machine.as_ref().map_or(LOCAL, MachineName::as_str).to_owned();
        let name = name.trim_start_matches('/').to_owned();
        let machine = is_several.then_some(machine);
        let program = node.program.display().to_string();
        table.row([name].into_iter().chain(machine).chain([kind, program]));
    }
    text += &section(&table);
    let mut table = Table::new(&["node", "starts after"]);
    for node in plan.nodes.iter().filter(|node| !node.after.is_empty()) {
        let after: Vec<String> = node.after.iter().map(ToString::to_string).collect();
        table.row([node.name.to_string().trim_start_matches('/').to_owned(), after.join(", ")]);
    }
    text += &section(&table);
    let mut table = Table::new(&["wire", "", "", "type", "topic"]);
    for wire in &plan.wires {
        let (from, to) = (wire.from.to_string(), wire.to.to_string());
        let arrow = if across.contains(&(&wire.from, &wire.to)) { "⇒" } else { "→" };
        table.row([from, arrow.into(), to, wire.type_name.clone(), wire.topic.to_string()]);
    }
    text + &section(&table)
}

fn section(table: &Table) -> String {
    if table.is_empty() { String::new() } else { format!("\n{table}") }
}
