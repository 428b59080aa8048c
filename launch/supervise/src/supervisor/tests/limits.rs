//! What a node may take: as the kernel sees it, in the node itself and in its children.

use vc_plan::plan::Limits;

use super::*;

fn limited(script: &str, limits: Limits) -> PlannedNode {
    PlannedNode { limits, ..shell("a", script) }
}

#[test]
fn limits_hold_from_the_start_and_for_children() {
    let cores = fs::read_to_string("/proc/self/status").unwrap();
    let cores = cores.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    let first: u16 = cores.trim().split([',', '-']).next().unwrap().parse().unwrap();
    let limits = Limits { nice: Some(5), cpu: vec![first], memory: Some(100 << 20) };
    let script = "sh -c 'echo $(nice) $(grep Cpus_allowed_list /proc/self/status) $(ulimit -d)'";

    let scene = Scene::of([limited(script, limits)]);

    assert_eq!(scene.line("a"), format!("5 Cpus_allowed_list: {first} {}", 100 << 10));
    assert_eq!(scene.end().0.verdict, Verdict::Success);
}

#[test]
fn a_node_that_comes_to_its_limit_of_memory_fails_and_its_limit_is_told() {
    // `tail` holds what it reads.
    let limits = Limits { memory: Some(50 << 20), ..Limits::default() };
    let (summary, events) = Scene::of([limited("head -c 200M /dev/zero | tail -n 1", limits)]).end();

    assert_eq!(summary.verdict, Verdict::NodeFailed);
    let told = events.iter().any(|event| {
        matches!(event, Event::State(change)
            if change.memory_limit == Some(50 << 20) && change.last_words.iter().any(|line| line.contains("memory")))
    });
    assert!(told, "{events:#?}");
}

#[test]
fn a_node_that_ends_well_is_told_without_its_limit() {
    let limits = Limits { memory: Some(50 << 20), ..Limits::default() };
    let (_, events) = Scene::of([limited("true", limits)]).end();

    assert!(
        !events.iter().any(|event| matches!(event, Event::State(change) if change.memory_limit.is_some()))
    );
}

#[test]
fn a_watchdog_of_its_own_comes_before_that_of_all() {
    let options = Options { watchdog: NEVER, ..Options::default() };
    let node = PlannedNode {
        watchdog: Some(Duration::from_millis(200)),
        ..block("a", "echo $NOTIFY_SOCKET; echo $WATCHDOG_USEC; exec sleep 1000")
    };
    let scene = Scene::with([node], options);

    Scene::say(&scene.line("a"), "READY=1");
    scene.wait("the watchdog's time", |seen| seen.lines.iter().find(|line| line.text == "200000").map(drop));

    assert_eq!(scene.end().0.nodes[0].state, ChildState::Failed { end: End::Hung });
}

#[test]
fn a_watchdog_of_zero_is_none() {
    let options = Options { watchdog: Duration::from_millis(100), ..Options::default() };
    let quiet = PlannedNode {
        watchdog: Some(Duration::ZERO),
        ..block("quiet", "echo $NOTIFY_SOCKET; echo ${WATCHDOG_USEC-none}; exec sleep 1000")
    };
    let hangs = block("hangs", "echo $NOTIFY_SOCKET; exec sleep 1000");
    let scene = Scene::with([patient(quiet), hangs], options);

    Scene::say(&scene.line("quiet"), "READY=1");
    scene.state("quiet", "running");
    Scene::say(&scene.line("hangs"), "READY=1");
    // One that is asked for signs of life is ended meanwhile.
    scene.state("hangs", "failed");
    scene.wait("no watchdog's time", |seen| seen.lines.iter().find(|line| line.text == "none").map(drop));
    let (summary, events) = scene.stop_and_end();

    assert_eq!(words(&events, "quiet"), ["starting", "running", "stopping", "stopped"]);
    assert_eq!(summary.nodes[0].state.word(), "stopped");
}
