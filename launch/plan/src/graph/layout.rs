//! Where each card and each bend of a line goes: columns, order within a column, then heights that
//! keep lines straight. After K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of
//! Hierarchical System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981.

use super::cards::{Card, Line, row_y, short_type, text_width};
use super::layers::{Layers, layers};

const GAP_Y: f64 = 30.0;
const BEND: f64 = 20.0;
/// The most bends of all lines together: beyond, lines go straight and cross what they cross.
const MAX_BENDS: usize = 5_000;
const SWEEPS: usize = 12;

/// The finished layout.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Left upper corner of each card.
    pub(super) cards: Vec<(f64, f64)>,
    /// For each line, its points from the output to the input.
    pub(super) lines: Vec<Route>,
}

/// The way of a line.
#[derive(Debug)]
pub(super) enum Route {
    /// Left to right through these points.
    Forward(Vec<(f64, f64)>),
    /// Out to the right, back below everything at this height, in from the left.
    Back { from: (f64, f64), to: (f64, f64), below: f64 },
}

/// A card, or the place where a long line passes a column.
#[derive(Debug)]
struct Item {
    layer: usize,
    height: f64,
    y: f64,
    card: Option<usize>,
}

/// A piece of a line between neighbouring columns: items, and where it meets them from their tops.
#[derive(Debug)]
struct Piece {
    from: (usize, f64),
    to: (usize, f64),
}

struct Grid {
    items: Vec<Item>,
    /// The items of each column, from the top.
    columns: Vec<Vec<usize>>,
    pieces: Vec<Piece>,
    /// For each line, the bends it passes.
    bends: Vec<Vec<usize>>,
}

/// Lays out cards and lines.
pub(super) fn layout(cards: &[Card], lines: &[Line]) -> Layout {
    let layers = layers(cards.len(), lines);
    let mut grid = grid(cards, lines, &layers);
    for sweep in 0..SWEEPS {
        grid.sort(sweep % 2 == 0);
    }
    grid.stack();
    for sweep in 0..SWEEPS * 2 {
        grid.align(sweep % 2 == 0);
    }
    let top = grid.items.iter().map(|item| item.y).fold(f64::INFINITY, f64::min);
    grid.items.iter_mut().for_each(|item| item.y -= top);
    finish(cards, lines, &layers, &grid)
}

fn grid(cards: &[Card], lines: &[Line], layers: &Layers) -> Grid {
    let count = layers.of.iter().max().map_or(0, |last| last + 1);
    let item = |(index, card): (usize, &Card)| Item {
        layer: layers.of[index],
        height: card.height,
        y: 0.0,
        card: Some(index),
    };
    let mut items: Vec<Item> = cards.iter().enumerate().map(item).collect();
    let (mut pieces, mut bends) = (Vec::new(), Vec::new());
    let mut left = MAX_BENDS;
    for (line, back) in lines.iter().zip(&layers.back) {
        let mut passed = Vec::new();
        if !back {
            let (first, last) = (layers.of[line.from.0], layers.of[line.to.0]);
            let between = last.saturating_sub(first + 1);
            let mut at = (line.from.0, row_y(line.from.1));
            if between <= left {
                left -= between;
                for layer in first + 1..last {
                    items.push(Item { layer, height: BEND, y: 0.0, card: None });
                    let next = (items.len() - 1, BEND / 2.0);
                    pieces.push(Piece { from: at, to: next });
                    passed.push(next.0);
                    at = next;
                }
                pieces.push(Piece { from: at, to: (line.to.0, row_y(line.to.1)) });
            }
        }
        bends.push(passed);
    }
    let mut columns = vec![Vec::new(); count];
    items.iter().enumerate().for_each(|(index, item)| columns[item.layer].push(index));
    Grid { items, columns, pieces, bends }
}

impl Grid {
    /// For each item, where the other ends of its pieces lie: towards the left or the right.
    fn neighbours(&self, left: bool, place: impl Fn(usize, f64) -> f64) -> Vec<(f64, usize)> {
        let mut sums = vec![(0.0, 0); self.items.len()];
        for piece in &self.pieces {
            let (here, there) = if left { (&piece.to, &piece.from) } else { (&piece.from, &piece.to) };
            sums[here.0].0 += place(there.0, there.1);
            sums[here.0].1 += 1;
        }
        sums
    }

    /// Sorts each column by where its neighbours stand, so that lines cross less.
    fn sort(&mut self, left: bool) {
        let mut rank = vec![0.0; self.items.len()];
        for column in &self.columns {
            for (place, item) in column.iter().enumerate() {
                #[expect(clippy::cast_precision_loss, reason = "places in a column are small")]
                let place = place as f64;
                rank[*item] = place;
            }
        }
        // The row matters too: two lines from one card come from different heights.
        let sums = self.neighbours(left, |item, y| rank[item] + y / (self.items[item].height + 1.0) * 0.9);
        for column in &mut self.columns {
            #[expect(clippy::cast_precision_loss, reason = "a few lines")]
            let key = |item: &usize| {
                let (sum, count) = sums[*item];
                if count == 0 { rank[*item] + 0.5 } else { sum / count as f64 }
            };
            column.sort_by(|a, b| key(a).total_cmp(&key(b)));
        }
    }

