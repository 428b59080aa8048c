//! Reading a launch file, with its mistakes reported.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use vc_plan::machine::Fleet;
use vc_plan::plan::NodeKind;
use vc_plan::{
    Checked, Choice, LOCAL, MachineName, Options, Plan, PlannedBridge, ProcessDescribe, ProjectNotes, Search,
};
use vc_supervise::log_folder;

use crate::args::{LaunchArgs, ProjectArgs};
use crate::commands::package;
use crate::exit_code::{self, Code};
use crate::report::{self, Style};

/// Reads and checks a launch file, whose log files would be in `log_folder`; warnings go to standard error.
///
/// # Errors
/// The exit code, after the mistakes were reported.
pub(crate) fn checked(
    launch: &LaunchArgs,
    log_folder: &Path,
    log_level: Option<&str>,
    style: Style,
) -> Result<Checked, Code> {
    checked_with(launch, log_folder, log_level, None, style)
}

/// The same, with the machines' agents asked what they have.
///
/// # Errors
/// The exit code, after the mistakes were reported.
pub(crate) fn checked_with(
    launch: &LaunchArgs,
    log_folder: &Path,
    log_level: Option<&str>,
    fleet: Option<Arc<dyn Fleet>>,
    style: Style,
) -> Result<Checked, Code> {
    let file = package::file(&launch.file, launch.file_of_package(), style)?;
    is_readable(&file, style)?;
    let here = launch.machine.as_deref().map(|name| machine(name, style)).transpose()?;
    let options = Options {
        arguments: launch.assignments(),
        log_level: log_level.map(str::to_owned),
        search: Search { python: launch.python_exe.clone(), ..Search::default_folders() },
        project: choice(&launch.project),
        allow_commands: launch.allow_command,
        log_folder: Some(log_folder.to_owned()),
        python_files: None,
        here: here.clone().flatten(),
        bridges: bridge(&launch.bridge).into_iter().collect(),
        fleet,
        stdin: launch.stdin.clone(),
    };
    let mut checked = vc_plan::read(&file, &options, &ProcessDescribe::new())
        .map_err(|report| report::invalid(&report, style))?;
    for warning in &checked.warnings {
        report::note(&warning.render(style.colour_err));
    }
    if let Some(here) = here {
        checked.plan = part(&checked.plan, here.as_ref(), style)?;
    }
    Ok(checked)
}

/// How the blocks of a VisualCircuit project would run; none: it is no project, or one that cannot be read.
pub(crate) fn project_notes(launch: &LaunchArgs) -> Option<ProjectNotes> {
    let options = Options {
        arguments: launch.assignments(),
        search: Search::default_folders(),
        project: choice(&launch.project),
        ..Options::default()
    };
    let unwritten = Path::new("project.launch.yaml");
    let converted = vc_plan::convert(&launch.file, unwritten, &options, &ProcessDescribe::new());
    converted.ok().map(|converted| converted.notes)
}

/// The machine that `--machine` names; none: `local`.
fn machine(name: &str, style: Style) -> Result<Option<MachineName>, Code> {
    if name == LOCAL {
        return Ok(None);
    }
    MachineName::parse(name).map(Some).map_err(|error| {
        report::error(&error.to_string(), None, style);
        exit_code::USAGE
    })
}

/// What the command line says to join the circuit to.
fn bridge(connect: &[String]) -> Option<PlannedBridge> {
    (!connect.is_empty()).then(|| PlannedBridge { connect: connect.to_vec(), ..PlannedBridge::default() })
}

/// One machine's part of a plan; a machine that has none is most likely mistyped.
fn part(plan: &Plan, machine: Option<&MachineName>, style: Style) -> Result<Plan, Code> {
    let mut part = plan.part(machine);
    // By hand nobody says where relays meet; what a bridge says is said.
    part.nodes.retain(|node| !matches!(&node.kind, NodeKind::Relay(relay) if relay.bridge.is_none()));
    let is_known = machine.is_none() || plan.machines.iter().any(|one| Some(&one.name) == machine);
    if is_known {
        return Ok(part);
    }
    let name = machine.map_or(LOCAL, MachineName::as_str);
    let known: Vec<&str> = plan.machines.iter().map(|one| one.name.as_str()).collect();
    let hint = match vc_words::suggest::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "no node in it says `machine`".to_owned(),
        None => format!("its machines are {}", known.join(", ")),
    };
    report::error(&format!("{} has no machine `{name}`", plan.file.display()), Some(&hint), style);
    Err(exit_code::USAGE)
}

/// Where a run that begins now keeps its log files, below `given` if it is.
pub(crate) fn log_folder(given: Option<PathBuf>) -> PathBuf {
    log_folder::of_run(&log_folder::base(given, |name| std::env::var_os(name)))
}

/// What the command line says of a project's blocks.
pub(crate) fn choice(args: &ProjectArgs) -> Choice {
    Choice {
        native: args.native.clone(),
        python: args.python.clone(),
        strict_enable: args.strict_enable,
        ..Choice::default()
    }
}

/// Tells a file that cannot be read from one that is wrong.
///
/// # Errors
/// The exit code, after the reason was reported.
pub(crate) fn is_readable(file: &Path, style: Style) -> Result<(), Code> {
    let readable = std::fs::File::open(file).and_then(|open| {
        if open.metadata()?.is_dir() { Err(std::io::ErrorKind::IsADirectory.into()) } else { Ok(()) }
    });
    readable.map_err(|error| {
        let message = format!("cannot read launch file `{}`: {}", file.display(), report::reason(&error));
        report::error(&message, hint(file).as_deref(), style);
        exit_code::LAUNCH_FILE_UNREADABLE
    })
}

fn is_launch_file(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    path.to_string_lossy().contains(".launch.") || ending == "vc3" || ending == "vc"
}

/// The launch files that are where one was looked for.
fn hint(file: &Path) -> Option<String> {
    let folder = if file.is_dir() { file } else { file.parent()? };
    let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut names: Vec<String> = std::fs::read_dir(shown)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_launch_file(path) && path.is_file())
        .map(|path| format!("`{}`", path.strip_prefix("./").unwrap_or(&path).display()))
        .collect();
    names.sort();
    names.truncate(5);
    (!names.is_empty()).then(|| format!("there is {}", names.join(", ")))
}
