//! Circuits of real processes: tiny shell scripts, each with one vice.

use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::{Condvar, Mutex};
use std::thread::JoinHandle;

use rustix::process::Pid;
use vc_plan::plan::{Grace, OnExit, Output, PlannedNode, RestartPolicy};

use super::*;
use crate::child_state::{ChildState, End, Rung};
use crate::log_folder;
use crate::observer::{Event, Line, Verdict, Warning};
use crate::process_table;
use crate::testing::{block, plan_of, shell, wire};

/// Far longer than anything here takes, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);
/// Never over within a test.
const NEVER: Duration = Duration::from_secs(1000);

mod limits;
mod order;
mod terminal;

#[derive(Default)]
struct Seen {
    events: Vec<Event>,
    lines: Vec<Line>,
    holds_lines: bool,
}

/// Remembers everything, and lets a test wait for it.
#[derive(Default)]
struct Recorder {
    seen: Mutex<Seen>,
    changed: Condvar,
}

impl Observer for Recorder {
    fn event(&self, event: Event) {
        self.seen.lock().unwrap().events.push(event);
        self.changed.notify_all();
    }

    fn line(&self, line: Line) {
        let mut seen = self.seen.lock().unwrap();
        while seen.holds_lines {
            seen = self.changed.wait(seen).unwrap();
        }
        // A flood is not worth remembering.
        if seen.lines.len() < 1000 {
            seen.lines.push(line);
        }
        self.changed.notify_all();
    }
}

/// A running circuit.
struct Scene {
    recorder: Arc<Recorder>,
    stop: StopHandle,
    thread: JoinHandle<Summary>,
}

impl Scene {
    fn of(nodes: impl IntoIterator<Item = PlannedNode>) -> Self {
        Self::with(nodes, Options::default())
    }

    fn with(nodes: impl IntoIterator<Item = PlannedNode>, options: Options) -> Self {
        Self::of_plan(plan_of(nodes), options)
    }

    fn of_plan(plan: Plan, options: Options) -> Self {
        let supervisor = Supervisor::new(plan, options);
        let recorder = Arc::new(Recorder::default());
        let stop = supervisor.stop_handle();
        let observer = Arc::clone(&recorder);
        let thread = std::thread::spawn(move || supervisor.run(observer).unwrap());
        Self { recorder, stop, thread }
    }

