//! Hosts with keys: who is connected, and who is not, and that both are told.

use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use vc::prelude::*;
use vc_fleet::keys::Role;
use vc_fleet::keys::store::{self, Order};
use vc_msgs::std_msgs::msg::UInt64;
use vc_plan::MachineName;
use vc_tests::harness::{Machine, Program, Running, Signal, TestDomain, until};

use crate::networks::{self, end, on, two_machines};
use crate::rig::{Host, Listener, Talker, free_address};

const DAY: Duration = Duration::from_secs(86_400);

/// Folders of keys, made as `vclaunch keys` makes them.
pub(crate) struct Keys(TempDir);

impl Keys {
    /// An authority with its operator, in `base`.
    pub(crate) fn new() -> Self {
        let keys = Self(tempfile::tempdir().unwrap());
        store::init(&keys.folder("base"), &order("base", Role::Operator, &[]), SystemTime::now()).unwrap();
        keys
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A machine that was certified `age` days ago, for ten days, as the word that gives its keys.
    pub(crate) fn machine(&self, name: &str, addresses: &[&str], age: u32) -> String {
        let order = order(name, Role::Machine, addresses);
        let (_, text) = store::add(&self.folder("base"), &order, SystemTime::now() - DAY * age).unwrap();
        let file = self.folder("new.keys");
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        store::install(&self.folder(name), &file, true).unwrap();
        format!("--keys {}", self.folder(name).display())
    }

    pub(crate) fn operator(&self) -> String {
        format!("--keys {}", self.folder("base").display())
    }
}

fn order(name: &str, role: Role, addresses: &[&str]) -> Order {
    let addresses = addresses.iter().map(ToString::to_string).collect();
    Order { name: MachineName::parse(name).unwrap(), role, addresses, days: 10 }
}

/// A relay of a domain of its own on this machine.
fn relay(domain: &TestDomain, line: &str) -> Running {
    let relay = Program::new("vcbridge").domain(domain).args(line).start();
    relay.error("of relaying", |line| line.contains("relays as").then_some(()));
    relay
}

/// Whom a relay is connected to, as `doctor` tells it.
fn links(domain: &TestDomain) -> Vec<String> {
    let seen = Program::new("vcbridge").domain(domain).args("doctor --json").run().succeeded();
    let status: serde_json::Value = serde_json::from_str(&seen.stdout).unwrap();
    let certified = |link: &serde_json::Value| link["certificate"].as_str().unwrap_or("nobody").to_owned();
    status["links"].as_array().unwrap().iter().map(certified).collect()
}

/// Two relays on this machine, one of which listens and one of which connects. `{}` in their lines is where.
struct Pair {
    domains: [TestDomain; 2],
    relays: [Running; 2],
}

impl Pair {
    fn new(listening: &str, connecting: &str) -> Self {
        let (address, own) = (free_address(), free_address());
        let at = address.trim_start_matches("tcp/");
        let domains = [TestDomain::new(), TestDomain::new()];
        let listening = relay(&domains[0], &listening.replace("{}", at));
        // It listens elsewhere than on the port that all share.
        let line = format!("{} --listen {own}", connecting.replace("{}", at));
        let connecting = relay(&domains[1], &line);
        Self { domains, relays: [listening, connecting] }
    }

    /// What each says, waited for; then nobody must be connected.
    #[track_caller]
    fn refused(self, listening: &str, connecting: &str) {
        for (relay, told) in self.relays.iter().zip([listening, connecting]) {
            relay.error(told, |line| line.contains(told).then_some(()));
        }
        assert!(self.domains.iter().all(|domain| links(domain).is_empty()));
        self.end();
    }

