//! What people and programs see. The only place that writes to the terminal.
//!
//! Results go to standard output, mistakes and warnings to standard error.
//!
//! * [`reporter`]: a running circuit's view, fed by the supervisor, in its own thread
//! * `board`: what a view knows; `live`, `plain`, `json`: the three views
//! * [`table`], `text`, `paint`, `figures`: how words and numbers are laid out

mod board;
mod figures;
mod json;
mod live;
mod paint;
mod plain;
pub(crate) mod queue;
pub(crate) mod reporter;
mod summary;
pub(crate) mod table;
mod text;

use std::error::Error;
use std::io::{self, ErrorKind, IsTerminal, Write};

use vc_plan::Report;

use crate::exit_code::{self, Code};
use paint::{Colour, Paint};
pub(crate) use reporter::Reporter;

/// How to write to each stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Colours on standard output.
    pub(crate) colour_out: bool,
    /// Colours on standard error.
    pub(crate) colour_err: bool,
    /// Whether standard output is a terminal that can be drawn on.
    pub(crate) live: bool,
}

impl Style {
    /// By what the streams are, `NO_COLOR`, `TERM` and the user's word.
    pub(crate) fn of_process(no_color: bool) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let can_draw = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
        let colour = !no_color && !is_set("NO_COLOR") && can_draw;
        Self {
            colour_out: colour && io::stdout().is_terminal(),
            colour_err: colour && io::stderr().is_terminal(),
            live: can_draw && io::stdout().is_terminal(),
        }
    }
}

/// Writes a command's result to standard output.
pub(crate) fn result(text: &str, style: Style) -> Code {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => exit_code::SUCCESS,
        // Whoever read it has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit_code::SUCCESS,
        Err(failed) => {
            error(&format!("cannot write to standard output: {}", reason(&failed)), None, style);
            exit_code::CANNOT_WRITE
        }
    }
}

/// Says on standard error what to be careful about.
pub(crate) fn warning(message: &str, style: Style) {
    note(&format!("{} {message}", Paint(style.colour_err).bold(Colour::Yellow, "warning:")));
}

/// Says on standard error that the command failed, and what may help.
pub(crate) fn error(message: &str, hint: Option<&str>, style: Style) {
    let paint = Paint(style.colour_err);
    note(&format!("{} {message}", paint.bold(Colour::Red, "error:")));
    if let Some(hint) = hint {
        note(&format!("\n{} {hint}", paint.bold(Colour::Cyan, "hint:")));
    }
}

/// Writes something beside the result to standard error.
pub(crate) fn note(text: &str) {
    // There is no other place to complain to.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Reports what is wrong with a launch file.
pub(crate) fn invalid(report: &Report, style: Style) -> Code {
    note(&report.render(style.colour_err));
    exit_code::LAUNCH_FILE_INVALID
}

/// Reports what is wrong with the command line, or gives the help asked for.
pub(crate) fn usage(error: &clap::Error) -> Code {
    let _ = error.print();
    if error.use_stderr() { exit_code::USAGE } else { exit_code::SUCCESS }
}

/// The system's reason, without its number; our own as it is.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    if error.get_ref().is_some() {
        return text;
    }
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// An error and what caused it, on one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// `1 node`, `2 nodes`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
