//! Every kind of mistake, and what the user is told.

use crate::fake::{Place, mistakes};

#[test]
fn bad_yaml_says_where() {
    let text = r#"
launch:
  - node: {exec: camera
  - node: {exec: screen}
"#;
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
    let text = r#"
- just
- a list
"#;
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
    let text = r#"
launch: []
nodes: []
"#;
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
    let text = r#"
launch:
  - node: {exec: camera, respwan: true}
"#;
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
    let text = r#"
launch:
  - nod: {exec: camera}
"#;
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
    let text = r#"
launch:
  - include: {file: other.launch.yaml}
  - timer: {period: 3}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `include` is not supported in this version
     --> test.launch.yaml:3:5
      |
    3 |   - include: {file: other.launch.yaml}
      |     ^^^^^^^

    error: `timer` is not supported in this version
     --> test.launch.yaml:4:5
      |
    4 |   - timer: {period: 3}
      |     ^^^^^
    ");
}

#[test]
fn keys_on_the_wrong_level_are_explained() {
    let text = r#"
launch:
  - node:
    exec: camera
"#;
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
    let text = r#"
launch:
  - node: {name: camera}
"#;
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
    let text = r#"
launch:
  - node: {exec: [camera], param: {name: a}}
"#;
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
fn a_missing_argument_is_named() {
    let text = r#"
launch:
  - arg: {name: device, description: the camera to use}
  - node: {exec: camera, param: [{name: source, value: $(var device)}]}
"#;
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
    let text = r#"
launch:
  - arg: {name: view, default: widnow, choices: [window, web]}
"#;
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
    let text = r#"
launch:
  - arg: {name: a, default: 1}
  - arg: {name: a, default: 2}
"#;
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
    let text = r#"
launch:
  - let: {name: b, value: $(var a)}
  - arg: {name: a, default: 2}
"#;
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

#[test]
fn an_unknown_variable_is_told_with_the_nearest() {
    let text = r#"
launch:
  - arg: {name: width, default: 2}
  - let: {name: b, value: "x$(var widht)"}
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    error: there is no argument or variable `widht` here
     --> test.launch.yaml:4:29
      |
    4 |   - let: {name: b, value: "x$(var widht)"}
      |                             ^^^^^^^^^^^^
    hint: did you mean `width`?
    "#);
}

#[test]
fn an_unset_environment_variable_is_told() {
    let text = r#"
launch:
  - let: {name: b, value: $(env VC_SURELY_NOT_SET)}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: environment variable `VC_SURELY_NOT_SET` is not set
     --> test.launch.yaml:3:27
      |
    3 |   - let: {name: b, value: $(env VC_SURELY_NOT_SET)}
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^
    hint: give a default: `$(env VC_SURELY_NOT_SET default)`
    ");
}

#[test]
fn an_unclosed_substitution_is_marked() {
    let text = r#"
launch:
  - let: {name: b, value: 'a $(var c'}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: this substitution is never closed: `)` is missing
     --> test.launch.yaml:3:30
      |
    3 |   - let: {name: b, value: 'a $(var c'}
      |                              ^^^^^^^
    ");
}

#[test]
fn an_unknown_substitution_is_told_with_the_nearest() {
    let text = r#"
launch:
  - let: {name: b, value: a $(evl 1)}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `$(evl …)` is no substitution
     --> test.launch.yaml:3:29
      |
    3 |   - let: {name: b, value: a $(evl 1)}
      |                             ^^^^^^^^
    hint: did you mean `$(eval …)`?
    ");
}

#[test]
fn a_bad_expression_is_told() {
    let text = r#"
launch:
  - let: {name: b, value: $(eval 640 / 0)}
  - let: {name: c, value: $(eval web == 'web')}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: cannot work out `640 / 0`: division by zero
     --> test.launch.yaml:3:27
      |
    3 |   - let: {name: b, value: $(eval 640 / 0)}
      |                           ^^^^^^^^^^^^^^^

    error: cannot work out `web == 'web'`: `web` has no meaning here: quote it as text, `'web'`, or write `$(var web)`
     --> test.launch.yaml:4:27
      |
    4 |   - let: {name: c, value: $(eval web == 'web')}
      |                           ^^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn a_bad_condition_is_told() {
    let text = r#"
launch:
  - node: {exec: camera, if: maybe}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: a condition must be true or false (or 1 or 0), not `maybe`
     --> test.launch.yaml:3:30
      |
    3 |   - node: {exec: camera, if: maybe}
      |                              ^^^^^
    ");
}

#[test]
fn a_missing_program_is_told() {
    let text = r#"
launch:
  - node: {exec: camra}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no program `camra`
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: camra}
      |                  ^^^^^
    hint: did you mean `camera`?
    hint: it was looked for in `bin`
    ");
}

#[test]
fn a_missing_program_of_a_package_is_told() {
    let text = r#"
launch:
  - node: {pkg: demo_nodes_cpp, exec: listener}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no program `listener` (package `demo_nodes_cpp`)
     --> test.launch.yaml:3:39
      |
    3 |   - node: {pkg: demo_nodes_cpp, exec: listener}
      |                                       ^^^^^^^^
    hint: it was looked for in `bin`
    hint: VC_BLOCKS_PATH adds folders
    ");
}

#[test]
fn a_missing_file_is_told() {
    let text = r#"
launch:
  - executable: {cmd: ./tools/record --all}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no file `./tools/record`
     --> test.launch.yaml:3:23
      |
    3 |   - executable: {cmd: ./tools/record --all}
      |                       ^^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn a_wire_of_a_typo_is_told_with_the_nearest() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera/iamge, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: node `camera` has no output `iamge`
     --> test.launch.yaml:5:18
      |
    5 |   - wire: {from: camera/iamge, to: screen/image}
      |                  ^^^^^^^^^^^^
    hint: did you mean `image`?
    ");
}

#[test]
fn a_wire_to_an_unknown_node_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera/image, to: sreen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no node `sreen`
     --> test.launch.yaml:5:36
      |
    5 |   - wire: {from: camera/image, to: sreen/image}
      |                                    ^^^^^^^^^^^
    hint: did you mean `screen/image`?
    ");
}

#[test]
fn a_wire_into_another_namespace_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - group:
      - push_ros_namespace: {namespace: lab}
      - node: {exec: screen}
  - wire: {from: camera/image, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no node `screen`
     --> test.launch.yaml:7:36
      |
    7 |   - wire: {from: camera/image, to: screen/image}
      |                                    ^^^^^^^^^^^^
    hint: did you mean `/lab/screen/image`?
    ");
}

#[test]
fn a_wire_the_wrong_way_round_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: screen/image, to: camera/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `screen/image` is an input and `camera/image` is an output
     --> test.launch.yaml:5:18
      |
    5 |   - wire: {from: screen/image, to: camera/image}
      |                  ^^^^^^^^^^^^
    hint: a wire goes from an output to an input: swap `from` and `to`
    ");
}

#[test]
fn a_wire_end_without_a_port_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: an end of a wire is written `node/port`, not `camera`
     --> test.launch.yaml:5:18
      |
    5 |   - wire: {from: camera, to: screen/image}
      |                  ^^^^^^
    hint: did you mean `camera/image`?
    ");
}

