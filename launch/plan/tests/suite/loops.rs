//! Loops, resets, and what else sets things for the entries that follow.

use crate::fake::mistakes;

#[test]
fn loops_that_cannot_go_round_are_told() {
    let text = "
launch:
  - for: {len: -1, name: i, children: []}
  - for: {len: many, name: i, children: []}
  - for: {len: 1, name: $(var x), children: []}
  - for: {len: 1, children: []}
  - for: {len: 1, name: i}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `len` must be a whole number, 0 or more, not `-1`
     --> test.launch.yaml:3:16
      |
    3 |   - for: {len: -1, name: i, children: []}
      |                ^^

    error: `len` must be a whole number, 0 or more, not `many`
     --> test.launch.yaml:4:16
      |
    4 |   - for: {len: many, name: i, children: []}
      |                ^^^^

    error: `name` of `for` cannot hold substitutions
     --> test.launch.yaml:5:25
      |
    5 |   - for: {len: 1, name: $(var x), children: []}
      |                         ^^^^^^^^

    error: `for` needs `name`
     --> test.launch.yaml:6:5
      |
    6 |   - for: {len: 1, children: []}
      |     ^^^

    error: `for` needs `children`
     --> test.launch.yaml:7:5
      |
    7 |   - for: {len: 1, name: i}
      |     ^^^
    ");
}

#[test]
fn sets_of_values_that_are_none_are_told() {
    let text = "
launch:
  - for_each: {values: '{a: 1};b', children: []}
  - for_each: {values: [{a: [1]}, b], children: []}
  - for_each: {values: {a: 1}, children: []}
  - for: {len: 1, name: i, children: [{log: {message: $(index j)}}]}
  - for_each: {values: [{a: 1}], children: [{log: {message: $(for-var b)}}]}
  - log: {message: $(index i)}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `b` is no set of values
     --> test.launch.yaml:3:24
      |
    3 |   - for_each: {values: '{a: 1};b', children: []}
      |                        ^^^^^^^^^^
    hint: a set is written `{name: value, …}`; `;` stands between two sets

    error: `a` must be text, not a list
     --> test.launch.yaml:4:29
      |
    4 |   - for_each: {values: [{a: [1]}, b], children: []}
      |                             ^

    error: `values` must be text, not a mapping
     --> test.launch.yaml:5:24
      |
    5 |   - for_each: {values: {a: 1}, children: []}
      |                        ^

    error: there is no loop here with an index `j`
     --> test.launch.yaml:6:55
      |
    6 |   - for: {len: 1, name: i, children: [{log: {message: $(index j)}}]}
      |                                                       ^^^^^^^^^^

    error: this round of the loop has no value `b`
     --> test.launch.yaml:7:61
      |
    7 |   - for_each: {values: [{a: 1}], children: [{log: {message: $(for-var b)}}]}
      |                                                             ^^^^^^^^^^^^
    hint: give a default: `$(for-var b default)`

    error: there is no loop here with an index `i`
     --> test.launch.yaml:8:20
      |
    8 |   - log: {message: $(index i)}
      |                    ^^^^^^^^^^
    ");
}

