//! Programs and names.

use crate::fake::mistakes;

#[test]
fn a_missing_program_is_told() {
    let text = "
launch:
  - node: {exec: camra}
";
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
    let text = "
launch:
  - node: {pkg: demo_nodes_cpp, exec: listener}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no ROS 2 package `demo_nodes_cpp`
     --> test.launch.yaml:3:17
      |
    3 |   - node: {pkg: demo_nodes_cpp, exec: listener}
      |                 ^^^^^^^^^^^^^^
    hint: AMENT_PREFIX_PATH is not set: run `source /opt/ros/RELEASE/setup.bash` first
    ");
}

#[test]
fn a_missing_file_is_told() {
    let text = "
launch:
  - executable: {cmd: ./tools/record --all}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no file `./tools/record`
     --> test.launch.yaml:3:23
      |
    3 |   - executable: {cmd: ./tools/record --all}
      |                       ^^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn two_nodes_of_one_name_are_told() {
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: camera, namespace: lab}
  - node: {exec: screen, name: camera}
";
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
    let text = "
launch:
  - node: {exec: camera, name: my-camera}
  - node: {exec: camera, namespace: 2nd}
";
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
fn a_remapped_node_name_is_told() {
    let text = "
launch:
  - node: {exec: camera, remap: [{from: __node, to: eye}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `__node` is not remapped: `name` and `namespace` give a node its name
     --> test.launch.yaml:3:41
      |
    3 |   - node: {exec: camera, remap: [{from: __node, to: eye}]}
      |                                         ^^^^^^
    ");
}
