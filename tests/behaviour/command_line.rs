//! What a person at a terminal sees.

use std::fs;

use insta::assert_snapshot;
use vc_tests::harness::{Program, TestDomain};

fn talker(line: &str) -> String {
    let domain = TestDomain::new();
    Program::new("counting_talker").domain(&domain).args(line).run().to_string()
}

#[test]
fn version_is_one_line() {
    assert_snapshot!(talker("--version"), @r"
    exit: 0
    ----- stdout -----
    counting_talker 1.2.3
    ");
}

#[test]
fn help_says_everything_that_was_declared() {
    assert_snapshot!(talker("--help"), @r#"
    exit: 0
    ----- stdout -----
    counting_talker 1.2.3: Counts.

    Usage: counting_talker [--describe | --help | --version] [--ros-args -r FROM:=TO -p NAME:=VALUE …]

    Outputs:
      count          std_msgs/msg/UInt64
                     1, 2, 3 and so on.

    Parameters:
      rate           double, 0.1 to 100000 Hz, default 100.0
                     Numbers a second.
      last           integer, 0 to 1000000, default 0
                     The number to end with; 0: none.
      mood           string, one of calm, jolly, default "calm"
                     Means nothing.
    "#);
}

#[test]
fn describe_is_a_manifest_in_one_line() {
    let domain = TestDomain::new();

    let seen = Program::new("counting_talker").domain(&domain).arg("--describe").run().succeeded();

    let manifest = vc_words::Manifest::from_json(&seen.stdout).unwrap();
    assert_eq!((manifest.block.as_str(), manifest.version.as_str()), ("counting_talker", "1.2.3"));
    assert_snapshot!(seen, @r#"
    exit: 0
    ----- stdout -----
    {"vc":1,"block":"counting_talker","version":"1.2.3","description":"Counts.","inputs":[],"outputs":[{"name":"count","type":"std_msgs/msg/UInt64","hash":"RIHS01_fbdc52018fc13755dce18024d1a671c856aa8b4aaf63adfb095b608f98e8c943","description":"1, 2, 3 and so on.","qos":{"reliability":"reliable","durability":"volatile","depth":10}}],"parameters":[{"name":"rate","type":"double","default":100.0,"description":"Numbers a second.","unit":"Hz","min":0.1,"max":100000.0},{"name":"last","type":"integer","default":0,"description":"The number to end with; 0: none.","min":0.0,"max":1000000.0},{"name":"mood","type":"string","default":"calm","description":"Means nothing.","choices":["calm","jolly"]}],"schemas":{"std_msgs/msg/UInt64":"uint64 data\n"},"stands_for":[{"package":"Counter","code":["bd0b59051906bd27"],"outputs":{"Count":"count"},"parameters":{"Last":"last"},"frequency":"rate"}]}
    "#);
}

#[test]
fn an_unknown_argument_is_answered_with_the_nearest() {
    assert_snapshot!(talker("--descrbe"), @r"
    exit: 1
    ----- stderr -----
    Error: unknown argument `--descrbe`; did you mean `--describe`?
    ");
}

#[test]
fn an_unknown_parameter_is_answered_with_the_nearest() {
    assert_snapshot!(talker("--ros-args -p rat:=3.0"), @r"
    exit: 1
    ----- stderr -----
    Error: this block has no parameter `rat`; did you mean `rate`?
    ");
}

#[test]
fn a_value_out_of_range_is_told_with_the_range() {
    assert_snapshot!(talker("--ros-args -p rate:=0.01"), @r"
    exit: 1
    ----- stderr -----
    Error: bad parameter value: parameter `rate` = 0.01 is outside its range 0.1 to 100000 Hz
    ");
}

#[test]
fn a_value_of_another_type_is_told_with_both() {
    assert_snapshot!(talker("--ros-args -p rate:=fast"), @r"
    exit: 1
    ----- stderr -----
    Error: bad parameter value: parameter `rate` is double, but `fast` is string
    ");
}

#[test]
fn a_value_that_is_no_choice_is_told_with_the_choices() {
    assert_snapshot!(talker("--ros-args -p mood:=angry"), @r"
    exit: 1
    ----- stderr -----
    Error: bad parameter value: parameter `mood` = `angry` is none of `calm`, `jolly`
    ");
}

#[test]
fn a_name_that_is_none_is_told_with_the_reason() {
    assert_snapshot!(talker("--ros-args -r count:=1bad"), @r"
    exit: 1
    ----- stderr -----
    Error: bad name: `/1bad` has a part that begins with a digit
    ");
}

#[test]
fn a_ros_argument_in_the_wrong_place_is_told_its_place() {
    assert_snapshot!(talker("-p rate:=1.0"), @r"
    exit: 1
    ----- stderr -----
    Error: `-p` belongs behind `--ros-args`
    ");
}

#[test]
fn a_missing_parameter_file_is_named() {
    assert_snapshot!(talker("--ros-args --params-file /no/such.yaml"), @r"
    exit: 1
    ----- stderr -----
    Error: cannot read /no/such.yaml: No such file or directory (os error 2)
    ");
}

#[test]
fn a_domain_that_is_no_number_is_told() {
    let seen = Program::new("counting_talker").env("ROS_DOMAIN_ID", "many").run();

    assert_snapshot!(seen, @r"
    exit: 1
    ----- stderr -----
    Error: ROS_DOMAIN_ID is `many`, but must be a number from 0 to 4294967295
    ");
}

#[test]
fn ros_arguments_rename_and_place_a_node() {
    let domain = TestDomain::new();
    let line = "--ros-args -r __node:=ear -r __ns:=/robot1 -r count:=numbers -p last:=5";
    let listener = Program::new("noting_listener").domain(&domain).args(line).start();
    listener.output("of listening", |line| (line == "listening").then_some(()));

    let line = "--ros-args -r __ns:=/robot1 -r count:=numbers -p rate:=1000 -p last:=20";
    Program::new("counting_talker").domain(&domain).args(line).run().succeeded();

    let seen = listener.wait().succeeded();
    assert!(seen.stdout.starts_with("name /robot1/ear\n"), "{seen}");
}

#[test]
fn a_parameter_file_counts_for_the_node_it_names() {
    let domain = TestDomain::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("params.yaml");
    let text = "/**:\n  ros__parameters:\n    rate: 1000.0\n\
                counting_talker:\n  ros__parameters:\n    last: 3\n\
                other:\n  ros__parameters:\n    last: 0\n";
    fs::write(&path, text).unwrap();

    let talker = Program::new("counting_talker").domain(&domain).args("--ros-args --params-file").arg(&path);

    // It ends, so it read that it is to end.
    talker.run().succeeded();
}
