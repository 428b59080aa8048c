//! The only place that prints: rows for people, or JSON lines for machines.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures are the program's output")]

use std::process::ExitCode;

use serde_json::{Value, json};

/// What went wrong in a measurement.
pub(crate) type BenchError = Box<dyn std::error::Error>;

/// How rows are printed.
#[derive(Clone, Copy)]
pub(crate) struct Report {
    pub(crate) json: bool,
}

impl Report {
    /// Prints a heading, for people only.
    pub(crate) fn heading(self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }

    /// Prints one row: as JSON with the bench's name first, or as `text`.
    pub(crate) fn row(self, bench: &str, mut fields: Value, text: &str) {
        if self.json {
            let mut row = json!({ "bench": bench });
            if let (Some(row), Some(fields)) = (row.as_object_mut(), fields.as_object_mut()) {
                row.append(fields);
            }
            println!("{row}");
        } else {
            println!("{text}");
        }
    }
}

/// Ends the program: with the error, if there is one.
pub(crate) fn exit_code(done: Result<(), BenchError>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vc-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `64 B`, `1 KiB`, `6.2 MB`
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        1_048_576 => "1 MiB".to_owned(),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