#[test]
fn a_wire_twice_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera/image, to: screen/image}
  - wire: {from: camera/image, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: this wire from `camera/image` to `screen/image` is there already
     --> test.launch.yaml:6:36
      |
    6 |   - wire: {from: camera/image, to: screen/image}
      |                                    ^^^^^^^^^^^^
     --> test.launch.yaml:5:36
      |
    5 |   - wire: {from: camera/image, to: screen/image}
      |                                    ^^^^^^^^^^^^ the same wire
    ");
}

#[test]
fn a_wire_to_an_executable_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - executable: {cmd: bin/talker}
  - wire: {from: camera/image, to: talker/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `talker` is an executable, not a node: it has no ports
     --> test.launch.yaml:5:36
      |
    5 |   - wire: {from: camera/image, to: talker/image}
      |                                    ^^^^^^^^^^^^
    ");
}

#[test]
fn a_wire_against_a_remap_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen, remap: [{from: image, to: /picture}]}
  - wire: {from: camera/image, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: input `screen/image` is wired to topic `/camera/image`, but a remap gives it `/picture`
     --> test.launch.yaml:5:36
      |
    5 |   - wire: {from: camera/image, to: screen/image}
      |                                    ^^^^^^^^^^^^
     --> test.launch.yaml:4:52
      |
    4 |   - node: {exec: screen, remap: [{from: image, to: /picture}]}
      |                                                    ^^^^^^^^ the remap
    ");
}

