//! Circuits whose parts run by way of agents, all on this computer.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::seen::command;

const PATIENCE: Duration = Duration::from_secs(60);

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether whoever writes into a pipe has to wait; how many bytes that takes depends on how they were written.
fn is_full(pipe: &ChildStdout) -> bool {
    let path = format!("/proc/self/fd/{}", pipe.as_raw_fd());
    let begin = File::options().write(true).open(path).unwrap();
    let mut asked = [PollFd::new(&begin, PollFlags::OUT)];
    poll(&mut asked, Some(&Timespec::default())).unwrap() == 0
}

/// A running `vclaunch`. Dropping it kills it.
struct Running(Child);

impl Running {
    fn signal(&self, signal: Signal) {
        let _ = kill_process(Pid::from_raw(self.0.id().cast_signed()).unwrap(), signal);
    }

    fn stdout(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.0.stdout.take().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An agent and where it listens.
struct Agent {
    running: Running,
    address: String,
}

fn agent(place: &TempDir, options: &[&str]) -> Agent {
    let mut command = command(place);
    command.args(["agent", "--name", "arm", "--listen", "127.0.0.1:0"]).args(options);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let address =
        line.trim().strip_prefix("agent of machine arm, listening on ").unwrap_or_else(|| panic!("{line}"));
    Agent { address: address.to_owned(), running: Running(child) }
}

/// Two programs that run long, one here and one on the arm. `mark` tells them from all others.
fn circuit(place: &TempDir, mark: &str, lost: &str) -> PathBuf {
    let text = format!(
        "launch:\n  - machine: {{name: arm, on_operator_lost: {lost}}}\n  \
         - executable: {{cmd: /bin/sleep {mark}1, name: here}}\n  \
         - executable: {{cmd: /bin/sleep {mark}2, name: there, machine: arm}}\n"
    );
    let file = place.path().join("two.launch.yaml");
    std::fs::write(&file, text).unwrap();
    file
}

/// Whether `sleep DURATION` runs.
fn sleeps(duration: &str) -> bool {
    let is_it = |path: &Path| {
        let line = std::fs::read(path.join("cmdline")).unwrap_or_default();
        line == format!("/bin/sleep\0{duration}\0").into_bytes()
    };
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| is_it(&entry.path()))
}

fn operator(place: &TempDir, agent: &Agent, file: &Path) -> Command {
    let mut command = command(place);
    command.arg(file).arg("--agent").arg(format!("arm={}", agent.address));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A number of seconds to sleep that nobody else sleeps.
fn mark(test: u32) -> String {
    format!("9{}.{test}", std::process::id())
}

/// Starts the circuit and waits until both of its programs run.
fn started(place: &TempDir, agent: &Agent, mark: &str, lost: &str) -> Running {
    let file = circuit(place, mark, lost);
    let running = Running(operator(place, agent, &file).arg("--json").spawn().unwrap());
    until("both programs run", || sleeps(&format!("{mark}1")) && sleeps(&format!("{mark}2")));
    running
}

fn summary(text: &str) -> serde_json::Value {
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn one_command_runs_both_machines_and_sums_up() {
    let place = tempfile::tempdir().unwrap();
    let agent = agent(&place, &["--allow-commands"]);
    let file = Path::new("machines/arm.launch.yaml");

    let output = operator(&place, &agent, file).arg("--json").output().unwrap();

    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let nodes = summary(&text)["nodes"].clone();
    let told: Vec<_> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            (
                node["name"].as_str().unwrap(),
                node["machine"].as_str().unwrap(),
                node["state"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("here", "local", "ended"), ("there", "arm", "ended")]);
    let events: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for node in ["here", "there"] {
        let said = |event: &&serde_json::Value| event["event"] == "line" && event["node"] == node;
        let lines: Vec<_> = events.iter().filter(said).map(|event| event["text"].clone()).collect();
        assert_eq!(lines, [node], "{text}");
    }
    // The agent is free for the next one.
    let output = operator(&place, &agent, file).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("there  arm      ended"), "{text}");
}

#[test]
fn an_agent_starts_no_programs_that_are_no_blocks() {
    let place = tempfile::tempdir().unwrap();
    let agent = agent(&place, &[]);

    let output = operator(&place, &agent, Path::new("machines/arm.launch.yaml")).output().unwrap();

    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(70), "{text}");
    assert!(text.contains("arm: node `/there`: `/bin/echo` is no block installed there"), "{text}");
    assert!(!text.contains("[there] there"), "{text}");
}

#[test]
fn a_machine_without_its_agent_is_told_before_anything_starts() {
    let place = tempfile::tempdir().unwrap();
    let gone = agent(&place, &[]);
    let Agent { running, address } = gone;
    drop(running);
    let silent = Agent { running: Running(Command::new("/bin/true").spawn().unwrap()), address };

    let output = operator(&place, &silent, Path::new("machines/arm.launch.yaml")).output().unwrap();

    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(65), "{text}");
    assert!(text.contains("machine `arm` does not answer: no agent at 127.0.0.1:"), "{text}");
    assert!(output.stdout.is_empty());
}

