//! What is typed, and pseudo-terminals.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::seen::{command, shown};

/// Runs a launch file to its end with something typed.
fn run(launch: &str, args: &[&str], typed: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.launch.yaml");
    fs::write(&file, launch).unwrap();
    let mut command = command(&folder);
    command.arg(&file).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    // A run that reads nothing may have ended.
    let _ = keyboard.write_all(typed.as_bytes());
    drop(keyboard);
    shown(&child.wait_with_output().unwrap(), &folder)
}

const TWO: &str = r#"
launch:
  - executable: {cmd: "read word; echo heard $word", shell: true, name: a, output: screen, stdin: true}
  - executable: {cmd: "read word; echo heard $word", shell: true, name: b, output: screen}
"#;

#[test]
fn the_node_that_the_launch_file_names_hears_what_is_typed() {
    let seen = run(TWO, &[], "one\n");
    assert!(seen.contains("[a] heard one\n") && seen.contains("[b] heard\n"), "{seen}");
}

#[test]
fn the_command_line_can_name_another_one() {
    let seen = run(TWO, &["--stdin", "b"], "one\n");
    assert!(seen.contains("[a] heard\n") && seen.contains("[b] heard one\n"), "{seen}");
    let seen = run(TWO, &["--stdin", "c"], "one\n");
    assert!(seen.starts_with("exit: 65\n") && seen.contains("`--stdin c`: there is no such node"), "{seen}");
}

#[test]
fn a_node_with_a_terminal_is_shown_and_logged_as_any_other() {
    let launch = r#"
launch:
  - executable:
      cmd: "[ -t 1 ] && echo ${RED}red"
      shell: true
      name: a
      env: [{name: RED, value: "\e[31m"}]
      output: screen
      emulate_tty: true
"#;
    let seen = run(launch, &[], "");
    // Ours is no terminal: nothing is coloured.
    assert!(seen.starts_with("exit: 0\n") && seen.contains("[a] red\n"), "{seen}");
}

#[test]
fn arguments_of_included_files_are_shown_with_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let part = "launch: [{arg: {name: width, default: 640, description: of pictures}}, {arg: {name: side}}]";
    fs::write(folder.path().join("part.launch.yaml"), part).unwrap();
    let file = folder.path().join("a.launch.yaml");
    let whole = "launch: [{arg: {name: rate, default: 30}}, {include: {file: part.launch.yaml, arg: [{name: side, value: left}]}}]";
    fs::write(&file, whole).unwrap();

    let output = command(&folder).arg("args").arg(&file).output().unwrap();

    insta::assert_snapshot!(shown(&output, &folder), @"
    exit: 0
    ----- stdout -----
    argument  default  description
    rate      30

    argument  default  description  of
    width     640      of pictures  part.launch.yaml
    ");
}