#[test]
fn a_wire_between_two_types_is_told() {
    let text = r#"
launch:
  - node: {exec: thermometer}
  - node: {exec: screen}
  - wire: {from: thermometer/temperature, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: output `thermometer/temperature` gives `sensor_msgs/msg/Temperature`, but input `screen/image` takes `sensor_msgs/msg/Image`
     --> test.launch.yaml:5:47
      |
    5 |   - wire: {from: thermometer/temperature, to: screen/image}
      |                                               ^^^^^^^^^^^^
     --> test.launch.yaml:5:18
      |
    5 |   - wire: {from: thermometer/temperature, to: screen/image}
      |                  ^^^^^^^^^^^^^^^^^^^^^^^ the output
    ");
}

#[test]
fn a_wire_between_two_versions_of_a_type_is_told() {
    let text = r#"
launch:
  - node: {exec: map}
  - node: {exec: screen}
  - wire: {from: map/image, to: screen/image}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: output `map/image` gives `sensor_msgs/msg/Image` of version RIHS01_other…, but input `screen/image` takes `sensor_msgs/msg/Image` of version RIHS01_0000000000000…
     --> test.launch.yaml:5:33
      |
    5 |   - wire: {from: map/image, to: screen/image}
      |                                 ^^^^^^^^^^^^
     --> test.launch.yaml:5:18
      |
    5 |   - wire: {from: map/image, to: screen/image}
      |                  ^^^^^^^^^ the output
    ");
}

#[test]
fn names_that_meet_with_two_types_are_told() {
    let text = r#"
launch:
  - node: {exec: thermometer, remap: [{from: temperature, to: image}]}
  - node: {exec: screen}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: output `thermometer/temperature` gives `sensor_msgs/msg/Temperature`, but input `screen/image` takes `sensor_msgs/msg/Image`
     --> test.launch.yaml:4:18
      |
    4 |   - node: {exec: screen}
      |                  ^^^^^^
     --> test.launch.yaml:3:63
      |
    3 |   - node: {exec: thermometer, remap: [{from: temperature, to: image}]}
      |                                                               ^^^^^ the output
    hint: both ports are on topic `/image`
    ");
}

#[test]
fn two_types_on_one_topic_are_told() {
    let text = r#"
launch:
  - node: {exec: thermometer, remap: [{from: temperature, to: image}]}
  - node: {exec: camera}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: topic `/image` would carry two types: `thermometer/temperature` gives `sensor_msgs/msg/Temperature`, `camera/image` gives `sensor_msgs/msg/Image`
     --> test.launch.yaml:4:18
      |
    4 |   - node: {exec: camera}
      |                  ^^^^^^
     --> test.launch.yaml:3:63
      |
    3 |   - node: {exec: thermometer, remap: [{from: temperature, to: image}]}
      |                                                               ^^^^^ the other output
    ");
}

#[test]
fn an_output_that_offers_too_little_is_a_warning() {
    let text = r#"
launch:
  - node: {exec: thermometer}
  - node: {exec: optional}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    warning: output `thermometer/temperature` offers best effort, but input `optional/temperature` asks for reliable
     --> test.launch.yaml:4:18
      |
    4 |   - node: {exec: optional}
      |                  ^^^^^^^^
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: thermometer}
      |                  ^^^^^^^^^^^ the output
    hint: both ports are on topic `/temperature`
    ");
}

#[test]
fn a_required_input_without_a_source_is_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: screen, name: wall}
  - wire: {from: camera/image, to: edges/image}
  - node: {exec: edge_detector, name: edges}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: input `image` of node `wall` (block `screen`) has no source
     --> test.launch.yaml:4:32
      |
    4 |   - node: {exec: screen, name: wall}
      |                                ^^^^
    hint: add `- wire: {from: camera/image, to: wall/image}`
    ");
}

#[test]
fn an_optional_input_without_a_source_is_a_warning() {
    let text = r#"
launch:
  - node: {exec: optional}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    warning: input `temperature` of node `optional` has no source
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: optional}
      |                  ^^^^^^^^
    ");
}

#[test]
fn two_nodes_of_one_name_are_told() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: camera, namespace: lab}
  - node: {exec: screen, name: camera}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: two nodes are called `/camera`
     --> test.launch.yaml:5:32
      |
    5 |   - node: {exec: screen, name: camera}
      |                                ^^^^^^
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: camera}
      |                  ^^^^^^ the other node
    hint: give one of them another `name`, or put it into a namespace
    ");
}

#[test]
fn bad_names_are_told() {
    let text = r#"
launch:
  - node: {exec: camera, name: my-camera}
  - node: {exec: camera, namespace: 2nd}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: not a node name: `my-camera` holds `-`: only letters, digits and underscores are allowed
     --> test.launch.yaml:3:32
      |
    3 |   - node: {exec: camera, name: my-camera}
      |                                ^^^^^^^^^

    error: not a namespace: `/2nd` has a part that begins with a digit
     --> test.launch.yaml:4:37
      |
    4 |   - node: {exec: camera, namespace: 2nd}
      |                                     ^^^
    ");
}

