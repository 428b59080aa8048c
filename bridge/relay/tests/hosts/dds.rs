//! A robot on DDS: Cyclone DDS by its own Python package, behind zenoh's published plugin for ROS 2 over DDS, which `vcdds`
//! (`bridge/dds`) is made of.

use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::harness::{Program, Random, Running, seed, until};

use crate::peers::Python;
use crate::rig::{Host, Listener, Talker, built_apart, free_address};

static CYCLONE: Python = Python::with("cyclone", &["cyclonedds==11.0.1"]);

/// DDS over loopback alone, and without multicast, which not every machine has.
const LOOPBACK: &str = "<CycloneDDS><Domain><General><Interfaces><NetworkInterface name='lo'/></Interfaces>\
    <AllowMulticast>false</AllowMulticast><MaxMessageSize>65000B</MaxMessageSize></General><Discovery>\
    <ParticipantIndex>auto</ParticipantIndex><Peers><Peer address='127.0.0.1'/></Peers></Discovery></Domain></CycloneDDS>";

/// A host whose relay speaks with bridges, and beside it a robot with a bridge.
struct World {
    host: Host,
    bridge: Running,
    /// The robot's domain on DDS.
    domain: String,
}

impl World {
    fn new() -> Option<Self> {
        let (vcdds, address) = (built_apart("dds", "vcdds", " (needs cmake)")?, free_address());
        CYCLONE.script("dds_peer.py")?;
        let host = Host::new(&format!("--dds --listen {address}"));
        // Domains on DDS are port numbers: few. Another test beside this one shall have another.
        let domain = (1 + Random::new(seed() ^ u64::from(host.relay().pid())).below(90)).to_string();
        let bridge = Program::at(vcdds).args(&format!("--connect {address} --domain {domain}"));
        let bridge = bridge.env("CYCLONEDDS_URI", LOOPBACK).env("ROS_DISTRO", "jazzy").start();
        Some(Self { host, bridge, domain })
    }

    /// A node of the robot.
    fn robot(&self, line: &str) -> Running {
        let (verb, profile) = line.split_once(' ').unwrap_or((line, "reliable"));
        let robot = CYCLONE.script("dds_peer.py").unwrap().arg(verb).arg(&self.domain).arg(profile);
        robot.env("CYCLONEDDS_URI", LOOPBACK).start()
    }

    fn end(self) {
        self.bridge.kill();
        self.host.end();
    }
}

#[test]
fn a_robot_on_dds_is_heard() {
    // On DDS its rules hold: who asks for reliable does not hear what is best effort.
    for (profile, qos) in [("reliable", Qos::DEFAULT), ("best_effort", Qos::SENSOR_DATA.keep_last(10))] {
        let Some(world) = World::new() else { return };
        let mut listener = Listener::<UInt64>::new(&world.host, "count", qos);
        let robot = world.robot(&format!("say {profile}"));
        listener.hear_a_row(profile);
        robot.kill();
        drop(listener);
        world.end();
    }
}

#[test]
fn a_robot_on_dds_hears_our_node() {
    for profile in ["reliable", "best_effort"] {
        let Some(world) = World::new() else { return };
        let talker = Talker::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
        let robot = world.robot(&format!("hear {profile}"));
        let mut number = 0;
        until("the robot hears", || {
            number += 1;
            talker.publisher.publish(&UInt64 { data: number }).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(10));
            robot.lines().iter().filter(|line| line.starts_with("heard ")).count() > 20
        });
        robot.kill();
        drop(talker);
        world.end();
    }
}

#[test]
fn what_a_robot_on_dds_keeps_reaches_a_late_node_of_ours() {
    let Some(world) = World::new() else { return };
    let robot = world.robot("say-kept");
    robot.output("of saying", |line| (line == "saying").then_some(()));

    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::LATCHED);

    assert_eq!(listener.hear().data, 7);
    robot.kill();
    drop(listener);
    world.end();
}

#[test]
fn what_our_node_keeps_reaches_a_late_robot_on_dds() {
    let Some(world) = World::new() else { return };
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::LATCHED);
    talker.publisher.publish(&UInt64 { data: 8 }).unwrap();

    let robot = world.robot("hear-kept");

    robot.output("of what was kept", |line| (line == "heard 8").then_some(()));
    robot.kill();
    drop(talker);
    world.end();
}

#[test]
fn ten_megabytes_cross_whole_both_ways() {
    const BYTES: usize = 10_000_000;
    let Some(world) = World::new() else { return };
    let data: Vec<u8> = (0..BYTES).map(|at| (at % 251).to_le_bytes()[0]).collect();
    let mut listener = Listener::<Image>::new(&world.host, "/large", Qos::DEFAULT);
    let robot = world.robot("say-large");
    assert!(listener.hear().data == data, "another picture than was sent");
    robot.kill();
    drop(listener);

    let talker = Talker::<Image>::new(&world.host, "/large", Qos::DEFAULT);
    let robot = world.robot("hear-large");
    let sum: u64 = data.iter().zip(0..).map(|(byte, at)| u64::from(*byte) * at).sum();
    let (told, image) = (format!("heard {BYTES} {sum}"), Image { data, ..Image::default() });
    until("the picture is heard whole", || {
        talker.publisher.publish(&image).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(500));
        robot.lines().contains(&told)
    });
    robot.kill();
    drop(talker);
    world.end();
}

/// The other way round the bridge has a way for our type already, and says nothing of another one.
#[test]
fn a_topic_that_a_robot_on_dds_has_with_another_type_is_told() {
    let Some(world) = World::new() else { return };
    let robot = world.robot("say-text");
    until("the relay knows the robot's topic", || {
        let there = &world.host.status()["topics_there"];
        there.as_array().is_some_and(|topics| topics.iter().any(|topic| topic == "/count"))
    });

    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);

    let told = "topic `/count`: `/listener` here expects `std_msgs/msg/UInt64`";
    world.host.relay().error("of the mismatch", |line| line.contains(told).then_some(()));
    assert!(listener.subscriber.take().unwrap().is_none());
    robot.kill();
    drop(listener);
    world.end();
}
