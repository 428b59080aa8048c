//! What is wrong with a launch file, and how it is shown to people.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::source::At;

/// The most mistakes that are kept: beyond, a file is not a launch file with typos.
const MAX_KEPT: usize = 200;
/// Source lines longer than this are not shown: nobody could read them.
const MAX_SHOWN: usize = 240;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The circuit cannot start.
    Error,
    /// The circuit can start, but hardly as meant.
    Warning,
    /// Said by the launch file itself (`log`).
    Info,
}

impl Severity {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Error => "\x1b[1;31m",
            Self::Warning => "\x1b[1;33m",
            Self::Info => "\x1b[1;36m",
        }
    }
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, as it was named to us.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters it spans, at least 1.
    pub width: usize,
    /// In a drawing, which has no lines that anybody sees: the part that is meant, such as a block; empty for the whole.
    pub part: Option<String>,
}

impl Spot {
    /// A part of a drawing; the whole of it if that is empty.
    pub(crate) fn in_drawing(file: &Path, part: &str) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, width: 0, part: Some(part.to_owned()) }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match self.part.as_deref() {
            None => write!(f, "{file}:{}:{}", self.line, self.column),
            Some("") => write!(f, "{file}"),
            Some(part) => write!(f, "{file}: {part}"),
        }
    }
}

/// Another place that a mistake involves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// What is there, such as `the other node`.
    pub label: String,
    /// Where.
    pub place: Spot,
    /// The line of the file.
    pub source_line: Option<String>,
}

/// One mistake, warning or note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; none for what was said on the command line.
    pub place: Option<Spot>,
    /// The line of the file.
    pub source_line: Option<String>,
    /// Where that file was included, the innermost place first.
    pub included_from: Vec<Spot>,
    /// What to do about it, a line a thing.
    pub hint: Option<String>,
    /// Other places involved.
    pub also: Vec<Also>,
}

