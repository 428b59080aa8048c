//! One launch file on two machines with networks of their own: an agent on one, the operator on the other, and nothing
//! else started by hand.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use vc_tests::harness::{Machine, Running, Signal, until};

use crate::keys::Keys;
use crate::networks::{end, on, relay, two_machines};

/// A number from the arm to here and back to the arm.
const THERE_AND_BACK: &str = "
  - node: {exec: counting_talker, name: talker, machine: arm, on_exit: shutdown, param: [TALKER]}
  - node: {exec: passes_on, name: middle}
  - node: {exec: noting_listener, name: ear, machine: arm, output: screen}
  - wire: {from: talker/count, to: middle/count}
  - wire: {from: middle/passed, to: ear/count}
";
/// A number from the arm to here.
const HERE: &str = "
  - node: {exec: counting_talker, name: talker, machine: arm, param: [TALKER]}
  - node: {exec: noting_listener, name: ear, output: screen}
  - wire: {from: talker/count, to: ear/count}
";

/// Two machines, and an agent on the second, the arm.
struct Fleet {
    here: Machine,
    arm: Machine,
    /// The cable's end here.
    cable: String,
    agent: Option<Running>,
    /// What names the arm's keys, and the operator's.
    keys: [String; 2],
    folder: TempDir,
}

impl Fleet {
    fn new() -> Option<Self> {
        Self::with_keys(["--no-keys", "--no-keys"].map(str::to_owned))
    }

    fn with_keys(keys: [String; 2]) -> Option<Self> {
        let (here, arm, cable) = two_machines()?;
        let folder = tempfile::tempdir().unwrap();
        let mut fleet = Self { here, arm, cable, agent: None, keys, folder };
        fleet.start_agent();
        Some(fleet)
    }

    fn start_agent(&mut self) {
        let logs = self.logs();
        let line =
            format!("agent --name arm --listen 10.77.1.2 {} --log-dir {}", self.keys[0], logs.display());
        let agent = on(&self.arm, "vclaunch", &line);
        agent.error("of listening", |line| line.starts_with("agent of machine arm").then_some(()));
        self.agent = Some(agent);
    }

