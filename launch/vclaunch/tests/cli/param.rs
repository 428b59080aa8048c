//! Parameters of running nodes, asked for and set.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use vc::Block;
use vc::args::Args;
use vc::domain::Domain;
use vc::live::Live;
use vc::node::Node;
use vc::stop::Stop;

use crate::seen::{command, shown};

/// A domain of a test's own, with nodes that live in the test itself.
struct Circuit {
    domain: Domain,
    logs: TempDir,
    _nodes: Vec<Node>,
    rate: Live<f64>,
}

impl Circuit {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Above what people use, and another one in each process.
        let domain = Domain::new((1 << 30) + std::process::id() * 64 + count);
        let (camera, rate) = camera(domain);
        let idle = Block::new("idle", "Idles.").manifest();
        let mut idle = Node::open(idle, &Args::default(), domain, Stop::new().unwrap()).unwrap();
        idle.ready().unwrap();
        Self { domain, logs: tempfile::tempdir().unwrap(), _nodes: vec![camera, idle], rate }
    }

    fn vclaunch(&self, args: &[&str]) -> Command {
        let mut command = command(&self.logs);
        command.env("ROS_DOMAIN_ID", self.domain.id().to_string()).arg("param").args(args);
        command
    }

    fn param(&self, args: &[&str]) -> String {
        shown(&self.vclaunch(args).output().unwrap(), &self.logs)
            .replace(&self.domain.id().to_string(), "DOMAIN")
    }
}

fn camera(domain: Domain) -> (Node, Live<f64>) {
    let block = Block::new("camera", "Takes pictures.");
    let rate = block.parameter("rate", 30.0, "Pictures a second.").range(1.0..=120.0).unit("Hz").live();
    let _source = block.parameter("source", "synthetic".to_owned(), "Where pictures come from.");
    let view = block.parameter("view", "auto".to_owned(), "Where to show.").choices(["auto", "on"]).live();
    let args = ["--ros-args", "-r", "__ns:=/robot"].map(str::to_owned);
    let args = Args::parse(args).unwrap();
    let mut node = Node::open(block.manifest(), &args, domain, Stop::new().unwrap()).unwrap();
    let rate = node.live(&rate);
    let _view = node.live(&view);
    node.ready().unwrap();
    (node, rate)
}