#[test]
fn a_name_that_is_the_same_in_each_round_is_explained() {
    let text = "
launch:
  - for: {len: 3, name: i, children: [{node: {exec: camera}}]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: two nodes are called `/camera`
     --> test.launch.yaml:3:53
      |
    3 |   - for: {len: 3, name: i, children: [{node: {exec: camera}}]}
      |                                                     ^^^^^^
     --> test.launch.yaml:3:53
      |
    3 |   - for: {len: 3, name: i, children: [{node: {exec: camera}}]}
      |                                                     ^^^^^^ the other node
    hint: this entry is there more than once: let its `name` or namespace hold what differs, as in `cam_$(index i)`
    ");
}

#[test]
fn values_can_be_a_list() {
    let text = "
launch:
  - arg: {name: base, default: cam}
  - for_each:
      values:
        - {name: $(var base)_a, at: 1}
        - {name: $(var base)_b}
      children:
        - log: {message: $(for-var name) $(for-var at none)}
";
    insta::assert_snapshot!(mistakes(text), @"
    info: cam_a 1
     --> test.launch.yaml:9:11
      |
    9 |         - log: {message: $(for-var name) $(for-var at none)}
      |           ^^^

    info: cam_b none
     --> test.launch.yaml:9:11
      |
    9 |         - log: {message: $(for-var name) $(for-var at none)}
      |           ^^^
    ");
}

#[test]
fn an_endless_loop_has_an_end() {
    for text in [
        "launch: [{for: {len: 1000000000000, name: i, children: []}}]",
        "launch: [{for: {len: 100000, name: i, children: [{for: {len: 100000, name: j, children: []}}]}}]",
        "launch: [{for: {len: 1000000000, name: i, children: [{log_debug: {message: x}}]}}]",
    ] {
        let seen = mistakes(text);
        assert!(seen.starts_with("error: this launch file comes to more than 1000000 entries"), "{seen}");
    }
}

#[test]
fn scopes_that_make_no_sense_are_told() {
    let text = "
launch:
  - group: {scoped: false, forwarding: false, children: []}
  - group: {forwarding: maybe, children: []}
  - reset: {keep: [{name: nobody}]}
  - append_env: {name: 'a=b', value: c}
  - append_env: {name: A, value: c, prepend: perhaps}
  - log: {message: a, level: loud}
  - set_use_sim_time: {value: sometimes}
  - set_parameters_from_file: {filename: none.yaml}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `forwarding: false` needs a group that is scoped
     --> test.launch.yaml:3:5
      |
    3 |   - group: {scoped: false, forwarding: false, children: []}
      |     ^^^^^

    error: `forwarding` must be true or false (or 1 or 0), not `maybe`
     --> test.launch.yaml:4:25
      |
    4 |   - group: {forwarding: maybe, children: []}
      |                         ^^^^^

    error: there is no argument or variable `nobody` here
     --> test.launch.yaml:5:27
      |
    5 |   - reset: {keep: [{name: nobody}]}
      |                           ^^^^^^

    error: `a=b` cannot be an environment variable
     --> test.launch.yaml:6:24
      |
    6 |   - append_env: {name: 'a=b', value: c}
      |                        ^^^^^

    error: `prepend` must be true or false (or 1 or 0), not `perhaps`
     --> test.launch.yaml:7:46
      |
    7 |   - append_env: {name: A, value: c, prepend: perhaps}
      |                                              ^^^^^^^

    error: `level` must be one of `debug`, `info`, `warning`, `error`, `critical`, not `loud`
     --> test.launch.yaml:8:30
      |
    8 |   - log: {message: a, level: loud}
      |                              ^^^^

    error: `value` must be true or false (or 1 or 0), not `sometimes`
     --> test.launch.yaml:9:31
      |
    9 |   - set_use_sim_time: {value: sometimes}
      |                               ^^^^^^^^^

    error: cannot read `none.yaml`: No such file or directory (os error 2)
      --> test.launch.yaml:10:42
       |
    10 |   - set_parameters_from_file: {filename: none.yaml}
       |                                          ^^^^^^^^^
    ");
}

#[test]
fn a_key_of_a_file_for_all_that_no_node_has_is_a_mistake() {
    let place = crate::fake::Place::new();
    place.file("all.yaml", "camera:\n  ros__parameters: {width: 1}\ncamra:\n  ros__parameters: {width: 2}\n");
    let text = "launch:\n  - set_parameters_from_file: {filename: all.yaml}\n  - node: {exec: camera}\n";
    insta::assert_snapshot!(place.redact(&place.read(text, &[]).unwrap_err().to_string()), @"
    error: no node that is given this file is called `camra`
     --> all.yaml:3:1
      |
    3 | camra:
      | ^
     --> test.launch.yaml:2:42
      |
    2 |   - set_parameters_from_file: {filename: all.yaml}
      |                                          ^^^^^^^^ given here
    hint: did you mean `camera`?
    ");
}
