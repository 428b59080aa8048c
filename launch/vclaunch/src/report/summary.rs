//! The tables of nodes and wires.

use std::time::Instant;

use vc_supervise::child_state::End;
use vc_supervise::{Name, Summary, WireFigures};

use super::board::{self, Board};
use super::figures;
use super::paint::Paint;
use super::table::{Cell, Table};

/// The wires' figures.
pub(crate) fn wires(wires: &[WireFigures]) -> Table {
    let titles = ["wire", "", "", ">rate", ">p50", ">p99", ">max", ">sent", ">received", ">lost"];
    let mut table = Table::new(&titles);
    for wire in wires {
        let lost = (wire.lost > 0).then_some(super::paint::Colour::Red);
        let latency = |of| figures::latency(wire.latency.as_ref(), of);
        table.row([
            Cell::from(wire.from.to_string()),
            "→".into(),
            wire.to.to_string().into(),
            figures::rate(wire.rate_hz).into(),
            latency(|latency| latency.p50).into(),
            latency(|latency| latency.p99).into(),
            latency(|latency| latency.max).into(),
            wire.sent.to_string().into(),
            wire.received.to_string().into(),
            Cell::coloured(wire.lost.to_string(), lost),
        ]);
    }
    table
}

/// The nodes as they are now.
pub(crate) fn nodes(board: &Board) -> Table {
    let now = Instant::now();
    let mut table = table_of_nodes(board, &["state", ">pid", ">restarts", ">since", "status"]);
    for row in &board.nodes {
        let cells = [
            Cell::coloured(row.state.word(), board::colour(&row.state)),
            row.pid.map(|pid| pid.to_string()).unwrap_or_default().into(),
            row.restarts.to_string().into(),
            figures::elapsed(now - row.since).into(),
            row.status.clone().into(),
        ];
        table.row(begin(board, &row.name).chain(cells));
    }
    table
}

/// A table with a row a node, and a column for its machine where there are several.
fn table_of_nodes(board: &Board, titles: &[&str]) -> Table {
    let machine = (!board.places.is_empty()).then_some("machine");
    let all: Vec<&str> = std::iter::once("node").chain(machine).chain(titles.iter().copied()).collect();
    Table::new(&all)
}

/// The first cells of a node's row.
fn begin(board: &Board, name: &Name) -> impl Iterator<Item = Cell> {
    let machine = board.machine(name).map(Cell::from);
    std::iter::once(Cell::from(name.to_string())).chain(machine)
}

/// How it all ended. Never cut: a narrow terminal breaks the lines, and no figure is lost.
pub(crate) fn tables(summary: &Summary, board: &Board, paint: Paint) -> String {
    let mut table = table_of_nodes(board, &["state", "exit", ">restarts"]);
    for node in &summary.nodes {
        let cells = [
            Cell::coloured(node.state.word(), board::colour(&node.state)),
            node.exit.as_ref().map(exit).unwrap_or_default().into(),
            node.restarts.to_string().into(),
        ];
        table.row(begin(board, &node.node).chain(cells));
    }
    let mut lines = vec![String::new()];
    if !table.is_empty() {
        lines.extend(table.lines(usize::MAX, paint));
    }
    let table = wires(&summary.wires);
    if !table.is_empty() {
        lines.push(String::new());
        lines.extend(table.lines(usize::MAX, paint));
    }
    lines.join("\n") + "\n"
}

fn exit(end: &End) -> String {
    match end {
        End::Code(code) => code.to_string(),
        other => other.to_string(),
    }
}
