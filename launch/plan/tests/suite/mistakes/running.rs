//! What a node may take, and when it starts.

use crate::fake::mistakes;

#[test]
fn limits_that_make_no_sense_are_told() {
    let text = "
launch:
  - node: {exec: camera, name: a, nice: 20, cpu: one, memory: 200}
  - node: {exec: camera, name: b, nice: 1.5, cpu: [0, 900], memory: 200MB}
  - node: {exec: camera, name: c, cpu: 900, watchdog: soon, required: perhaps}
  - node: {exec: camera, name: d, required: false, on_exit: shutdown}
";
    // The cores are those of the machine that tests run on.
    let seen = mistakes(text);
    let shown: Vec<&str> = seen.lines().filter(|line| !line.starts_with("hint: the cores are")).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    error: `nice` must be a whole number from -20 to 19, not `20`
     --> test.launch.yaml:3:41
      |
    3 |   - node: {exec: camera, name: a, nice: 20, cpu: one, memory: 200}
      |                                         ^^

    error: `cpu` must be the numbers of cores, not `one`
     --> test.launch.yaml:3:50
      |
    3 |   - node: {exec: camera, name: a, nice: 20, cpu: one, memory: 200}
      |                                                  ^^^
    hint: such as `0`, `[0, 1]`, `2-3`

    error: `memory` must be a size with its unit, not `200`
     --> test.launch.yaml:3:63
      |
    3 |   - node: {exec: camera, name: a, nice: 20, cpu: one, memory: 200}
      |                                                               ^^^
    hint: such as `200M`, 200 times 1024 times 1024 bytes; the units are K, M and G

    error: `nice` must be a whole number from -20 to 19, not `1.5`
     --> test.launch.yaml:4:41
      |
    4 |   - node: {exec: camera, name: b, nice: 1.5, cpu: [0, 900], memory: 200MB}
      |                                         ^^^

    warning: there is no core 900 here
     --> test.launch.yaml:4:52
      |
    4 |   - node: {exec: camera, name: b, nice: 1.5, cpu: [0, 900], memory: 200MB}
      |                                                    ^

    error: `memory` must be a size with its unit, not `200MB`
     --> test.launch.yaml:4:69
      |
    4 |   - node: {exec: camera, name: b, nice: 1.5, cpu: [0, 900], memory: 200MB}
      |                                                                     ^^^^^
    hint: such as `200M`, 200 times 1024 times 1024 bytes; the units are K, M and G

    error: there is no core 900 here
     --> test.launch.yaml:5:40
      |
    5 |   - node: {exec: camera, name: c, cpu: 900, watchdog: soon, required: perhaps}
      |                                        ^^^

    error: `watchdog` must be a number of seconds, not `soon`
     --> test.launch.yaml:5:55
      |
    5 |   - node: {exec: camera, name: c, cpu: 900, watchdog: soon, required: perhaps}
      |                                                       ^^^^

    error: `required` must be true or false (or 1 or 0), not `perhaps`
     --> test.launch.yaml:5:71
      |
    5 |   - node: {exec: camera, name: c, cpu: 900, watchdog: soon, required: perhaps}
      |                                                                       ^^^^^^^

    error: `required: false` and `on_exit: shutdown` contradict each other
     --> test.launch.yaml:6:61
      |
    6 |   - node: {exec: camera, name: d, required: false, on_exit: shutdown}
      |                                                             ^^^^^^^^
    ");
}

#[test]
fn a_program_that_gives_no_signs_of_life_is_told() {
    let text = "
launch:
  - executable: {cmd: talker, watchdog: 5}
";
    insta::assert_snapshot!(mistakes(text), @"
    warning: `watchdog` is for blocks: `talker` gives no signs of life
     --> test.launch.yaml:3:41
      |
    3 |   - executable: {cmd: talker, watchdog: 5}
      |                                         ^
    ");
}
