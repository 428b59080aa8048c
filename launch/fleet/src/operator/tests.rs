use std::time::Duration;

use vc_plan::plan::{NodeKind, PlannedWire};
use vc_plan::{OnOperatorLost, PlannedMachine};
use vc_supervise::NodeChange;
use vc_supervise::child_state::ChildState;
use vc_words::{NodeName, TopicName};

use super::*;
use crate::samples::{arm, node};

fn port(node: &str) -> PortRef {
    PortRef { node: NodeName::parse(node).unwrap(), port: "image".into() }
}

/// A camera on the arm, a screen here, and the wire between them.
fn operator(on_operator_lost: OnOperatorLost) -> Operator {
    let wire = PlannedWire {
        from: port("/camera"),
        to: port("/screen"),
        topic: TopicName::absolute("/camera/image").unwrap(),
        type_name: String::new(),
        carriage: vc_plan::relay::Carriage::default(),
    };
    let machine = PlannedMachine { name: arm().unwrap(), address: None, on_operator_lost };
    Operator::new(Plan {
        file: "a.launch.yaml".into(),
        machines: vec![machine],
        nodes: vec![node("/camera", arm(), NodeKind::Foreign), node("/screen", None, NodeKind::Foreign)],
        wires: vec![wire],
        stop: None,
    })
}

fn figures(sent: u64, received: u64) -> WireFigures {
    let topic = TopicName::absolute("/camera/image").unwrap();
    let (from, to) = (port("/camera"), port("/screen"));
    WireFigures { from, to, topic, sent, received, lost: 1, rate_hz: 30.0, latency: None }
}

fn state(node: &str) -> Told {
    let state = ChildState::Running { retries: 0 };
    Told::State(NodeChange {
        node: node.into(),
        state,
        pid: None,
        restarts: 0,
        last_words: Vec::new(),
        memory_limit: None,
    })
}

fn ended(node: &str, verdict: Verdict, wires: Vec<WireFigures>) -> Told {
    let end = End::Code(0);
    let node = NodeSummary {
        node: node.into(),
        state: ChildState::Ended { end: end.clone() },
        exit: Some(end),
        restarts: 2,
    };
    Told::Summary(Summary { verdict, nodes: vec![node], wires, lasted: Duration::ZERO })
}

#[test]
fn a_wire_across_machines_has_one_row_of_figures() {
    let mut operator = operator(OnOperatorLost::Stop);
    operator.told(&arm(), Told::Wires(vec![figures(40, 0)]));
    operator.told(&None, Told::Wires(vec![figures(0, 38)]));

    let wires = operator.wires();

    assert_eq!(wires, [figures(40, 38)]);
}

#[test]
fn nobody_speaks_for_another_machines_nodes() {
    let mut operator = operator(OnOperatorLost::Stop);
    assert_eq!(operator.told(&arm(), state("camera")).events.len(), 1);
    assert_eq!(operator.nodes_of(&arm()), ["camera".into()].into());
    for told in [state("screen"), state("nobody")] {
        assert_eq!(operator.told(&arm(), told), Step::default());
    }
    operator.told(&arm(), ended("screen", Verdict::Success, Vec::new()));
    let summary = operator.summary(Duration::ZERO);
    assert!(matches!(summary.nodes[1].exit, Some(End::OutOfSight { .. })), "{summary:?}");
}

#[test]
fn the_end_of_a_required_node_stops_all_once() {
    let mut operator = operator(OnOperatorLost::Stop);
    let required = || Told::RequiredEnded { node: "camera".into() };

    assert!(operator.told(&arm(), required()).stop);
    assert_eq!(operator.told(&None, required()), Step::default());
}

#[test]
fn the_summary_is_of_all_machines() {
    let mut operator = operator(OnOperatorLost::Stop);
    operator.told(&arm(), ended("camera", Verdict::Success, vec![figures(40, 0)]));
    assert!(!operator.is_over() && operator.has_ended(&arm()));
    operator.told(&None, ended("screen", Verdict::NodeKilled, vec![figures(0, 38)]));
    assert!(operator.is_over());

    let summary = operator.summary(Duration::from_secs(1));

    assert_eq!(summary.verdict, Verdict::NodeKilled);
    let nodes: Vec<_> = summary.nodes.iter().map(|node| (&*node.node, node.restarts)).collect();
    assert_eq!(nodes, [("camera", 2), ("screen", 2)]);
    assert_eq!(summary.wires, [figures(40, 38)]);
}

#[test]
fn a_machine_out_of_sight_is_told_and_its_nodes_failed_as_far_as_we_know() {
    let mut operator = operator(OnOperatorLost::Keep);
    let lost = operator.link(&arm(), false).unwrap();
    assert!(
        matches!(&lost, Event::Warning(warning) if warning.to_string() == "arm: the link is lost; its nodes go on")
    );
    assert!(operator.link(&arm(), false).is_none() && operator.is_out_of_sight(&arm()));
    assert!(operator.link(&arm(), true).is_some());
    operator.link(&arm(), false);
    operator.told(&None, ended("screen", Verdict::Success, Vec::new()));
    operator.give_up(&arm());

    let summary = operator.summary(Duration::ZERO);

    assert!(operator.is_over());
    assert_eq!(summary.verdict, Verdict::NodeFailed);
    assert_eq!(summary.nodes[0].exit.as_ref().unwrap().to_string(), "out of sight: the link to arm was lost");
}

#[test]
fn an_event_survives_its_way() {
    for told in [state("camera"), ended("camera", Verdict::Success, vec![figures(1, 2)])] {
        let text = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Told>(&text).unwrap(), told);
    }
}

#[test]
fn a_clock_that_is_far_off_is_told_once_and_all_are_in_the_end() {
    let mut operator = operator(OnOperatorLost::Stop);
    let ahead = |millis: i64| Offset { ahead_ns: millis * 1_000_000, uncertainty: Duration::from_millis(1) };

    assert_eq!(operator.clock(&arm(), ahead(20)), None);
    let told = operator.clock(&arm(), ahead(-2000)).unwrap();
    assert!(
        matches!(&told, Event::Warning(warning) if warning.to_string().starts_with("arm: its clock is 2000.0 ms behind (± 1.0 ms)")),
        "{told:?}"
    );
    assert_eq!(operator.clock(&arm(), ahead(-2001)), None);
    let [Event::Clock { machine, ahead_ns, .. }] = &operator.clocks()[..] else { panic!() };
    assert_eq!((machine.as_str(), *ahead_ns), ("arm", -2_001_000_000));
}
