//! What is drawn: a card for each node with a row for each port, and lines between the rows.

use std::collections::{HashMap, HashSet};

use crate::plan::{NodeKind, Plan, PlannedNode, PortRef};

/// Height of a card's head.
pub(super) const HEAD: f64 = 48.0;
/// Height of a port's row.
pub(super) const ROW: f64 = 24.0;
/// Space below the last row.
const FOOT: f64 = 8.0;

/// A node.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) foreign: bool,
    pub(super) inputs: Vec<Row>,
    pub(super) outputs: Vec<Row>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A port of a card.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) type_name: String,
    pub(super) wired: bool,
}

/// A wire: from a row of one card to a row of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) from: (usize, usize),
    pub(super) to: (usize, usize),
    pub(super) type_name: String,
}

/// Where a row's line meets the card, from the card's top.
pub(super) fn row_y(row: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    let row = row as f64;
    HEAD + row * ROW + ROW / 2.0
}

/// How wide text is drawn, about: fonts differ, so a little more than most need.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let narrow = |c: char| "ijlt.,:;|!'/()[]rf ".contains(c);
    let wide = |c: char| c.is_uppercase() || "mwMW@%".contains(c) || !c.is_ascii();
    text.chars()
        .map(|c| {
            if narrow(c) {
                0.38
            } else if wide(c) {
                0.78
            } else {
                0.6
            }
        })
        .sum::<f64>()
        * size
}

/// `sensor_msgs/msg/Image` → `sensor_msgs/Image`, as people say it.
pub(super) fn short_type(type_name: &str) -> String {
    type_name.replace("/msg/", "/")
}

/// The cards and lines of a plan.
pub(super) fn cards(plan: &Plan) -> (Vec<Card>, Vec<Line>) {
    let numbers: HashMap<_, _> = plan.nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect();
    let mut cards: Vec<Card> = plan.nodes.iter().map(card).collect();
    let mut lines = Vec::new();
    let mut seen = HashSet::new();
    for wire in &plan.wires {
        let (Some(from), Some(to)) = (numbers.get(&wire.from.node), numbers.get(&wire.to.node)) else {
            continue;
        };
        let from = (*from, row(&mut cards[*from].outputs, &wire.from, &wire.type_name));
        let to = (*to, row(&mut cards[*to].inputs, &wire.to, &wire.type_name));
        if seen.insert((from, to)) {
            lines.push(Line { from, to, type_name: wire.type_name.clone() });
        }
    }
    cards.iter_mut().for_each(measure);
    (cards, lines)
}

/// The row of a port. A foreign node's ports are those its wires name.
fn row(rows: &mut Vec<Row>, port: &PortRef, type_name: &str) -> usize {
    let known = rows.iter().position(|row| row.name == port.port).unwrap_or_else(|| {
        rows.push(Row { name: port.port.clone(), type_name: type_name.to_owned(), wired: false });
        rows.len() - 1
    });
    rows[known].wired = true;
    known
}

fn card(node: &PlannedNode) -> Card {
    let rows = |ports: &[vc_words::Port]| {
        let row = |port: &vc_words::Port| Row {
            name: port.name.clone(),
            type_name: port.type_name.clone(),
            wired: false,
        };
        ports.iter().map(row).collect()
    };
    let program = || node.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (subtitle, foreign, inputs, outputs) = match &node.kind {
        NodeKind::Block { manifest } => {
            (manifest.block.clone(), false, rows(&manifest.inputs), rows(&manifest.outputs))
        }
        NodeKind::Foreign | NodeKind::Relay(_) => (program(), true, Vec::new(), Vec::new()),
    };
    let title = node.name.to_string().trim_start_matches('/').to_owned();
    Card { title, subtitle, foreign, inputs, outputs, width: 0.0, height: 0.0 }
}

fn measure(card: &mut Card) {
    let widest = |rows: &[Row]| rows.iter().map(|row| text_width(&row.name, 13.0)).fold(0.0, f64::max);
    let head = text_width(&card.title, 16.5).max(text_width(&card.subtitle, 11.5)) + 32.0;
    let ports = widest(&card.inputs) + widest(&card.outputs) + 60.0;
    let rows = card.inputs.len().max(card.outputs.len());
    card.width = head.max(ports).clamp(132.0, 420.0).ceil();
    card.height = if rows == 0 { HEAD } else { row_y(rows) - ROW / 2.0 + FOOT };
}
