//! Software of others that is not ours to choose: zenoh-ros2-sdk, a second implementation of `rmw_zenoh`'s wire, whose types
//! and CDR are rosbags'; and zenoh of another version.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::harness::{Program, Running, Signal, TestDomain, python_with, until};

use crate::rig::{Host, Listener, Talker, free_address, join};

/// An interpreter with packages, made once; none, and a line that says so, without the package index.
pub(crate) struct Python {
    name: &'static str,
    packages: &'static [&'static str],
    made: OnceLock<Result<PathBuf, String>>,
}

impl Python {
    pub(crate) const fn with(name: &'static str, packages: &'static [&'static str]) -> Self {
        Self { name, packages, made: OnceLock::new() }
    }

    /// A script of this folder, about to be started.
    pub(crate) fn script(&self, script: &str) -> Option<Program> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let made = self.made.get_or_init(|| python_with(folder, self.name, self.packages));
        let python =
            made.as_ref().inspect_err(|why| println!("SKIPPED: no {:?}: {why}", self.packages)).ok()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hosts").join(script);
        // A peer that is killed must leave nothing in shared memory.
        let override_ = "transport/shared_memory/enabled=false";
        Some(Program::at(python).arg(script).env("ZENOH_CONFIG_OVERRIDE", override_))
    }
}

static SDK: Python = Python::with("sdk", &["zenoh-ros2-sdk==0.1.8"]);
/// The version in ROS 2 Jazzy's and Kilted's `rmw_zenoh`.
static OLD: Python = Python::with("old-zenoh", &["eclipse-zenoh==1.6.2"]);

/// The profiles of ROS 2: default, sensor data, `/tf_static`, system default, keep all, `/rosout`, with a deadline.
const PROFILES: [&str; 7] = [
    "::,10:,:,:,,",
    "2::,5:,:,:,,",
    ":1:,1:,:,:,,",
    "::,:,:,:,,",
    "::2,:,:,:,,",
    ":1:,1000:,:10,0:,,",
    "::,10:0,100000000:,:,,",
];
/// Ours.
const OURS: [Qos; 3] = [Qos::DEFAULT, Qos::SENSOR_DATA, Qos::LATCHED];

/// A host, and where its relay listens.
pub(crate) struct World {
    pub(crate) host: Host,
    address: String,
}

impl World {
    /// One, if the peers for it are to be had: else nothing is begun.
    fn with(peers: &Python) -> Option<Self> {
        peers.script("")?;
        let address = free_address();
        Some(Self { host: Host::new(&format!("--listen {address}")), address })
    }

    pub(crate) fn new() -> Option<Self> {
        Self::with(&SDK)
    }

    /// A node of zenoh-ros2-sdk, a client of the relay.
    pub(crate) fn sdk(&self, verb: &str, rest: &[&str]) -> Option<Running> {
        let peer = SDK.script("sdk_peer.py")?.arg(verb).arg(&self.address).arg(self.host.domain.variable());
        Some(rest.iter().fold(peer, Program::arg).start())
    }
}

#[test]
fn nodes_of_zenoh_ros2_sdk_are_heard_whatever_their_profile_and_ours() {
    let Some(world) = World::new() else { return };
    let mut listeners: Vec<Vec<Listener<UInt64>>> = (0..PROFILES.len())
        .map(|at| OURS.map(|qos| Listener::new(&world.host, &format!("/from_{at}"), qos)).into())
        .collect();
    let Some(peer) = world.sdk("say-profiles", &PROFILES) else { return };

    for (profile, listeners) in PROFILES.iter().zip(&mut listeners) {
        for (qos, listener) in OURS.iter().zip(listeners) {
            let mut last = listener.hear().data;
            for _ in 0..5 {
                let heard = listener.hear().data;
                // Whoever has a queue of one hears the newest only.
                assert!(heard > last, "{profile} {qos:?}: {heard} after {last}");
                last = heard;
            }
        }
    }

    peer.kill();
    drop(listeners);
    world.host.end();
}

