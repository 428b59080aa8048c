//! The form of a launch file.

use crate::fake::{Place, mistakes};

#[test]
fn bad_yaml_says_where() {
    let text = "
launch:
  - node: {exec: camera
  - node: {exec: screen}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'
     --> test.launch.yaml:4:9
      |
    4 |   - node: {exec: screen}
      |         ^
    ");
}

#[test]
fn a_file_of_something_else_is_no_launch_file() {
    let text = "
- just
- a list
";
    insta::assert_snapshot!(mistakes(text), @"
    error: this is no launch file
     --> test.launch.yaml:2:1
      |
    2 | - just
      | ^
    hint: a launch file begins with `launch:`, and a list of entries below it
    ");
}

#[test]
fn another_root_key_is_named() {
    let text = "
launch: []
nodes: []
";
    insta::assert_snapshot!(mistakes(text), @"
    error: a launch file has one key, `launch`, not `nodes`
     --> test.launch.yaml:3:1
      |
    3 | nodes: []
      | ^^^^^
    ");
}

#[test]
fn an_unknown_key_is_named_with_the_nearest() {
    let text = "
launch:
  - node: {exec: camera, respwan: true}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `node` has no key `respwan`
     --> test.launch.yaml:3:26
      |
    3 |   - node: {exec: camera, respwan: true}
      |                          ^^^^^^^
    hint: did you mean `respawn`?
    ");
}

#[test]
fn an_unknown_entry_is_named_with_the_nearest() {
    let text = "
launch:
  - nod: {exec: camera}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no entry `nod`
     --> test.launch.yaml:3:5
      |
    3 |   - nod: {exec: camera}
      |     ^^^
    hint: did you mean `node`?
    ");
}

#[test]
fn a_later_entry_is_declined_plainly() {
    let text = "
launch:
  - include: {file: other.launch.yaml}
  - timer: {period: 3}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: cannot read `other.launch.yaml`: No such file or directory (os error 2)
     --> test.launch.yaml:3:21
      |
    3 |   - include: {file: other.launch.yaml}
      |                     ^^^^^^^^^^^^^^^^^
    hint: did you mean `test.launch.yaml`?

    error: `timer` needs `children`
     --> test.launch.yaml:4:5
      |
    4 |   - timer: {period: 3}
      |     ^^^^^
    ");
}

#[test]
fn keys_on_the_wrong_level_are_explained() {
    let text = "
launch:
  - node:
    exec: camera
";
    insta::assert_snapshot!(mistakes(text), @"
    error: an entry has one key, its kind; this one has 2
     --> test.launch.yaml:3:5
      |
    3 |   - node:
      |     ^
    hint: the keys of an entry stand one level deeper than its kind
    ");
}

#[test]
fn a_missing_key_is_named() {
    let text = "
launch:
  - node: {name: camera}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `node` needs `exec`
     --> test.launch.yaml:3:5
      |
    3 |   - node: {name: camera}
      |     ^^^^
    ");
}

#[test]
fn a_value_of_the_wrong_kind_is_named() {
    let text = "
launch:
  - node: {exec: [camera], param: {name: a}}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `exec` must be text, not a list
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: [camera], param: {name: a}}
      |                  ^

    error: `param` must be a list, not a mapping
     --> test.launch.yaml:3:35
      |
    3 |   - node: {exec: [camera], param: {name: a}}
      |                                   ^
    ");
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let text = "
launch:
  - arg: {name: needed}
  - node: {exec: camera, param: [{name: widht, value: 3}], colour: red}
  - node: {exec: scren}
  - wire: {from: camera/image, to: scren/image}
  - wire: {from: camera/picture, to: camera/x}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: argument `needed` was not given and has no default
     --> test.launch.yaml:3:17
      |
    3 |   - arg: {name: needed}
      |                 ^^^^^^
    hint: add `needed:=…` to the command line

    error: node `camera` has no parameter `widht`
     --> test.launch.yaml:4:41
      |
    4 |   - node: {exec: camera, param: [{name: widht, value: 3}], colour: red}
      |                                         ^^^^^
    hint: did you mean `width`?

    error: `node` has no key `colour`
     --> test.launch.yaml:4:60
      |
    4 |   - node: {exec: camera, param: [{name: widht, value: 3}], colour: red}
      |                                                            ^^^^^^
    hint: its keys are exec, pkg, name, namespace, args, ros_args, python, exec_name, output, emulate_tty, stdin, respawn, respawn_delay, respawn_max_retries, cwd, launch-prefix, on_exit, required, watchdog, nice, cpu, memory, sigterm_timeout, sigkill_timeout, machine, if, unless, param, remap, env, after

    error: there is no program `scren`
     --> test.launch.yaml:5:18
      |
    5 |   - node: {exec: scren}
      |                  ^^^^^
    hint: did you mean `screen`?
    hint: it was looked for in `bin`

    error: node `camera` has no output `picture`
     --> test.launch.yaml:7:18
      |
    7 |   - wire: {from: camera/picture, to: camera/x}
      |                  ^^^^^^^^^^^^^^
    hint: its outputs are image

    error: node `camera` has no input `x`
     --> test.launch.yaml:7:38
      |
    7 |   - wire: {from: camera/picture, to: camera/x}
      |                                      ^^^^^^^^
    hint: it has no inputs
    ");
}

#[test]
fn a_missing_file_and_a_foreign_format_are_told() {
    let place = Place::new();
    let options = place.options(&[]);
    let read = |name: &str| {
        vc_plan::read(&place.path().join(name), &options, &crate::fake::Fake).unwrap_err().to_string()
    };
    let seen = [read("none.launch.yaml"), read("old.launch.py"), read("old.launch.xml")].join("\n\n");
    insta::assert_snapshot!(place.redact(&seen), @"
    error: cannot read `none.launch.yaml`: No such file or directory (os error 2)

    error: `old.launch.py`: launch files in Python are not run
    hint: write the circuit as launch YAML or XML: `for`, `if` and `$(eval …)` do what Python was needed for

    error: cannot read `old.launch.xml`: No such file or directory (os error 2)
    ");
}

#[test]
fn colours_and_terminal_tricks_are_kept_apart() {
    let place = Place::new();
    let report = place.read("launch:\n  - \"nod\\x1be\": {}\n", &[]).unwrap_err();
    insta::assert_snapshot!(place.redact(&report.render(true)).replace('\x1b', "ESC"), @r#"
    ESC[1;31merrorESC[0mESC[1m: there is no entry `nod�e`ESC[0m
     ESC[1;34m-->ESC[0m test.launch.yaml:2:5
    ESC[1;34m  |ESC[0m
    ESC[1;34m2 |ESC[0m   - "nod\x1be": {}
    ESC[1;34m  |ESC[0m     ESC[1;31m^^^^^ESC[0m
    ESC[1;32mhintESC[0m: did you mean `node`?
    "#);
}
