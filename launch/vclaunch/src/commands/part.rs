//! `vclaunch part`: not for people. See [`crate::fleet::part`].

use std::io::{self, BufRead as _, Read as _};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use vc_fleet::{Start, Told, frame};
use vc_supervise::{GuardCommand, Options, StopHandle, Supervisor};

use crate::args::PartArgs;
use crate::cleaner::DomainCleaner;
use crate::commands::read;
use crate::exit_code::{self, Code};
use crate::report::queue::{Item, What};
use crate::report::reporter::View;
use crate::report::{self, Reporter, Style};

/// Runs a part that is told on standard input.
pub(crate) fn part(args: &PartArgs, style: Style) -> Code {
    let mut line = String::new();
    let read = io::stdin().lock().take(2 * frame::LONGEST as u64).read_line(&mut line);
    let start: Start = match read.and_then(|_| Ok(serde_json::from_str(&line)?)) {
        Ok(start) => start,
        Err(error) => return cannot_start(&error, style),
    };
    let options = Options {
        ready_timeout: start.ready_timeout,
        watchdog: Duration::from_secs(10),
        log_folder: Some(read::log_folder(args.log_dir.clone())),
        show_all_output: start.show_all_output,
        guard: Some(GuardCommand { program: "/proc/self/exe".into(), args: vec!["guard".into()] }),
        // Ours is what the operator says.
        stdin: None,
        cleaner: Arc::new(DomainCleaner),
        owns_process: true,
        conducted: Some(start.layers).filter(|layers| layers.len() == start.part.nodes.len()),
    };
    let reporter = match Reporter::of_view(Box::new(PartView)) {
        Ok(reporter) => reporter,
        Err(error) => return cannot_start(&error, style),
    };
    let supervisor = Supervisor::new(start.part, options);
    let handle = supervisor.stop_handle();
    if let Err(error) = thread::Builder::new().name("vc-ask".into()).spawn(move || obey(&handle)) {
        return cannot_start(&error, style);
    }
    let ended = supervisor.run(reporter.observer());
    reporter.finish();
    match ended {
        Ok(summary) => Code::of(summary.verdict),
        Err(error) => cannot_start(&error, style),
    }
}

/// Does what is said, and stops the part when whoever started it is gone.
fn obey(handle: &StopHandle) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        // It is our own program: what does not fit is not ours to report.
        if let Ok(order) = serde_json::from_str(&line) {
            handle.obey(order);
        }
    }
    handle.stop();
}

fn cannot_start(error: &dyn std::error::Error, style: Style) -> Code {
    report::error(&report::with_causes(error), None, style);
    exit_code::CANNOT_START
}

/// What happens, for the other end of standard output.
struct PartView;

impl View for PartView {
    fn show(&mut self, items: Vec<Item>) -> String {
        let told = items.into_iter().filter_map(|item| match item.what {
            What::Event(event) => Told::of(event),
            What::Line(line) => Some(Told::Line(line)),
        });
        // Plain data: there is nothing in it that JSON cannot hold.
        told.filter_map(|told| serde_json::to_string(&told).ok()).map(|line| line + "\n").collect()
    }
}