    fn logs(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts a circuit; `talker` are the talker's parameters, `lost` what the arm does without an operator.
    fn launch(&self, circuit: &str, talker: &str, lost: &str) -> Running {
        let file = self.folder.path().join("two.launch.yaml");
        let head =
            format!("launch:\n  - machine: {{name: arm, address: 10.77.1.2, on_operator_lost: {lost}}}");
        std::fs::write(&file, head + &circuit.replace("TALKER", talker)).unwrap();
        let line =
            format!("run {} --json {} --log-dir {}", file.display(), self.keys[1], self.logs().display());
        on(&self.here, "vclaunch", &line)
    }

    fn set_cable(&self, state: &str) {
        self.here.run(&format!("ip link set {} {state}", self.cable));
    }

    /// Ends the agent. Nothing is left then.
    fn end(mut self) {
        end(self.agent.take());
        for machine in [&self.here, &self.arm] {
            until("nothing is left in shared memory", || machine.shared_memory().is_empty());
        }
    }
}

/// At 20 Hz a queue of ten holds what comes while a busy machine lets nobody run.
fn talker(last: u32, rate: u32) -> String {
    format!("{{name: last, value: {last}}}, {{name: rate, value: {rate}.0}}")
}

fn events(lines: &[String]) -> Vec<Value> {
    lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The numbers that were noted so far.
fn heard(operator: &Running) -> Vec<u64> {
    let events = events(&operator.lines());
    let texts = events.iter().filter_map(|event| event["text"].as_str());
    texts.filter_map(|text| text.strip_prefix("heard ")?.parse().ok()).collect()
}

/// The process of a node, as told last.
fn pid(operator: &Running, node: &str) -> Option<i32> {
    let events = events(&operator.lines());
    let mut pids =
        events.iter().filter(|event| event["node"] == node).filter_map(|event| event["pid"].as_i64());
    pids.next_back().and_then(|pid| i32::try_from(pid).ok())
}

fn is_alive(pid: i32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

fn wait_for(operator: &Running, numbers: usize) {
    until("numbers are heard", || heard(operator).len() >= numbers);
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, Signal::KILL).unwrap();
}

/// How it ended; its exit code must be this.
#[track_caller]
fn summary(operator: Running, code: i32) -> Value {
    let seen = operator.wait();
    assert_eq!(seen.code, Some(code), "{seen}");
    serde_json::from_str(seen.stdout.lines().last().unwrap()).unwrap()
}

#[track_caller]
fn assert_all_came(summary: &Value, wires: usize, sent: Option<u64>) {
    let told = summary["wires"].as_array().unwrap();
    assert_eq!(told.len(), wires, "{summary}");
    for wire in told {
        assert_eq!(wire["received"], wire["sent"], "{wire}");
        assert_eq!(wire["lost"], 0, "{wire}");
        assert!(sent.is_none_or(|sent| wire["sent"] == sent), "{wire}");
    }
}

#[test]
fn sixty_numbers_are_sixty_there_and_back() {
    let Some(fleet) = Fleet::new() else { return };

    let operator = fleet.launch(THERE_AND_BACK, &talker(60, 20), "stop");
    until("it ends", || heard(&operator).last() == Some(&60));
    assert_eq!(heard(&operator), (1..=60).collect::<Vec<u64>>());
    let summary = summary(operator, 0);

    assert_all_came(&summary, 2, Some(60));
    let nodes = summary["nodes"].as_array().unwrap();
    let places: Vec<_> = nodes.iter().map(|node| (node["name"].as_str(), node["machine"].as_str())).collect();
    assert!(places.contains(&(Some("relay"), Some("local"))), "{summary}");
    assert!(places.contains(&(Some("arm/relay"), Some("arm"))), "{summary}");
    fleet.end();
}

#[test]
fn what_is_on_its_way_when_all_stops_still_arrives() {
    let Some(fleet) = Fleet::new() else { return };

    let operator = fleet.launch(THERE_AND_BACK, &talker(0, 20), "stop");
    wait_for(&operator, 20);
    operator.signal(Signal::INT);

    assert_all_came(&summary(operator, 0), 2, None);
    fleet.end();
}

#[test]
fn a_killed_relay_is_started_again_and_the_wire_flows() {
    let Some(fleet) = Fleet::new() else { return };
    let operator = fleet.launch(HERE, &talker(0, 50), "stop");

    for relay in ["relay", "arm/relay"] {
        let before = heard(&operator).len();
        wait_for(&operator, before + 10);
        let old = pid(&operator, relay).unwrap();
        kill(old);
        until("another relay runs", || pid(&operator, relay).is_some_and(|pid| pid != old));
        let before = heard(&operator).last().copied();
        until("numbers are heard again", || heard(&operator).last().copied() > before);
    }

    operator.signal(Signal::INT);
    summary(operator, 0);
    fleet.end();
}

#[test]
fn a_link_that_is_cut_for_a_moment_changes_nothing() {
    let Some(fleet) = Fleet::new() else { return };
    let operator = fleet.launch(HERE, &talker(0, 50), "stop");
    wait_for(&operator, 10);
    let before = pid(&operator, "talker");

    fleet.set_cable("down");
    std::thread::sleep(Duration::from_secs(3));
    let last = heard(&operator).last().copied();
    fleet.set_cable("up");

    until("numbers are heard again", || heard(&operator).last().copied() > last);
    assert_eq!(pid(&operator, "talker"), before, "the same talker");
    operator.signal(Signal::INT);
    summary(operator, 0);
    fleet.end();
}

#[test]
fn a_link_that_is_cut_for_long_stops_the_other_machines_nodes() {
    let Some(fleet) = Fleet::new() else { return };
    let operator = fleet.launch(HERE, &talker(0, 50), "stop");
    wait_for(&operator, 10);
    let (talker, relay) = (pid(&operator, "talker").unwrap(), pid(&operator, "arm/relay").unwrap());

    fleet.set_cable("down");

    until("they are gone", || !is_alive(talker) && !is_alive(relay));
    fleet.set_cable("up");
    operator.signal(Signal::INT);
    let seen = operator.wait();
    assert!(seen.stdout.contains("the link is lost; its nodes stop"), "{seen}");
    fleet.end();
}

#[test]
fn with_keep_a_circuit_goes_on_while_the_link_is_cut_and_after() {
    let Some(fleet) = Fleet::new() else { return };
    let operator = fleet.launch(HERE, &talker(0, 50), "keep");
    wait_for(&operator, 10);
    let talker = pid(&operator, "talker").unwrap();

    fleet.set_cable("down");
    std::thread::sleep(Duration::from_secs(8));
    assert!(is_alive(talker));
    let last = heard(&operator).last().copied();
    fleet.set_cable("up");

    until("numbers are heard again", || heard(&operator).last().copied() > last);
    assert!(is_alive(talker));
    operator.signal(Signal::INT);
    summary(operator, 0);
    assert!(!is_alive(talker));
    fleet.end();
}

#[test]
fn nothing_is_left_of_a_killed_agent_and_the_operator_ends() {
    let Some(mut fleet) = Fleet::new() else { return };
    let operator = fleet.launch(HERE, &talker(0, 50), "keep");
    wait_for(&operator, 10);
    let (talker, relay) = (pid(&operator, "talker").unwrap(), pid(&operator, "arm/relay").unwrap());

    fleet.agent.take().unwrap().kill();
    until("its nodes are gone", || !is_alive(talker) && !is_alive(relay));
    operator.signal(Signal::INT);

    let seen = operator.wait();
    assert_eq!(seen.code, Some(70), "nodes are out of sight: {seen}");
    fleet.end();
}

#[test]
fn a_killed_operators_circuit_is_taken_over_and_stopped() {
    let Some(fleet) = Fleet::new() else { return };
    let operator = fleet.launch(HERE, &talker(0, 50), "keep");
    wait_for(&operator, 10);
    let (talker, own) = (pid(&operator, "talker").unwrap(), pid(&operator, "relay").unwrap());

    operator.kill();
    until("its own relay is gone", || !is_alive(own));
    std::thread::sleep(Duration::from_secs(6));
    assert!(is_alive(talker));
    let attached = on(&fleet.here, "vclaunch", "attach 10.77.1.2 --json");
    until("it is seen", || pid(&attached, "talker") == Some(talker));
    attached.signal(Signal::INT);

    summary(attached, 0);
    assert!(!is_alive(talker));
    fleet.end();
}

#[test]
fn a_relay_that_runs_already_is_used() {
    let Some(fleet) = Fleet::new() else { return };
    let own = relay(&fleet.arm, "--listen tcp/10.77.1.2:7447");

    let operator = fleet.launch(THERE_AND_BACK, &talker(60, 20), "stop");
    until("it ends", || heard(&operator).last() == Some(&60));

    assert_all_came(&summary(operator, 0), 2, Some(60));
    end([own]);
    fleet.end();
}

#[test]
fn with_keys_the_wires_are_certified_too() {
    let keys = Keys::new();
    let Some(fleet) = Fleet::with_keys([keys.machine("arm", &["10.77.1.2"], 0), keys.operator()]) else {
        return;
    };

    let operator = fleet.launch(THERE_AND_BACK, &talker(60, 20), "stop");
    until("it ends", || heard(&operator).last() == Some(&60));

    let events = events(&operator.lines());
    for relay in ["relay", "arm/relay"] {
        let is_certified = |event: &&Value| {
            event["node"] == relay
                && event["text"].as_str().is_some_and(|text| text.contains("links are certified"))
        };
        assert_eq!(events.iter().filter(is_certified).count(), 1, "{relay}: {events:?}");
    }
    assert_all_came(&summary(operator, 0), 2, Some(60));
    fleet.end();
}

#[test]
fn only_topics_of_wires_cross() {
    let Some(fleet) = Fleet::new() else { return };
    let other = on(&fleet.arm, "counting_talker", "--ros-args -r __node:=other -r count:=/secret");
    let curious = on(&fleet.here, "noting_listener", "--ros-args -r __node:=curious -r count:=/secret");
    let operator = fleet.launch(HERE, &talker(0, 100), "stop");
    wait_for(&operator, 100);

    assert!(!curious.lines().iter().any(|line| line.starts_with("heard")), "{:?}", curious.lines());
    operator.signal(Signal::INT);
    summary(operator, 0);
    end([other, curious]);
    fleet.end();
}