#[test]
fn ctrl_c_stops_all_machines() {
    let (place, mark) = (tempfile::tempdir().unwrap(), mark(1));
    let agent = agent(&place, &["--allow-commands"]);
    let mut running = started(&place, &agent, &mark, "keep");
    let mut stdout = running.stdout();

    running.signal(Signal::INT);

    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(0), "{text}");
    assert_eq!(summary(&text)["nodes"][1]["state"], "stopped", "{text}");
    assert!(!sleeps(&format!("{mark}1")) && !sleeps(&format!("{mark}2")));
}

#[test]
fn ctrl_c_stops_all_machines_though_nobody_reads_what_is_shown() {
    let (place, mark) = (tempfile::tempdir().unwrap(), mark(6));
    let agent = agent(&place, &["--allow-commands"]);
    let file = place.path().join("flood.launch.yaml");
    let node = |name: &str, sleep: u32, machine: &str| {
        let cmd = format!("yes & exec /bin/sleep {mark}{sleep}");
        format!("  - executable: {{cmd: '{cmd}', shell: true, name: {name}, output: screen{machine}}}\n")
    };
    let text = format!("launch:\n{}{}", node("here", 1, ""), node("there", 2, ", machine: arm"));
    std::fs::write(&file, text).unwrap();
    let running = Running(operator(&place, &agent, &file).arg("--json").spawn().unwrap());
    let (here, there) = (format!("{mark}1"), format!("{mark}2"));
    until("both programs run", || sleeps(&here) && sleeps(&there));
    let shown = running.0.stdout.as_ref().unwrap();
    until("its pipe is full", || is_full(shown));

    running.signal(Signal::INT);

    until("both programs are gone", || !sleeps(&here) && !sleeps(&there));
}

#[test]
fn nothing_goes_on_when_the_operator_is_killed() {
    let (place, mark) = (tempfile::tempdir().unwrap(), mark(2));
    let agent = agent(&place, &["--allow-commands"]);
    let running = started(&place, &agent, &mark, "stop");

    running.signal(Signal::KILL);

    until("both programs are gone", || !sleeps(&format!("{mark}1")) && !sleeps(&format!("{mark}2")));
}

#[test]
fn nothing_goes_on_when_the_agent_is_killed() {
    let (place, mark) = (tempfile::tempdir().unwrap(), mark(3));
    let agent = agent(&place, &["--allow-commands"]);
    let mut running = started(&place, &agent, &mark, "keep");
    let mut stdout = running.stdout();

    agent.running.signal(Signal::KILL);

    until("its program is gone", || !sleeps(&format!("{mark}2")));
    running.signal(Signal::INT);
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(70), "{text}");
    assert_eq!(summary(&text)["nodes"][1]["exit"], "out of sight: the link to arm was lost", "{text}");
    assert!(!sleeps(&format!("{mark}1")));
}

#[test]
fn what_is_to_be_kept_goes_on_and_attach_takes_it_over() {
    let (place, mark) = (tempfile::tempdir().unwrap(), mark(4));
    let agent = agent(&place, &["--allow-commands"]);
    let running = started(&place, &agent, &mark, "keep");
    running.signal(Signal::KILL);
    drop(running);
    until("the operator's own program is gone", || !sleeps(&format!("{mark}1")));

    let mut attach = command(&place);
    attach.args(["attach", &agent.address, "--json"]).stdout(Stdio::piped());
    let mut attached = Running(attach.spawn().unwrap());
    let mut stdout = attached.stdout();
    let mut line = String::new();
    while !line.contains("\"state\":\"running\"") {
        line.clear();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "ended without a word of the node");
    }
    assert!(sleeps(&format!("{mark}2")));

    attached.signal(Signal::INT);
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(attached.0.wait().unwrap().code(), Some(0), "{text}");
    until("its program is gone", || !sleeps(&format!("{mark}2")));
}

#[test]
fn an_agent_that_is_told_to_stop_leaves_nothing() {
    let (place, mark) = (tempfile::tempdir().unwrap(), mark(5));
    let mut agent = agent(&place, &["--allow-commands"]);
    let _running = started(&place, &agent, &mark, "keep");

    agent.running.signal(Signal::TERM);

    assert_eq!(agent.running.0.wait().unwrap().code(), Some(0));
    assert!(!sleeps(&format!("{mark}2")));
}
