//! Hosts on this machine: each a domain with a relay, joined over loopback or by cables.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::Value;
use vc::args::Args;
use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::harness::{Machine, Program, Running, Signal, TestDomain, until};

/// An address that nobody has at the moment.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("tcp/{}", listener.local_addr().unwrap())
}

/// A host: a domain, and its relay.
pub(crate) struct Host {
    relay: Option<Running>,
    pub(crate) domain: TestDomain,
    line: String,
    /// Where its relay's network is; none: that of the test.
    machine: Option<Rc<Machine>>,
}

impl Host {
    /// A host whose relay is started with `line`.
    pub(crate) fn new(line: &str) -> Self {
        Self::with(None, line)
    }

    /// A host whose relay has the network of a machine. Its nodes are in this process, and its memory is this one's.
    pub(crate) fn on(machine: &Rc<Machine>, line: &str) -> Self {
        Self::with(Some(Rc::clone(machine)), line)
    }

    fn with(machine: Option<Rc<Machine>>, line: &str) -> Self {
        let mut host = Self { relay: None, domain: TestDomain::new(), line: line.to_owned(), machine };
        host.start();
        host
    }

    /// A program of this host.
    fn program(&self, line: &str) -> Program {
        let path = Program::path("vcbridge");
        let program = self
            .machine
            .as_ref()
            .map_or_else(|| Program::at(&path), |machine| machine.network_program(&path));
        program.domain(&self.domain).args(line)
    }

    /// Starts the relay, again if it was killed.
    pub(crate) fn start(&mut self) {
        let relay = self.program(&self.line).start();
        relay.error("of relaying", |line| line.contains("relays as").then_some(()));
        self.relay = Some(relay);
    }

    /// What the relay knows, as `vcbridge doctor` tells it.
    #[track_caller]
    pub(crate) fn status(&self) -> Value {
        let told = self.program("doctor --json").run().succeeded();
        serde_json::from_str(&told.stdout).unwrap()
    }

    /// What the relay says of a topic, `out` or `in`.
    #[track_caller]
    pub(crate) fn topic(&self, name: &str, way: &str) -> Value {
        let status = self.status();
        let topics = status["topics"].as_array().unwrap();
        let found = topics.iter().find(|topic| topic["name"] == name && topic["way"] == way);
        found.unwrap_or_else(|| panic!("no {name} {way}: {status}")).clone()
    }

    pub(crate) fn relay(&self) -> &Running {
        self.relay.as_ref().unwrap()
    }

    /// Kills the relay.
    pub(crate) fn kill(&mut self) {
        self.relay.take().unwrap().kill();
    }

    /// Ends the relay as a user would. What it has said.
    pub(crate) fn stop(&mut self) -> String {
        let relay = self.relay.take().unwrap();
        relay.signal(Signal::INT);
        relay.wait().succeeded().stderr
    }

    /// The same, for good. Nothing of the host may be left then.
    pub(crate) fn end(mut self) -> String {
        self.stop()
    }
}

/// A program of `bridge/FOLDER`, which is not of the workspace, if it is built; else a line that says how, and `hint`.
pub(crate) fn built_apart(folder: &str, name: &str, hint: &str) -> Option<PathBuf> {
    let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let folders = [bridge.join(folder).join("target"), bridge.parent()?.join(format!("target-{folder}"))];
    let mut paths =
        folders.iter().flat_map(|target| ["release", "debug"].map(|profile| target.join(profile).join(name)));
    let found = paths.find(|path| path.exists());
    if found.is_none() {
        println!(
            "SKIPPED: no {name}; make it with `cargo build --manifest-path bridge/{folder}/Cargo.toml`{hint}"
        );
    }
    found
}

/// Two hosts whose relays are connected.
pub(crate) fn pair() -> (Host, Host) {
    let (one, other) = (free_address(), free_address());
    let wire = TestDomain::new().variable();
    let first = Host::new(&format!("--listen {one} --wire-domain {wire}"));
    let second = Host::new(&format!("--listen {other} --connect {one} --wire-domain {wire}"));
    (first, second)
}

/// A node in this process, with one publisher.
pub(crate) struct Talker<T> {
    pub(crate) publisher: Publisher<T>,
    _node: Node,
}

impl<T: Message + 'static> Talker<T> {
    pub(crate) fn new(host: &Host, topic: &str, qos: Qos) -> Self {
        let block = Block::new("talker", "Talks.");
        let output = block.output::<T>(topic, "What it says.").qos(qos);
        let domain = host.domain.domain();
        let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
        let publisher = node.publisher(&output).unwrap();
        Self { publisher, _node: node }
    }
}

/// A node in this process, with one subscriber.
pub(crate) struct Listener<T> {
    pub(crate) subscriber: Subscriber<T>,
    _node: Node,
}

impl<T: Message + 'static> Listener<T> {
    pub(crate) fn new(host: &Host, topic: &str, qos: Qos) -> Self {
        let block = Block::new("listener", "Listens.");
        let input = block.input::<T>(topic, "What it hears.").qos(qos);
        let domain = host.domain.domain();
        let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
        let subscriber = node.subscriber(&input).unwrap();
        Self { subscriber, _node: node }
    }

    /// The next message, waited for.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> T {
        let mut heard = None;
        until("something is heard", || {
            let sample = self.subscriber.take().unwrap();
            heard = sample.map(|sample| T::from_view(&sample.view().unwrap()));
            heard.is_some()
        });
        heard.unwrap()
    }
}

impl Listener<UInt64> {
    /// Fifty numbers, each the one after the one before; `whose` is for people.
    #[track_caller]
    pub(crate) fn hear_a_row(&mut self, whose: &str) {
        let first = self.hear().data;
        let next: Vec<u64> = (0..50).map(|_| self.hear().data).collect();
        assert_eq!(next, (first + 1..=first + 50).collect::<Vec<_>>(), "{whose}");
    }
}

/// Says numbers from 1 on until one of them is heard, so that both ends are known to be joined. The last number said,
/// which is heard too.
#[track_caller]
pub(crate) fn join(talker: &Talker<UInt64>, listener: &mut Listener<UInt64>) -> u64 {
    let (mut said, mut heard) = (0, 0);
    until("both ends are joined", || {
        said += 1;
        talker.publisher.publish(&UInt64 { data: said }).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(5));
        let sample = listener.subscriber.take().unwrap();
        heard = sample.map_or(0, |sample| sample.view().unwrap().data());
        heard > 0
    });
    while heard < said {
        heard = listener.hear().data;
    }
    said
}
