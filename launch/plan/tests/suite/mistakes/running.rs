//! What a node may take, and when it starts.

use crate::fake::{Fake, Place, mistakes};

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

#[test]
fn only_one_node_reads_what_is_typed() {
    let text = "
launch:
  - machine: {name: arm}
  - node: {exec: camera, name: a, stdin: true}
  - executable: {cmd: talker, name: b, stdin: 1}
  - executable: {cmd: talker, name: c, stdin: false, emulate_tty: maybe}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: two nodes read what is typed: `b` is the second
     --> test.launch.yaml:5:47
      |
    5 |   - executable: {cmd: talker, name: b, stdin: 1}
      |                                               ^
     --> test.launch.yaml:4:42
      |
    4 |   - node: {exec: camera, name: a, stdin: true}
      |                                          ^^^^ the first
    hint: one node of a circuit can have `stdin`; `--stdin NODE` names another one for a run

    error: `emulate_tty` must be true or false (or 1 or 0), not `maybe`
     --> test.launch.yaml:6:67
      |
    6 |   - executable: {cmd: talker, name: c, stdin: false, emulate_tty: maybe}
      |                                                                   ^^^^^
    ");
    insta::assert_snapshot!(mistakes("launch: [{machine: {name: arm}}, {node: {exec: camera, machine: arm, stdin: true}}]"), @"
    error: what is typed here does not reach `camera`: it is on another machine
     --> test.launch.yaml:1:77
      |
    1 | launch: [{machine: {name: arm}}, {node: {exec: camera, machine: arm, stdin: true}}]
      |                                                                             ^^^^
    ");
}

#[test]
fn the_command_line_names_who_reads_what_is_typed() {
    let text =
        "launch: [{group: [{push_ros_namespace: {namespace: left}}, {node: {exec: camera, stdin: true}}]},
        {group: [{push_ros_namespace: {namespace: right}}, {node: {exec: camera}}]}, {node: {exec: camera, name: alone}}]";
    let place = Place::new();
    let file = place.file("test.launch.yaml", text);
    let read = |name: Option<&str>| {
        let options = vc_plan::Options { stdin: name.map(str::to_owned), ..place.options(&[]) };
        let plan = vc_plan::read(&file, &options, &Fake).map_err(|report| report.to_string())?.plan;
        let readers = plan.nodes.iter().filter(|node| node.stdin).map(|node| node.name.to_string());
        Ok::<String, String>(readers.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(read(None), Ok("/left/camera".to_owned()));
    assert_eq!(read(Some("/right/camera")), Ok("/right/camera".to_owned()));
    assert_eq!(read(Some("right/camera")), Ok("/right/camera".to_owned()));
    assert_eq!(read(Some("alone")), Ok("/alone".to_owned()));
    let wrong = |name| read(Some(name)).unwrap_err();
    insta::assert_snapshot!(wrong("camera"), @"
    error: `--stdin camera`: there are several such nodes
    hint: name one of `left/camera`, `right/camera` in full
    ");
    insta::assert_snapshot!(wrong("alon"), @"
    error: `--stdin alon`: there is no such node
    hint: did you mean `alone`?
    ");
}

#[test]
fn conditions_that_can_never_hold_are_told() {
    let text = "
launch:
  - node: {exec: camera, name: a, after: [{node: c}]}
  - node: {exec: camera, name: b, after: a}
  - executable: {cmd: talker, name: c, after: [{node: b, is: exit}]}
  - executable: {cmd: talker, name: itself, after: itself}
  - executable: {cmd: talker, name: always, respawn: true}
  - executable: {cmd: talker, name: after_always, after: [{node: always, is: exit}]}
  - executable: {cmd: talker, name: d, after: [{node: a, is: redy}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: nodes wait for each other: `a`, `c`, `b`, `a`
     --> test.launch.yaml:3:50
      |
    3 |   - node: {exec: camera, name: a, after: [{node: c}]}
      |                                                  ^
     --> test.launch.yaml:5:55
      |
    5 |   - executable: {cmd: talker, name: c, after: [{node: b, is: exit}]}
      |                                                       ^ `c` waits here
     --> test.launch.yaml:4:42
      |
    4 |   - node: {exec: camera, name: b, after: a}
      |                                          ^ `b` waits here

    error: `itself` waits for itself
     --> test.launch.yaml:6:52
      |
    6 |   - executable: {cmd: talker, name: itself, after: itself}
      |                                                    ^^^^^^

    error: `always` never ends: it is always started again
     --> test.launch.yaml:8:66
      |
    8 |   - executable: {cmd: talker, name: after_always, after: [{node: always, is: exit}]}
      |                                                                  ^^^^^^
    hint: `respawn: on-failure` lets it end with success

    error: `is` must be one of `ready`, `exit`, not `redy`
     --> test.launch.yaml:9:62
      |
    9 |   - executable: {cmd: talker, name: d, after: [{node: a, is: redy}]}
      |                                                              ^^^^
    hint: did you mean `ready`?
    ");
}

#[test]
fn a_node_that_is_not_there_is_told() {
    let text = "
launch:
  - executable: {cmd: talker, name: always, after: alwasy}
  - group:
      - push_ros_namespace: {namespace: lab}
      - executable: {cmd: talker, name: e, after: always}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no node `alwasy`
     --> test.launch.yaml:3:52
      |
    3 |   - executable: {cmd: talker, name: always, after: alwasy}
      |                                                    ^^^^^^
    hint: did you mean `always`?

    error: there is no node `always` in namespace `/lab`
     --> test.launch.yaml:6:51
      |
    6 |       - executable: {cmd: talker, name: e, after: always}
      |                                                   ^^^^^^
    hint: did you mean `/always`?
    ");
}

#[test]
fn conditions_of_the_wrong_form_are_told() {
    let text = "
launch:
  - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
  - node: {exec: camera, name: b}
  - timer: {period: soon, children: []}
  - timer: {children: [{log: {message: x}}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `after` needs `node` or `topic`
     --> test.launch.yaml:3:43
      |
    3 |   - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
      |                                           ^

    error: `node` of `after` makes no sense beside `topic`
     --> test.launch.yaml:3:54
      |
    3 |   - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
      |                                                      ^

    error: `after` needs `node` or `topic`
     --> test.launch.yaml:3:68
      |
    3 |   - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
      |                                                                    ^

    error: not a topic name: `/a b` holds ` `: only letters, digits and underscores are allowed
     --> test.launch.yaml:3:89
      |
    3 |   - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
      |                                                                                         ^^^^^

    error: `after` needs `node` or `topic`
     --> test.launch.yaml:3:97
      |
    3 |   - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
      |                                                                                                 ^

    error: `after` has no key `when`
     --> test.launch.yaml:3:98
      |
    3 |   - node: {exec: camera, name: a, after: [{}, {node: b, topic: t}, {is: ready}, {topic: 'a b'}, {when: now}]}
      |                                                                                                  ^^^^
    hint: its keys are node, is, topic

    error: `period` must be a number of seconds, not `soon`
     --> test.launch.yaml:5:21
      |
    5 |   - timer: {period: soon, children: []}
      |                     ^^^^

    error: `timer` needs `period`
     --> test.launch.yaml:6:5
      |
    6 |   - timer: {children: [{log: {message: x}}]}
      |     ^^^^^
    ");
}

#[test]
fn a_topic_that_nobody_writes_is_a_doubt() {
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: switch, name: a, after: [{topic: /imgae}]}
  - node: {exec: switch, name: b, remap: [{from: enable, to: on}], after: [{topic: on}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    warning: no node of this circuit writes topic `/imgae`
     --> test.launch.yaml:4:51
      |
    4 |   - node: {exec: switch, name: a, after: [{topic: /imgae}]}
      |                                                   ^^^^^^
    hint: did you mean `/image`?

    error: `b` waits for itself
     --> test.launch.yaml:5:84
      |
    5 |   - node: {exec: switch, name: b, remap: [{from: enable, to: on}], after: [{topic: on}]}
      |                                                                                    ^^
    ");
}