    fn wait<T>(&self, what: &str, found: impl Fn(&Seen) -> Option<T>) -> T {
        let until = Instant::now() + DEADLINE;
        let mut seen = self.recorder.seen.lock().unwrap();
        loop {
            if let Some(value) = found(&seen) {
                return value;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "never saw {what}; events: {:#?}", seen.events);
            seen = self.recorder.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits for a line of this node.
    fn line(&self, node: &str) -> String {
        self.wait(&format!("a line of {node}"), |seen| {
            seen.lines.iter().find(|line| &*line.node == node).map(|line| line.text.clone())
        })
    }

    fn state(&self, node: &str, word: &str) {
        self.wait(&format!("{node} {word}"), |seen| {
            states(&seen.events)
                .iter()
                .any(|(name, state)| name == node && state.word() == word)
                .then_some(())
        });
    }

    fn say(address: &str, text: &str) {
        let address = SocketAddr::from_abstract_name(address.strip_prefix('@').unwrap()).unwrap();
        UnixDatagram::unbound().unwrap().send_to_addr(text.as_bytes(), &address).unwrap();
    }

    fn end(self) -> (Summary, Vec<Event>) {
        let summary = self.thread.join().unwrap();
        let events = std::mem::take(&mut self.recorder.seen.lock().unwrap().events);
        assert_eq!(events.last(), Some(&Event::Summary(summary.clone())));
        (summary, events)
    }

    fn stop_and_end(self) -> (Summary, Vec<Event>) {
        self.stop.stop();
        self.end()
    }
}

fn states(events: &[Event]) -> Vec<(String, ChildState)> {
    let state = |event: &Event| match event {
        Event::State(change) => Some((change.node.to_string(), change.state.clone())),
        _ => None,
    };
    events.iter().filter_map(state).collect()
}

fn words(events: &[Event], node: &str) -> Vec<&'static str> {
    states(events).iter().filter(|(name, _)| name == node).map(|(_, state)| state.word()).collect()
}

fn lives(pid: &str) -> bool {
    let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    process_table::entry(pid).is_some_and(|entry| !entry.is_zombie)
}

fn patient(node: PlannedNode) -> PlannedNode {
    PlannedNode { grace: Grace { sigterm: NEVER, sigkill: NEVER }, ..node }
}

fn restarting(node: PlannedNode, policy: RestartPolicy, most: u32) -> PlannedNode {
    let mut node = node;
    node.restart.policy = policy;
    node.restart.max_retries = Some(most);
    node
}

#[test]
fn a_circuit_ends_when_all_nodes_have() {
    let (summary, events) = Scene::of([shell("a", "true"), shell("b", "exit 0")]).end();

    assert_eq!(summary.verdict, Verdict::Success);
    assert_eq!(words(&events, "a"), ["starting", "running", "ended"]);
    assert_eq!(summary.nodes[1].exit, Some(End::Code(0)));
}

#[test]
fn an_empty_circuit_ends_at_once() {
    assert_eq!(Scene::of([]).end().0.verdict, Verdict::Success);
}

#[test]
fn a_failure_is_told_with_its_last_words() {
    let (summary, events) = Scene::of([shell("robot1/a", "echo fine; echo no camera >&2; exit 3")]).end();

    assert_eq!(summary.verdict, Verdict::NodeFailed);
    assert_eq!(summary.nodes[0].exit, Some(End::Code(3)));
    let told = events.iter().any(|event| {
        matches!(event, Event::State(change) if &*change.node == "robot1/a" && change.last_words == ["no camera"])
    });
    assert!(told, "{events:#?}");
}

#[test]
fn a_signal_is_told_apart_from_a_code() {
    let (summary, _) = Scene::of([shell("a", "kill -SEGV $$")]).end();

    assert_eq!(summary.nodes[0].exit, Some(End::Signal(11)));
}

#[test]
fn a_program_that_is_not_there_fails() {
    let missing = PlannedNode { program: "/no/such/program".into(), ..shell("a", "") };
    let (summary, events) = Scene::of([missing, shell("b", "true")]).end();

    assert!(matches!(&summary.nodes[0].exit, Some(End::NotStarted { .. })), "{summary:?}");
    assert_eq!(words(&events, "a"), ["failed"]);
    assert_eq!(words(&events, "b"), ["starting", "running", "ended"]);
}

#[test]
fn restarts_happen_as_often_as_allowed() {
    let nodes = [
        restarting(shell("fails", "exit 1"), RestartPolicy::OnFailure, 2),
        restarting(shell("ends", "exit 0"), RestartPolicy::OnFailure, 2),
        restarting(shell("source", "exit 0"), RestartPolicy::Always, 1),
    ];
    let (summary, _) = Scene::of(nodes).end();

    let seen: Vec<_> = summary.nodes.iter().map(|node| (node.restarts, node.state.word())).collect();
    assert_eq!(seen, [(2, "failed"), (0, "ended"), (1, "ended")]);
}

#[test]
fn a_block_runs_once_it_is_ready() {
    let scene = Scene::of([patient(block("a", "echo $NOTIFY_SOCKET; echo $VC_COUNTERS; exec sleep 1000"))]);
    let address = scene.line("a");

    Scene::say(&address, "garbage");
    Scene::say(&address, "STATUS=warming up\nREADY=1");
    scene.state("a", "running");
    let (summary, events) = scene.stop_and_end();

    assert_eq!(words(&events, "a"), ["starting", "running", "stopping", "stopped"]);
    assert!(events.contains(&Event::Status { node: "a".into(), text: "warming up".into() }));
    assert_eq!((summary.verdict, summary.nodes[0].exit.clone()), (Verdict::Success, Some(End::Signal(2))));
}

#[test]
fn a_block_that_is_never_ready_fails() {
    let options = Options { ready_timeout: Duration::from_millis(100), ..Options::default() };
    let (summary, _) = Scene::with([block("a", "exec sleep 1000")], options).end();

    assert_eq!(summary.nodes[0].state, ChildState::Failed { end: End::NeverReady });
}

#[test]
fn a_block_that_hangs_is_ended() {
    let options = Options { watchdog: Duration::from_millis(200), ..Options::default() };
    let scene = Scene::with([block("a", "echo $NOTIFY_SOCKET; exec sleep 1000")], options);

    Scene::say(&scene.line("a"), "READY=1");
    let (summary, events) = scene.end();

    assert_eq!(summary.nodes[0].state, ChildState::Failed { end: End::Hung });
    assert_eq!(words(&events, "a"), ["starting", "running", "stopping", "failed"]);
}

#[test]
fn a_block_that_shows_life_goes_on() {
    let options = Options { watchdog: Duration::from_secs(2), ..Options::default() };
    let scene = Scene::with([patient(block("a", "echo $NOTIFY_SOCKET; exec sleep 1000"))], options);
    let address = scene.line("a");
    Scene::say(&address, "READY=1");

    let until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < until {
        Scene::say(&address, "WATCHDOG=1");
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let (_, events) = scene.stop_and_end();

    assert_eq!(words(&events, "a"), ["starting", "running", "stopping", "stopped"]);
}

#[test]
fn a_node_that_ignores_every_request_is_killed() {
    let deaf = "trap '' INT TERM; echo up; while :; do sleep 0.05; done";
    let scene = Scene::of([shell("a", deaf)]);
    scene.line("a");

    let (summary, events) = scene.stop_and_end();

    assert_eq!((summary.verdict, summary.nodes[0].exit.clone()), (Verdict::NodeKilled, Some(End::Signal(9))));
    let rungs: Vec<_> = states(&events)
        .into_iter()
        .filter_map(
            |(_, state)| if let ChildState::Stopping { rung, .. } = state { Some(rung) } else { None },
        )
        .collect();
    assert_eq!(rungs, [Rung::Ask, Rung::Term, Rung::Kill]);
}

#[test]
fn a_node_that_somebody_else_killed_is_no_failure_to_stop() {
    let mut node = restarting(shell("a", "kill -KILL $$"), RestartPolicy::Always, 9);
    node.restart.delay = NEVER;
    let scene = Scene::of([node]);
    scene.state("a", "resting");

    let (summary, _) = scene.stop_and_end();

    assert_eq!((summary.verdict, summary.nodes[0].exit.clone()), (Verdict::Success, Some(End::Signal(9))));
}

#[test]
fn asking_again_hurries() {
    let deaf = "trap '' INT TERM; echo up; while :; do sleep 0.05; done";
    let scene = Scene::of([patient(shell("a", deaf))]);
    scene.line("a");

    (0..3).for_each(|_| scene.stop.stop());
    let (summary, _) = scene.end();

    assert_eq!(summary.nodes[0].exit, Some(End::Signal(9)));
}

#[test]
fn a_node_is_asked_to_stop_once_its_sources_have_ended() {
    let slow = "trap 'sleep 0.1; exit 0' INT; echo up; while :; do sleep 0.01; done";
    let node = |name| patient(shell(name, slow));
    let mut plan = plan_of([node("sink"), node("edges"), node("camera")]);
    plan.wires = vec![wire("camera/image", "edges/image"), wire("edges/edges", "sink/image")];
    let scene = Scene::of_plan(plan, Options::default());
    for name in ["sink", "edges", "camera"] {
        scene.line(name);
    }

    let (_, events) = scene.stop_and_end();

    let order: Vec<_> = states(&events)
        .into_iter()
        .filter(|(_, state)| ["stopping", "stopped"].contains(&state.word()))
        .map(|(name, state)| format!("{name} {}", state.word()))
        .collect();
    let expected =
        ["camera", "edges", "sink"].map(|name| [format!("{name} stopping"), format!("{name} stopped")]);
    assert_eq!(order, expected.concat());
}

#[test]
fn unwired_nodes_stop_in_reverse_order() {
    let node = |name| patient(shell(name, "echo up; exec sleep 1000"));
    let scene = Scene::of([node("a"), node("b"), node("c")]);
    for name in ["a", "b", "c"] {
        scene.line(name);
    }

    let (_, events) = scene.stop_and_end();

    let stopping: Vec<_> = states(&events)
        .into_iter()
        .filter(|(_, state)| state.word() == "stopping")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(stopping, ["c", "b", "a"]);
}

#[test]
fn a_stopped_process_is_woken_to_hear_that_it_should_end() {
    let scene = Scene::of([patient(shell("a", "echo $$; kill -STOP $$; sleep 1000"))]);
    scene.line("a");

    let (summary, _) = scene.stop_and_end();

    assert_eq!(summary.nodes[0].state.word(), "stopped");
}

#[test]
fn what_is_left_of_a_group_is_ended() {
    let scene = Scene::of([shell("a", "trap '' INT TERM; sleep 1000 & echo $!")]);
    let grandchild = scene.line("a");

    let (summary, _) = scene.end();

    assert_eq!(summary.nodes[0].exit, Some(End::Code(0)));
    assert!(!lives(&grandchild));
}

#[test]
fn a_process_that_left_its_group_is_ended_and_told() {
    let script = "setsid sh -c 'echo $$; exec sleep 1000' & wait";
    let scene = Scene::of([shell("a", script)]);
    let stray = scene.line("a");

    let (_, events) = scene.stop_and_end();

    assert!(!lives(&stray));
    let told = events.iter().any(
        |event| matches!(event, Event::Warning(Warning::LeftBehind { pid, .. }) if pid.to_string() == stray),
    );
    assert!(told, "{events:#?}");
}

#[test]
fn a_required_node_takes_the_circuit_with_it() {
    let other = || patient(shell("other", "exec sleep 1000"));
    let required = |script| PlannedNode { on_exit: OnExit::Shutdown, ..shell("main", script) };

    let (well, _) = Scene::of([other(), required("exit 0")]).end();
    let (badly, events) = Scene::of([other(), required("exit 4")]).end();

    assert_eq!((well.verdict, well.nodes[0].state.word()), (Verdict::Success, "stopped"));
    assert_eq!(badly.verdict, Verdict::RequiredNodeFailed);
    assert!(events.contains(&Event::Stopping(StopReason::RequiredNode { node: "main".into() })));
}

#[test]
fn a_node_without_output_is_watched_all_the_same() {
    let scene = Scene::of([patient(shell("a", "exec >&- 2>&-; exec sleep 1000"))]);
    scene.state("a", "running");

    assert_eq!(scene.stop_and_end().0.nodes[0].state.word(), "stopped");
}

#[test]
fn a_flood_nobody_reads_holds_up_nobody_else() {
    let recorder_holds = |scene: &Scene, holds| {
        scene.recorder.seen.lock().unwrap().holds_lines = holds;
        scene.recorder.changed.notify_all();
    };
    let quiet = PlannedNode { output: Output::LogOnly, ..shell("quiet", "read line < $FIFO; exit 7") };
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let quiet = PlannedNode { env: vec![("FIFO".into(), Some(fifo.to_str().unwrap().into()))], ..quiet };
    let scene = Scene::of([shell("flood", "exec yes"), quiet]);
    scene.line("flood");
    recorder_holds(&scene, true);

    fs::write(&fifo, "go\n").unwrap();
    scene.state("quiet", "failed");
    scene.stop.stop();
    scene.state("flood", "stopped");
    recorder_holds(&scene, false);

    assert_eq!(scene.end().0.nodes[1].exit, Some(End::Code(7)));
}

#[test]
fn output_goes_where_the_plan_says_and_always_to_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let both = "echo out; echo err >&2";
    let node = |name, output| PlannedNode { output, ..shell(name, both) };
    let nodes = [node("screen", Output::Screen), node("ns/log", Output::Log), node("own", Output::LogOnly)];
    let options = Options { log_folder: Some(log_folder::of_run(folder.path())), ..Options::default() };
    let scene = Scene::with(nodes, options);
    let recorder = Arc::clone(&scene.recorder);

    scene.end();

    let mut shown: Vec<_> = recorder
        .seen
        .lock()
        .unwrap()
        .lines
        .iter()
        .map(|line| format!("{} {}", line.node, line.text))
        .collect();
    shown.sort();
    assert_eq!(shown, ["ns/log err", "screen err", "screen out"]);
    for name in ["screen", "ns.log", "own"] {
        let text = fs::read_to_string(folder.path().join(format!("latest/{name}.log"))).unwrap();
        assert!(text.contains("Z out\n") && text.contains("Z err\n"), "{name}: {text}");
    }
}

#[test]
fn a_node_gets_its_folder_environment_and_prefix() {
    let node = PlannedNode {
        prefix: vec!["env".into(), "LATE=1".into()],
        env: vec![("SET".into(), Some("x y".into())), ("HOME".into(), None)],
        cwd: Some("/".into()),
        ..shell(
            "a",
            "echo \"$PWD|$SET|${HOME-none}|$LATE|$VC_LOG_STYLE|$VC_LAUNCHER_PID|${NOTIFY_SOCKET-none}\"",
        )
    };
    let scene = Scene::of([node]);

    assert_eq!(scene.line("a"), format!("/|x y|none|1|launch|{}|none", std::process::id()));
    scene.end();
}

#[test]
fn a_log_folder_that_cannot_be_is_a_warning() {
    let options = Options { log_folder: Some("/proc/no/such".into()), ..Options::default() };
    let (summary, events) = Scene::with([shell("a", "true")], options).end();

    assert_eq!(summary.verdict, Verdict::Success);
    assert!(events.iter().any(|event| matches!(event, Event::Warning(Warning::NoLog { .. }))));
}