    fn end(self) {
        end(self.relays);
    }
}

#[test]
fn relays_with_keys_of_one_authority_are_connected_and_know_each_other() {
    let fleet = Keys::new();
    let (arm, leg) = (fleet.machine("arm", &[], 0), fleet.machine("leg", &[], 0));
    let pair = Pair::new(&format!("--listen tls/{{}} {arm}"), &format!("--connect tls/{{}} {leg}"));

    until("both are connected", || pair.domains.iter().all(|domain| links(domain).len() == 1));

    assert_eq!(links(&pair.domains[0]), ["leg"]);
    assert_eq!(links(&pair.domains[1]), ["arm"]);
    let seen = Program::new("vcbridge").domain(&pair.domains[1]).args("doctor --seconds 0.01").run();
    assert!(seen.stdout.contains("with the keys of machine leg"), "{seen}");
    assert!(seen.stdout.contains("  certificate arm"), "{seen}");
    pair.end();
}

#[test]
fn relays_that_are_not_certified_are_refused_and_both_say_why() {
    let (fleet, other) = (Keys::new(), Keys::new());
    let arm = fleet.machine("arm", &[], 0);
    let listening = format!("--listen tls/{{}} {arm}");

    Pair::new(&listening, "--connect tcp/{}")
        .refused("refused a connection: it has no keys", "it has keys, and here are none");
    Pair::new(&listening, &format!("--connect tls/{{}} {}", other.machine("arm", &[], 0))).refused(
        "refused a connection: it refuses our certificate: it knows another authority",
        "its certificate is of another authority",
    );
    Pair::new("--listen tcp/{}", &format!("--connect tls/{{}} {arm}"))
        .refused("relays as router", "it has no keys, or was told not to use them");
}

#[test]
fn who_says_nothing_or_garbage_to_a_relay_keeps_nobody_out() {
    let fleet = Keys::new();
    let (arm, leg) = (fleet.machine("arm", &[], 0), fleet.machine("leg", &[], 0));
    let (domains, at) = ([TestDomain::new(), TestDomain::new()], free_address().replace("tcp/", ""));
    let listening = relay(&domains[0], &format!("--listen tls/{at} {arm}"));
    let hello: &[u8] = &[0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3];
    let strangers: Vec<TcpStream> = [b"", hello, &[0xee; 4096]]
        .into_iter()
        .cycle()
        .take(24)
        .map(|bytes| {
            let mut stranger = TcpStream::connect(&at).unwrap();
            stranger.write_all(bytes).unwrap();
            stranger
        })
        .collect();

    let connecting = relay(&domains[1], &format!("--connect tls/{at} --listen {} {leg}", free_address()));
    until("both are connected", || domains.iter().all(|domain| links(domain).len() == 1));

    listening.error("of a refusal", |line| line.contains("refused a connection").then_some(()));
    drop(strangers);
    end([listening, connecting]);
}

#[test]
fn keys_that_hold_no_more_or_not_for_that_are_told_at_once() {
    let fleet = Keys::new();
    let arm = fleet.machine("arm", &[], 0);
    let refused = |line: &str, told: &str| {
        let domain = TestDomain::new();
        let seen = Program::new("vcbridge").domain(&domain).args(line).run();
        assert_eq!(seen.code, Some(1), "{seen}");
        assert!(seen.stderr.contains(told), "{told}: {seen}");
    };

    let old = fleet.machine("old", &[], 100);
    refused(&format!("--listen tls/127.0.0.1:1 {old}"), "the certificate of machine old has ended on");
    refused(&format!("--listen tcp/0.0.0.0:7447 {arm}"), "is plain, and this host has keys");
    refused(&format!("--connect tcp/10.0.0.2:7447 {arm}"), "those of machine arm: write it as `tls/");
    refused("--connect tls/10.0.0.2:7447", "needs keys, and this host has none");
    refused("--keys /nowhere", "there are no keys in /nowhere; `vclaunch keys init`");
    std::fs::set_permissions(fleet.folder("arm/own.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    refused(&arm, "others can read");
}

#[test]
fn a_relay_is_reached_only_by_what_its_certificate_says() {
    let Some((one, other, _)) = two_machines() else { return };
    let fleet = Keys::new();
    let (arm, base) = (fleet.machine("arm", &["10.99.9.9"], 0), fleet.operator());
    let listening = networks::relay(&other, &format!("--listen tls/10.77.1.2:7447 {arm}"));
    let connecting = on(&one, "vcbridge", &format!("--connect tls/10.77.1.2:7447 {base}"));

    let told = "its certificate is not for 10.77.1.2, but for arm, arm.local, 10.99.9.9";
    connecting.error(told, |line| line.contains(told).then_some(()));
    listening.error("of a refusal", |line| line.contains("it refuses our certificate").then_some(()));

    end([listening, connecting]);
}

/// An agent on the machine at 10.77.1.2, listening.
fn agent(machine: &Machine, logs: &Path, keys: &str) -> Running {
    let agent =
        on(machine, "vclaunch", &format!("agent --listen 10.77.1.2 --log-dir {} {keys}", logs.display()));
    agent.error("of listening", |line| line.contains("for certified operators").then_some(()));
    agent
}

#[test]
fn a_circuit_runs_on_two_machines_with_keys_and_what_is_denied_stays() {
    let Some((one, other, _)) = two_machines() else { return };
    let fleet = Keys::new();
    let (arm, base) = (fleet.machine("arm", &["10.77.1.2"], 0), fleet.operator());
    let relays = [
        networks::relay(&other, &format!("--listen tls/10.77.1.2:7447 --deny-out /secret/** {arm}")),
        networks::relay(&one, &format!("--connect tls/10.77.1.2:7447 {base}")),
    ];
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("log");
    let agent = agent(&other, &logs, &arm);
    let file = folder.path().join("two.launch.yaml");
    let circuit = "launch:\n  - machine: {name: arm, address: 10.77.1.2}\n  \
                   - node: {exec: counting_talker, machine: arm}\n  \
                   - node: {exec: noting_listener, name: ear, output: screen}\n  \
                   - wire: {from: counting_talker/count, to: ear/count}\n  \
                   - node: {exec: counting_talker, name: spy, namespace: /secret, machine: arm}\n  \
                   - node: {exec: noting_listener, name: deaf, namespace: /secret, output: screen}\n  \
                   - wire: {from: /secret/spy/count, to: /secret/deaf/count}\n";
    std::fs::write(&file, circuit).unwrap();

    let line = format!("run {} --json --log-dir {} {base}", file.display(), logs.display());
    let operator = on(&one, "vclaunch", &line);
    operator.output("of a number from the arm", |line| line.contains("\"heard ").then_some(()));
    operator.signal(Signal::INT);
    let seen = operator.wait();

    assert_eq!(seen.code, Some(0), "{seen}");
    let summary: serde_json::Value = serde_json::from_str(seen.stdout.lines().last().unwrap()).unwrap();
    let received = |to: &str| {
        let wires = summary["wires"].as_array().unwrap();
        let wire = wires.iter().find(|wire| wire["to"].as_str().unwrap().contains(to));
        wire.unwrap_or_else(|| panic!("no wire to {to}: {summary}"))["received"].as_u64()
    };
    assert!(received("ear") > Some(0), "{summary}");
    assert_eq!(received("deaf"), Some(0), "{summary}");
    end([agent]);
    end(relays);
    for machine in [&one, &other] {
        assert_eq!(machine.shared_memory(), [""; 0]);
    }
}

#[test]
fn what_is_denied_to_a_certificate_does_not_come_from_who_has_it() {
    let fleet = Keys::new();
    let (arm, leg) = (fleet.machine("arm", &[], 0), fleet.machine("leg", &[], 0));
    let (address, own, wire) = (free_address(), free_address(), TestDomain::new().variable());
    let at = address.trim_start_matches("tcp/");
    let rules = "--deny-in /count@certificate:leg --deny-in /other@certificate:hand";
    let one = Host::new(&format!("--listen tls/{at} {arm} {rules} --wire-domain {wire}"));
    let other = Host::new(&format!("--connect tls/{at} --listen {own} {leg} --wire-domain {wire}"));
    let mut not = Listener::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let mut yes = Listener::<UInt64>::new(&one, "other", Qos::DEFAULT);
    let talkers = ["count", "other"].map(|topic| Talker::<UInt64>::new(&other, topic, Qos::DEFAULT));

    let mut heard = 0;
    until("what is denied to another one is heard", || {
        for talker in &talkers {
            talker.publisher.publish(&UInt64 { data: 1 }).unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
        heard += u32::from(yes.subscriber.take().unwrap().is_some());
        heard > 20
    });
    assert!(not.subscriber.take().unwrap().is_none());

    drop((talkers, not, yes));
    one.end();
    other.end();
}

#[test]
fn a_relay_that_would_be_refused_is_told_before_anything_starts() {
    let Some((one, other, _)) = two_machines() else { return };
    let fleet = Keys::new();
    let (arm, base) = (fleet.machine("arm", &["10.99.9.9"], 0), fleet.operator());
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("log");
    let agent = agent(&other, &logs, &arm);
    let file = folder.path().join("two.launch.yaml");
    let circuit = "launch:\n  - machine: {name: arm, address: 10.77.1.2}\n  \
                   - node: {exec: counting_talker, machine: arm}\n  \
                   - node: {exec: noting_listener, name: ear}\n  \
                   - wire: {from: counting_talker/count, to: ear/count}\n";
    std::fs::write(&file, circuit).unwrap();

    let line = format!("run {} --log-dir {} {base}", file.display(), logs.display());
    let seen = on(&one, "vclaunch", &line).wait();

    assert_eq!(seen.code, Some(78), "{seen}");
    assert!(seen.stderr.contains("the certificate of `arm` does not name 10.77.1.2"), "{seen}");
    assert!(seen.stderr.contains("`vclaunch keys add arm --address 10.77.1.2`"), "{seen}");
    end([agent]);
}
