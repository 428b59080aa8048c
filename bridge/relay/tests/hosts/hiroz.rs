//! A ROS 2 node made with the crate `hiroz`, zenoh's own ROS 2 in Rust: `vchiroz` (`bridge/hiroz`).

use std::path::PathBuf;

use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::harness::{Program, Running, until};

use crate::interop::{assert_a_row_is_heard, say_until_heard};
use crate::rig::{Host, Listener, Talker, built_apart, free_address};

/// A relay, and ROS 2 nodes that are its clients.
struct World {
    vchiroz: PathBuf,
    host: Host,
    address: String,
}

impl World {
    /// None, and a line that says so, where `vchiroz` is not built.
    fn new() -> Option<Self> {
        let (vchiroz, address) = (built_apart("hiroz", "vchiroz", "")?, free_address());
        Some(Self { vchiroz, host: Host::new(&format!("--listen {address}")), address })
    }

    fn node(&self, verb: &str) -> Running {
        let program = Program::at(&self.vchiroz);
        program.arg(verb).arg(&self.address).arg(self.host.domain.variable()).start()
    }
}

#[test]
fn it_is_heard() {
    let Some(world) = World::new() else { return };
    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let node = world.node("say");

    listener.hear_a_row("say");
    node.kill();
    drop(listener);
    world.host.end();
}

#[test]
fn it_hears_our_node_and_its_like_through_our_relay() {
    let Some(world) = World::new() else { return };
    let node = world.node("hear");
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    say_until_heard(&talker, &node, "it hears our node");
    drop(talker);
    node.kill();

    let (listener, talker) = (world.node("hear"), world.node("say"));
    assert_a_row_is_heard(&listener);

    talker.kill();
    listener.kill();
    world.host.end();
}

#[test]
fn what_our_node_keeps_reaches_it_late() {
    let Some(world) = World::new() else { return };
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::LATCHED);
    talker.publisher.publish(&UInt64 { data: 7 }).unwrap();

    let late = world.node("fetch");
    late.output("of what was kept", |line| (line == "heard 7").then_some(()));

    late.kill();
    drop(talker);
    world.host.end();
}

#[test]
fn what_it_keeps_reaches_a_late_node_of_ours() {
    let Some(world) = World::new() else { return };
    let keeps = world.node("keep");
    keeps.output("of keeping", |line| (line == "kept").then_some(()));

    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::LATCHED.keep_last(5));

    assert_eq!([(); 5].map(|()| listener.hear().data), [1, 2, 3, 4, 5]);
    keeps.kill();
    drop(listener);
    world.host.end();
}

#[test]
fn its_other_type_is_told() {
    let Some(world) = World::new() else { return };
    let listener = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let node = world.node("mistake");

    until("the mismatch is told", || {
        let doctor = Program::new("vcbridge").domain(&world.host.domain).args("doctor").run();
        doctor.stdout.contains("expects `std_msgs/msg/UInt64`")
            && doctor.stdout.contains("`std_msgs/msg/Int16`")
    });

    node.kill();
    drop(listener);
    world.host.end();
}
