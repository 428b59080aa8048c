//! Nodes with one vice each, under `vclaunch`.

use std::fs;

use vc_tests::harness::{Signal, until};

use crate::circuit::{Place, carried_all, node};

const TALKER: &str = "  - node: {exec: counting_talker, param: [{name: rate, value: 500.0}]}\n";

#[test]
fn a_node_that_ignores_sigterm_is_killed() {
    let place = Place::new();
    let circuit = place.launch_nodes(
        "  - node: {exec: ignores_sigterm, sigterm_timeout: '0.2', sigkill_timeout: '0.2'}\n",
        "",
    );
    circuit.running("ignores_sigterm");

    circuit.signal(Signal::INT);
    let (seen, _) = circuit.end();

    assert_eq!(seen.code, Some(73), "{seen}");
    place.domain.domain().remove_dead_nodes().unwrap();
    place.is_clean();
}

#[test]
fn a_node_that_never_gets_ready_is_told() {
    let place = Place::new();

    let (seen, summary) = place.launch_nodes("  - node: {exec: never_ready}\n", "--ready-timeout 0.5").end();

    assert_eq!(seen.code, Some(70), "{seen}");
    let exit = node(&summary, "never_ready")["exit"].to_string();
    assert!(exit.contains("ready"), "{summary}");
    place.is_clean();
}

#[test]
fn a_required_node_that_exits_at_once_ends_the_circuit() {
    let place = Place::new();
    let nodes = format!("{TALKER}  - node: {{exec: exits_at_once, on_exit: shutdown}}\n");

    let (seen, summary) = place.launch_nodes(&nodes, "").end();

    assert_eq!(seen.code, Some(72), "{seen}");
    assert_eq!(node(&summary, "exits_at_once")["exit"], 3);
    assert!(seen.stdout.contains("these are my last words"), "{seen}");
    place.is_clean();
}

#[test]
fn a_crash_in_a_callback_is_answered_by_a_restart() {
    let place = Place::new();
    let nodes = format!(
        "{TALKER}  - node: {{exec: crashes_in_callback, name: ear, respawn: true, respawn_delay: 0.05}}\n\
         \x20 - wire: {{from: counting_talker/count, to: ear/count}}\n"
    );
    let circuit = place.launch_nodes(&nodes, "");

    circuit.state("ear", "running", 2);
    circuit.signal(Signal::INT);
    let (_, summary) = circuit.end();

    assert!(node(&summary, "ear")["restarts"].as_u64() >= Some(2), "{summary}");
    assert_eq!(node(&summary, "counting_talker")["restarts"], 0);
    place.is_clean();
}

#[test]
fn a_grandchild_is_gone_too() {
    let place = Place::new();
    let circuit = place.launch_nodes("  - node: {exec: forks_grandchild, output: screen}\n", "");
    let grandchild: u32 = circuit
        .event("of a grandchild", |event| event["text"].as_str()?.strip_prefix("grandchild ")?.parse().ok());
    circuit.running("forks_grandchild");

    circuit.signal(Signal::INT);
    circuit.end();

    let gone = || !fs::exists(format!("/proc/{grandchild}")).unwrap();
    until("the grandchild is gone", gone);
    place.is_clean();
}

#[test]
fn a_node_that_prints_a_lot_loses_no_line_in_its_log() {
    let place = Place::new();

    let (seen, _) = place.launch_nodes("  - node: {exec: prints_a_lot, output: screen}\n", "").end();

    assert_eq!(seen.code, Some(0));
    let log = fs::read_to_string(place.folder.path().join("log/latest/prints_a_lot.log")).unwrap();
    for part in ["output line", "error line"] {
        let numbers = log.lines().filter_map(|line| line.split_once(part)?.1.trim().parse::<u32>().ok());
        assert!(numbers.eq(0..10_000), "the log holds every {part} in order");
        assert_eq!(seen.stdout.lines().filter(|line| line.contains(part)).count(), 10_000, "{part}s shown");
    }
    place.is_clean();
}

#[test]
fn two_ends_of_another_type_are_refused_before_anything_starts() {
    let place = Place::new();
    let nodes = format!(
        "{TALKER}  - node: {{exec: mismatched_listener, name: ear}}\n\
         \x20 - wire: {{from: counting_talker/count, to: ear/count}}\n"
    );

    let seen = place.launch_nodes(&nodes, "").0.wait();

    assert_eq!(seen.code, Some(65), "{seen}");
    for part in ["std_msgs/msg/UInt64", "std_msgs/msg/String"] {
        assert!(seen.stderr.contains(part), "{seen}");
    }
    place.is_clean();
}

#[test]
fn every_number_from_a_talker_that_ends_is_heard() {
    let place = Place::new();
    let nodes = "  - node: {exec: counting_talker, param: [{name: rate, value: 250.0}, {name: last, value: 200}], on_exit: shutdown}\n\
                 \x20 - node: {exec: noting_listener, name: ear}\n\
                 \x20 - wire: {from: counting_talker/count, to: ear/count}\n";

    let (seen, summary) = place.launch_nodes(nodes, "").end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [200]);
    place.is_clean();
}