#[test]
fn an_unknown_parameter_is_told_with_the_nearest() {
    let text = r#"
launch:
  - node: {exec: camera, param: [{name: widht, value: 3}]}
"#;
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
    let text = r#"
launch:
  - node: {exec: camera, param: [{name: width, value: wide}, {name: loop, value: 3}]}
"#;
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
    let text = r#"
launch:
  - node: {exec: camera, param: [{name: rate, value: 5000}]}
"#;
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
    let text = r#"
launch:
  - node: {exec: edge_detector, param: [{name: encoding, value: mono}]}
  - node: {exec: camera, remap: [{from: image, to: /image}]}
"#;
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
    let text = r#"
launch:
  - node: {exec: talker, param: [{name: a, value: b, type: int}, {name: c, value: 1, type: itn}]}
"#;
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
    let text = r#"
launch:
  - set_parameter: {name: colour, value: 1}
  - node: {exec: camera}
"#;
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
    let text = r#"
launch:
  - node: {exec: camera, param: [{from: none.yaml}]}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: cannot read `none.yaml`: No such file or directory (os error 2)
     --> test.launch.yaml:3:41
      |
    3 |   - node: {exec: camera, param: [{from: none.yaml}]}
      |                                         ^^^^^^^^^
    ");
}

#[test]
fn words_where_numbers_are_expected_are_told() {
    let text = r#"
launch:
  - node: {exec: camera, respawn: on-failure, respawn_delay: soon, sigterm_timeout: -1}
  - node: {exec: camera, name: b, respawn_max_retries: 1.5}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `respawn_delay` must be a number of seconds, not `soon`
     --> test.launch.yaml:3:62
      |
    3 |   - node: {exec: camera, respawn: on-failure, respawn_delay: soon, sigterm_timeout: -1}
      |                                                              ^^^^

    error: `sigterm_timeout` must be a number of seconds, not `-1`
     --> test.launch.yaml:3:85
      |
    3 |   - node: {exec: camera, respawn: on-failure, respawn_delay: soon, sigterm_timeout: -1}
      |                                                                                     ^^

    error: `respawn_max_retries` must be a whole number, or -1 for no limit, not `1.5`
     --> test.launch.yaml:4:56
      |
    4 |   - node: {exec: camera, name: b, respawn_max_retries: 1.5}
      |                                                        ^^^
    ");
}

#[test]
fn words_that_are_no_choice_are_told() {
    let text = r#"
launch:
  - node: {exec: camera, output: scren}
  - node: {exec: camera, on_exit: restart}
  - node: {exec: camera, respawn: always}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `output` must be one of `screen`, `log`, `both`, `own_log`, `full`, not `scren`
     --> test.launch.yaml:3:34
      |
    3 |   - node: {exec: camera, output: scren}
      |                                  ^^^^^
    hint: did you mean `screen`?

    error: `on_exit` can only be `shutdown`, not `restart`
     --> test.launch.yaml:4:35
      |
    4 |   - node: {exec: camera, on_exit: restart}
      |                                   ^^^^^^^

    error: `respawn` must be one of `true`, `false`, `on-failure`, not `always`
     --> test.launch.yaml:5:35
      |
    5 |   - node: {exec: camera, respawn: always}
      |                                   ^^^^^^
    ");
}

#[test]
fn a_missing_folder_is_told() {
    let text = r#"
launch:
  - node: {exec: camera, cwd: nowhere}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: `cwd`: there is no folder `nowhere`
     --> test.launch.yaml:3:31
      |
    3 |   - node: {exec: camera, cwd: nowhere}
      |                               ^^^^^^^
    ");
}

