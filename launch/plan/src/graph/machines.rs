//! A drawing with a box for each machine: each box is laid out by itself, one below the other.

use std::collections::HashMap;

use super::cards::{Card, Line, row_y};
use super::layout::{Layout, Route, layout};
use super::text::by_machine;
use crate::plan::Plan;

/// Between a box's edge and what is in it.
const PADDING: f64 = 22.0;
/// Height of a box's title.
const TITLE: f64 = 30.0;
/// Between two boxes.
const GAP: f64 = 44.0;

/// The box of a machine.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lays out a plan; without machines there are no boxes.
pub(super) fn framed(plan: &Plan, cards: &[Card], lines: &[Line]) -> (Layout, Vec<Frame>) {
    let groups = by_machine(plan);
    if groups.iter().all(|(machine, _)| machine.is_none()) {
        return (layout(cards, lines), Vec::new());
    }
    let numbers: HashMap<_, _> = plan.nodes.iter().enumerate().map(|(at, node)| (&node.name, at)).collect();
    let mut whole = Layout {
        width: 0.0,
        height: 0.0,
        cards: vec![(0.0, 0.0); cards.len()],
        lines: lines.iter().map(|_| Route::Forward(Vec::new())).collect(),
    };
    let mut frames = Vec::new();
    for (machine, nodes) in groups {
        let members: Vec<usize> = nodes.iter().map(|node| numbers[&node.name]).collect();
        let top = if frames.is_empty() { 0.0 } else { whole.height + GAP };
        let inner = place(&mut whole, (cards, lines), &members, top);
        let height = inner.1 + TITLE + PADDING;
        whole.width = whole.width.max(inner.0 + 2.0 * PADDING);
        whole.height = top + height;
        frames.push(Frame { title: machine.unwrap_or_default().to_owned(), y: top, width: 0.0, height });
    }
    for frame in &mut frames {
        frame.width = whole.width;
    }
    for (line, route) in lines.iter().zip(&mut whole.lines) {
        if matches!(route, Route::Forward(points) if points.is_empty()) {
            *route = across(cards, &whole.cards, line);
        }
    }
    (whole, frames)
}

/// Lays out some of the cards below `top`; gives how large that is.
fn place(whole: &mut Layout, (cards, lines): (&[Card], &[Line]), members: &[usize], top: f64) -> (f64, f64) {
    let places: HashMap<usize, usize> = members.iter().enumerate().map(|(at, card)| (*card, at)).collect();
    let inside = |card: usize| places.get(&card).copied();
    let own_cards: Vec<Card> = members.iter().map(|index| cards[*index].clone()).collect();
    let (mut numbers, mut own_lines) = (Vec::new(), Vec::new());
    for (number, line) in lines.iter().enumerate() {
        if let (Some(from), Some(to)) = (inside(line.from.0), inside(line.to.0)) {
            numbers.push(number);
            own_lines.push(Line { from: (from, line.from.1), to: (to, line.to.1), ..line.clone() });
        }
    }
    let own = layout(&own_cards, &own_lines);
    let moved = |(x, y): (f64, f64)| (x + PADDING, y + top + TITLE);
    for (member, at) in members.iter().zip(own.cards) {
        whole.cards[*member] = moved(at);
    }
    for (number, route) in numbers.into_iter().zip(own.lines) {
        whole.lines[number] = match route {
            Route::Forward(points) => Route::Forward(points.into_iter().map(moved).collect()),
            Route::Back { from, to, below } => {
                Route::Back { from: moved(from), to: moved(to), below: below + top + TITLE }
            }
        };
    }
    (own.width, own.height)
}

/// The way of a wire from one box to another.
fn across(cards: &[Card], places: &[(f64, f64)], line: &Line) -> Route {
    let ((fx, fy), (tx, ty)) = (places[line.from.0], places[line.to.0]);
    let from = (fx + cards[line.from.0].width, fy + row_y(line.from.1));
    Route::Forward(vec![from, (tx, ty + row_y(line.to.1))])
}
