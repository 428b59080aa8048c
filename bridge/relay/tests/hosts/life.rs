//! How relays begin and end.

use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::harness::{Program, Signal, TestDomain};

use crate::rig::{Listener, Talker, free_address, join, pair};

#[test]
fn a_second_relay_of_a_domain_says_so() {
    let domain = TestDomain::new();
    let line = format!("--listen {}", free_address());
    let first = Program::new("vcbridge").domain(&domain).args(&line).start();
    first.error("of relaying", |line| line.contains("relays as router").then_some(()));

    let second = Program::new("vcbridge").domain(&domain).args(&line).run();

    assert_eq!(second.code, Some(1), "{second}");
    assert!(second.stderr.contains("serves domain") && second.stderr.contains("already"), "{second}");
    first.signal(Signal::TERM);
    first.wait().succeeded();
}

#[test]
fn where_a_router_is_the_relay_is_its_client() {
    let line = format!("--listen {}", free_address());
    let domains = [TestDomain::new(), TestDomain::new()];
    let start = |domain| Program::new("vcbridge").domain(domain).args(&line).start();
    let router = start(&domains[0]);
    router.error("of relaying", |line| line.contains("relays as router").then_some(()));
    let client = start(&domains[1]);
    client.error("of relaying", |line| line.contains("relays as client of").then_some(()));

    for relay in [client, router] {
        relay.signal(Signal::INT);
        relay.wait().succeeded();
    }
}

#[test]
fn a_killed_relay_that_is_started_again_relays_again_and_no_node_has_ended() {
    let (mut one, mut other) = pair();
    let talker = Talker::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let mut listener = Listener::<UInt64>::new(&other, "count", Qos::DEFAULT);
    join(&talker, &mut listener);

    for _ in 0..3 {
        other.kill();
        other.start();
        let began = std::time::Instant::now();
        join(&talker, &mut listener);
        println!("flows again {:?} after the restart of the subscriber's relay", began.elapsed());
    }
    one.kill();
    one.start();
    let began = std::time::Instant::now();
    join(&talker, &mut listener);
    println!("flows again {:?} after the restart of the publisher's relay", began.elapsed());

    drop((talker, listener));
    one.end();
    other.end();
}

#[test]
fn mistakes_say_what_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.yaml");
    std::fs::write(&file, "listen: [tcp/127.0.0.1:1]\nout:\n  denny: [/a]\n").unwrap();
    let file = file.display();
    for (line, told) in [
        (format!("--config {file}"), "relay.yaml: 3:3: there is no setting `denny`; did you mean `deny`?"),
        ("--config /no/such/file.yaml".to_owned(), "settings of /no/such/file.yaml: No such file"),
        ("--deny-out camera".to_owned(), "`camera` matches no topic: write it as"),
        ("--listen 10.0.0.2".to_owned(), "`10.0.0.2` is no address"),
        ("doctor".to_owned(), "no relay serves domain"),
    ] {
        let domain = TestDomain::new();
        let ended = Program::new("vcbridge").domain(&domain).args(&line).run();
        assert_eq!(ended.code, Some(1), "{line}: {ended}");
        assert!(ended.stderr.contains(told), "{line}: {ended}");
        assert_eq!(ended.stdout, "", "{line}");
    }
}
