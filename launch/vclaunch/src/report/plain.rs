//! The view for files, pipes and simple terminals: lines, as quiet as can be.

use std::time::{Duration, Instant};

use vc_supervise::{Event, Line, Name};

use super::board::{Board, Places};
use super::figures;
use super::paint::{Colour, Paint};
use super::queue::{Item, What};
use super::reporter::View;
use super::summary;
use super::text::{coloured, harmless};

/// Between two lines of the wires' figures.
const FIGURES: Duration = Duration::from_secs(5);

/// Lines only.
#[derive(Debug)]
pub(crate) struct PlainView {
    board: Board,
    paint: Paint,
    next_figures: Instant,
    title: String,
}

impl PlainView {
    pub(crate) fn new(title: &str, places: Places, colour: bool) -> Self {
        let next_figures = Instant::now() + FIGURES;
        Self { board: Board::new(places), paint: Paint(colour), next_figures, title: title.to_owned() }
    }

    fn figures(&mut self) -> String {
        let now = Instant::now();
        if now < self.next_figures {
            return String::new();
        }
        self.next_figures = now + FIGURES;
        let line = |wire: &vc_supervise::WireFigures| {
            let rate = figures::rate(wire.rate_hz);
            let latency = wire.latency.map_or_else(String::new, |latency| {
                format!(", p50 {}, p99 {}", figures::short(latency.p50), figures::short(latency.p99))
            });
            let text = format!("{} → {}: {rate}{latency}, lost {}", wire.from, wire.to, wire.lost);
            ours(&text, false, self.paint)
        };
        self.board.wires.iter().map(line).collect()
    }
}

impl View for PlainView {
    fn show(&mut self, items: Vec<Item>) -> String {
        let mut out = String::new();
        for item in items {
            match item.what {
                What::Line(line) => out += &node_line(&line, &self.board, self.paint),
                What::Event(event) => {
                    self.board.update(&event);
                    match &event {
                        Event::Wires(_) => out += &self.figures(),
                        Event::Summary(end) => out += &summary::tables(end, &self.board, self.paint),
                        Event::Began { nodes, .. } => {
                            let nodes = super::count(nodes.len(), "node");
                            out += &ours(&format!("{}: {nodes}", self.title), false, self.paint);
                        }
                        _ => {}
                    }
                    if let Some((text, is_trouble)) = self.board.sentence(&event) {
                        out += &ours(&text, is_trouble, self.paint);
                    }
                }
            }
        }
        out
    }
}

/// A line of our own.
pub(crate) fn ours(text: &str, is_trouble: bool, paint: Paint) -> String {
    let colour = if is_trouble { Colour::Red } else { Colour::Blue };
    format!("{} {text}\n", paint.bold(colour, "[vclaunch]"))
}

/// A line of a node's.
pub(crate) fn node_line(line: &Line, board: &Board, paint: Paint) -> String {
    let text = if paint.0 { coloured(&line.text) } else { harmless(&line.text) };
    format!("{} {text}\n", tag(&line.node, board, paint))
}

fn tag(node: &Name, board: &Board, paint: Paint) -> String {
    paint.colour(Colour::of_index(board.index(node)), &format!("[{node}]"))
}
