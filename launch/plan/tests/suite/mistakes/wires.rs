//! Wires, ports and types.

use crate::fake::{mistakes, read};

#[test]
fn a_wire_of_a_typo_is_told_with_the_nearest() {
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera/iamge, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera/image, to: sreen/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - group:
      - push_ros_namespace: {namespace: lab}
      - node: {exec: screen}
  - wire: {from: camera/image, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: screen/image, to: camera/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - wire: {from: camera/image, to: screen/image}
  - wire: {from: camera/image, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - executable: {cmd: bin/talker}
  - wire: {from: camera/image, to: talker/image}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen, remap: [{from: image, to: /picture}]}
  - wire: {from: camera/image, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: thermometer}
  - node: {exec: screen}
  - wire: {from: thermometer/temperature, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: map}
  - node: {exec: screen}
  - wire: {from: map/image, to: screen/image}
";
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
    let text = "
launch:
  - node: {exec: thermometer, remap: [{from: temperature, to: image}]}
  - node: {exec: screen}
";
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
    let text = "
launch:
  - node: {exec: thermometer, remap: [{from: temperature, to: image}]}
  - node: {exec: camera}
";
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
    let text = "
launch:
  - node: {exec: thermometer}
  - node: {exec: optional}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen, name: wall}
  - wire: {from: camera/image, to: edges/image}
  - node: {exec: edge_detector, name: edges}
";
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
    let text = "
launch:
  - node: {exec: optional}
";
    insta::assert_snapshot!(mistakes(text), @"
    warning: input `temperature` of node `optional` has no source
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: optional}
      |                  ^^^^^^^^
    ");
}

#[test]
fn an_input_that_is_there_only_by_wire_is_neither_missed_nor_joined_by_name() {
    let wires = |more: &str| {
        let text = format!("launch:\n  - node: {{exec: switch}}\n  - node: {{exec: gate{more}\n");
        let checked = read(&text).unwrap();
        assert!(checked.warnings.is_empty(), "{:?}", checked.warnings);
        checked.plan.wires.len()
    };

    assert_eq!(wires("}"), 0);
    assert_eq!(wires("}\n  - wire: {from: switch/enable, to: gate/enable}"), 1);
    assert_eq!(wires(", remap: [{from: enable, to: /enable}]}"), 1);
}

#[test]
fn a_remap_of_no_port_is_a_warning() {
    let text = "
launch:
  - node: {exec: camera, remap: [{from: imag, to: picture}, {from: image, to: a-b}]}
";
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
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: camera, name: b}
  - node: {exec: talker}
  - wire: {from: camera/image, to: talker/in}
  - wire: {from: b/image, to: talker/in}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: node `talker` is no block: its topic `in` can have one wire only
     --> test.launch.yaml:7:31
      |
    7 |   - wire: {from: b/image, to: talker/in}
      |                               ^^^^^^^^^
    ");
}

#[test]
fn a_remap_for_all_need_not_fit_all() {
    let text = "
launch:
  - set_remap: {from: diagnostics, to: /diagnostics}
  - node: {exec: camera}
";
    insta::assert_snapshot!(mistakes(text), @"");
}
