//! Blocks that start after one another, under `vclaunch`.

use serde_json::Value;
use vc_tests::harness::Signal;

use crate::circuit::{Circuit, Place, carried_all, node};

/// Waits until it is told what a node waits for, and gives it.
fn waits(circuit: &Circuit, node: &str) -> Value {
    circuit.event(&format!("that {node} waits"), |event| {
        (event["event"] == "waits" && event["node"] == node).then(|| event["for"].clone())
    })
}

#[test]
fn a_chain_of_ready_blocks_loses_nothing() {
    let place = Place::new();
    let nodes = "  - node: {exec: counting_talker, after: ear, param: [{name: rate, value: 100.0}, {name: last, value: 100}], required: true}\n\
                 \x20 - node: {exec: noting_listener, name: ear}\n\
                 \x20 - wire: {from: counting_talker/count, to: ear/count}\n";

    let (seen, summary) = place.launch_nodes(nodes, "").end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [100]);
    let events = seen.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let states = events.filter(|event| event["event"] == "state");
    let order: Vec<String> = states.map(|event| format!("{} {}", event["node"], event["state"])).collect();
    let place_of = |what: &str| order.iter().position(|state| state == what).unwrap();
    assert!(place_of(r#""ear" "running""#) < place_of(r#""counting_talker" "starting""#), "{order:?}");
    place.is_clean();
}

#[test]
fn a_first_message_starts_a_block() {
    let place = Place::new();
    let nodes = "  - node: {exec: counting_talker, param: [{name: rate, value: 100.0}]}\n\
                 \x20 - node: {exec: noting_listener, name: late, after: [{topic: counting_talker/count}]}\n\
                 \x20 - wire: {from: counting_talker/count, to: late/count}\n";
    let circuit = place.launch_nodes(nodes, "");

    assert_eq!(waits(&circuit, "late"), serde_json::json!(["a message on `/counting_talker/count`"]));
    circuit.running("late");
    circuit.flows();
    circuit.signal(Signal::INT);
    let (seen, summary) = circuit.end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(summary["wires"][0]["lost"], 0, "what was sent before it came is no loss: {summary}");
    place.is_clean();
}

#[test]
fn a_block_that_waits_in_vain_is_told() {
    let place = Place::new();
    let nodes = "  - node: {exec: never_ready}\n\
                 \x20 - node: {exec: counting_talker, after: never_ready}\n";

    let (seen, summary) = place.launch_nodes(nodes, "--ready-timeout 0.5").end();

    assert_eq!(seen.code, Some(70), "{seen}");
    assert_eq!(
        node(&summary, "counting_talker")["exit"],
        "was never started: it waits for `never_ready` to be ready, but `never_ready` has failed"
    );
    place.is_clean();
}

#[test]
fn a_node_that_waits_leaves_nothing_behind() {
    let place = Place::new();
    let nodes = "  - node: {exec: idle_with_ten_topics}\n\
                 \x20 - node: {exec: counting_talker, after: [{node: idle_with_ten_topics, is: exit}]}\n";
    let circuit = place.launch_nodes(nodes, "");
    circuit.running("idle_with_ten_topics");
    waits(&circuit, "counting_talker");

    circuit.signal(Signal::KILL);
    circuit.0.wait();

    place.is_deserted();
    place.domain.domain().remove_dead_nodes().unwrap();
    place.is_clean();
}
