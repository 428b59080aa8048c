//! What a node costs that has nothing to do.

use std::fs;

use vc_tests::harness::{NotifySocket, Program, Signal, TestDomain, status_field, until};

const MOST_MEMORY_KB: u64 = 15 * 1024;
const MOST_THREADS: u64 = 3;

/// The name of each thread, and how often it has gone to sleep by itself.
fn sleeps(pid: u32) -> Vec<(String, u64)> {
    let mut threads: Vec<_> = fs::read_dir(format!("/proc/{pid}/task"))
        .unwrap()
        .flatten()
        .map(|thread| {
            let name = fs::read_to_string(thread.path().join("comm")).unwrap();
            let task = format!("{pid}/task/{}", thread.file_name().to_string_lossy());
            (name.trim().to_owned(), status_field(&task, "voluntary_ctxt_switches").unwrap())
        })
        .collect();
    threads.sort();
    threads
}

fn all_asleep(pid: u32) -> bool {
    let mut threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    threads.all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S'))
    })
}

#[test]
fn an_idle_node_sleeps() {
    let (domain, socket) = (TestDomain::new(), NotifySocket::new());
    let node = socket.given_to(Program::new("idle_with_ten_topics")).domain(&domain).start();
    socket.wait_for("READY=1");
    until("every thread sleeps", || all_asleep(node.pid()));
    let before = sleeps(node.pid());

    // Others come, talk and go meanwhile, in the same domain.
    let line = "--ros-args -p rate:=200 -p last:=200";
    Program::new("counting_talker").domain(&domain).args(line).run().succeeded();
    let after = sleeps(node.pid());

    let status = |field| status_field(&node.pid().to_string(), field).unwrap();
    let (memory, threads) = (status("VmRSS"), status("Threads"));
    println!("idle node with 10 topics: {memory} kB resident, {threads} threads {after:?}");
    assert_eq!(before, after, "no thread woke");
    assert!(threads <= MOST_THREADS);
    assert!(memory <= MOST_MEMORY_KB);
    node.signal(Signal::TERM);
    node.wait().succeeded();
}
