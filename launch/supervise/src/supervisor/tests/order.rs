//! Start order: who waits for what, what starts it, and what makes it give up.

use std::path::Path;

use vc_counters::Page;
use vc_plan::plan::{PlannedStop, StartCondition};
use vc_words::{NodeName, TopicName};

use super::*;

fn after(conditions: impl Into<Vec<StartCondition>>, node: PlannedNode) -> PlannedNode {
    PlannedNode { after: conditions.into(), ..node }
}

fn name(name: &str) -> NodeName {
    NodeName::parse(&format!("/{name}")).unwrap()
}

fn ready(node: &str) -> StartCondition {
    StartCondition::Ready(name(node))
}

fn ended(node: &str) -> StartCondition {
    StartCondition::Ended(name(node))
}

fn message(topic: &str, publishers: &[&str]) -> StartCondition {
    let publishers = publishers.iter().map(|node| name(node)).collect();
    StartCondition::Message { topic: TopicName::absolute(topic).unwrap(), publishers }
}

/// A block that tells what the test needs to play its part.
const PUPPET: &str = "echo $NOTIFY_SOCKET; echo $VC_COUNTERS; exec sleep 1000";

/// The states of nodes in the order told, such as `a running`.
fn order(events: &[Event]) -> Vec<String> {
    states(events).into_iter().map(|(name, state)| format!("{name} {}", state.word())).collect()
}

fn place(order: &[String], what: &str) -> usize {
    order.iter().position(|seen| seen == what).unwrap_or_else(|| panic!("no {what} in {order:?}"))
}

fn waits(events: &[Event], node: &str) -> Vec<String> {
    let told = events.iter().filter_map(|event| match event {
        Event::Waits { node: told, conditions } if &**told == node => Some(conditions),
        _ => None,
    });
    told.map(|conditions| conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")).collect()
}

#[test]
fn a_node_starts_once_what_it_comes_after_is_ready() {
    let nodes = [
        after([ready("first")], patient(shell("second", "exec sleep 1000"))),
        patient(block("first", PUPPET)),
    ];
    let scene = Scene::of(nodes);
    let address = scene.line("first");

    Scene::say(&address, "READY=1");
    scene.state("second", "running");
    let (summary, events) = scene.stop_and_end();

    assert_eq!(summary.verdict, Verdict::Success);
    assert_eq!(waits(&events, "second"), ["`first` to be ready"]);
    let order = order(&events);
    assert!(place(&order, "first running") < place(&order, "second starting"), "{order:?}");
}

#[test]
fn a_node_that_was_ready_counts_though_it_has_ended() {
    let nodes = [
        after([ready("short"), ended("long")], shell("last", "true")),
        shell("short", "true"),
        after([ended("short")], shell("long", "true")),
    ];
    let (summary, events) = Scene::of(nodes).end();

    assert_eq!(summary.verdict, Verdict::Success);
    assert_eq!(waits(&events, "last").last().unwrap(), "`long` to end");
    let order = order(&events);
    assert!(place(&order, "short ended") < place(&order, "long starting"), "{order:?}");
    assert!(place(&order, "long ended") < place(&order, "last starting"), "{order:?}");
}

#[test]
fn a_first_message_starts_who_waits_for_it() {
    let nodes = [
        patient(block("talker", PUPPET)),
        after([message("/numbers", &["talker"])], shell("listener", "true")),
    ];
    let scene = Scene::of(nodes);
    let address = scene.line("talker");
    let page = scene
        .wait("the page", |seen| seen.lines.iter().find_map(|line| Page::open(Path::new(&line.text)).ok()));

    Scene::say(&address, "READY=1");
    scene.state("talker", "running");
    page.add_output("other", "/other", 1).unwrap().sent(8);
    let mut numbers = page.add_output("numbers", "/numbers", 2).unwrap();
    scene.wait("what the listener waits for", |seen| {
        (!waits(&seen.events, "listener").is_empty()).then_some(())
    });
    assert_eq!(words(&scene.recorder.seen.lock().unwrap().events, "listener"), [""; 0]);
    numbers.sent(8);
    scene.state("listener", "ended");

    assert_eq!(scene.stop_and_end().0.verdict, Verdict::Success);
}

#[test]
fn a_timer_lets_its_time_pass() {
    let delay = Duration::from_millis(300);
    let scene =
        Scene::of([after([StartCondition::Elapsed(delay)], shell("late", "true")), shell("now", "true")]);
    let began = Instant::now();

    scene.state("late", "starting");

    // The circuit began a little before the test looked.
    assert!(began.elapsed() > delay / 2, "{:?}", began.elapsed());
    let (_, events) = scene.end();
    let order = order(&events);
    assert!(place(&order, "now ended") < place(&order, "late starting"), "{order:?}");
}

#[test]
fn what_can_never_happen_any_more_is_a_failure_that_says_why() {
    let nodes = [
        shell("first", "exit 3"),
        after([ended("first")], shell("second", "true")),
        after([ready("second")], shell("third", "true")),
        block("quiet", "exit 0"),
        after([message("/numbers", &["quiet"])], shell("fourth", "true")),
        after([ready("quiet")], shell("fifth", "true")),
    ];
    let (summary, events) = Scene::of(nodes).end();

    assert_eq!(summary.verdict, Verdict::NodeFailed);
    let reason = |index: usize| match &summary.nodes[index].exit {
        Some(End::NeverStarted { reason }) => reason.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(1), "it waits for `first` to end, but `first` has failed");
    assert_eq!(reason(2), "it waits for `second` to be ready, but `second` has failed");
    assert_eq!(reason(4), "it waits for a message on `/numbers`, but `quiet` has ended");
    assert_eq!(reason(5), "it waits for `quiet` to be ready, but `quiet` has ended");
    assert_eq!(words(&events, "third"), ["failed"]);
}

#[test]
fn a_node_that_is_started_again_can_still_be_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("cd {} && mkdir once 2>/dev/null && exit 1; exit 0", folder.path().display());
    let nodes = [
        restarting(shell("init", &script), RestartPolicy::OnFailure, 3),
        after([ended("init")], shell("main", "true")),
    ];
    let (summary, _) = Scene::of(nodes).end();

    assert_eq!((summary.verdict, summary.nodes[0].restarts), (Verdict::Success, 1));
    assert_eq!(summary.nodes[1].exit, Some(End::Code(0)));
}

