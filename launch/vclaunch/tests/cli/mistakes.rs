//! Help, and mistakes that are found before anything starts.

use crate::seen::vclaunch;

#[test]
fn help_shows_how_it_is_used() {
    insta::assert_snapshot!(vclaunch(&["-h"]), @"
    exit: 0
    ----- stdout -----
    Runs circuits of nodes from ROS 2 style launch files

    Usage: vclaunch [OPTIONS] FILE [NAME:=VALUE]...
           vclaunch COMMAND ...

    Commands:
      run      Run a circuit until its nodes have ended or Ctrl-C; the default command
      check    Check a launch file and show what it would start
      graph    Draw a circuit
      convert  Write a VisualCircuit project as a launch file, its Python code beside it
      args     Show the arguments that a launch file takes
      blocks   List the blocks found, or show one's ports and parameters
      new      Make a block of your own to begin with
      schema   Print the JSON schema of launch files in YAML, for editors
      param    Show or change the parameters of running nodes
      agent    Wait on a robot's computer for operators, and run their circuits' parts
      attach   Take over a circuit that agents keep running
      keys     Make, install and list the keys by which operators and machines know each other
      help     Print this message or the help of the given subcommand(s)

    Options:
          --no-color  Never use colours; they are used only on a terminal anyway, and not if `NO_COLOR` is set
      -h, --help      Print help (see more with '--help')
      -V, --version   Print version

    Examples:
      vclaunch edges.launch.yaml                   run a circuit; Ctrl-C stops it
      vclaunch edges.launch.yaml rate:=15          the same, with an argument
      vclaunch args edges.launch.yaml              what arguments it takes
      vclaunch check edges.launch.yaml             is it right? starts nothing
      vclaunch graph edges.launch.yaml -o edges.svg
      vclaunch blocks camera                       a block's ports and parameters
      vclaunch demo_nodes_cpp talk.launch.xml      a launch file of a ROS 2 package
      vclaunch my_project.vc3                      run a VisualCircuit project
      vclaunch param set edges lower 80            change a parameter of a running node
      vclaunch new block my_block                  a block of your own to begin with
    ");
}

#[test]
fn help_of_run_lists_the_exit_codes() {
    insta::assert_snapshot!(vclaunch(&["run", "--help"]), @"
    exit: 0
    ----- stdout -----
    Run a circuit until its nodes have ended or Ctrl-C; the default command

    Usage: vclaunch run [OPTIONS] <FILE> [NAME:=VALUE]...

    Arguments:
      <FILE>            The launch file; or a ROS 2 package, followed by the name of a launch file of it
      [NAME:=VALUE]...  Values for the launch file's arguments; for a VisualCircuit project's constants, `Block.Name:=VALUE`

    Options:
          --machine <NAME>                Only what runs on this machine; `local`: only what names no machine
          --no-color                      Never use colours; they are used only on a terminal anyway, and not if `NO_COLOR` is set
          --bridge <ADDRESS>              Join all topics to a ROS 2 robot or another host, by a relay that connects there: tcp/robot:7447
          --allow-command                 Let `$(command …)` in launch files run programs while they are read
          --python-exe <PATH>             What interprets blocks in Python: a program, or a virtual environment's folder [default: python3]
          --stdin <NODE>                  The node that reads what is typed here, instead of the one that the launch file names
          --json                          Print events as JSON lines on standard output; the last one is the summary
          --log-dir <FOLDER>              Keep log files below this folder [default: `$ROS_LOG_DIR`, `$ROS_HOME/log` or ~/.local/state/vc/log]
      -a, --show-all-output               Show the output of every node, whatever the launch file says
      -s, --show-args                     Show the arguments that the launch file takes, and start nothing: `vclaunch args` [alias: --show-arguments]
      -p, --print                         Show what would start, and start nothing: `vclaunch check` [alias: --print-description]
      -n, --noninteractive                Print lines, as into a file, though there is a terminal that could be drawn on
          --log-level <LEVEL>             The log level of every node, such as `debug`; `name:=level` is for one logger only
          --launch-prefix <COMMAND>       Words before each program that has no `launch-prefix` of its own, such as `gdb -batch -ex run --args`
          --launch-prefix-filter <REGEX>  Only before the programs whose name this regular expression fits from its beginning
          --agent <MACHINE=ADDRESS>       Where a machine's agent is, instead of what the launch file says
          --keys <FOLDER>                 The folder of this computer's keys [default: `$VC_KEYS`, else ~/.config/vc/keys, if there are some]
          --no-keys                       Speak plainly to other machines though there are keys
          --ready-timeout <SECONDS>       How long a block may take to say that it is ready [default: 10]
      -h, --help                          Print help

    VisualCircuit projects:
          --native <BLOCK>  Run this block natively though its code differs from the stock block's; `all`: each that can be
          --python <BLOCK>  Run this block's own Python code though a native block could take its place; `all`: each
          --strict-enable   Give code in Python the wire at `Enable` as it is: it ends by its own rules, and nothing pauses it

    Exit codes:
       0  all went well; Ctrl-C on a healthy circuit is a normal end
       2  the command line is not understood
      65  the launch file is invalid; nothing was started
      66  the launch file cannot be read
      67  there is no block of that name
      68  there is no running node of that name
      69  the node has no parameter of that name
      70  a node failed for good
      71  supervision could not be set up; nothing was started
      72  a required node (on_exit: shutdown) failed for good
      73  a node did not stop when asked and was killed
      74  the result could not be written
      75  the node refused the value
      76  a node does not answer
      77  an agent does not answer, or has nothing to take over
      78  keys cannot be made or used
    ");
}

#[test]
fn schema_prints_the_grammar() {
    let seen = vclaunch(&["schema"]);
    assert!(
        seen.starts_with("exit: 0\n") && seen.contains("http://json-schema.org/draft-07/schema#"),
        "{seen}"
    );
}

#[test]
fn no_word_at_all_is_answered_with_help() {
    assert!(vclaunch(&[]).starts_with("exit: 2\n"));
}

#[test]
fn a_mistyped_command_is_told() {
    insta::assert_snapshot!(vclaunch(&["chekc", "good.launch.yaml"]), @"
    exit: 2
    ----- stderr -----
    error: unrecognized subcommand 'chekc'

      tip: some similar subcommands exist: 'schema', 'check'

    Usage: vclaunch [OPTIONS] FILE [NAME:=VALUE]...
           vclaunch COMMAND ...

    For more information, try '--help'.
    ");
}

#[test]
fn an_argument_of_the_wrong_form_is_told() {
    insta::assert_snapshot!(vclaunch(&["good.launch.yaml", "times=3"]), @r"
    exit: 2
    ----- stderr -----
    error: invalid value 'times=3' for '[NAME:=VALUE]...': an argument is given as name:=value

    For more information, try '--help'.
    ");
}

#[test]
fn a_missing_file_is_told_with_those_that_are_there() {
    insta::assert_snapshot!(vclaunch(&["edges.launch.yaml"]), @"
    exit: 66
    ----- stderr -----
    error: cannot read launch file `edges.launch.yaml`: no such file or directory

    hint: there is `broken.launch.yaml`, `doubled.vc3`, `good.launch.yaml`, `typo.launch.yaml`
    ");
}

#[test]
fn a_folder_is_no_launch_file() {
    insta::assert_snapshot!(vclaunch(&["check", "."]), @"
    exit: 66
    ----- stderr -----
    error: cannot read launch file `.`: is a directory

    hint: there is `broken.launch.yaml`, `doubled.vc3`, `good.launch.yaml`, `typo.launch.yaml`
    ");
}

#[test]
fn a_missing_argument_is_told() {
    insta::assert_snapshot!(vclaunch(&["check", "good.launch.yaml"]), @r"
    exit: 65
    ----- stderr -----
    error: argument `times` was not given and has no default
     --> good.launch.yaml:4:17
      |
    4 |   - arg: {name: times}
      |                 ^^^^^
    hint: add `times:=…` to the command line
    ");
}

#[test]
fn every_mistake_of_a_file_is_told() {
    let seen = vclaunch(&["check", "typo.launch.yaml"]);

    assert!(seen.starts_with("exit: 65\n"), "{seen}");
    assert!(seen.contains("typo.launch.yaml:2:") && seen.contains("`respawn`"), "{seen}");
    assert!(seen.contains("typo.launch.yaml:3:") && seen.contains("no_such_block_anywhere"), "{seen}");
    assert!(!seen.contains('\x1b'), "colours are for terminals");
}

#[test]
fn a_file_that_is_no_yaml_starts_nothing() {
    let seen = vclaunch(&["broken.launch.yaml"]);

    assert!(seen.starts_with("exit: 65\n----- stderr -----\nerror"), "{seen}");
}

#[test]
fn an_unknown_block_is_told() {
    assert!(
        vclaunch(&["blocks", "no_such_block"])
            .starts_with("exit: 67\n----- stderr -----\nerror: there is no")
    );
}

#[test]
fn check_shows_what_would_start() {
    insta::assert_snapshot!(vclaunch(&["check", "good.launch.yaml", "times:=3"]), @r"
    exit: 0
    ----- stdout -----
    good.launch.yaml: 2 nodes, 0 wires

    node     kind     program
    greeter  program  /usr/bin/echo
    sleeper  program  /usr/bin/sleep
    ");
}

#[test]
fn check_can_speak_json() {
    let seen = vclaunch(&["check", "--json", "good.launch.yaml", "times:=3"]);
    let plan = seen.strip_prefix("exit: 0\n----- stdout -----\n").unwrap();

    let plan: serde_json::Value = serde_json::from_str(plan).unwrap();

    assert_eq!(plan["nodes"][0]["name"], "/greeter");
}

#[test]
fn args_shows_what_a_file_takes() {
    insta::assert_snapshot!(vclaunch(&["args", "good.launch.yaml"]), @r"
    exit: 0
    ----- stdout -----
    argument  default          description
    who       world            whom to greet
    mode      quiet            [one of: quiet, loud]
    times     (must be given)
    ");
}

#[test]
fn graph_draws() {
    let dot = vclaunch(&["graph", "good.launch.yaml", "times:=3"]);
    let mermaid = vclaunch(&["graph", "good.launch.yaml", "times:=3", "--format", "mermaid"]);
    let nowhere = vclaunch(&["graph", "good.launch.yaml", "times:=3", "-o", "/no/such/folder/a.svg"]);

    assert!(dot.starts_with("exit: 0\n----- stdout -----\ndigraph"), "{dot}");
    assert!(mermaid.contains("flowchart") && mermaid.contains("greeter"), "{mermaid}");
    insta::assert_snapshot!(nowhere, @r"
    exit: 74
    ----- stderr -----
    error: cannot write `/no/such/folder/a.svg`: no such file or directory
    ");
}
