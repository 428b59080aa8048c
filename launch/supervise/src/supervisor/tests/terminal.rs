//! Pseudo-terminals, and what is typed.

use std::io::Write as _;

use super::*;

fn on_terminal(script: &str) -> PlannedNode {
    PlannedNode { emulate_tty: true, ..shell("a", script) }
}

fn reads(script: &str) -> PlannedNode {
    PlannedNode { stdin: true, ..shell("a", script) }
}

fn texts(seen: &Seen) -> Vec<&str> {
    seen.lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn a_node_writes_to_terminals_and_each_byte_comes_through() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { log_folder: Some(folder.path().join("run")), ..Options::default() };
    let script = "[ -t 1 ] && [ -t 2 ] && echo both; [ -t 0 ] || echo output only
        stty -a <&2 | grep -o 'columns [1-9]'; printf 'a\\tb\\r\\nlast'; echo wrong >&2";
    let scene = Scene::with([on_terminal(script)], options);

    scene.wait("the end", |seen| (texts(seen).len() == 6).then_some(()));
    let seen = std::mem::take(&mut scene.recorder.seen.lock().unwrap().lines);
    let of = |stream| seen.iter().filter(move |line| line.stream == stream).map(|line| line.text.as_str());
    let out: Vec<&str> = of(crate::Stream::Stdout).collect();
    assert_eq!((&out[..2], &out[3..]), (&["both", "output only"][..], &["a\tb", "last"][..]));
    assert!(out[2].starts_with("columns "), "{out:?}");
    assert_eq!(of(crate::Stream::Stderr).collect::<Vec<_>>(), ["wrong"]);
    assert_eq!(scene.end().0.verdict, Verdict::Success);
    let log = fs::read_to_string(folder.path().join("run/a.log")).unwrap();
    assert!(log.contains("Z both\n") && log.contains("Z last\n"), "{log}");
}

#[test]
fn what_was_written_to_a_terminal_before_the_end_is_read() {
    let scene = Scene::of([on_terminal("seq 900; exit 3")]);
    let recorder = Arc::clone(&scene.recorder);

    let (summary, _) = scene.end();

    assert_eq!(summary.nodes[0].exit, Some(End::Code(3)));
    let seen = recorder.seen.lock().unwrap();
    assert!(texts(&seen).iter().copied().eq((1..=900).map(|n| n.to_string())), "{:?}", texts(&seen));
}

#[test]
fn one_node_hears_what_is_typed_and_the_others_nothing() {
    let (source, mut keyboard) = std::io::pipe().unwrap();
    let options = Options { stdin: Some(Arc::new(source.into())), ..Options::default() };
    let mut reader = restarting(reads("echo ask; read word; echo heard $word"), RestartPolicy::Always, 1);
    reader.restart.delay = Duration::from_millis(10);
    let scene = Scene::with([reader, shell("b", "read word || echo nothing")], options);

    assert_eq!(scene.line("b"), "nothing");
    let heard = |text: &'static str| {
        scene.wait(text, |seen| texts(seen).contains(&text).then_some(()));
    };
    heard("ask");
    keyboard.write_all(b"one\n").unwrap();
    heard("heard one");
    scene.wait("the next process", |seen| {
        (texts(seen).iter().filter(|text| **text == "ask").count() == 2).then_some(())
    });
    keyboard.write_all(b"two\n").unwrap();
    heard("heard two");

    assert_eq!(scene.end().0.verdict, Verdict::Success);
}

#[test]
fn the_end_of_what_is_typed_is_the_nodes_end_of_input() {
    let (source, keyboard) = std::io::pipe().unwrap();
    let options = Options { stdin: Some(Arc::new(source.into())), ..Options::default() };
    let scene = Scene::with([reads("echo ask; cat; echo done")], options);

    assert_eq!(scene.line("a"), "ask");
    drop(keyboard);

    scene.wait("the end", |seen| texts(seen).contains(&"done").then_some(()));
    assert_eq!(scene.end().0.verdict, Verdict::Success);
}

#[test]
fn a_node_that_waits_for_somebody_to_type_is_stopped_like_any_other() {
    let (source, _keyboard) = std::io::pipe().unwrap();
    let options = Options { stdin: Some(Arc::new(source.into())), ..Options::default() };
    let scene = Scene::with([patient(reads("echo ask; read word"))], options);

    scene.line("a");

    assert_eq!(scene.stop_and_end().0.verdict, Verdict::Success);
}

#[test]
fn a_block_that_asks_somebody_is_not_hurried() {
    let (source, mut keyboard) = std::io::pipe().unwrap();
    let options = Options {
        stdin: Some(Arc::new(source.into())),
        ready_timeout: Duration::from_millis(50),
        watchdog: Duration::from_millis(50),
        ..Options::default()
    };
    let asks = PlannedNode {
        stdin: true,
        ..block("a", "echo ask; read word; echo $NOTIFY_SOCKET; exec sleep 1000")
    };
    let other = block("b", "exec sleep 1000");
    let scene = Scene::with([patient(asks), other], options);

    scene.line("a");
    // One that asks nobody has run out of time meanwhile.
    scene.state("b", "failed");
    keyboard.write_all(b"one\n").unwrap();
    let address = scene.wait("an address", |seen| {
        texts(seen).iter().find(|text| text.starts_with('@')).map(|text| (*text).to_owned())
    });
    Scene::say(&address, "READY=1");
    scene.state("a", "running");
    let (summary, _) = scene.stop_and_end();

    assert_eq!(summary.nodes[0].state.word(), "stopped");
}