#[test]
fn parameters_are_listed_with_their_values() {
    let circuit = Circuit::new();

    insta::assert_snapshot!(circuit.param(&["list"]), @r#"
    exit: 0
    ----- stdout -----
    node           parameter  type    value        while running
    /robot/camera  rate       double  30.0         can be set
    /robot/camera  source     string  "synthetic"  fixed
    /robot/camera  view       string  "auto"       can be set
    "#);
    insta::assert_snapshot!(circuit.param(&["list", "idle", "--json"]), @r"
    exit: 0
    ----- stdout -----
    []
    ");
    insta::assert_snapshot!(circuit.param(&["list", "camera", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    [{"name":"rate","node":"/robot/camera","read_only":false,"type":"double","value":30.0},{"name":"source","node":"/robot/camera","read_only":true,"type":"string","value":"synthetic"},{"name":"view","node":"/robot/camera","read_only":false,"type":"string","value":"auto"}]
    "#);
}

#[test]
fn a_value_is_printed_plainly() {
    let circuit = Circuit::new();

    insta::assert_snapshot!(circuit.param(&["get", "/robot/camera", "rate"]), @r"
    exit: 0
    ----- stdout -----
    30.0
    ");
    insta::assert_snapshot!(circuit.param(&["get", "camera", "source"]), @r"
    exit: 0
    ----- stdout -----
    synthetic
    ");
    insta::assert_snapshot!(circuit.param(&["get", "camera", "rate", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"name":"rate","node":"/robot/camera","type":"double","value":30.0}
    "#);
}

#[test]
fn what_is_set_is_what_the_node_sees() {
    let circuit = Circuit::new();

    insta::assert_snapshot!(circuit.param(&["set", "camera", "rate", "15"]), @r"
    exit: 0
    ----- stdout -----
    /robot/camera rate: 30.0 → 15.0
    ");
    assert!((circuit.rate.get() - 15.0).abs() < f64::EPSILON);
    insta::assert_snapshot!(circuit.param(&["set", "camera", "view", "on", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"before":"auto","name":"view","node":"/robot/camera","type":"string","value":"on"}
    "#);
}

#[test]
fn what_is_wrong_with_a_value_is_said() {
    let circuit = Circuit::new();

    insta::assert_snapshot!(circuit.param(&["set", "camera", "rate", "-1"]), @r"
    exit: 75
    ----- stderr -----
    error: `/robot/camera`: parameter `rate` = -1 is outside its range 1 to 120 Hz
    ");
    insta::assert_snapshot!(circuit.param(&["set", "camera", "rate", "fast"]), @r"
    exit: 75
    ----- stderr -----
    error: `/robot/camera`: parameter `rate` is double, but `fast` is string
    ");
    insta::assert_snapshot!(circuit.param(&["set", "camera", "source", "0"]), @r"
    exit: 75
    ----- stderr -----
    error: `/robot/camera`: parameter `source` cannot be set because it is read-only
    ");
    insta::assert_snapshot!(circuit.param(&["set", "camera", "view", "tv"]), @r"
    exit: 75
    ----- stderr -----
    error: `/robot/camera`: parameter `view` = `tv` is none of `auto`, `on`
    ");
    insta::assert_snapshot!(circuit.param(&["set", "camera", "rate", "{a: 1}"]), @r"
    exit: 2
    ----- stderr -----
    error: `{…}` is no parameter value: a mapping is no value
    ");
}

#[test]
fn mistyped_names_have_hints() {
    let circuit = Circuit::new();

    insta::assert_snapshot!(circuit.param(&["get", "camera", "rtae"]), @r"
    exit: 69
    ----- stderr -----
    error: `/robot/camera`: the node has no parameter `rtae`

    hint: did you mean `rate`?
    ");
    insta::assert_snapshot!(circuit.param(&["get", "camrea", "rate"]), @r"
    exit: 68
    ----- stderr -----
    error: there is no running node `camrea`

    hint: did you mean `camera`?
    ");
    insta::assert_snapshot!(circuit.param(&["get", "/screen", "rate"]), @r"
    exit: 68
    ----- stderr -----
    error: there is no running node `/screen`

    hint: in domain DOMAIN run /idle, /robot/camera
    ");
    insta::assert_snapshot!(circuit.param(&["describe", "idle", "rate"]), @r"
    exit: 69
    ----- stderr -----
    error: `/idle`: the node has no parameter `rate`

    hint: it has none
    ");
}

#[test]
fn parameters_are_described() {
    let circuit = Circuit::new();

    insta::assert_snapshot!(circuit.param(&["describe", "camera"]), @r"
    exit: 0
    ----- stdout -----
    parameter  type                     while running  description
    rate       double, 1 to 120, in Hz  can be set     Pictures a second.
    source     string                   fixed          Where pictures come from.
    view       string, one of auto, on  can be set     Where to show.
    ");
    insta::assert_snapshot!(circuit.param(&["describe", "camera", "rate", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    [{"constraints":"in Hz","description":"Pictures a second.","max":120.0,"min":1.0,"name":"rate","node":"/robot/camera","read_only":false,"type":"double"}]
    "#);
    insta::assert_snapshot!(circuit.param(&["describe", "idle"]), @r"
    exit: 0
    ----- stdout -----
    /idle has no parameters
    ");
}

#[test]
fn two_nodes_of_one_name_are_told_apart_or_not_at_all() {
    let circuit = Circuit::new();
    let (_second, _) = camera(circuit.domain);

    insta::assert_snapshot!(circuit.param(&["get", "camera", "rate"]), @r"
    exit: 68
    ----- stderr -----
    error: `camera` may be any of /robot/camera, /robot/camera
    ");
}

#[test]
fn an_empty_domain_is_no_mistake_but_an_absent_node_is() {
    let circuit = Circuit::new();
    let elsewhere = |args: &[&str]| {
        let mut command = circuit.vclaunch(args);
        let output = command.env("ROS_DOMAIN_ID", (circuit.domain.id() + (1 << 29)).to_string()).output();
        shown(&output.unwrap(), &circuit.logs)
            .replace(&(circuit.domain.id() + (1 << 29)).to_string(), "DOMAIN")
    };

    insta::assert_snapshot!(elsewhere(&["list"]), @r"
    exit: 0
    ----- stdout -----
    no running node of domain DOMAIN has parameters
    ");
    insta::assert_snapshot!(elsewhere(&["list", "--json"]), @r"
    exit: 0
    ----- stdout -----
    []
    ");
    insta::assert_snapshot!(elsewhere(&["get", "camera", "rate"]), @r"
    exit: 68
    ----- stderr -----
    error: there is no running node `camera`

    hint: no node runs in domain DOMAIN; is ROS_DOMAIN_ID that of the circuit?
    ");
}