#[test]
fn nodes_of_zenoh_ros2_sdk_hear_ours_whatever_their_profile_and_ours() {
    let Some(world) = World::new() else { return };
    let Some(peer) = world.sdk("hear-profiles", &PROFILES) else { return };
    for qos in OURS {
        let talkers: Vec<Talker<UInt64>> =
            (0..PROFILES.len()).map(|at| Talker::new(&world.host, &format!("/to_{at}"), qos)).collect();
        let before = peer.lines().len();
        let mut number = 0;
        until("each profile is heard", || {
            number += 1;
            for talker in &talkers {
                talker.publisher.publish(&UInt64 { data: number }).unwrap();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            let lines = peer.lines();
            let heard = |at| lines[before..].iter().any(|line| line.starts_with(&format!("heard /to_{at} ")));
            (0..PROFILES.len()).all(heard)
        });
    }
    peer.kill();
    world.host.end();
}

#[test]
fn ten_megabytes_cross_whole_both_ways() {
    const BYTES: usize = 10_000_000;
    let Some(world) = World::new() else { return };
    let byte = |at: usize| (at % 251).to_le_bytes()[0];
    let mut listener = Listener::<Image>::new(&world.host, "/large", Qos::DEFAULT);
    let Some(says) = world.sdk("say-large", &[&BYTES.to_string()]) else { return };

    let image = listener.hear();

    assert_eq!((image.header.frame_id.as_str(), image.encoding.as_str()), ("large", "mono8"));
    assert!(image.data.iter().copied().eq((0..BYTES).map(byte)), "another picture than was sent");
    says.kill();
    drop(listener);

    let talker = Talker::<Image>::new(&world.host, "/large", Qos::DEFAULT);
    let data: Vec<u8> = (0..BYTES).map(|at| byte(at + 1)).collect();
    let sum: u64 = data.iter().zip(0..).map(|(byte, at)| u64::from(*byte) * at).sum();
    let hears = world.sdk("hear-large", &[]).unwrap();
    let image = Image { height: 1, width: 10_000_000, encoding: "mono8".into(), data, ..Image::default() };
    let told = format!("heard {BYTES} {sum}");
    until("the picture is heard whole", || {
        talker.publisher.publish(&image).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        hears.lines().contains(&told)
    });

    hears.kill();
    drop(talker);
    world.host.end();
}

#[test]
fn a_node_of_zenoh_ros2_sdk_that_joins_late_gets_what_ours_kept() {
    let Some(world) = World::new() else { return };
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::LATCHED);
    talker.publisher.publish(&UInt64 { data: 7 }).unwrap();
    let Some(peer) = world.sdk("hear-kept", &[]) else { return };

    peer.output("of what was kept", |line| (line == "heard 7").then_some(()));

    peer.kill();
    drop(talker);
    world.host.end();
}

#[test]
fn a_node_of_zenoh_ros2_sdk_with_another_type_is_told() {
    let Some(world) = World::new() else { return };
    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let Some(peer) = world.sdk("say-text", &[]) else { return };

    let told = "topic `/count`: `/listener` here expects `std_msgs/msg/UInt64`, but `/sdk_count` of session";
    world.host.relay().error("of the mismatch", |line| line.contains(told).then_some(()));

    assert!(listener.subscriber.take().unwrap().is_none());
    peer.kill();
    drop(listener);
    world.host.end();
}

/// Starts a router of the older zenoh.
fn old_router(address: &str) -> Option<Running> {
    let router = OLD.script("old_zenoh.py")?.args("route").arg(address).start();
    router.output("of routing", |line| (line == "routes").then_some(()));
    Some(router)
}

#[test]
fn relays_meet_through_a_router_of_an_older_zenoh_and_again_when_it_begins_anew() {
    let (address, wire) = (free_address(), TestDomain::new().variable());
    let Some(router) = old_router(&address) else { return };
    let line = format!("--client --connect {address} --wire-domain {wire}");
    let (one, other) = (Host::new(&line), Host::new(&line));
    let talker = Talker::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let mut listener = Listener::<UInt64>::new(&other, "count", Qos::DEFAULT);
    join(&talker, &mut listener);
    let keeper = Talker::<UInt64>::new(&one, "kept", Qos::LATCHED);
    keeper.publisher.publish(&UInt64 { data: 7 }).unwrap();
    assert_eq!(Listener::<UInt64>::new(&other, "kept", Qos::LATCHED).hear().data, 7);

    router.kill();
    let router = old_router(&address).unwrap();
    join(&talker, &mut listener);

    drop((talker, keeper, listener));
    one.end();
    other.end();
    router.signal(Signal::KILL);
}

#[test]
fn nodes_of_an_older_zenoh_are_heard_and_hear() {
    let Some(world) = World::with(&OLD) else { return };
    let start = |verb: &str| {
        let peer =
            OLD.script("old_zenoh.py")?.arg(verb).arg(&world.address).arg(world.host.domain.variable());
        Some(peer.start())
    };
    let Some(says) = start("say") else { return };
    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::LATCHED.keep_last(10));
    let first = listener.hear().data;
    for number in first + 1..first + 20 {
        assert_eq!(listener.hear().data, number);
    }
    says.kill();
    drop(listener);

    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::LATCHED);
    talker.publisher.publish(&UInt64 { data: 7 }).unwrap();
    let hears = start("hear").unwrap();
    hears.output("of what was kept", |line| (line == "heard 7").then_some(()));

    hears.kill();
    drop(talker);
    world.host.end();
}
