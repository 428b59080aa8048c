//! What the command line gives against what the file declares.

use crate::fake::{Place, mistakes};

#[test]
fn a_missing_argument_is_named() {
    let text = "
launch:
  - arg: {name: device, description: the camera to use}
  - node: {exec: camera, param: [{name: source, value: $(var device)}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: argument `device` was not given and has no default: the camera to use
     --> test.launch.yaml:3:17
      |
    3 |   - arg: {name: device, description: the camera to use}
      |                 ^^^^^^
    hint: add `device:=…` to the command line
    ");
}

#[test]
fn a_default_outside_the_choices_is_told() {
    let text = "
launch:
  - arg: {name: view, default: widnow, choices: [window, web]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: argument `view` = `widnow` is none of `window`, `web`
     --> test.launch.yaml:3:32
      |
    3 |   - arg: {name: view, default: widnow, choices: [window, web]}
      |                                ^^^^^^
    hint: did you mean `window`?
    ");
}

#[test]
fn an_argument_declared_twice_is_told() {
    let text = "
launch:
  - arg: {name: a, default: 1}
  - arg: {name: a, default: 2}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: argument `a` is declared twice
     --> test.launch.yaml:4:17
      |
    4 |   - arg: {name: a, default: 2}
      |                 ^
     --> test.launch.yaml:3:17
      |
    3 |   - arg: {name: a, default: 1}
      |                 ^ first here
    ");
}

#[test]
fn an_argument_used_too_early_is_told() {
    let text = "
launch:
  - let: {name: b, value: $(var a)}
  - arg: {name: a, default: 2}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no argument or variable `a` here
     --> test.launch.yaml:3:27
      |
    3 |   - let: {name: b, value: $(var a)}
      |                           ^^^^^^^^
     --> test.launch.yaml:4:17
      |
    4 |   - arg: {name: a, default: 2}
      |                 ^ declared here
    hint: an argument must be declared before it is used
    ");
}

/// What is wrong when these arguments are given.
fn with_arguments(text: &str, arguments: &[(&str, &str)]) -> String {
    let place = Place::new();
    place.redact(&place.read(text, arguments).unwrap_err().to_string())
}

#[test]
fn an_unknown_argument_is_told_with_the_nearest() {
    let text = "launch:\n  - arg: {name: width, default: 640}\n  - arg: {name: rate, default: 30}\n";
    insta::assert_snapshot!(with_arguments(text, &[("widht", "3"), ("x", "1")]), @"
    error: the launch file has no argument `widht`
    hint: did you mean `width`?

    error: the launch file has no argument `x`
    hint: its arguments are width, rate
    ");
}

#[test]
fn a_given_argument_that_is_no_choice_is_told() {
    let text = "launch:\n  - arg: {name: view, default: web, choices: [window, web]}\n";
    insta::assert_snapshot!(with_arguments(text, &[("view", "wbe")]), @"
    error: argument `view` = `wbe` is none of `window`, `web`
     --> test.launch.yaml:2:17
      |
    2 |   - arg: {name: view, default: web, choices: [window, web]}
      |                 ^^^^
    hint: did you mean `web`?
    ");
}

#[test]
fn a_fixed_argument_cannot_be_given() {
    let text = "launch:\n  - arg: {name: view, value: web}\n";
    insta::assert_snapshot!(with_arguments(text, &[("view", "window")]), @"
    error: argument `view` is fixed by the launch file and cannot be given
     --> test.launch.yaml:2:17
      |
    2 |   - arg: {name: view, value: web}
      |                 ^^^^
    ");
}
