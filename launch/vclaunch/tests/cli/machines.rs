//! Launch files that span machines.

use crate::seen::vclaunch;

#[test]
fn check_shows_where_each_node_runs() {
    insta::assert_snapshot!(vclaunch(&["check", "machines/arm.launch.yaml"]), @"
    exit: 0
    ----- stdout -----
    machines/arm.launch.yaml: 2 nodes, 0 wires

    node   machine  kind     program
    here   local    program  /bin/echo
    there  arm      program  /bin/echo
    ");
}

#[test]
fn check_shows_what_crosses_and_the_relays_that_carry_it() {
    insta::assert_snapshot!(vclaunch(&["check", "machines/wired.launch.yaml"]), @"
    exit: 0
    ----- stdout -----
    machines/wired.launch.yaml: 4 nodes, 1 wire, 1 across machines

    node       machine  kind     program
    talker     arm      program  /bin/true
    ear        local    program  /bin/true
    relay      local    relay    vcbridge
    arm/relay  arm      relay    vcbridge

    wire                        type  topic
    talker/count  ⇒  ear/count        /talker/count
    ----- stderr -----
    warning: this wire goes from machine `arm` to `local`, and node `talker` is no block
     --> machines/wired.launch.yaml:5:36
      |
    5 |   - wire: {from: talker/count, to: ear/count}
      |                                    ^^^^^^^^^
     --> machines/wired.launch.yaml:5:18
      |
    5 |   - wire: {from: talker/count, to: ear/count}
      |                  ^^^^^^^^^^^^ the output
    hint: it is joined only if that program speaks ROS 2 over zenoh, to the relay of its machine
    ");
}

#[test]
fn one_machines_part_runs_by_hand() {
    insta::assert_snapshot!(vclaunch(&["machines/arm.launch.yaml", "--machine", "arm"]), @"
    exit: 0
    ----- stdout -----
    [there] there
    [vclaunch] arm.launch.yaml: 1 node
    [vclaunch] log files in LOGS/RUN
    [vclaunch] there has ended
    [vclaunch] there is running (pid PID)

    node   state  exit  restarts
    there  ended  0            0
    ");
}

#[test]
fn the_part_without_a_machine_is_called_local() {
    insta::assert_snapshot!(vclaunch(&["check", "machines/arm.launch.yaml", "--machine", "local"]), @"
    exit: 0
    ----- stdout -----
    machines/arm.launch.yaml: 1 node, 0 wires

    node  kind     program
    here  program  /bin/echo
    ");
}

#[test]
fn an_unknown_machine_is_told() {
    insta::assert_snapshot!(vclaunch(&["machines/arm.launch.yaml", "--machine", "amr"]), @"
    exit: 2
    ----- stderr -----
    error: machines/arm.launch.yaml has no machine `amr`

    hint: did you mean `arm`?
    ");
    insta::assert_snapshot!(vclaunch(&["machines/arm.launch.yaml", "--machine", "a/b"]), @"
    exit: 2
    ----- stderr -----
    error: `a/b` is no name of a machine: letters, digits, `_`, `-` and `.` are allowed
    ");
}