impl Diagnostic {
    fn new(severity: Severity, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            severity,
            message,
            place: None,
            source_line: None,
            included_from: Vec::new(),
            hint: None,
            also: Vec::new(),
        }
    }

    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    pub(crate) fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    pub(crate) fn info(message: impl Into<String>) -> Self {
        Self::new(Severity::Info, message)
    }

    pub(crate) fn at(mut self, at: &At) -> Self {
        self.source_line = shown_line(at);
        self.place = Some(at.spot());
        self.included_from = at.included_from();
        self
    }

    /// About a drawing, or one part of it.
    pub(crate) fn in_drawing(mut self, file: &Path, part: &str) -> Self {
        self.place = Some(Spot::in_drawing(file, part));
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a hint if there is one.
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// Suggests the candidate nearest to `word`, if one is near.
    pub(crate) fn did_you_mean<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let hint = vc_words::suggest::nearest(word, known).map(|near| format!("did you mean `{near}`?"));
        self.maybe_hint(hint)
    }

    pub(crate) fn also(mut self, label: impl Into<String>, at: &At) -> Self {
        let mut label = label.into();
        let from = at.included_from();
        if let Some(from) = from.first().filter(|_| from != self.included_from) {
            let _ = write!(label, ", included from {from}");
        }
        self.also.push(Also { label, place: at.spot(), source_line: shown_line(at) });
        self
    }

    /// Says that the file was included by the entry at `via`, if one did and nobody said so yet.
    pub(crate) fn through(mut self, via: Option<&At>) -> Self {
        if let Some(via) = via.filter(|_| self.included_from.is_empty()) {
            self.included_from = std::iter::once(via.spot()).chain(via.included_from()).collect();
        }
        self
    }

    /// The text for a terminal: what, where, the line with the place marked, and a hint.
    pub fn render(&self, colour: bool) -> String {
        let mut out = String::new();
        let spots = self.place.iter().chain(self.also.iter().map(|also| &also.place));
        let lines = spots.filter(|spot| spot.part.is_none()).map(|spot| spot.line.to_string().len());
        let gutter = lines.max().unwrap_or(1);
        let paint = Paint { colour, gutter };
        let head = paint.wrap(self.severity.colour(), self.severity.word());
        let message = paint.wrap("\x1b[1m", &format!(": {}", clean(&self.message)));
        out.push_str(&head);
        out.push_str(&message);
        if let Some(place) = &self.place {
            let colour = self.severity.colour();
            out.push_str(&paint.excerpt(place, self.source_line.as_deref(), (colour, "")));
        }
        for spot in &self.included_from {
            out.push_str(&paint.included(spot));
        }
        for also in &self.also {
            let label = clean(&also.label);
            let mark = ("\x1b[1;34m", label.as_str());
            out.push_str(&paint.excerpt(&also.place, also.source_line.as_deref(), mark));
        }
        for hint in self.hint.iter().flat_map(|hint| hint.lines()) {
            let _ = write!(out, "\n{}: {}", paint.wrap("\x1b[1;32m", "hint"), clean(hint));
        }
        out
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

struct Paint {
    colour: bool,
    /// How many digits the largest line number shown has.
    gutter: usize,
}

impl Paint {
    fn wrap(&self, code: &str, text: &str) -> String {
        if self.colour { format!("{code}{text}\x1b[0m") } else { text.to_owned() }
    }

    /// ` = included from file:line:column`.
    fn included(&self, spot: &Spot) -> String {
        let (indent, equals) = (" ".repeat(self.gutter), self.wrap("\x1b[1;34m", "="));
        format!("\n{indent} {equals} included from {}", clean(&spot.to_string()))
    }

    /// ` --> file:line:column`, and below it the line with the place marked.
    fn excerpt(&self, spot: &Spot, line: Option<&str>, (mark, label): (&str, &str)) -> String {
        let blue = |text: &str| self.wrap("\x1b[1;34m", text);
        let indent = " ".repeat(self.gutter);
        let head = format!("\n{indent}{} {}", blue("-->"), clean(&spot.to_string()));
        let Some(line) = line else {
            return if label.is_empty() { head } else { format!("{head}: {label}") };
        };
        let number = blue(&format!("{:>width$} |", spot.line, width = self.gutter));
        let bar = blue(&format!("{indent} |"));
        let room = line.chars().count().saturating_sub(spot.column - 1).max(1);
        let carets = self.wrap(mark, &"^".repeat(spot.width.clamp(1, room)));
        let label = if label.is_empty() { String::new() } else { format!(" {}", self.wrap(mark, label)) };
        let before = " ".repeat(spot.column - 1);
        format!("{head}\n{bar}\n{number} {}\n{bar} {before}{carets}{label}", clean(line))
    }
}

fn shown_line(at: &At) -> Option<String> {
    if at.source.is_drawn() {
        return None;
    }
    at.source.line(at.place.line).filter(|line| line.chars().count() <= MAX_SHOWN).map(str::to_owned)
}

/// Text of a file must not steer the terminal it is shown on. One character stays one character, so
/// that the mark below a line stays in place.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' => ' ',
            control if control.is_control() => '\u{fffd}',
            plain => plain,
        })
        .collect()
}

/// All that was found wrong with a launch file, sorted by place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The mistakes; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// The text for a terminal, one mistake after the other.
    pub fn render(&self, colour: bool) -> String {
        self.diagnostics.iter().map(|one| one.render(colour)).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}

/// Where mistakes are collected while reading.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: Vec<Diagnostic>,
    dropped: usize,
}

impl Sink {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < MAX_KEPT {
            self.list.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    pub(crate) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    /// Takes over what was found in a file, which the entry at `via` included if one did.
    pub(crate) fn append(&mut self, other: Self, via: Option<&At>) {
        self.dropped += other.dropped;
        self.extend(other.list.into_iter().map(|one| one.through(via)));
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|one| one.severity == Severity::Error)
    }

    /// All that was collected, sorted by place: the warnings if nothing is wrong, else the report.
    pub(crate) fn finish(mut self) -> Result<Vec<Diagnostic>, Report> {
        let failed = self.has_errors();
        self.list.sort_by(|a, b| a.place.cmp(&b.place));
        self.list.dedup();
        if self.dropped > 0 {
            self.list.push(Diagnostic::new(
                if failed { Severity::Error } else { Severity::Warning },
                format!("and {} more", self.dropped),
            ));
        }
        if failed { Err(Report { diagnostics: self.list }) } else { Ok(self.list) }
    }
}
