//! The view for a terminal: what nodes write scrolls above, what runs stays below, drawn in place.
//!
//! The drawing is written over line by line and never cleared first, so it does not flicker; the
//! cursor is left at its end and never hidden, so nothing needs to be restored, even after a `kill -9`.

use std::time::{Duration, Instant};

use vc_supervise::{Event, WireFigures};

use super::board::{Board, Places};
use super::figures;
use super::paint::{Colour, Paint};
use super::plain::{node_line, ours};
use super::queue::{Item, What};
use super::reporter::View;
use super::summary;
use super::table::{Cell, Table};
use super::text::{cut, harmless};

/// Between two refreshes of the drawing when no line scrolls.
const REFRESH: Duration = Duration::from_millis(500);
/// To the end of the line, and of the screen: erase.
const ERASE_LINE: &str = "\x1b[K";
const ERASE_BELOW: &str = "\x1b[J";
/// Long lines are cut by the terminal while the drawing is written, so that each stays one line.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

/// Log above, drawing below.
#[derive(Debug)]
pub(crate) struct LiveView {
    board: Board,
    paint: Paint,
    title: String,
    /// How wide each line of the drawing is that is on the screen above the cursor.
    drawn: Vec<usize>,
    next: Instant,
    has_ended: bool,
}

impl LiveView {
    pub(crate) fn new(title: &str, places: Places, colour: bool) -> Self {
        let title = title.to_owned();
        Self {
            board: Board::new(places),
            paint: Paint(colour),
            title,
            drawn: Vec::new(),
            next: Instant::now(),
            has_ended: false,
        }
    }

    /// What scrolls above the drawing.
    fn scroll(&mut self, items: Vec<Item>) -> (String, bool) {
        let mut out = String::new();
        let mut is_urgent = false;
        for item in items {
            match item.what {
                What::Line(line) => out += &node_line(&line, &self.board, self.paint),
                What::Event(event) => {
                    self.board.update(&event);
                    is_urgent |= !matches!(event, Event::Wires(_) | Event::Status { .. });
                    if let Some((text, is_trouble)) =
                        self.board.sentence(&event).filter(|_| is_worth_a_line(&event))
                    {
                        out += &ours(&text, is_trouble, self.paint);
                    }
                    if let Event::Summary(end) = &event {
                        out += &summary::tables(end, &self.board, self.paint);
                        self.has_ended = true;
                    }
                }
            }
        }
        (out, is_urgent)
    }

    /// The lines of the drawing, for a terminal of this size.
    fn drawing(&self, columns: usize, rows: usize) -> Vec<String> {
        let since = figures::elapsed(self.board.began.elapsed());
        let head = format!("── {} · {since} · Ctrl-C stops ", self.title);
        let rule = "─".repeat(columns.saturating_sub(head.chars().count()));
        let mut lines = vec![self.paint.dim(&cut(&(head + &rule), columns))];
        lines.extend(summary::nodes(&self.board).lines(columns, self.paint));
        let wires = wires(&self.board.wires);
        if !wires.is_empty() {
            lines.extend(wires.lines(columns, self.paint));
        }
        // At least one line of the log stays in sight, and the cursor's own.
        let room = rows.saturating_sub(2).max(1);
        if lines.len() > room {
            let hidden = lines.len() - room + 1;
            lines.truncate(room - 1);
            lines.push(self.paint.dim(&cut(&format!("… {hidden} more"), columns)));
        }
        lines
    }

    /// What to write: the new lines over the old drawing, and the new drawing below them.
    fn frame(&mut self, above: &str, (columns, rows): (usize, usize)) -> String {
        let drawing = if self.has_ended { Vec::new() } else { self.drawing(columns, rows) };
        // A terminal that has become narrower since has broken the old lines into several.
        let height: usize = self.drawn.iter().map(|width| width.div_ceil(columns).max(1)).sum();
        let up = if height > 0 { format!("\r\x1b[{height}A") } else { String::new() };
        self.drawn = drawing.iter().map(|line| harmless(line).chars().count()).collect();
        let over = |line: &str| [line, ERASE_LINE, "\n"].concat();
        let above: String = above.lines().map(over).collect();
        let drawing: String = drawing.iter().map(|line| over(line)).collect();
        [up.as_str(), &above, NO_WRAP, &drawing, WRAP, ERASE_BELOW].concat()
    }
}

impl View for LiveView {
    fn show(&mut self, items: Vec<Item>) -> String {
        let (above, is_urgent) = self.scroll(items);
        let now = Instant::now();
        if self.has_ended && above.is_empty() || above.is_empty() && !is_urgent && now < self.next {
            return String::new();
        }
        self.next = now + REFRESH;
        self.frame(&above, size())
    }
}

/// What the drawing shows anyway needs no line in the log above.
fn is_worth_a_line(event: &Event) -> bool {
    match event {
        Event::State(change) => !matches!(change.state.word(), "running" | "ended"),
        Event::Waits { .. } => false,
        _ => true,
    }
}

/// The wires' figures, as far as they matter while watching.
fn wires(wires: &[WireFigures]) -> Table {
    let mut table = Table::new(&["wire", "", "", ">rate", ">p50", ">p99", ">lost"]);
    for wire in wires {
        let latency = |of| figures::latency(wire.latency.as_ref(), of);
        table.row([
            Cell::from(wire.from.to_string()),
            "→".into(),
            wire.to.to_string().into(),
            figures::rate(wire.rate_hz).into(),
            latency(|latency| latency.p50).into(),
            latency(|latency| latency.p99).into(),
            Cell::coloured(wire.lost.to_string(), (wire.lost > 0).then_some(Colour::Red)),
        ]);
    }
    table
}

/// Columns and rows of the terminal.
fn size() -> (usize, usize) {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => (80, 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vc_supervise::{Line, Stream};

    fn view() -> LiveView {
        let mut view = LiveView::new("a.launch.yaml", Places::new(), false);
        view.board.update(&Event::Began {
            log_folder: None,
            nodes: vec!["a".into(), "b".into()],
            wires: Vec::new(),
        });
        view
    }

    fn line(text: &str) -> Item {
        let line = Line { node: "a".into(), stream: Stream::Stdout, text: text.into() };
        Item { at: Instant::now(), what: What::Line(line) }
    }

    #[test]
    fn a_line_scrolls_above_and_the_drawing_is_drawn_over() {
        let mut view = view();
        let first = view.show(vec![line("one")]);

        let second = view.show(vec![line("two")]);

        assert!(first.starts_with("[a] one\x1b[K\n"), "{first:?}");
        assert!(second.starts_with("\r\x1b[4A[a] two\x1b[K\n"), "title, heads and two nodes: {second:?}");
        assert!(second.ends_with(&format!("{WRAP}{ERASE_BELOW}")));
    }

    #[test]
    fn a_narrower_terminal_has_broken_the_old_lines() {
        let mut view = view();
        view.frame("", (80, 24));

        let narrow = view.frame("", (60, 24));

        assert!(narrow.starts_with("\r\x1b[5A"), "the title takes two lines: {narrow:?}");
    }

    #[test]
    fn a_low_terminal_shows_what_fits() {
        assert_eq!(view().drawing(80, 5).len(), 3);
        assert_eq!(view().drawing(80, 5)[2], "… 2 more");
        assert_eq!(view().drawing(80, 1).len(), 1);
    }
}
