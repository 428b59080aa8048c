//! ROS 2 nodes that others have written: pyzeros, an independent implementation of `rmw_zenoh`'s wire in Python, and
//! zenoh's own Python package, whose objects for late joiners are those that `rmw_zenoh` uses.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::harness::{Program, Running, TestDomain, python_with};

use crate::rig::{Host, Listener, Talker, free_address};

const PACKAGES: &[&str] = &["pyzeros==0.1.0", "eclipse-zenoh==1.10.2"];

/// An interpreter with the peers; none, and a line that says so, without the package index.
fn python() -> Option<&'static PathBuf> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let python = python_with(Path::new(env!("CARGO_TARGET_TMPDIR")), "ros2", PACKAGES)?;
        // Once, pyzeros compiles what it needs: minutes on a busy machine.
        let compile = "from pyzeros.builtin_msgs import Attachment; Attachment().serialize()";
        let compiled = Command::new(&python).args(["-c", compile]).env(CACHE, cache()).output();
        let compiled = compiled.map_err(|error| error.to_string())?;
        let errors = String::from_utf8_lossy(&compiled.stderr);
        if compiled.status.success() { Ok(python) } else { Err(errors.trim_end().to_owned()) }
    });
    made.as_ref().inspect_err(|why| println!("SKIPPED: no Python with pyzeros: {why}")).ok()
}

/// Where pyzeros keeps what it has compiled.
const CACHE: &str = "CYDR_CACHE_DIR";

fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-ros2/compiled")
}

/// A peer that does what its script says under `verb`; `router` is whom it connects to.
pub(crate) fn peer(verb: &str, router: &str, domain: &TestDomain) -> Option<Program> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hosts/peer.py");
    let peer = Program::at(python()?).env(CACHE, cache()).arg(script).arg(verb).arg(router);
    Some(peer.arg(domain.variable()))
}

/// A relay, and a ROS 2 node that is its client.
pub(crate) struct World {
    pub(crate) host: Host,
    pub(crate) address: String,
}

impl World {
    pub(crate) fn new() -> Option<Self> {
        let address = python().map(|_| free_address())?;
        Some(Self { host: Host::new(&format!("--dds --listen {address}")), address })
    }

    pub(crate) fn peer(&self, verb: &str) -> Running {
        peer(verb, &self.address, &self.host.domain).unwrap().start()
    }

    /// A peer counts, and a node of ours hears fifty of its numbers without one missing.
    #[track_caller]
    fn hear_a_row_of(self, verb: &str) {
        let mut listener = Listener::<UInt64>::new(&self.host, "count", Qos::DEFAULT);
        let peer = self.peer(verb);

        listener.hear_a_row(verb);
        peer.kill();
        drop(listener);
        self.host.end();
    }
}

/// The numbers that a peer has heard.
fn heard(peer: &Running) -> Vec<u64> {
    peer.lines().iter().filter_map(|line| line.strip_prefix("heard ")?.parse().ok()).collect()
}

/// Fifty numbers that a peer says are heard by another one, in order and each once.
#[track_caller]
pub(crate) fn assert_a_row_is_heard(listener: &Running) {
    vc_tests::harness::until("fifty numbers are heard", || heard(listener).len() >= 50);
    let heard = heard(listener);
    let row: Vec<u64> = (heard[0]..).take(heard.len()).collect();
    assert_eq!(heard, row);
}

/// Counts until a peer has heard of it.
pub(crate) fn say_until_heard(talker: &Talker<UInt64>, peer: &Running, what: &str) {
    let mut said = 0;
    vc_tests::harness::until(what, || {
        said += 1;
        talker.publisher.publish(&UInt64 { data: said }).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(10));
        peer.lines().iter().any(|line| line.starts_with("heard"))
    });
}

#[test]
fn a_ros_node_hears_what_our_node_says() {
    let Some(world) = World::new() else { return };
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let peer = world.peer("hear");
    peer.output("of our node", |line| (line == "shows NN talker").then_some(()));
    let shown =
        format!("shows MP talker %count std_msgs::msg::dds_::UInt64_ {} ::,10:,:,:,,", UInt64::TYPE_HASH);
    peer.output("of our topic", |line| (line == shown).then_some(()));

    say_until_heard(&talker, &peer, "the ROS node hears");

    drop(talker);
    peer.output("of our node's end", |line| (line == "hides NN talker").then_some(()));
    peer.kill();
    world.host.end();
}

#[test]
fn our_node_hears_what_a_ros_node_says() {
    let Some(world) = World::new() else { return };
    world.hear_a_row_of("say");
}

#[test]
fn what_our_node_keeps_reaches_a_late_ros_node() {
    let Some(world) = World::new() else { return };
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::LATCHED);
    talker.publisher.publish(&UInt64 { data: 7 }).unwrap();

    let peer = world.peer("hear-kept");

    peer.output("of what was kept", |line| (line == "heard 7").then_some(()));
    peer.kill();
    drop(talker);
    world.host.end();
}

