//! One process of a node: made, watched until it and its group are gone.

use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::sync::mpsc::Sender;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use vc_counters::PAGE_VARIABLE;
use vc_plan::plan::{Limits, NodeKind, PlannedNode};

use crate::child_state::{End, Rung};
use crate::gate::{GATE_VARIABLE, Gates};
use crate::guard::RUN_VARIABLE;
use crate::message::{Life, Message};
use crate::notify::NotifySocket;
use crate::output::{Pump, PumpHandle, Reading};
use crate::process_table::Group;
use crate::tty;

/// What a node's other processes get to end by themselves once its main process has ended.
const GROUP_GRACE: Duration = Duration::from_millis(300);
/// How long the end of killed processes is waited for, and that of an ended one's output before its end is told. What
/// comes later is read all the same: see [`Run::read`].
const LAST_GRACE: Duration = Duration::from_millis(500);
/// Between two looks at whether a group is gone.
const LOOK: Duration = Duration::from_millis(5);
/// Notify datagrams read from one node in a second; further ones wait, and then their sender does.
const NOTICES_A_SECOND: u32 = 100;

/// What all processes of a run share.
#[derive(Debug)]
pub(crate) struct Run {
    /// Marks every process of this run.
    pub(crate) mark: String,
    /// What blocks wait at before they begin.
    pub(crate) gates: Gates,
    pub(crate) messages: Sender<Message>,
    /// The outputs that are being read.
    pub(crate) reading: Reading,
}

impl Run {
    /// Waits until all output is read; false if it still is not after `limit`.
    pub(crate) async fn read(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while self.reading.goes_on() {
            if Instant::now() >= until {
                return false;
            }
            sleep(LOOK).await;
        }
        true
    }
}

/// A living process of a node.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) group: Group,
    listening: Option<AbortHandle>,
    /// The node opens its page by this descriptor's path.
    _page: Option<OwnedFd>,
}