    /// The first heights: each column stacked around the middle.
    fn stack(&mut self) {
        for column in &self.columns {
            let total: f64 = column.iter().map(|item| self.items[*item].height + GAP_Y).sum();
            let mut y = -total / 2.0;
            for item in column {
                self.items[*item].y = y;
                y += self.items[*item].height + GAP_Y;
            }
        }
    }

    /// Moves the items of each column towards where their lines would be straight, in their order
    /// and without touching: the least sum of squares, by pooling neighbours that would.
    fn align(&mut self, left: bool) {
        let order: Vec<usize> =
            if left { (0..self.columns.len()).collect() } else { (0..self.columns.len()).rev().collect() };
        // The pieces that end in each column on the side that is looked at.
        let mut pieces: Vec<Vec<&Piece>> = self.columns.iter().map(|_| Vec::new()).collect();
        for piece in &self.pieces {
            let here = if left { piece.to.0 } else { piece.from.0 };
            pieces[self.items[here].layer].push(piece);
        }
        let mut wanted = vec![(0.0, 0.0); self.items.len()];
        for layer in order {
            for piece in &pieces[layer] {
                let (here, there) = if left { (&piece.to, &piece.from) } else { (&piece.from, &piece.to) };
                let sum: &mut (f64, f64) = &mut wanted[here.0];
                *sum = (sum.0 + self.items[there.0].y + there.1 - here.1, sum.1 + 1.0);
            }
            settle(&mut self.items, &self.columns[layer], &wanted);
        }
    }
}

/// Puts the items of a column as near to their wishes as their order and heights allow.
fn settle(items: &mut [Item], column: &[usize], wanted: &[(f64, f64)]) {
    // Each pool: the sum of its wishes, its weight, its number of items.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut offset = 0.0;
    for item in column {
        let (sum, count) = wanted[*item];
        // An item without lines that way holds its place, lightly.
        let (wish, weight) = if count == 0.0 { (items[*item].y, 0.3) } else { (sum / count, count) };
        pools.push(((wish - offset) * weight, weight, 1));
        while let [.., a, b] = pools.as_slice()
            && a.0 / a.1 > b.0 / b.1
        {
            let merged = (a.0 + b.0, a.1 + b.1, a.2 + b.2);
            pools.truncate(pools.len() - 2);
            pools.push(merged);
        }
        offset += items[*item].height + GAP_Y;
    }
    let mut column = column.iter();
    let mut offset = 0.0;
    for (sum, weight, count) in pools {
        for item in column.by_ref().take(count) {
            items[*item].y = sum / weight + offset;
            offset += items[*item].height + GAP_Y;
        }
    }
}

/// Left edge and width of each column, and how wide all are.
fn columns(cards: &[Card], lines: &[Line], layers: &Layers) -> (Vec<(f64, f64)>, f64) {
    let count = layers.of.iter().max().map_or(0, |last| last + 1);
    let mut widths = vec![0.0_f64; count];
    let mut gaps = vec![72.0_f64; count];
    for (card, layer) in cards.iter().zip(&layers.of) {
        widths[*layer] = widths[*layer].max(card.width);
    }
    for (line, back) in lines.iter().zip(&layers.back) {
        if !back {
            let gap = &mut gaps[layers.of[line.from.0]];
            *gap = gap.max(text_width(&short_type(&line.type_name), 11.0) + 48.0);
        }
    }
    let mut x = 0.0;
    let mut columns = Vec::new();
    for (width, gap) in widths.iter().zip(&gaps) {
        columns.push((x, *width));
        x += width + gap;
    }
    (columns, x - gaps.last().unwrap_or(&0.0))
}

fn finish(cards: &[Card], lines: &[Line], layers: &Layers, grid: &Grid) -> Layout {
    let (columns, width) = columns(cards, lines, layers);
    let mut places = vec![(0.0, 0.0); cards.len()];
    for item in &grid.items {
        if let Some(card) = item.card {
            let (x, room) = columns[item.layer];
            places[card] = (x + (room - cards[card].width) / 2.0, item.y);
        }
    }
    let mut height = grid.items.iter().map(|item| item.y + item.height).fold(0.0, f64::max);
    let mut routes = Vec::new();
    for ((line, back), bends) in lines.iter().zip(&layers.back).zip(&grid.bends) {
        let (from, to) = (line.from, line.to);
        let start = (places[from.0].0 + cards[from.0].width, places[from.0].1 + row_y(from.1));
        let end = (places[to.0].0, places[to.0].1 + row_y(to.1));
        if *back {
            height += 26.0;
            routes.push(Route::Back { from: start, to: end, below: height });
            continue;
        }
        let mut points = vec![start];
        for bend in bends {
            let item = &grid.items[*bend];
            let (x, room) = columns[item.layer];
            points.extend([(x, item.y + BEND / 2.0), (x + room, item.y + BEND / 2.0)]);
        }
        points.push(end);
        routes.push(Route::Forward(points));
    }
    Layout { width, height, cards: places, lines: routes }
}
