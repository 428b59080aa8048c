//! The lines of our list of what a speaker of `rmw_zenoh`'s wire must do, those that need a network. All lines, with where
//! each is proven, stand in `bridge/README.md`.

use serde_json::Value;
use vc::prelude::*;
use vc_msgs::std_msgs::msg::{String as Text, UInt64};
use vc_tests::harness::{Program, TestDomain, until};

use crate::interop::{World, assert_a_row_is_heard, peer};
use crate::rig::{Host, Listener, free_address};

/// What the relay of a host knows.
fn status(domain: &TestDomain) -> Value {
    let told = Program::new("vcbridge").domain(domain).args("doctor --json").run().succeeded();
    serde_json::from_str(&told.stdout).unwrap()
}

#[test]
fn a_gap_in_a_publishers_count_is_counted() {
    let Some(world) = World::new() else { return };
    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let peer = world.peer("say-gaps");

    let heard: Vec<u64> = (0..30).map(|_| listener.hear().data % 5).collect();

    assert!(heard.iter().all(|number| ![3, 4].contains(number)), "{heard:?}");
    let status = status(&world.host.domain);
    let topic = &status["topics"][0];
    let lost = topic["losses"]["lost before it came here"].as_u64().unwrap();
    let came = topic["samples"].as_u64().unwrap();
    // Two of five; the first ones may have been said before we listened.
    assert!((came / 3 * 2).abs_diff(lost / 2 * 2) <= 4, "{lost} lost of {came} that came");
    peer.kill();
    drop(listener);
    world.host.end();
}

#[test]
fn ten_megabytes_arrive_under_drop_and_block() {
    let Some(world) = World::new() else { return };
    let mut listener = Listener::<Text>::new(&world.host, "text", Qos::DEFAULT);
    let peer = world.peer("say-large");

    // Drop gives up where the link is slow; the peer says both by turns, so three are of either kind.
    for _ in 0..3 {
        let text = listener.hear().data;
        assert!(text.len() == 10_000_000 && text.bytes().all(|byte| byte == b'x'));
    }

    peer.kill();
    drop(listener);
    world.host.end();
}

#[test]
fn five_hundred_tokens_of_one_session_are_seen_and_gone_with_it() {
    let Some(world) = World::new() else { return };
    let peer = world.peer("show-many");
    let seen = || status(&world.host.domain)["topics_there"].as_array().map_or(0, Vec::len);

    until("all are seen", || seen() == 500);
    peer.kill();
    until("none is seen", || seen() == 0);

    world.host.end();
}

#[test]
fn the_token_of_a_killed_node_is_removed() {
    let Some(world) = World::new() else { return };
    let node = Program::new("counting_talker").domain(&world.host.domain).start();
    let peer = world.peer("hear");
    let token = |verb: &str, kind: &str| {
        let begin = format!("{verb} {kind} counting_talker");
        peer.output(&begin, |line| line.starts_with(&begin).then_some(()));
    };
    token("shows", "NN");
    token("shows", "MP");

    node.kill();

    token("hides", "MP");
    token("hides", "NN");
    peer.kill();
    world.host.end();
}

/// A client of the relay, and a peer, which is what ROS 2's nodes are.
#[test]
fn a_router_joins_clients_and_peers() {
    for mode in ["client", "peer"] {
        let Some(world) = World::new() else { return };
        let listener = world.peer("hear");
        let talker = peer("say", &world.address, &world.host.domain).unwrap().env("PEER_MODE", mode).start();

        assert_a_row_is_heard(&listener);

        talker.kill();
        listener.kill();
        world.host.end();
    }
}

/// The relay is the client of another router, as of `rmw_zenohd`; so is the ROS 2 node.
#[test]
fn as_a_client_the_relay_reaches_whom_the_router_reaches() {
    for mode in ["client", "peer"] {
        let (address, domain) = (free_address(), TestDomain::new());
        let Some(router) = peer("route", &address, &domain) else { return };
        let router = router.start();
        router.output("of routing", |line| (line == "routing").then_some(()));
        let host = Host::new(&format!("--client --connect {address} --wire-domain {}", domain.variable()));
        let mut listener = Listener::<UInt64>::new(&host, "count", Qos::DEFAULT);
        let talker = peer("say", &address, &domain).unwrap().env("PEER_MODE", mode).start();

        let first = listener.hear().data;
        assert!(listener.hear().data > first);

        talker.kill();
        router.kill();
        drop(listener);
        host.end();
    }
}

#[test]
fn what_was_shown_is_shown_again_after_the_routers_restart() {
    let (address, domain) = (free_address(), TestDomain::new());
    let Some(router) = peer("route", &address, &domain) else { return };
    let mut router = router.start();
    router.output("of routing", |line| (line == "routing").then_some(()));
    let host = Host::new(&format!("--client --connect {address} --wire-domain {}", domain.variable()));
    let mut listener = Listener::<UInt64>::new(&host, "count", Qos::DEFAULT);
    for _ in 0..2 {
        let talker = peer("say", &address, &domain).unwrap().start();
        let first = listener.hear().data;
        assert!(listener.hear().data > first);
        talker.kill();
        router.kill();
        router = peer("route", &address, &domain).unwrap().start();
        router.output("of routing", |line| (line == "routing").then_some(()));
        while listener.subscriber.take().unwrap().is_some() {}
    }
    router.kill();
    drop(listener);
    host.end();
}
