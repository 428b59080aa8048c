//! Substitutions, conditions, and words that must be one of a few.

use crate::fake::mistakes;

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
    let text = "
launch:
  - let: {name: b, value: $(env VC_SURELY_NOT_SET)}
";
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
    let text = "
launch:
  - let: {name: b, value: 'a $(var c'}
";
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
    let text = "
launch:
  - let: {name: b, value: a $(evl 1)}
";
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
    let text = "
launch:
  - let: {name: b, value: $(eval 640 / 0)}
  - let: {name: c, value: $(eval web == 'web')}
";
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
    let text = "
launch:
  - node: {exec: camera, if: maybe}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: a condition must be true or false (or 1 or 0), not `maybe`
     --> test.launch.yaml:3:30
      |
    3 |   - node: {exec: camera, if: maybe}
      |                              ^^^^^
    ");
}

#[test]
fn words_where_numbers_are_expected_are_told() {
    let text = "
launch:
  - node: {exec: camera, respawn: on-failure, respawn_delay: soon, sigterm_timeout: -1}
  - node: {exec: camera, name: b, respawn_max_retries: 1.5}
";
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
    let text = "
launch:
  - node: {exec: camera, output: scren}
  - node: {exec: camera, on_exit: restart}
  - node: {exec: camera, respawn: always}
";
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
    let text = "
launch:
  - node: {exec: camera, cwd: nowhere}
";
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
