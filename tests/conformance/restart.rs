//! Either side may go and come again, however it went, and the other needs to do nothing.

use vc_msgs::std_msgs::msg::{UInt8MultiArray, UInt64};

use super::Isolated;
use crate::harness::{Program, Running};

fn child(world: &impl Isolated, program: &str) -> Program {
    Program::new(program).env("ROS_DOMAIN_ID", world.writing().id().to_string())
}

fn talker(world: &impl Isolated) -> Running {
    child(world, "counting_talker").args("--ros-args -p rate:=1000.0").start()
}

pub fn a_publisher_that_comes_again_is_heard<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");

    for data in 1..=20 {
        let writer = world.writer::<UInt64>("count");
        writer.publish(&UInt64 { data }).unwrap();
        assert_eq!(reader.next().view().unwrap().data(), data);
    }

    assert_eq!(reader.received_and_lost(), (20, 0), "each is a publisher of its own");
}

pub fn a_subscriber_that_comes_again_hears<W: Isolated>() {
    let world = W::isolated();
    let writer = world.writer::<UInt64>("count");

    for data in 1..=20 {
        let mut reader = world.reader::<UInt64>("count");
        writer.publish(&UInt64 { data }).unwrap();
        assert_eq!(reader.next_sequences(1), [data]);
    }
}

/// More often than there is room for publishers on a topic: dead ones must not count.
pub fn a_publisher_killed_many_times_is_heard_again<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");
    let mut known = Vec::new();

    for _ in 0..vc::topic::MAX_PUBLISHERS + 2 {
        let talker = talker(&world);
        let mut sample = reader.next();
        while known.contains(&sample.envelope().publisher()) {
            sample = reader.next();
        }
        known.push(sample.envelope().publisher());
        talker.kill();
    }
}

pub fn what_was_sent_last_arrives_though_the_publisher_has_left<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");

    for bytes in [0, 1000, 100_000, 8_000_000] {
        let program = child(&world, "sends_one_and_leaves");
        let program = program.args("--ros-args -p").arg(format!("bytes:={bytes}")).start();
        let sample = reader.next();
        program.wait().succeeded();
        let view = sample.view().unwrap();
        assert_eq!(view.data().len(), bytes);
        assert!(view.data().iter().all(|byte| *byte == 7));
    }
}

pub fn a_sample_outlives_its_publisher<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");
    let first = world.writer::<UInt8MultiArray>("data");
    first.publish(&UInt8MultiArray { data: vec![7; 10_000], ..Default::default() }).unwrap();
    let sample = reader.next();

    drop(first);
    let second = world.writer::<UInt8MultiArray>("data");
    second.publish(&UInt8MultiArray { data: vec![8; 10_000], ..Default::default() }).unwrap();

    assert_eq!(reader.next().view().unwrap().data()[0], 8);
    assert!(sample.view().unwrap().data().iter().all(|byte| *byte == 7));
}
