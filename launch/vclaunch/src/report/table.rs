//! Columns.

use std::fmt;

use super::paint::{Colour, Paint};
use super::text;

/// One cell: its text, and the colour it is shown in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    colour: Option<Colour>,
}

impl Cell {
    pub(crate) fn coloured(text: impl Into<String>, colour: Option<Colour>) -> Self {
        Self { text: text.into(), colour }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, colour: None }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), colour: None }
    }
}

/// Rows of cells below titles. A title that begins with `>` is for a column of numbers, which stand
/// at its right side.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
struct Column {
    title: String,
    is_right: bool,
    width: usize,
}

impl Table {
    pub(crate) fn new(titles: &[&str]) -> Self {
        let column = |title: &&str| {
            let plain = title.trim_start_matches('>');
            Column {
                title: plain.to_owned(),
                is_right: plain.len() < title.len(),
                width: plain.chars().count(),
            }
        };
        Self { columns: titles.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row. Cells beyond the titles are left out.
    pub(crate) fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        for (column, cell) in self.columns.iter_mut().zip(&cells) {
            column.width = column.width.max(cell.text.chars().count());
        }
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, titles first, none wider than `columns`.
    pub(crate) fn lines(&self, columns: usize, paint: Paint) -> Vec<String> {
        let titles: Vec<Cell> = self.columns.iter().map(|column| column.title.as_str().into()).collect();
        let head = paint.dim(&self.line(&titles, columns, Paint(false)));
        std::iter::once(head).chain(self.rows.iter().map(|row| self.line(row, columns, paint))).collect()
    }

    fn line(&self, cells: &[Cell], columns: usize, paint: Paint) -> String {
        let mut line = String::new();
        let mut used = 0;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            let gap = if index == 0 { 0 } else { 2 };
            if used + gap >= columns {
                break;
            }
            let is_last = index + 1 == cells.len();
            let room = column.width.min(columns - used - gap);
            let text = text::cut(&cell.text, room);
            let padding = " ".repeat(room - text.chars().count());
            let painted = cell.colour.map_or_else(|| text.clone(), |colour| paint.colour(colour, &text));
            line += &" ".repeat(gap);
            line += &match (column.is_right, is_last) {
                (true, _) => padding + &painted,
                (false, true) => painted,
                (false, false) => painted + &padding,
            };
            used += gap + room;
        }
        line.trim_end().to_owned()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines(usize::MAX, Paint(false)).iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["node", ">rate", "state"]);
        table.row(["grün".into(), "9.5 Hz".into(), Cell::coloured("running", Some(Colour::Green))]);
        table.row(["c", "29.9 Hz", "x"]);
        table
    }

    #[test]
    fn columns_stand_in_line() {
        insta::assert_snapshot!(table(), @r"
        node     rate  state
        grün   9.5 Hz  running
        c     29.9 Hz  x
        ");
    }

    #[test]
    fn a_narrow_terminal_cuts() {
        let lines = table().lines(17, Paint(false));

        assert_eq!(lines, ["node     rate  s…", "grün   9.5 Hz  r…", "c     29.9 Hz  x"]);
        assert_eq!(table().lines(4, Paint(false))[1], "grün");
    }

    #[test]
    fn colours_take_no_room() {
        let line = &table().lines(80, Paint(true))[1];

        assert_eq!(line, "grün   9.5 Hz  \x1b[32mrunning\x1b[0m");
    }
}
