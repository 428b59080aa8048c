//! Substitutions that look outside of the launch file.

use std::os::unix::fs::PermissionsExt as _;

use crate::fake::{Fake, Place, mistakes};
use crate::plans::sketch;

fn script(place: &Place, name: &str, text: &str) {
    let path = place.file(name, &format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A place with programs of several manners.
fn place() -> Place {
    let place = Place::new();
    script(&place, "say.sh", "echo \"said $* $VC_HERE\"");
    script(&place, "warn.sh", "echo out; echo careful >&2");
    script(&place, "fail.sh", "echo no such robot >&2; exit 3");
    script(&place, "bytes.sh", "printf '\\377'");
    script(&place, "long.sh", "exec yes");
    place.file("robot.urdf", "<robot name=\"r2\">\n</robot>");
    place
}

fn answer(place: &Place, text: &str) -> String {
    let file = place.file("test.launch.yaml", text);
    let options = vc_plan::Options { allow_commands: true, ..place.options(&[]) };
    place.redact(&match vc_plan::read(&file, &options, &Fake) {
        Ok(checked) => {
            let warnings = checked.warnings.iter().map(|warning| format!("{warning}\n"));
            warnings.collect::<String>() + &sketch(&checked.plan)
        }
        Err(report) => report.to_string(),
    })
}

#[test]
fn a_command_is_off_unless_it_is_allowed() {
    insta::assert_snapshot!(mistakes("launch:\n  - let: {name: a, value: $(command 'rm -rf x')}\n"), @"
    error: `$(command …)` is off: a launch file runs programs while it is read only if you let it
     --> test.launch.yaml:2:27
      |
    2 |   - let: {name: a, value: $(command 'rm -rf x')}
      |                           ^^^^^^^^^^^^^^^^^^^^^
    hint: add `--allow-command` if you trust the file
    ");
    let text = "launch:\n  - let: {name: a, value: $(if true a $(command ls))}\n  - node: {exec: talker}\n";
    assert_eq!(mistakes(text), "");
}

#[test]
fn a_command_is_what_it_prints() {
    let text = "
launch:
  - set_env: {name: VC_HERE, value: here}
  - executable: {cmd: \"bin/talker '$(command './say.sh a \\\"b c\\\"')' $(command 'echo plain')\"}
  - executable: {cmd: bin/talker $(command ./warn.sh ignore)}
  - executable: {cmd: bin/talker $(command ./warn.sh capture)}
";
    insta::assert_snapshot!(answer(&place(), text), @"
    foreign /talker: said a b c here plain
    foreign /talker_2: out
    foreign /talker_3: out careful
    ");
}

#[test]
fn a_command_that_fails_is_told() {
    let text = "
launch:
  - let: {name: a, value: $(command ./fail.sh)}
  - let: {name: a, value: $(command ./warn.sh)}
  - let: {name: a, value: $(command ./warn.sh warn)}
  - let: {name: a, value: $(command ./warn.sh wran)}
  - let: {name: a, value: $(command ./bytes.sh)}
  - let: {name: a, value: $(command ./long.sh)}
  - let: {name: a, value: $(command ./none.sh)}
  - let: {name: a, value: $(command '')}
  - let: {name: a, value: \"$(command \\\"a 'b\\\")\"}
";
    insta::assert_snapshot!(answer(&place(), text), @r#"
    error: `./fail.sh` ended with exit status: 3
     --> test.launch.yaml:3:27
      |
    3 |   - let: {name: a, value: $(command ./fail.sh)}
      |                           ^^^^^^^^^^^^^^^^^^^^
    hint: no such robot

    error: `./warn.sh` printed something on standard error
     --> test.launch.yaml:4:27
      |
    4 |   - let: {name: a, value: $(command ./warn.sh)}
      |                           ^^^^^^^^^^^^^^^^^^^^
    hint: careful

    warning: `./warn.sh` printed something on standard error
     --> test.launch.yaml:5:27
      |
    5 |   - let: {name: a, value: $(command ./warn.sh warn)}
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: careful

    error: what to do on output to standard error is one of fail, warn, ignore, capture
     --> test.launch.yaml:6:27
      |
    6 |   - let: {name: a, value: $(command ./warn.sh wran)}
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: did you mean `warn`?

    error: what `./bytes.sh` printed is not UTF-8 text
     --> test.launch.yaml:7:27
      |
    7 |   - let: {name: a, value: $(command ./bytes.sh)}
      |                           ^^^^^^^^^^^^^^^^^^^^^

    error: `./long.sh` printed more than 1 MiB
     --> test.launch.yaml:8:27
      |
    8 |   - let: {name: a, value: $(command ./long.sh)}
      |                           ^^^^^^^^^^^^^^^^^^^^

    error: cannot start `./none.sh`: No such file or directory (os error 2)
     --> test.launch.yaml:9:27
      |
    9 |   - let: {name: a, value: $(command ./none.sh)}
      |                           ^^^^^^^^^^^^^^^^^^^^

    error: `$(command …)` needs a program
      --> test.launch.yaml:10:27
       |
    10 |   - let: {name: a, value: $(command '')}
       |                           ^^^^^^^^^^^^^

    error: a quote is never closed: ' is missing
      --> test.launch.yaml:11:27
       |
    11 |   - let: {name: a, value: "$(command \"a 'b\")"}
       |                           ^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn files_folders_and_parameters_are_read() {
    let text = "
launch:
  - set_parameter: {name: size, value: 3}
  - set_parameter: {name: sizes, value: [1, 2]}
  - executable: {cmd: \"bin/talker '$(file-content robot.urdf)' $(param size) '$(param sizes)' $(log_dir) $(launch_log_dir)\"}
  - group:
      - set_ros_log_dir: {new_log_dir: /elsewhere}
      - set_ros_log_dir: {new_log_dir: robot1}
      - executable: {cmd: bin/talker $(env ROS_LOG_DIR)}
";
    insta::assert_snapshot!(answer(&place(), text), @r#"
    foreign /talker: <robot name="r2">
    </robot> 3 [1, 2] logs logs
    foreign /talker_2: /elsewhere/robot1
    "#);
}

#[test]
fn truths_of_many_are_joined() {
    let text = "
launch:
  - executable: {cmd: bin/talker $(any) $(all) $(any false 0 TRUE) $(any false 0) $(all true 1) $(all true false 1)}
  - log: {message: $(any true perhaps)}
";
    insta::assert_snapshot!(answer(&place(), text), @"
    error: `perhaps` is not true or false
     --> test.launch.yaml:4:20
      |
    4 |   - log: {message: $(any true perhaps)}
      |                    ^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn what_is_not_there_is_told() {
    let text = "
launch:
  - let: {name: a, value: $(file-content none.urdf)}
  - let: {name: a, value: $(param none)}
  - let: {name: a, value: $(exec-in-pkg talker no_package)}
  - let: {name: a, value: $(exec-in-pkg ../talker no_package)}
";
    insta::assert_snapshot!(answer(&place(), text), @"
    error: cannot read `none.urdf`: No such file or directory (os error 2)
     --> test.launch.yaml:3:27
      |
    3 |   - let: {name: a, value: $(file-content none.urdf)}
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^

    error: there is no parameter `none` here
     --> test.launch.yaml:4:27
      |
    4 |   - let: {name: a, value: $(param none)}
      |                           ^^^^^^^^^^^^^
    hint: `$(param …)` reads what `set_parameter` has set above

    error: package `no_package` has no program `talker`
     --> test.launch.yaml:5:27
      |
    5 |   - let: {name: a, value: $(exec-in-pkg talker no_package)}
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: it is looked for in `lib/PACKAGE` of each folder of AMENT_PREFIX_PATH: is the workspace's setup sourced?

    error: package `no_package` has no program `../talker`
     --> test.launch.yaml:6:27
      |
    6 |   - let: {name: a, value: $(exec-in-pkg ../talker no_package)}
      |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: it is looked for in `lib/PACKAGE` of each folder of AMENT_PREFIX_PATH: is the workspace's setup sourced?
    ");
}

#[test]
fn where_nobody_knows_the_log_folder_there_is_none() {
    let place = place();
    let file = place.file(
        "test.launch.yaml",
        "launch: [{unset_env: {name: ROS_LOG_DIR}}, {log: {message: $(log_dir)}}, {set_ros_log_dir: {new_log_dir: x}}]",
    );
    let options = vc_plan::Options { log_folder: None, ..place.options(&[]) };
    insta::assert_snapshot!(place.redact(&vc_plan::read(&file, &options, &Fake).unwrap_err().to_string()), @"
    error: nobody knows yet where log files will be
     --> test.launch.yaml:1:60
      |
    1 | launch: [{unset_env: {name: ROS_LOG_DIR}}, {log: {message: $(log_dir)}}, {set_ros_log_dir: {new_log_dir: x}}]
      |                                                            ^^^^^^^^^^

    error: nobody knows yet where log files will be
     --> test.launch.yaml:1:106
      |
    1 | launch: [{unset_env: {name: ROS_LOG_DIR}}, {log: {message: $(log_dir)}}, {set_ros_log_dir: {new_log_dir: x}}]
      |                                                                                                          ^
    ");
}

#[test]
fn a_shell_reads_a_line_if_asked_to() {
    let text = "launch:\n  - executable: {cmd: 'echo $HOME | wc', shell: true, name: counted}\n";
    let checked = place().read(text, &[]).unwrap();
    let node = &checked.plan.nodes[0];
    assert_eq!(
        (node.program.to_str(), node.args.as_slice()),
        (Some("/bin/sh"), &["-c".into(), "echo $HOME | wc".into()][..])
    );
}
