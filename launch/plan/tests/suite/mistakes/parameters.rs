//! Parameters and their files.

use crate::fake::{Place, mistakes};

#[test]
fn an_unknown_parameter_is_told_with_the_nearest() {
    let text = "
launch:
  - node: {exec: camera, param: [{name: widht, value: 3}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: node `camera` has no parameter `widht`
     --> test.launch.yaml:3:41
      |
    3 |   - node: {exec: camera, param: [{name: widht, value: 3}]}
      |                                         ^^^^^
    hint: did you mean `width`?
    ");
}

#[test]
fn a_parameter_of_another_type_is_told() {
    let text = "
launch:
  - node: {exec: camera, param: [{name: width, value: wide}, {name: loop, value: 3}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: parameter `width` is integer, but `wide` is string
     --> test.launch.yaml:3:55
      |
    3 |   - node: {exec: camera, param: [{name: width, value: wide}, {name: loop, value: 3}]}
      |                                                       ^^^^
    hint: `width`: the width of the picture

    error: parameter `loop` is bool, but `3` is integer
     --> test.launch.yaml:3:82
      |
    3 |   - node: {exec: camera, param: [{name: width, value: wide}, {name: loop, value: 3}]}
      |                                                                                  ^
    hint: `loop`: the loop of the picture
    ");
}

#[test]
fn a_parameter_out_of_range_is_told() {
    let text = "
launch:
  - node: {exec: camera, param: [{name: rate, value: 5000}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: parameter `rate` = 5000 is outside its range 0 to 1000
     --> test.launch.yaml:3:54
      |
    3 |   - node: {exec: camera, param: [{name: rate, value: 5000}]}
      |                                                      ^^^^
    hint: `rate`: the rate of the picture
    ");
}

#[test]
fn a_parameter_that_is_no_choice_is_told() {
    let text = "
launch:
  - node: {exec: edge_detector, param: [{name: encoding, value: mono}]}
  - node: {exec: camera, remap: [{from: image, to: /image}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: parameter `encoding` = `mono` is none of `bgr8`, `mono8`
     --> test.launch.yaml:3:65
      |
    3 |   - node: {exec: edge_detector, param: [{name: encoding, value: mono}]}
      |                                                                 ^^^^
    hint: did you mean `mono8`?
    ");
}

#[test]
fn a_stated_type_is_checked() {
    let text = "
launch:
  - node: {exec: talker, param: [{name: a, value: b, type: int}, {name: c, value: 1, type: itn}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: parameter `a` is integer, but `b` is string
     --> test.launch.yaml:3:51
      |
    3 |   - node: {exec: talker, param: [{name: a, value: b, type: int}, {name: c, value: 1, type: itn}]}
      |                                                   ^

    error: there is no parameter type `itn`
     --> test.launch.yaml:3:92
      |
    3 |   - node: {exec: talker, param: [{name: a, value: b, type: int}, {name: c, value: 1, type: itn}]}
      |                                                                                            ^^^
    hint: did you mean `int`?
    ");
}

#[test]
fn a_parameter_for_all_that_nobody_has_is_a_warning() {
    let text = "
launch:
  - set_parameter: {name: colour, value: 1}
  - node: {exec: camera}
";
    insta::assert_snapshot!(mistakes(text), @"
    warning: no node here has a parameter `colour`
     --> test.launch.yaml:3:27
      |
    3 |   - set_parameter: {name: colour, value: 1}
      |                           ^^^^^^
    ");
}

#[test]
fn a_missing_parameter_file_is_told() {
    let text = "
launch:
  - node: {exec: camera, param: [{from: none.yaml}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: cannot read `none.yaml`: No such file or directory (os error 2)
     --> test.launch.yaml:3:41
      |
    3 |   - node: {exec: camera, param: [{from: none.yaml}]}
      |                                         ^^^^^^^^^
    ");
}

/// What is wrong with a camera that is given this parameter file.
fn with_parameter_file(params: &str) -> String {
    let place = Place::new();
    place.file("params.yaml", params);
    let text = "launch:\n  - node: {exec: camera, param: [{from: params.yaml}]}\n";
    place.redact(&match place.read(text, &[]) {
        Ok(checked) => checked.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"),
        Err(report) => report.to_string(),
    })
}

#[test]
fn a_broken_parameter_file_is_told_with_both_places() {
    insta::assert_snapshot!(with_parameter_file("camera:\n  ros__parameters: 3\n"), @"
    error: bad parameter file: expected parameters below `ros__parameters`, found text
     --> params.yaml:2:20
      |
    2 |   ros__parameters: 3
      |                    ^
     --> test.launch.yaml:2:41
      |
    2 |   - node: {exec: camera, param: [{from: params.yaml}]}
      |                                         ^^^^^^^^^^^ given here
    ");
}

#[test]
fn a_parameter_file_for_another_node_is_told() {
    insta::assert_snapshot!(with_parameter_file("camra:\n  ros__parameters: {width: 3}\n"), @"
    error: no node that is given this file is called `camra`
     --> params.yaml:1:1
      |
    1 | camra:
      | ^
     --> test.launch.yaml:2:41
      |
    2 |   - node: {exec: camera, param: [{from: params.yaml}]}
      |                                         ^^^^^^^^^^^ given here
    hint: did you mean `camera`?

    warning: `params.yaml` has no parameters for node `/camera`
     --> test.launch.yaml:2:41
      |
    2 |   - node: {exec: camera, param: [{from: params.yaml}]}
      |                                         ^^^^^^^^^^^
    ");
}

#[test]
fn bad_values_in_a_parameter_file_are_told() {
    let params = "camera:\n  ros__parameters:\n    widht: 3\n    rate: fast\n/**:\n  ros__parameters: {of_others: 1}\n";
    insta::assert_snapshot!(with_parameter_file(params), @"
    error: node `camera` has no parameter `widht`
     --> params.yaml:3:12
      |
    3 |     widht: 3
      |            ^
     --> test.launch.yaml:2:41
      |
    2 |   - node: {exec: camera, param: [{from: params.yaml}]}
      |                                         ^^^^^^^^^^^ given here
    hint: did you mean `width`?

    error: parameter `rate` is double, but `fast` is string
     --> params.yaml:4:11
      |
    4 |     rate: fast
      |           ^
     --> test.launch.yaml:2:41
      |
    2 |   - node: {exec: camera, param: [{from: params.yaml}]}
      |                                         ^^^^^^^^^^^ given here
    hint: `rate`: the rate of the picture
    ");
}
