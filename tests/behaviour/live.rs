//! Parameters that change while their node runs, over its socket: by well-behaved clients and by others.

use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv, send,
    socket_with, sockopt,
};
use vc::live::client::{Remote, nodes};
use vc::live::{LONGEST_PACKET, RemoteError};
use vc_tests::harness::{NotifySocket, Program, Running, Signal, TestDomain, until};
use vc_words::{Manifest, ParameterValue};

fn remote(domain: &TestDomain, name: &str) -> Option<Remote> {
    let found = nodes(domain.domain()).unwrap().into_iter();
    found.filter(|(node, _)| node.to_string() == name).find_map(|(_, remote)| remote.ok())
}

/// Starts a node and waits until it can be asked.
fn started(program: &str, domain: &TestDomain) -> (Running, Remote) {
    let node = Program::new(program).domain(domain).start();
    let name = format!("/{program}");
    until("the node can be asked", || remote(domain, &name).is_some());
    let remote = remote(domain, &name).unwrap();
    (node, remote)
}

fn refusal(result: Result<(), RemoteError>) -> String {
    match result {
        Err(RemoteError::Value(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn line(wanted: &str) -> impl Fn(&str) -> Option<()> {
    move |line| (line == wanted).then_some(())
}

#[test]
fn a_node_hears_of_each_change() {
    let domain = TestDomain::new();
    let (node, remote) = started("tells_its_changes", &domain);

    remote.set("gain", ParameterValue::Integer(1)).unwrap();
    remote.set("rate", ParameterValue::Double(200.0)).unwrap();
    node.output("of the rate", line("rate 200"));
    node.output("of a timer at the new rate", line("tick 50"));
    remote.set("gain", ParameterValue::Integer(7)).unwrap();
    node.output("of the gain", line("gain 7"));

    assert_eq!(refusal(remote.set("gain", ParameterValue::Integer(8))), "parameter `gain`: 8 is even");
    let more = refusal(remote.set("gain", ParameterValue::Integer(201)));
    assert_eq!(more, "parameter `gain`: 201 is more than the rate, 200");
    assert_eq!(remote.get("gain").unwrap(), ParameterValue::Integer(7));
    assert!(!node.lines().contains(&"gain 1".to_owned()), "what stayed the same is no change");
    node.signal(Signal::TERM);
    node.wait().succeeded();
    assert!(matches!(remote.get("gain"), Err(RemoteError::Gone)));
}

#[test]
fn a_condition_holds_for_the_first_value_too() {
    let domain = TestDomain::new();
    let args = "--ros-args -p gain:=2";

    let ended = Program::new("tells_its_changes").domain(&domain).args(args).run();

    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("parameter `gain`: 2 is even"), "{ended}");
}

#[test]
fn a_node_with_a_loop_of_its_own_can_be_asked_and_set() {
    let domain = TestDomain::new();
    let (node, remote) = started("loops_by_itself", &domain);

    remote.set("word", ParameterValue::String("new".to_owned())).unwrap();

    let line = "--ros-args -r count:=number -p rate:=200 -p last:=3";
    Program::new("counting_talker").domain(&domain).args(line).run().succeeded();
    node.output("with the new word", |line| line.starts_with("new ").then_some(()));
    node.signal(Signal::TERM);
    let ended = node.wait().succeeded();
    assert!(!ended.stdout.contains("old"), "{ended}");
}

#[test]
fn nodes_of_one_name_and_of_very_long_names_are_found() {
    let domain = TestDomain::new();
    let (node, _) = started("tells_its_changes", &domain);
    let long = format!("/{}", ["a_namespace_that_is_long"; 6].join("/"));
    let start = |args: String| Program::new("tells_its_changes").domain(&domain).args(&args).start();
    let twin = start(String::new());
    let distant = start(format!("--ros-args -r __ns:={long}"));

    let found = || nodes(domain.domain()).unwrap().into_iter().map(|(name, _)| name.to_string());
    until("all three are found", || found().count() == 3);

    let mut names: Vec<String> = found().collect();
    names.sort();
    assert_eq!(
        names,
        [format!("{long}/tells_its_changes"), "/tells_its_changes".into(), "/tells_its_changes".into()]
    );
    for node in [node, twin, distant] {
        node.kill();
    }
    assert_eq!(found().count(), 0, "a killed node leaves no socket");
    domain.domain().remove_dead_nodes().unwrap();
}

/// A client that may do as it likes.
fn stranger(domain: &TestDomain, node: &str) -> OwnedFd {
    let name = domain.domain().folder().file_name().unwrap().to_str().unwrap().to_owned() + node;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
    sockopt::set_socket_send_buffer_size(&socket, 4 * LONGEST_PACKET).unwrap();
    connect(&socket, &SocketAddrUnix::new_abstract_name(name.as_bytes()).unwrap()).unwrap();
    socket
}

#[test]
fn whatever_clients_send_a_node_answers_the_next_one() {
    let domain = TestDomain::new();
    let (node, remote) = started("tells_its_changes", &domain);
    let packets: [&[u8]; 6] = [
        b"x",
        &[0xff; 64],
        &[4, 0, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff],
        &[5; 10_000],
        &[1, 0, 0, 0],
        &[5, 0, 0, 0, 9],
    ];

    for packet in packets {
        let client = stranger(&domain, "/tells_its_changes");
        send(&client, packet, SendFlags::NOSIGNAL).unwrap();
        let mut answer = [0; 256];
        let (len, _) = recv(&client, &mut answer, RecvFlags::empty()).unwrap();
        assert_eq!(answer[..4], [1, 0, 0, 0], "{:?} is told that it is not understood", &packet[..1]);
        assert!(len > 10, "and why");
    }
    let client = stranger(&domain, "/tells_its_changes");
    send(&client, &vec![5; LONGEST_PACKET + 1], SendFlags::NOSIGNAL).unwrap();
    let gone = recv(&client, &mut [0; 256], RecvFlags::empty()).map(|read| read.0);
    assert!(matches!(gone, Ok(0) | Err(Errno::CONNRESET)), "too long: let go, not {gone:?}");

    assert_eq!(remote.get("gain").unwrap(), ParameterValue::Integer(1));
    node.signal(Signal::TERM);
    node.wait().succeeded();
}

#[test]
fn clients_that_hang_hold_up_nobody() {
    let domain = TestDomain::new();
    let (node, _) = started("tells_its_changes", &domain);

    // Some say nothing; one asks again and again and never listens.
    let silent: Vec<OwnedFd> = (0..40).map(|_| stranger(&domain, "/tells_its_changes")).collect();
    let deaf = stranger(&domain, "/tells_its_changes");
    let list = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    until("the deaf one is let go", || {
        send(&deaf, &list, SendFlags::NOSIGNAL | SendFlags::DONTWAIT).is_err_and(|errno| errno == Errno::PIPE)
    });

    let latest = remote(&domain, "/tells_its_changes").unwrap();
    latest.set("gain", ParameterValue::Integer(-3)).unwrap();
    node.output("of the gain", line("gain -3"));
    drop(silent);
    node.signal(Signal::TERM);
    node.wait().succeeded();
}

#[test]
fn a_stopped_node_is_told_from_an_absent_one() {
    let domain = TestDomain::new();
    let (node, _) = started("tells_its_changes", &domain);
    let (other, _) = started("loops_by_itself", &domain);
    node.signal(Signal::STOP);

    let list = Program::new("vclaunch").domain(&domain).args("param list").run();

    node.signal(Signal::CONT);
    assert_eq!(list.code, Some(76), "{list}");
    assert!(list.stderr.contains("`/tells_its_changes`: the node does not answer"), "{list}");
    assert!(list.stdout.contains("/loops_by_itself"), "the others are shown: {list}");
    for node in [node, other] {
        node.signal(Signal::TERM);
        node.wait().succeeded();
    }
}

#[test]
fn blocks_are_live_where_their_manifests_say_so() {
    let domain = TestDomain::new();
    for (program, args) in [("edge_detector", ""), ("camera", ""), ("screen", "--ros-args -p view:=none")] {
        let socket = NotifySocket::new();
        let manifest = Program::new(program).args("--describe").run().succeeded();
        let manifest = Manifest::from_json(&manifest.stdout).unwrap();
        let node = socket.given_to(Program::new(program)).domain(&domain).args(args).start();
        socket.wait_for("READY=1");
        let remote = remote(&domain, &format!("/{program}")).unwrap();

        for declared in &manifest.parameters {
            let described = remote.describe(&declared.name).unwrap();
            assert_eq!(described.read_only, !declared.live, "{program}: {}", declared.name);
        }
        node.signal(Signal::TERM);
        node.wait().succeeded();
    }
}
