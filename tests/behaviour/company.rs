//! Nodes that were started by hand, each in its own terminal, and find each other.

use insta::assert_snapshot;
use vc_tests::harness::{NotifySocket, Program, Running, Signal, TestDomain};

fn listening(domain: &TestDomain, line: &str) -> Running {
    let listener = Program::new("noting_listener").domain(domain).args(line).start();
    listener.output("of listening", |line| (line == "listening").then_some(()));
    listener
}

fn ready(domain: &TestDomain, program: &str, line: &str) -> Running {
    let socket = NotifySocket::new();
    let running = socket.given_to(Program::new(program)).domain(domain).args(line).start();
    socket.wait_for("READY=1");
    running
}

#[test]
fn two_nodes_find_each_other_whoever_comes_first() {
    for listener_first in [true, false] {
        let domain = TestDomain::new();
        let early = (!listener_first).then(|| ready(&domain, "counting_talker", "--ros-args -p rate:=1000"));
        let listener = listening(&domain, "");
        let talker = early.unwrap_or_else(|| ready(&domain, "counting_talker", "--ros-args -p rate:=1000"));

        let first = listener.output("of a number", |line| line.strip_prefix("heard ")?.parse::<u64>().ok());
        let number =
            move |line: &str| line.strip_prefix("heard ")?.parse().ok().filter(|n: &u64| *n >= first + 100);
        listener.output("of a later number", number);

        for node in [talker, listener] {
            node.signal(Signal::INT);
            node.wait().succeeded();
        }
    }
}

#[test]
fn a_type_mismatch_names_both_types() {
    let domain = TestDomain::new();
    let talker = ready(&domain, "counting_talker", "");

    let seen = Program::new("mismatched_listener").domain(&domain).run();

    assert_snapshot!(seen, @r"
    exit: 1
    ----- stderr -----
    Error: topic `/count` carries `std_msgs/msg/UInt64 (RIHS01_fbdc5201)` but port `count` of this node is `std_msgs/msg/String (RIHS01_df668c74)`; remap the port or compare the message definitions
    ");
    talker.signal(Signal::TERM);
    talker.wait().succeeded();
}

#[test]
fn a_queue_without_room_is_told() {
    let domain = TestDomain::new();
    let talker = ready(&domain, "counting_talker", "");

    // Without the time of day.
    let seen = Program::new("keeps_many").domain(&domain).env("VC_LOG_STYLE", "launch").run();

    assert_snapshot!(seen, @r"
    exit: 0
    ----- stderr -----
      WARN input `count` keeps 16 of topic `/count` instead of 100: whoever opened the topic first made no room for more; give its other ports the same depth
    ");
    talker.signal(Signal::TERM);
    talker.wait().succeeded();
}

#[test]
fn a_queue_has_room_where_the_first_node_was_told_of_it() {
    let domain = TestDomain::new();
    let talker = ready(&domain, "counting_talker", "--longest-queue /count:=100");

    let seen = Program::new("keeps_many").domain(&domain).run();

    assert_snapshot!(seen, @"exit: 0");
    talker.signal(Signal::TERM);
    talker.wait().succeeded();
}

#[test]
fn a_crash_in_a_callback_leaves_the_others_in_peace() {
    let domain = TestDomain::new();
    let listener = listening(&domain, "");
    let talker = ready(&domain, "counting_talker", "--ros-args -p rate:=1000");

    let crashed = Program::new("crashes_in_callback").domain(&domain).run();
    assert_eq!(crashed.signal, Some(6), "{crashed}");
    let at: u64 =
        crashed.stderr.lines().find_map(|line| line.strip_prefix("crashing at ")?.parse().ok()).unwrap();

    let number = move |line: &str| line.strip_prefix("heard ")?.parse().ok().filter(|n: &u64| *n > at + 100);
    listener.output("of a later number", number);
    for node in [talker, listener] {
        node.signal(Signal::TERM);
        node.wait().succeeded();
    }
}

#[test]
fn a_flooded_node_still_ends_when_asked() {
    let domain = TestDomain::new();
    let flood = ready(&domain, "floods", "");
    let flooded = ready(&domain, "crashes_in_callback", "--ros-args -p at:=1000000 -r count:=/count");

    flooded.signal(Signal::INT);

    flooded.wait().succeeded();
    flood.signal(Signal::INT);
    flood.wait().succeeded();
}
