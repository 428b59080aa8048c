//! Agents that have keys, and those who come to them: with real processes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use vc_fleet::keys::Role;
use vc_fleet::keys::store::{self, Order};
use vc_plan::MachineName;

use crate::seen::command;

const DAY: Duration = Duration::from_secs(86_400);

/// Folders of keys, made as `vclaunch keys` makes them.
struct Keys(TempDir);

impl Keys {
    /// An authority with its operator, in `base`.
    fn new() -> Self {
        let keys = Self(tempfile::tempdir().unwrap());
        store::init(&keys.folder("base"), &order("base", Role::Operator), SystemTime::now()).unwrap();
        keys
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Certifies somebody `age` days ago, for ten days.
    fn certified(&self, name: &str, role: Role, age: u32) -> PathBuf {
        let (_, text) =
            store::add(&self.folder("base"), &order(name, role), SystemTime::now() - DAY * age).unwrap();
        let file = self.folder("new.keys");
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        store::install(&self.folder(name), &file, true).unwrap();
        self.folder(name)
    }
}

fn order(name: &str, role: Role) -> Order {
    Order { name: MachineName::parse(name).unwrap(), role, addresses: Vec::new(), days: 10 }
}

/// An agent of machine arm. What it says is read as it comes.
struct Agent {
    child: Child,
    stderr: Receiver<String>,
    address: String,
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Agent {
    fn start(place: &TempDir, options: &[&str]) -> Self {
        let mut command = command(place);
        command.args(["agent", "--listen", "127.0.0.1:0"]).args(options);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut agent = Self { child, stderr: lines, address: String::new() };
        let line = agent.line("listening on ");
        let address = line.split("listening on ").nth(1).unwrap().split(',').next().unwrap();
        address.clone_into(&mut agent.address);
        agent
    }

    fn with(place: &TempDir, keys: &Path) -> Self {
        Self::start(place, &["--keys", keys.to_str().unwrap(), "--allow-commands"])
    }

    /// The next line that has this in it.
    fn line(&self, part: &str) -> String {
        loop {
            let line = self.stderr.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|_| panic!("the agent says nothing of `{part}`"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// `vclaunch` of a circuit of which this machine has a part.
    fn operator(&self, place: &TempDir, options: &[&str]) -> Output {
        let mut command = command(place);
        command.arg("machines/arm.launch.yaml").arg("--agent").arg(format!("arm={}", self.address));
        command.args(options).output().unwrap()
    }

    /// An operator is refused; nothing starts, and both sides say why. The agent obeys the right one after that.
    #[track_caller]
    fn refuses(&self, place: &TempDir, options: &[&str], told: &str, logged: &str) {
        let output = self.operator(place, options);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(65), "{text}");
        assert!(text.contains("machine `arm` does not answer"), "{text}");
        assert!(text.contains(told), "{told}: {text}");
        assert!(
            output.stdout.is_empty(),
            "something was started: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        self.line(logged);
    }

    #[track_caller]
    fn obeys(&self, place: &TempDir, options: &[&str]) {
        let output = self.operator(place, options);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("[there] there"), "{text}");
    }
}

fn keys(folder: &Path) -> [&str; 2] {
    ["--keys", folder.to_str().unwrap()]
}

#[test]
fn an_agent_with_keys_obeys_certified_operators_only() {
    let (place, fleet, other) = (tempfile::tempdir().unwrap(), Keys::new(), Keys::new());
    let agent = Agent::with(&place, &fleet.certified("arm", Role::Machine, 0));

    agent.obeys(&place, &keys(&fleet.folder("base")));
    agent.obeys(&place, &keys(&fleet.certified("second", Role::Operator, 0)));

    agent.refuses(&place, &[], "this agent obeys certified operators only", "it has no keys");
    let leg = fleet.certified("leg", Role::Machine, 0);
    agent.refuses(&place, &keys(&leg), "your certificate is that of machine leg", "that of machine leg");
    // With what is refused, the other side learns it first.
    let foreign = other.folder("base");
    agent.refuses(&place, &keys(&foreign), "of another authority", "it refuses our certificate");
    agent.refuses(&place, &["--no-keys"], "certified operators only", "it has no keys");

    agent.obeys(&place, &keys(&fleet.folder("base")));
}

#[test]
fn an_expired_certificate_counts_for_nothing() {
    let (place, fleet) = (tempfile::tempdir().unwrap(), Keys::new());
    let old = fleet.certified("old", Role::Operator, 100);
    let arm = fleet.certified("arm", Role::Machine, 0);
    // Whoever has it says so himself; a clock that is wrong changes nothing: see `vc_fleet::keys`.
    let agent = Agent::with(&place, &arm);
    let output = agent.operator(&place, &keys(&old));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("certificate of operator old has ended on"), "{text}");
    assert!(text.contains("`vclaunch keys add old --operator`"), "{text}");

    let arm = fleet.certified("arm", Role::Machine, 100);
    let mut command = command(&place);
    let output = command.args(["agent", "--listen", "127.0.0.1:0"]).args(keys(&arm)).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{text}");
    assert!(text.contains("certificate of machine arm has ended on"), "{text}");
}

#[test]
fn an_operator_with_keys_asks_the_machine_that_he_means_only() {
    let (place, fleet) = (tempfile::tempdir().unwrap(), Keys::new());
    let base = fleet.folder("base");

    let plain = Agent::start(&place, &["--name", "arm", "--allow-commands"]);
    plain.refuses(&place, &keys(&base), "it has no keys", "it has keys, and here are none");
    plain.obeys(&place, &[]);
    plain.obeys(&place, &["--no-keys"]);

    // An agent of another name, at the address that was meant for arm's.
    let leg = fleet.certified("leg", Role::Machine, 0);
    let agent = Agent::with(&place, &leg);
    agent.refuses(
        &place,
        &keys(&base),
        "its certificate is not for machine arm, but for machine leg",
        "it refuses our certificate",
    );
}

#[test]
fn who_says_nothing_or_garbage_is_refused_and_holds_nobody_up() {
    let (place, fleet) = (tempfile::tempdir().unwrap(), Keys::new());
    let agent = Agent::with(&place, &fleet.certified("arm", Role::Machine, 0));
    let connect = || TcpStream::connect(&agent.address).unwrap();
    let hello = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3];
    let silent: Vec<TcpStream> = (0..8).map(|_| connect()).collect();
    let mut half = connect();
    half.write_all(&hello).unwrap();
    let mut garbage = connect();
    garbage.write_all(&[0xee; 4096]).unwrap();

    agent.obeys(&place, &keys(&fleet.folder("base")));

    agent.line("neither TLS nor a question");
    let mut rest = Vec::new();
    // It ends them all by itself.
    for mut stream in silent.into_iter().chain([half, garbage]) {
        let _ = stream.read_to_end(&mut rest);
    }
    agent.line("did not say who it is");
    agent.obeys(&place, &keys(&fleet.folder("base")));
}

#[test]
fn attach_asks_certified_machines_only() {
    let (place, fleet) = (tempfile::tempdir().unwrap(), Keys::new());
    let agent = Agent::with(&place, &fleet.certified("arm", Role::Machine, 0));
    let attach = |options: &[&str]| {
        let output = command(&place).args(["attach", &agent.address]).args(options).output().unwrap();
        assert_eq!(output.status.code(), Some(77));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };

    let text = attach(&keys(&fleet.folder("base")));
    assert!(text.contains("nothing runs there"), "{text}");
    let text = attach(&[]);
    assert!(text.contains("certified operators only"), "{text}");
}

#[test]
fn a_certified_operator_starts_only_what_the_agent_allows() {
    let (place, fleet) = (tempfile::tempdir().unwrap(), Keys::new());
    let arm = fleet.certified("arm", Role::Machine, 0);
    let agent = Agent::start(&place, &["--keys", arm.to_str().unwrap(), "--allow-folder", "/usr/lib"]);

    let output = agent.operator(&place, &keys(&fleet.folder("base")));

    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(70), "{text}");
    assert!(text.contains("`/bin/echo` is no block installed there"), "{text}");
    assert!(!text.contains("[there] there"), "{text}");
}
