//! What a node says to its supervisor, in the words of `sd_notify`.

use std::time::Duration;

use vc_tests::harness::{NotifySocket, Program, Running, Signal, TestDomain};

/// The supervisor wants a sign of life this often.
const PERIOD: Duration = Duration::from_millis(200);
/// Five periods without a sign is silence.
const SILENCE: Duration = Duration::from_secs(1);

fn watched(socket: &NotifySocket, program: &str, domain: &TestDomain) -> Running {
    let program = socket.given_to(Program::new(program)).domain(domain);
    program.env("WATCHDOG_USEC", PERIOD.as_micros().to_string()).start()
}

#[test]
fn a_node_says_that_it_is_ready_alive_and_stopping() {
    let (domain, socket) = (TestDomain::new(), NotifySocket::new());
    let node = watched(&socket, "idle_with_ten_topics", &domain);

    socket.wait_for("READY=1");
    for _ in 0..5 {
        socket.wait_for("WATCHDOG=1");
    }
    node.signal(Signal::TERM);
    socket.wait_for("STOPPING=1");

    node.wait().succeeded();
}

#[test]
fn readiness_comes_when_the_ports_are_open() {
    let (domain, socket) = (TestDomain::new(), NotifySocket::new());

    let node = watched(&socket, "never_ready", &domain);
    let said = socket.next_within(SILENCE);

    assert_eq!(said, None, "it has a port, and is not ready");
    node.signal(Signal::TERM);
    node.wait().succeeded();
}

#[test]
fn a_node_that_hangs_gives_no_more_signs_of_life() {
    let (domain, socket) = (TestDomain::new(), NotifySocket::new());
    let node = watched(&socket, "hangs_in_callback", &domain);
    socket.wait_for("READY=1");
    socket.wait_for("WATCHDOG=1");

    let talker = Program::new("counting_talker").domain(&domain).start();
    node.output("of hanging", |line| (line == "hanging").then_some(()));
    // What it said before is still read; then there is silence.
    while socket.next_within(SILENCE).is_some() {}

    talker.signal(Signal::TERM);
    talker.wait().succeeded();
    node.kill();
    domain.domain().remove_dead_nodes().unwrap();
}

#[test]
fn without_a_supervisor_nothing_is_missing() {
    let domain = TestDomain::new();

    let talker = Program::new("counting_talker").domain(&domain).env("NOTIFY_SOCKET", "/no/such/socket");
    let seen = talker.args("--ros-args -p last:=3").run().succeeded();

    assert!(seen.stderr.contains("cannot reach the supervisor"), "{seen}");
}
