//! However a node ends, the next start works and nothing is left.

use std::process::Command;

use vc_tests::harness::{Ended, NotifySocket, Program, Running, Signal, TestDomain};

fn ready(domain: &TestDomain, program: &str) -> Running {
    let socket = NotifySocket::new();
    let running = socket.given_to(Program::new(program)).domain(domain).start();
    socket.wait_for("READY=1");
    running
}

#[test]
fn both_signals_end_a_node_with_success_and_leave_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        for program in ["counting_talker", "idle_with_ten_topics", "floods"] {
            let domain = TestDomain::new();
            let node = ready(&domain, program);
            assert!(!domain.leftovers().is_empty());

            node.signal(signal);
            let seen = node.wait().succeeded();

            assert!(domain.leftovers().is_empty(), "{program} after {signal:?}: {seen}");
        }
    }
}

#[test]
fn after_kill_9_the_next_start_works_and_leaves_nothing() {
    let domain = TestDomain::new();
    ready(&domain, "idle_with_ten_topics").kill();
    ready(&domain, "counting_talker").kill();
    assert!(!domain.leftovers().is_empty(), "nobody could clean up");

    Program::new("counting_talker").domain(&domain).args("--ros-args -p last:=3").run().succeeded();

    assert!(domain.leftovers().is_empty());
}

#[test]
fn what_a_killed_node_leaves_is_removed_while_others_live() {
    let domain = TestDomain::new();
    let survivor = ready(&domain, "counting_talker");
    let before = domain.leftovers().len();
    ready(&domain, "idle_with_ten_topics").kill();
    assert!(domain.leftovers().len() > before);

    domain.domain().remove_dead_nodes().unwrap();

    assert!(domain.leftovers().len() <= before + 1, "{:?}", domain.leftovers());
    survivor.signal(Signal::TERM);
    survivor.wait().succeeded();
}

#[test]
fn dead_nodes_of_a_dead_domain_are_removed_without_a_start() {
    let domain = TestDomain::new();
    ready(&domain, "idle_with_ten_topics").kill();

    domain.domain().remove_dead_nodes().unwrap();

    assert!(domain.leftovers().is_empty());
}

/// Runs a fixture with a `/dev/shm` of its own, of `size`. `None`, and a line that says so, if this user may not.
fn in_a_small_shm(size: &str, program: &str) -> Option<Ended> {
    let mount = format!("mount -t tmpfs -o size={size} tmpfs /dev/shm && exec \"$0\" \"$@\"");
    let allowed = Command::new("unshare").args(["-m", "sh", "-c", &mount, "true"]).output();
    if !allowed.is_ok_and(|tried| tried.status.success()) {
        println!("SKIPPED: mounting a small /dev/shm is not permitted here");
        return None;
    }
    let unshare = Program::at("unshare").args("-m sh -c").arg(mount).arg(Program::path(program));
    Some(unshare.env("ROS_DOMAIN_ID", "7").run())
}

#[test]
fn a_full_shared_memory_is_an_error_and_no_sigbus() {
    for size in ["16m", "9m", "5m"] {
        let Some(seen) = in_a_small_shm(size, "fills_shared_memory") else { return };

        assert_eq!((seen.code, seen.signal), (Some(1), None), "{size}: {seen}");
        for part in ["topic `/data`", "/dev/shm has", "mount -o remount,size=", "--shm-size"] {
            assert!(seen.stderr.contains(part), "{size}: no {part} in {seen}");
        }
        assert!(seen.stdout.contains("sent 1000\n"), "{size}: {seen}");
    }
}

#[test]
fn a_tiny_shared_memory_is_told_at_the_start() {
    let Some(seen) = in_a_small_shm("1m", "counting_talker") else { return };

    assert_eq!(seen.code, Some(1), "{seen}");
    assert!(seen.stderr.contains("bytes free, but a node needs"), "{seen}");
}
