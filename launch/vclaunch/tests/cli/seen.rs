//! Runs `vclaunch` and writes down what it shows.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A `vclaunch` in the folder of the test's launch files, without anything of the user's.
pub(crate) fn command(logs: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vclaunch"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/files"));
    command.env("XDG_CACHE_HOME", logs.path()).env("ROS_LOG_DIR", logs.path()).env("PATH", "/usr/bin:/bin");
    // No keys: a user's own must not make a difference.
    command.env("XDG_CONFIG_HOME", logs.path());
    command.stdin(Stdio::null());
    for name in [
        "VC_BLOCKS_PATH",
        "VC_KEYS",
        "NO_COLOR",
        "AMENT_PREFIX_PATH",
        "COLUMNS",
        "ROS_DISTRO",
        "OVERRIDE_LAUNCH_PROCESS_OUTPUT",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs to the end.
pub(crate) fn vclaunch(args: &[&str]) -> String {
    let logs = tempfile::tempdir().unwrap();
    let output = command(&logs).args(args).output().unwrap();
    shown(&output, &logs)
}

/// Exit code and both streams; what differs from run to run is replaced.
pub(crate) fn shown(output: &Output, logs: &TempDir) -> String {
    let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
    let mut text = format!("exit: {code}\n");
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            text += &["----- ", name, " -----\n", &String::from_utf8_lossy(bytes)].concat();
        }
    }
    sorted(&redact(&text.replace(logs.path().to_str().unwrap(), "LOGS")))
}

/// What happens at the same time is told in any order: by name here.
fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    for told in lines.chunk_by_mut(|a, b| a.starts_with('[') && b.starts_with('[')) {
        told.sort_unstable();
    }
    lines.join("\n") + "\n"
}

/// Process ids and the name of the log folder.
fn redact(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n', ')']).map(|word| {
        let bare = word.trim_end_matches([' ', '\n', ')']);
        let rest = &word[bare.len()..];
        match bare.strip_prefix("LOGS/") {
            Some(_) => format!("LOGS/RUN{rest}"),
            None => word.to_owned(),
        }
    });
    let mut after_pid = false;
    let text: String = words
        .map(|word| {
            let is_pid = std::mem::replace(&mut after_pid, word == "(pid ");
            if is_pid { "PID)".to_owned() } else { word }
        })
        .collect();
    text
}
