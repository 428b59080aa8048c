//! `vclaunch run`

use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use vc_plan::Plan;
use vc_plan::machine::Fleet;
use vc_plan::plan::NodeKind;
use vc_supervise::{GuardCommand, Options, Supervisor};

use crate::args::RunArgs;
use crate::cleaner::DomainCleaner;
use crate::commands::{across, arguments, check, read};
use crate::exit_code::{self, Code};
use crate::fleet::agents::Agents;
use crate::fleet::{self, equip};
use crate::report::{self, Reporter, Style};

/// Runs a circuit until all its nodes have ended.
pub(crate) fn run(args: &RunArgs, style: Style) -> Code {
    if args.show_args {
        return arguments::show(&args.launch.file, args.launch.file_of_package(), style);
    }
    let log_folder = read::log_folder(args.log_dir.clone());
    // By hand, each machine's part is started there; else the machines' agents are asked.
    let agents =
        args.launch.machine.is_none().then(|| Arc::new(Agents::new(&args.agent, args.keys.clone(), style)));
    let fleet = agents.clone().map(|agents| agents as Arc<dyn Fleet>);
    let level = args.log_level.as_deref();
    let mut checked = match read::checked_with(&args.launch, &log_folder, level, fleet, style) {
        Ok(checked) => checked,
        Err(code) => return code,
    };
    prefix(&mut checked.plan, args);
    if args.print {
        return check::show(&checked, args.json, style);
    }
    let plan = checked.plan;
    let reads_stdin = plan.nodes.iter().any(|node| node.stdin);
    // What is typed would be in the way of a drawing, and the drawing in the way of who types.
    let style = Style { live: style.live && !args.noninteractive && !reads_stdin, ..style };
    if let Some(agents) = agents.filter(|_| plan.nodes.iter().any(|node| node.machine.is_some())) {
        if reads_stdin {
            let message = "what is typed here reaches no node of a circuit on several machines";
            report::warning(message, style);
        }
        return across::run(&plan, &agents, args, style);
    }
    let mut plan = plan;
    if let Err(code) = bridge(&mut plan, args, style) {
        return code;
    }
    let title = plan.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let reporter = match Reporter::start(&title, args.json, style) {
        Ok(reporter) => reporter,
        Err(error) => return cannot_start(&error, style),
    };
    let stdin = reads_stdin.then(|| io::stdin().as_fd().try_clone_to_owned().ok()).flatten();
    let options = Options { stdin: stdin.map(Arc::new), ..options(args, log_folder) };
    let ended = Supervisor::new(plan, options).run(reporter.observer());
    reporter.finish();
    match ended {
        Ok(summary) => Code::of(summary.verdict),
        Err(error) => cannot_start(&error, style),
    }
}

/// Makes ready the relay of a circuit that has a bridge.
///
/// # Errors
/// The exit code, after the reason was reported.
fn bridge(plan: &mut Plan, args: &RunArgs, style: Style) -> Result<(), Code> {
    if !plan.nodes.iter().any(|node| matches!(node.kind, NodeKind::Relay(_))) {
        return Ok(());
    }
    let keys = fleet::keys::at_start(&args.keys, style)?;
    equip::here(plan, &[], keys.as_ref()).map_err(|why| {
        let message = format!("there is no relay to bridge with: {why}");
        report::error(&message, Some("install `vcbridge` beside `vclaunch`"), style);
        exit_code::CANNOT_START
    })
}

/// Puts the command line's prefix before the programs that it is for.
fn prefix(plan: &mut Plan, args: &RunArgs) {
    let Some(prefix) = &args.launch_prefix else { return };
    let fits = |program: &Path| {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        args.launch_prefix_filter.as_ref().is_none_or(|filter| filter.is_match(&name))
    };
    for node in plan.nodes.iter_mut().filter(|node| node.prefix.is_empty() && fits(&node.program)) {
        node.prefix.clone_from(&prefix.0);
    }
}

fn options(args: &RunArgs, log_folder: PathBuf) -> Options {
    Options {
        ready_timeout: args.ready_timeout,
        watchdog: Duration::from_secs(10),
        log_folder: Some(log_folder),
        show_all_output: args.show_all_output,
        // The very program that runs now, even if its file has been replaced.
        guard: Some(GuardCommand { program: "/proc/self/exe".into(), args: vec!["guard".into()] }),
        stdin: None,
        cleaner: Arc::new(DomainCleaner),
        owns_process: true,
        conducted: None,
    }
}

fn cannot_start(error: &dyn std::error::Error, style: Style) -> Code {
    report::error(&report::with_causes(error), None, style);
    exit_code::CANNOT_START
}