#[test]
fn an_unclosed_quote_of_a_command_line_is_told() {
    let text = r#"
launch:
  - node: {exec: camera, args: "--title 'two words"}
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    error: a quote is never closed: ' is missing
     --> test.launch.yaml:3:32
      |
    3 |   - node: {exec: camera, args: "--title 'two words"}
      |                                ^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn a_remap_of_no_port_is_a_warning() {
    let text = r#"
launch:
  - node: {exec: camera, remap: [{from: imag, to: picture}, {from: image, to: a-b}]}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    warning: node `camera` has no port `imag`
     --> test.launch.yaml:3:41
      |
    3 |   - node: {exec: camera, remap: [{from: imag, to: picture}, {from: image, to: a-b}]}
      |                                         ^^^^
    hint: did you mean `image`?

    error: not a topic name: `/a-b` holds `-`: only letters, digits and underscores are allowed
     --> test.launch.yaml:3:79
      |
    3 |   - node: {exec: camera, remap: [{from: imag, to: picture}, {from: image, to: a-b}]}
      |                                                                               ^^^
    ");
}

#[test]
fn a_foreign_topic_takes_one_wire() {
    let text = r#"
launch:
  - node: {exec: camera}
  - node: {exec: camera, name: b}
  - node: {exec: talker}
  - wire: {from: camera/image, to: talker/in}
  - wire: {from: b/image, to: talker/in}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    error: node `talker` is no block: its topic `in` can have one wire only
     --> test.launch.yaml:7:31
      |
    7 |   - wire: {from: b/image, to: talker/in}
      |                               ^^^^^^^^^
    ");
}

#[test]
fn a_log_entry_is_said() {
    let text = r#"
launch:
  - arg: {name: who, default: world}
  - log: {message: "hello $(var who)"}
"#;
    insta::assert_snapshot!(mistakes(text), @r#"
    info: hello world
     --> test.launch.yaml:4:5
      |
    4 |   - log: {message: "hello $(var who)"}
      |     ^^^
    "#);
}

#[test]
fn a_key_of_ros_without_effect_is_a_warning() {
    let text = r#"
launch:
  - node: {exec: camera, emulate_tty: true}
  - node: {exec: camera, name: b, shell: true}
"#;
    insta::assert_snapshot!(mistakes(text), @"
    warning: `emulate_tty` has no effect in this version
     --> test.launch.yaml:3:26
      |
    3 |   - node: {exec: camera, emulate_tty: true}
      |                          ^^^^^^^^^^^

    error: `shell` of `node` is not supported in this version
     --> test.launch.yaml:4:35
      |
    4 |   - node: {exec: camera, name: b, shell: true}
      |                                   ^^^^^
    ");
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let text = r#"
launch:
  - arg: {name: needed}
  - node: {exec: camera, param: [{name: widht, value: 3}], colour: red}
  - node: {exec: scren}
  - wire: {from: camera/image, to: scren/image}
  - wire: {from: camera/picture, to: camera/x}
"#;
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
    hint: its keys are if, unless, pkg, exec, env, emulate_tty, shell, name, exec_name, output, respawn, respawn_delay, respawn_max_retries, cwd, launch-prefix, on_exit, sigterm_timeout, sigkill_timeout, namespace, param, remap, args, ros_args

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

#[test]
fn a_missing_file_and_a_foreign_format_are_told() {
    let place = Place::new();
    let options = place.options(&[]);
    let read = |name: &str| {
        vc_plan::read(&place.path().join(name), &options, &crate::fake::Fake).unwrap_err().to_string()
    };
    let seen =
        [read("none.launch.yaml"), read("old.launch.py"), read("old.launch.xml"), read("a.vc3")].join("\n\n");
    insta::assert_snapshot!(place.redact(&seen), @"
    error: cannot read `none.launch.yaml`: No such file or directory (os error 2)

    error: `old.launch.py`: Python launch files are not supported in this version
    hint: write the circuit as launch YAML

    error: `old.launch.xml`: XML launch files are not supported in this version
    hint: write the circuit as launch YAML

    error: `a.vc3`: VisualCircuit projects are not supported in this version
    hint: write the circuit as launch YAML
    ");
}

#[test]
fn colours_and_terminal_tricks_are_kept_apart() {
    let place = Place::new();
    let report = place.read("launch:\n  - \"no\\x1b[31mde\": {}\n", &[]).unwrap_err();
    insta::assert_snapshot!(place.redact(&report.render(true)).replace('\x1b', "ESC"), @r#"
    ESC[1;31merrorESC[0mESC[1m: there is no entry `no�[31mde`ESC[0m
     ESC[1;34m-->ESC[0m test.launch.yaml:2:5
    ESC[1;34m  |ESC[0m
    ESC[1;34m2 |ESC[0m   - "no\x1b[31mde": {}
    ESC[1;34m  |ESC[0m     ESC[1;31m^^^^^^^^^ESC[0m
    ESC[1;32mhintESC[0m: the entries are arg, let, node, executable, group, push_ros_namespace, set_parameter, set_remap, set_env, unset_env, log, wire
    "#);
}
