//! Circuits run for real, watched from outside.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::seen::{command, shown, vclaunch};

/// Far longer than anything here takes, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running `vclaunch --json` and what it has said.
struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    folder: TempDir,
}

impl Running {
    fn of(launch: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.launch.yaml");
        fs::write(&file, launch).unwrap();
        let mut child = command(&folder).arg("--json").arg(file).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, folder }
    }

    /// The next event that fits.
    fn wait(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.next().unwrap().unwrap();
            let event: Value = serde_json::from_str(&line).unwrap();
            if fits(&event) {
                return event;
            }
        }
    }

    fn line(&mut self, node: &str) -> String {
        self.wait(|event| event["event"] == "line" && event["node"] == node)["text"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// The last event, and the exit code.
    fn end(mut self) -> (Value, Option<i32>) {
        let summary = self.wait(|event| event["event"] == "summary");
        assert!(self.lines.next().is_none(), "the summary is the last event");
        (summary, self.child.wait().unwrap().code())
    }

    /// The guard's process id.
    fn guard(&self) -> u32 {
        let parent = self.child.id().to_string();
        until("a guard", || {
            let mut guards = processes().into_iter().filter(|process| {
                let words = fs::read(process.join("cmdline")).unwrap_or_default();
                words.starts_with(b"vclaunch\0guard\0") && field(process, 1) == Some(parent.clone())
            });
            guards.find_map(|process| process.file_name()?.to_str()?.parse().ok())
        })
    }
}

fn processes() -> Vec<PathBuf> {
    fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path()).collect()
}

/// A field of `/proc/<pid>/stat`, counted after the program's name.
fn field(process: &Path, index: usize) -> Option<String> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(index).map(str::to_owned)
}

fn lives(pid: &str) -> bool {
    field(&Path::new("/proc").join(pid), 0).is_some_and(|state| state != "Z")
}

fn until<T>(what: &str, found: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(value) = found() {
            return value;
        }
        assert!(Instant::now() < deadline, "never saw {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_circuit_runs_and_says_so() {
    insta::assert_snapshot!(vclaunch(&["good.launch.yaml", "times:=3", "who:=there"]), @r"
    exit: 0
    ----- stdout -----
    [greeter] hello there
    [vclaunch] good.launch.yaml: 2 nodes
    [vclaunch] greeter has ended
    [vclaunch] greeter is running (pid PID)
    [vclaunch] log files in LOGS/RUN
    [vclaunch] sleeper has ended
    [vclaunch] sleeper is running (pid PID)

    node     state  exit  restarts
    greeter  ended  0            0
    sleeper  ended  0            0
    ");
}

#[test]
fn a_failure_has_its_code_and_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.launch.yaml");
    fs::write(
        &file,
        "launch: [{executable: {cmd: \"sh -c 'echo no camera >&2; exit 3'\", name: camera, output: log}}]",
    )
    .unwrap();

    let output = command(&folder).arg(&file).output().unwrap();

    let seen = shown(&output, &folder);
    assert!(seen.starts_with("exit: 70\n"), "{seen}");
    assert!(
        seen.contains(
            "[vclaunch] camera failed: it ended with exit code 3; its log: LOGS/RUN its last words:\n"
        ),
        "{seen}"
    );
    assert!(seen.contains("\n    no camera\n") && seen.contains("\n[camera] no camera\n"), "{seen}");
    assert!(seen.ends_with("\ncamera  failed  3            0\n"), "{seen}");
}

#[test]
fn json_ends_with_the_summary() {
    let launch = "launch: [{executable: {cmd: 'true', name: a}}, {executable: {cmd: 'false', name: b, on_exit: shutdown}}]";
    let (summary, code) = Running::of(launch).end();

    let expected = serde_json::json!({
        "event": "summary",
        "exit": 72,
        "nodes": [
            {"name": "a", "state": "ended", "exit": 0, "restarts": 0},
            {"name": "b", "state": "failed", "exit": 1, "restarts": 0},
        ],
        "wires": [],
    });
    // `a` may have been stopped before it ended by itself.
    assert_eq!((&summary["exit"], &summary["nodes"][1]), (&expected["exit"], &expected["nodes"][1]));
    assert_eq!((&summary["wires"], code), (&expected["wires"], Some(72)));
    assert_eq!(summary.as_object().unwrap().len(), expected.as_object().unwrap().len());
}

#[test]
fn ctrl_c_is_a_normal_end() {
    let mut running = Running::of(
        "launch: [{executable: {cmd: \"sh -c 'echo $$; exec sleep 1000'\", name: a, output: screen}}]",
    );
    let node = running.line("a");

    running.signal(Signal::INT);
    let (summary, code) = running.end();

    assert_eq!((&summary["nodes"][0]["state"], code), (&"stopped".into(), Some(0)));
    assert!(!lives(&node));
}

/// A node, its child in its group, and a process that has left both.
const FAMILY: &str = r#"launch:
  - executable:
      cmd: "sh -c 'trap \"\" INT TERM HUP; sleep 1000 & echo $!; setsid sleep 1000 & echo $!; echo $$; wait; wait; exec sleep 1000'"
      name: family
      output: screen
"#;

#[test]
fn nothing_outlives_a_killed_launcher() {
    let mut running = Running::of(FAMILY);
    let family = [(); 3].map(|()| running.line("family"));
    let guard = running.guard().to_string();

    running.signal(Signal::KILL);
    running.child.wait().unwrap();

    until("the end of all", || (!family.iter().any(|pid| lives(pid)) && !lives(&guard)).then_some(()));
}

#[test]
fn a_guard_that_dies_is_replaced_and_the_next_one_knows_everything() {
    let mut running = Running::of(FAMILY);
    let family = [(); 3].map(|()| running.line("family"));
    let first = running.guard();

    kill_process(Pid::from_raw(first.cast_signed()).unwrap(), Signal::KILL).unwrap();
    let second = until("another guard", || Some(running.guard()).filter(|guard| *guard != first));
    running.signal(Signal::KILL);
    running.child.wait().unwrap();

    let second = second.to_string();
    until("the end of all", || (!family.iter().any(|pid| lives(pid)) && !lives(&second)).then_some(()));
}

#[test]
fn what_leaves_its_group_is_ended_with_the_circuit() {
    let mut running = Running::of(FAMILY);
    let family = [(); 3].map(|()| running.line("family"));

    for times in 1..=3 {
        running.signal(Signal::TERM);
        running.wait(|event| event["event"] == "stopping" && event["times"] == times);
    }
    let (summary, code) = running.end();

    assert!(!family.iter().any(|pid| lives(pid)));
    assert_eq!((&summary["nodes"][0]["exit"], code), (&"SIGKILL".into(), Some(73)));
}

#[test]
fn a_reader_that_goes_away_does_not_stop_the_circuit() {
    let mut running = Running::of(
        "launch: [{executable: {cmd: \"sh -c 'echo $$; while :; do sleep 0.01; echo x; done'\", name: a, output: screen}}]",
    );
    let node = running.line("a");
    let Running { mut child, lines, folder } = running;

    drop(lines);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();

    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!lives(&node));
    drop(folder);
}

