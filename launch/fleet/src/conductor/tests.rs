use vc_plan::PortRef;
use vc_plan::relay::Carriage;
use vc_supervise::{End, NodeChange};

use super::*;
use crate::samples::{arm, node};

const PATIENCE: Duration = Duration::from_secs(10);

fn block() -> NodeKind {
    serde_json::from_str(r#"{"kind":"block"}"#).unwrap()
}

fn topic(name: &str) -> TopicName {
    TopicName::absolute(name).unwrap()
}

fn wire(from: &str, to: &str) -> PlannedWire {
    let port = |node: &str| PortRef { node: NodeName::parse(node).unwrap(), port: "image".into() };
    PlannedWire {
        from: port(from),
        to: port(to),
        topic: topic(&format!("/{from}/image")),
        type_name: String::new(),
        carriage: Carriage::default(),
    }
}

/// A camera on the arm, an edge detector here, a screen on the arm again, and both relays.
fn plan() -> Plan {
    let relay = || NodeKind::Relay(Box::default());
    Plan {
        file: "a.launch.yaml".into(),
        machines: Vec::new(),
        nodes: vec![
            node("camera", arm(), block()),
            node("edges", None, block()),
            node("screen", arm(), block()),
            node("relay", None, relay()),
            node("arm/relay", arm(), relay()),
        ],
        wires: vec![wire("camera", "edges"), wire("edges", "screen")],
        stop: None,
    }
}

/// A conductor and what it is told.
struct Stage {
    conductor: Conductor,
    figures: Vec<WireFigures>,
    now: Instant,
}

impl Stage {
    fn new() -> Self {
        let plan = plan();
        let figures = plan.wires.iter().map(WireFigures::nothing);
        Self {
            conductor: Conductor::new(&plan, &vc_supervise::flow::layers(&plan), PATIENCE),
            figures: figures.collect(),
            now: Instant::now(),
        }
    }

    fn next(&mut self) -> Vec<Order> {
        self.conductor.next(&self.figures, self.now).orders
    }

    fn tell(&mut self, machine: &Machine, told: &Told) -> Vec<Order> {
        self.conductor.told(machine, told);
        self.next()
    }

    fn state(&mut self, name: &str, state: ChildState) -> Vec<Order> {
        let machine = if name == "edges" || name == "relay" { None } else { arm() };
        let told = Told::State(NodeChange {
            node: name.into(),
            state,
            pid: None,
            restarts: 0,
            last_words: Vec::new(),
            memory_limit: None,
        });
        self.tell(&machine, &told)
    }

    fn run(&mut self, name: &str) {
        assert_eq!(self.state(name, ChildState::Running { retries: 0 }), []);
    }

    fn end(&mut self, name: &str) -> Vec<Order> {
        self.state(name, ChildState::Ended { end: End::Code(0) })
    }

    fn flows(&mut self, machine: &Machine, of: &str, end: &str) -> Vec<Order> {
        let end = NodeName::parse(end).unwrap();
        self.tell(machine, &Told::Flows { topic: topic(of), end })
    }

    fn figures(&mut self, wire: usize, sent: u64, received: u64, lost: u64) -> Vec<Order> {
        let figures = &mut self.figures[wire];
        (figures.sent, figures.received, figures.lost) = (sent, received, lost);
        let there = self.tell(&arm(), &Told::Wires(Vec::new()));
        [there, self.tell(&None, &Told::Wires(Vec::new()))].concat()
    }

    /// Until all are ready.
    fn gather(&mut self) {
        for name in ["camera", "edges", "screen", "relay", "arm/relay"] {
            self.run(name);
        }
        assert_eq!(self.tell(&arm(), &Told::Settled), []);
        assert_eq!(self.tell(&None, &Told::Settled), []);
    }

    /// Until all run.
    fn begin(&mut self) {
        self.gather();
        for (machine, of, end) in [
            (arm(), "/camera/image", "/edges"),
            (None, "/camera/image", "/camera"),
            (None, "/edges/image", "/screen"),
        ] {
            assert_eq!(self.flows(&machine, of, end), [], "{of} {end}");
        }
        assert_eq!(self.flows(&arm(), "/edges/image", "/edges"), [Order::Open { layer: 3 }]);
        for layer in [3, 2, 1, 0] {
            assert_eq!(self.tell(&None, &Told::Opened { layer }), []);
            let next: Vec<_> = (layer > 0).then(|| Order::Open { layer: layer - 1 }).into_iter().collect();
            assert_eq!(self.tell(&arm(), &Told::Opened { layer }), next);
        }
        assert_eq!(self.conductor.phase, Phase::Running);
    }
}

#[test]
fn sinks_begin_before_sources_once_all_wires_are_joined() {
    Stage::new().begin();
}

#[test]
fn what_never_joins_is_told_and_not_waited_for_for_ever() {
    let mut stage = Stage::new();
    stage.gather();
    stage.flows(&arm(), "/camera/image", "/edges");
    stage.flows(&None, "/camera/image", "/camera");
    assert_eq!(stage.conductor.deadline(), Some(stage.now + PATIENCE));

    stage.now += PATIENCE;
    let want = stage.conductor.next(&stage.figures, stage.now);

    assert_eq!(want.orders, [Order::Open { layer: 3 }]);
    let warning = want.warning.unwrap();
    assert!(warning.starts_with("begins without `edges/image` ⇒ `screen/image`:"), "{warning}");
}

#[test]
fn a_node_that_failed_or_has_not_begun_is_not_waited_for() {
    let mut stage = Stage::new();
    for name in ["camera", "edges", "relay", "arm/relay"] {
        stage.run(name);
    }
    assert_eq!(stage.end("edges"), []);
    stage.tell(&arm(), &Told::Settled);

    assert_eq!(stage.tell(&None, &Told::Settled), [Order::Open { layer: 3 }]);
}

#[test]
fn sources_end_first_and_the_next_layer_when_all_has_come() {
    let mut stage = Stage::new();
    stage.begin();
    stage.figures(0, 50, 50, 0);

    assert_eq!(stage.conductor.stop(stage.now), [Order::Ebb { layer: 0 }]);
    assert_eq!(stage.conductor.stop(stage.now), [], "it stops already");
    assert_eq!(stage.end("camera"), [], "nobody knows yet what it has sent");
    assert_eq!(stage.figures(0, 60, 58, 1), [], "one is on its way");
    assert_eq!(stage.figures(0, 60, 59, 1), [Order::Ebb { layer: 1 }]);
    assert_eq!(stage.end("edges"), []);
    assert_eq!(stage.figures(1, 9, 9, 0), [Order::Ebb { layer: 2 }]);
    assert_eq!(stage.end("screen"), [Order::Ebb { layer: 3 }], "the relays are last");
    assert_eq!(stage.end("relay"), []);
    stage.end("arm/relay");
    assert_eq!(stage.conductor.phase, Phase::Ending);
}

#[test]
fn what_does_not_come_or_does_not_end_holds_up_nobody_for_long() {
    let mut stage = Stage::new();
    stage.begin();
    stage.conductor.stop(stage.now);
    stage.end("camera");
    stage.figures(0, 60, 50, 0);

    stage.now += QUIET;
    assert_eq!(stage.next(), [Order::Ebb { layer: 1 }], "nothing came for a while");
    assert_eq!(stage.conductor.deadline(), Some(stage.now + QUIET));
    stage.now += EBB;
    assert_eq!(stage.next(), [Order::Ebb { layer: 2 }], "edges does not end");
}

#[test]
fn a_machine_out_of_sight_is_not_waited_for() {
    let mut stage = Stage::new();
    stage.begin();
    stage.conductor.stop(stage.now);
    stage.conductor.sight(&arm(), false);

    assert_eq!(stage.next(), [Order::Ebb { layer: 1 }]);
    assert_eq!(stage.end("edges"), [Order::Ebb { layer: 2 }, Order::Ebb { layer: 3 }]);
    assert_eq!(stage.conductor.hurry(2), Order::Stop { times: 2 });
    assert_eq!(stage.next(), []);
}