#[test]
fn a_stop_ends_the_waiting() {
    let never = after([message("/nobody", &[])], shell("a", "true"));
    let scene = Scene::of([never, after([StartCondition::Elapsed(NEVER)], shell("b", "true"))]);
    scene.wait("b waits", |seen| (!waits(&seen.events, "b").is_empty()).then_some(()));

    let (summary, events) = scene.stop_and_end();

    assert_eq!(summary.verdict, Verdict::Success);
    assert_eq!(words(&events, "a"), ["stopped"]);
    assert_eq!(waits(&events, "b"), ["1000 s to pass"]);
}

#[test]
fn the_gate_opens_when_nothing_more_can_start_without_it() {
    // A gate that is shut is a pipe that is not at its end: reading it takes for ever.
    let block_at_gate = "echo $NOTIFY_SOCKET; cat $VC_START_GATE; echo open; exec sleep 1000";
    let nodes = [
        patient(block("first", block_at_gate)),
        after([ready("first")], patient(block("second", block_at_gate))),
        after([message("/never", &[])], shell("third", "true")),
    ];
    let scene = Scene::of(nodes);

    Scene::say(&scene.line("first"), "READY=1");
    let second = scene.line("second");
    let is_open = |seen: &Seen| seen.lines.iter().any(|line| line.text == "open");
    assert!(!is_open(&scene.recorder.seen.lock().unwrap()), "the gate waits for those that follow at once");
    Scene::say(&second, "READY=1");
    scene.wait("an open gate", |seen| is_open(seen).then_some(()));

    assert_eq!(scene.stop_and_end().0.verdict, Verdict::Success);
}

#[test]
fn a_planned_stop_ends_the_circuit() {
    let node = after([StartCondition::Elapsed(NEVER)], shell("late", "true"));
    let mut plan = plan_of([patient(shell("a", "exec sleep 1000")), node]);
    let reason = "enough".to_owned();
    plan.stop = Some(PlannedStop { after: Duration::from_millis(200), reason: reason.clone() });

    let (summary, events) = Scene::of_plan(plan, Options::default()).end();

    assert_eq!(summary.verdict, Verdict::Success);
    assert!(events.contains(&Event::Stopping(StopReason::Planned { reason })), "{events:#?}");
    assert_eq!(words(&events, "a"), ["starting", "running", "stopping", "stopped"]);
}