#[test]
fn what_a_ros_node_keeps_reaches_a_late_node_of_ours() {
    let Some(world) = World::new() else { return };
    let peer = world.peer("say-kept");
    peer.output("of saying", |line| (line == "saying").then_some(()));

    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::LATCHED);

    assert_eq!(listener.hear().data, 7);
    peer.kill();
    drop(listener);
    world.host.end();
}

#[test]
fn mischief_is_counted_and_what_is_right_beside_it_arrives() {
    let Some(world) = World::new() else { return };
    let mut listener = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let peer = world.peer("mischief");

    let heard: Vec<u64> = (0..10).map(|_| listener.hear().data).collect();

    assert_eq!(heard, [7; 10]);
    let status = Program::new("vcbridge").domain(&world.host.domain).args("doctor --json").run().succeeded();
    for cause in ["no attachment", "no CDR", "another definition of the type"] {
        assert!(status.stdout.contains(&format!("\"{cause}\"")), "{cause}: {status}");
    }
    assert!(status.stdout.contains("\"tokens_refused\": 4"), "{status}");
    peer.kill();
    drop(listener);
    world.host.end();
}

/// The bridge is played by zenoh's Python package: the real one cannot be had here.
#[test]
fn a_robot_on_dds_is_heard_through_a_bridge() {
    let Some(world) = World::new() else { return };
    world.hear_a_row_of("say-dds");
}

/// The same.
#[test]
fn a_robot_on_dds_hears_our_node_through_a_bridge() {
    let Some(world) = World::new() else { return };
    let talker = Talker::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let peer = world.peer("hear-dds");
    peer.output("of our topic", |line| {
        (line.starts_with("sees @/") && line.ends_with("/@ros2_lv/MP/count/std_msgs§msg§UInt64/:1:0:0,10"))
            .then_some(())
    });

    say_until_heard(&talker, &peer, "the bridge hears");

    peer.kill();
    drop(talker);
    world.host.end();
}

#[test]
fn a_robot_on_dds_hears_a_ros_node_through_one_relay() {
    let Some(world) = World::new() else { return };
    let listener = world.peer("hear-dds");
    let talker = world.peer("say");

    assert_a_row_is_heard(&listener);

    let shown = "/@ros2_lv/MP/count/std_msgs§msg§UInt64/:1:0:0,10";
    listener.output("of the ROS node's topic", |line| line.ends_with(shown).then_some(()));
    let status = Program::new("vcbridge").domain(&world.host.domain).args("doctor --json").run().succeeded();
    assert!(status.stdout.contains("\"way\": \"to_dds\""), "{status}");
    talker.kill();
    listener.kill();
    world.host.end();
}

#[test]
fn a_ros_node_hears_a_robot_on_dds_through_one_relay() {
    let Some(world) = World::new() else { return };
    let listener = world.peer("hear");
    let talker = world.peer("say-dds");

    assert_a_row_is_heard(&listener);

    // DDS knows no hash: the listener's own is believed.
    let shown =
        format!("shows MP _vcbridge %count std_msgs::msg::dds_::UInt64_ {} ::,10:,:,:,,", UInt64::TYPE_HASH);
    listener.output("of the robot's topic", |line| (line == shown).then_some(()));
    talker.kill();
    listener.output("of the robot's end", |line| line.starts_with("hides MP _vcbridge %count").then_some(()));
    listener.kill();
    world.host.end();
}

#[test]
fn what_is_kept_in_one_dialect_reaches_late_joiners_of_the_other() {
    for (says, hears) in [("say-kept", "hear-dds-kept"), ("say-dds-kept", "hear-kept")] {
        let Some(world) = World::new() else { return };
        let talker = world.peer(says);
        talker.output("of saying", |line| (line == "saying").then_some(()));

        for _ in 0..2 {
            let late = world.peer(hears);
            late.output("of what was kept", |line| (line == "heard 7").then_some(()));
            late.kill();
        }

        talker.kill();
        world.host.end();
    }
}

#[test]
fn of_two_relays_one_interprets_and_nothing_is_heard_twice() {
    let Some(world) = World::new() else { return };
    let domain = world.host.domain.variable();
    let (address, first) = (free_address(), &world.address);
    let other = Host::new(&format!("--dds --listen {address} --connect {first} --wire-domain {domain}"));
    // Nodes of ours on both hosts hear both, too.
    let mut here = Listener::<UInt64>::new(&world.host, "count", Qos::DEFAULT);
    let mut there = Listener::<UInt64>::new(&other, "count", Qos::DEFAULT);
    let listener = world.peer("hear");
    let talker = world.peer("say-dds");

    assert_a_row_is_heard(&listener);
    for host in [&mut here, &mut there] {
        let row: Vec<u64> = (0..10).map(|_| host.hear().data).collect();
        assert!(row.windows(2).all(|pair| pair[0] < pair[1]), "heard twice: {row:?}");
    }

    talker.kill();
    listener.kill();
    drop((here, there));
    other.end();
    world.host.end();
}
