//! `vclaunch check`

use vc_plan::Plan;
use vc_plan::plan::NodeKind;

use crate::args::CheckArgs;
use crate::commands::read;
use crate::exit_code::Code;
use crate::report::table::Table;
use crate::report::{self, Style, count};

/// Checks a launch file and shows what it would start.
pub(crate) fn check(args: &CheckArgs, style: Style) -> Code {
    let plan = match read::checked(&args.launch, style) {
        Ok(checked) => checked.plan,
        Err(code) => return code,
    };
    let text = if args.json { json(&plan) } else { summary(&plan) };
    report::result(&text, style)
}

fn json(plan: &Plan) -> String {
    // A plan is plain data: there is nothing in it that JSON cannot hold.
    serde_json::to_string_pretty(plan).unwrap_or_default() + "\n"
}

fn summary(plan: &Plan) -> String {
    let (nodes, wires) = (count(plan.nodes.len(), "node"), count(plan.wires.len(), "wire"));
    let mut text = format!("{}: {nodes}, {wires}\n", plan.file.display());
    let mut table = Table::new(&["node", "kind", "program"]);
    for node in &plan.nodes {
        let kind = match &node.kind {
            NodeKind::Block { manifest } => format!("block {}", manifest.block),
            NodeKind::Foreign => "program".to_owned(),
        };
        let name = node.name.to_string();
        table.row([name.trim_start_matches('/').to_owned(), kind, node.program.display().to_string()]);
    }
    text += &section(&table);
    let mut table = Table::new(&["wire", "", "", "type", "topic"]);
    for wire in &plan.wires {
        let (from, to) = (wire.from.to_string(), wire.to.to_string());
        table.row([from, "→".into(), to, wire.type_name.clone(), wire.topic.to_string()]);
    }
    text + &section(&table)
}

fn section(table: &Table) -> String {
    if table.is_empty() { String::new() } else { format!("\n{table}") }
}
