//! `kill -9` of each process, of several, at any moment: nothing is left, and the next start works.

use std::thread;
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use vc_tests::harness::{Random, Signal, seed};

use crate::circuit::{Place, carried_all};

const SMALL: &str = "width:=64 height:=64 rate:=100 view:=none";

fn kill(pid: u32) {
    if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// A start after a kill: it works, and leaves nothing.
#[track_caller]
fn next_start_works(place: &Place) {
    let (seen, summary) = place.launch_edges(&format!("{SMALL} frames:=3")).end();
    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [3, 3]);
    place.is_clean();
}

#[test]
fn a_killed_node_ends_or_leaves_the_circuit_as_it_was_planned() {
    // Of the example's nodes, camera and screen take the circuit with them; the edge detector does not.
    for (victim, code) in [("camera", 72), ("edges", 70), ("screen", 72)] {
        let place = Place::new();
        let circuit = place.launch_edges(SMALL);
        circuit.flows();

        kill(circuit.running(victim));
        if code == 70 {
            circuit.state(victim, "failed", 0);
            circuit.signal(Signal::INT);
        }
        let (seen, _) = circuit.end();

        assert_eq!(seen.code, Some(code), "{victim}: {seen}");
        place.is_clean();
        next_start_works(&place);
    }
}

#[test]
fn a_killed_launcher_takes_its_nodes_along() {
    let place = Place::new();
    let circuit = place.launch_edges(SMALL);
    circuit.flows();

    circuit.0.kill();

    // The guard ends the nodes, removes what they left, and goes.
    place.is_deserted();
    place.is_clean();
    next_start_works(&place);
}

#[test]
fn after_a_kill_of_all_the_next_start_removes_what_is_left() {
    let place = Place::new();
    let circuit = place.launch_edges(SMALL);
    circuit.flows();

    for (pid, _) in place.processes() {
        kill(pid);
    }

    place.is_deserted();
    drop(circuit);
    next_start_works(&place);
}

#[test]
fn fifty_kills_at_random_moments_leave_nothing() {
    let seed = seed();
    println!("VC_TEST_SEED={seed}");
    let mut random = Random::new(seed);
    let place = Place::new();

    for _ in 1..=50 {
        let circuit = place.launch_edges(SMALL);
        // The moment is the point: from before the first node exists until pictures flow.
        thread::sleep(Duration::from_millis(random.below(400)));
        let victim = random.below(5);
        let processes = place.processes();
        let name = ["/camera", "/edge_detector", "/screen"].get(victim as usize);
        match name.and_then(|name| processes.iter().find(|(_, command)| command.contains(name))) {
            Some((pid, _)) => kill(*pid),
            None if victim == 4 => processes.iter().for_each(|(pid, _)| kill(*pid)),
            None => kill(circuit.0.pid()),
        }
        circuit.signal(Signal::INT);

        place.is_deserted();
        drop(circuit);
        // Where vclaunch or its guard lived to clean up, nothing is left; where everybody was killed, the next
        // start cleans up.
        if victim == 4 {
            next_start_works(&place);
        }
        place.is_clean();
    }

    next_start_works(&place);
}