impl Process {
    /// Sends a rung's signal to the whole group. A stopped process is woken, to hear it.
    pub(crate) fn signal(&self, rung: Rung) {
        let signal = match rung {
            Rung::Ask => Signal::INT,
            Rung::Term => Signal::TERM,
            Rung::Abort => Signal::ABORT,
            Rung::Kill => Signal::KILL,
        };
        // A group that is gone needs no signal: its end is on the way.
        let _ = self.group.signal(signal);
        let _ = self.group.signal(Signal::CONT);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

/// What one process of a node gets beside what all get.
pub(crate) struct Equipment {
    /// Reads its output.
    pub(crate) pump: Pump,
    /// Its page of counters.
    pub(crate) page: Option<OwnedFd>,
    /// What it waits at before it begins; none: it need not.
    pub(crate) gate: Option<String>,
    /// How long it may show no sign of life; none: it is not asked for any.
    pub(crate) watchdog: Option<Duration>,
    /// Its standard input; none: it is empty.
    pub(crate) stdin: Option<PipeReader>,
}

/// Makes a process of `node` and sets tasks to watch it; they report as `life`.
///
/// # Errors
/// The system's, if there can be no process.
pub(crate) fn spawn(node: &PlannedNode, life: Life, run: &Run, equipment: Equipment) -> io::Result<Process> {
    let Equipment { pump, page, gate, watchdog, stdin } = equipment;
    let tells = node.kind != NodeKind::Foreign;
    let notify = tells.then(NotifySocket::bind).transpose()?;
    let channel = if node.emulate_tty { tty::pair } else { pipe };
    let ((stdout, stdout_writer), (stderr, stderr_writer)) = (channel()?, channel()?);
    let mut command = command(node);
    ours(&mut command, run, page.as_ref().map(AsRawFd::as_raw_fd));
    if let Some(gate) = gate {
        command.env(GATE_VARIABLE, gate);
    }
    if let Some(socket) = &notify {
        command.env("NOTIFY_SOCKET", socket.address());
    }
    if let Some(watchdog) = watchdog {
        command.env("WATCHDOG_USEC", watchdog.as_micros().to_string());
    }
    for (name, value) in &node.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .stdin(stdin.map_or_else(Stdio::null, Stdio::from))
        .stdout(stdout_writer)
        .stderr(stderr_writer)
        .process_group(0);
    let mut command = tokio::process::Command::from(command);
    let child = command.spawn()?;
    // The command holds the writing ends; the pump must see their end when the node's close.
    drop(command);
    let pid = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
    let leader = Pid::from_raw(pid.cast_signed()).ok_or_else(|| io::Error::other("no process id"))?;
    let group = Group::of_leader(leader);
    let pump = pump.start(File::from(stdout), File::from(stderr)).inspect_err(|_| {
        let _ = group.signal(Signal::KILL);
    })?;
    tokio::spawn(watch(child, group, pump, life, run.messages.clone()));
    let listen = |socket| tokio::spawn(listen(socket, life, run.messages.clone())).abort_handle();
    Ok(Process { pid, group, listening: notify.map(listen), _page: page })
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    io::pipe().map(|(reader, writer)| (reader.into(), writer.into()))
}

fn command(node: &PlannedNode) -> Command {
    let limits = limiting(&node.limits);
    let mut words = limits.iter().chain(&node.prefix);
    let mut command = match words.next() {
        Some(first) => {
            let mut command = Command::new(first);
            command.args(words).arg(&node.program);
            command
        }
        None => Command::new(&node.program),
    };
    command.args(&node.args);
    if let Some(folder) = &node.cwd {
        command.current_dir(folder);
    }
    command
}

/// The words before a program that limit what it may take. The system's own tools, each of which becomes the
/// next one: the process stays one, and is limited before its first instruction.
fn limiting(limits: &Limits) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(nice) = limits.nice {
        // `nice` counts from its own.
        let ours = rustix::process::getpriority_process(None).unwrap_or(0);
        words.extend(["nice".to_owned(), "-n".to_owned(), (i32::from(nice) - ours).to_string()]);
    }
    if !limits.cpu.is_empty() {
        let cores: Vec<String> = limits.cpu.iter().map(ToString::to_string).collect();
        words.extend(["taskset".to_owned(), "--cpu-list".to_owned(), cores.join(",")]);
    }
    if let Some(memory) = limits.memory {
        words.extend(["prlimit".to_owned(), format!("--data={memory}")]);
    }
    words
}

/// What we tell every node by its environment. What a service manager told *us* is not for nodes.
fn ours(command: &mut Command, run: &Run, page: Option<i32>) {
    let launcher = std::process::id();
    for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", PAGE_VARIABLE, GATE_VARIABLE] {
        command.env_remove(name);
    }
    command.env(RUN_VARIABLE, &run.mark).env("VC_LAUNCHER_PID", launcher.to_string());
    command.env("VC_LOG_STYLE", "launch");
    if let Some(fd) = page {
        command.env(PAGE_VARIABLE, format!("/proc/{launcher}/fd/{fd}"));
    }
}

/// Waits for a process, ends what is left of its group, lets its output be read, and reports.
async fn watch(
    mut child: tokio::process::Child,
    group: Group,
    mut pump: PumpHandle,
    life: Life,
    messages: Sender<Message>,
) {
    let status = child.wait().await;
    if !gone(group, GROUP_GRACE).await {
        let _ = group.signal(Signal::KILL);
        gone(group, LAST_GRACE).await;
    }
    let _ = timeout(LAST_GRACE, pump.finished()).await;
    let end = status.map_or_else(|error| End::NotStarted { reason: error.to_string() }, end_of);
    let _ = messages.send(Message::Exited { life, end, last_words: pump.last_words() }).await;
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Code(status.into_raw()),
    }
}

/// Waits until nobody of a group lives; false if somebody still does after `limit`.
async fn gone(group: Group, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    while group.is_alive() {
        if Instant::now() >= until {
            return false;
        }
        sleep(LOOK).await;
    }
    true
}

/// Hands on what a node says. A node that floods is read at a bounded pace.
async fn listen(socket: NotifySocket, life: Life, messages: Sender<Message>) {
    loop {
        let second = Instant::now() + Duration::from_secs(1);
        for _ in 0..NOTICES_A_SECOND {
            let Ok(notices) = socket.receive().await else { return };
            if messages.send(Message::Said { life, notices }).await.is_err() {
                return;
            }
            if Instant::now() >= second {
                break;
            }
        }
        sleep_until(second).await;
    }
}