#[test]
fn the_log_folder_holds_a_file_for_each_node() {
    let logs = tempfile::tempdir().unwrap();
    assert!(
        command(&logs)
            .args(["good.launch.yaml", "times:=1"])
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    );

    let text = fs::read_to_string(logs.path().join("latest/greeter.log")).unwrap();
    assert!(text.ends_with("Z hello world\n"), "{text}");
    assert!(logs.path().join("latest/sleeper.log").exists());
}

#[test]
fn what_would_start_and_what_is_taken_is_shown_by_run_too() {
    let check = vclaunch(&["check", "good.launch.yaml", "times:=1"]);
    let args = vclaunch(&["args", "good.launch.yaml"]);

    assert_eq!(vclaunch(&["-p", "good.launch.yaml", "times:=1"]), check);
    assert_eq!(vclaunch(&["run", "good.launch.yaml", "--show-args"]), args);
}

/// Writes more than a pipe, and the queue before it, hold together; its own pipe holds the rest, so that it ends.
const MUCH: &str =
    "launch: [{executable: {cmd: \"sh -c 'echo $$; exec seq 4000'\", name: a, output: screen}}]";

#[test]
fn a_slow_reader_misses_no_line() {
    let mut running = Running::of(MUCH);
    let guard = running.guard().to_string();
    running.line("a");

    // Everything has ended before the next line is read.
    until("the end of the circuit", || (!lives(&guard)).then_some(()));

    let texts = running.lines.by_ref().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let events: Vec<Value> = texts.collect();
    let numbers = events.iter().filter_map(|event| event["text"].as_str()?.parse::<u32>().ok());
    assert!(numbers.eq(1..=4000), "every line, in order");
    assert_eq!(events.last().unwrap()["event"], "summary");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_stands_still_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.launch.yaml");
    fs::write(&file, MUCH).unwrap();
    let mut child = command(&folder);
    child.arg("--json").arg(file).stdout(Stdio::piped()).stderr(Stdio::piped());

    // Standard output is kept open and never read.
    let mut child = child.spawn().unwrap();
    let stdout = child.stdout.take();
    let output = child.wait_with_output().unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("standard output was not read for 10 s:"), "{said}");
    assert_eq!(output.status.code(), Some(0));
    drop(stdout);
}
