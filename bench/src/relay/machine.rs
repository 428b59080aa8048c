//! Machines on this machine, and programs on them.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::ours::domain;
use crate::report::BenchError;

/// Nothing that is measured here takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A network namespace with a `/dev/shm` of its own. It lives as long as the process that holds it.
pub(super) struct Machine {
    holder: Child,
    _held: ChildStdin,
}

impl Machine {
    pub(super) fn new() -> Result<Self, BenchError> {
        let script =
            "mount -t tmpfs -o size=4g tmpfs /dev/shm && ip link set lo up && echo ready && exec cat";
        let mut holder = Command::new("unshare")
            .args(["--net", "--mount", "sh", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let held = holder.stdin.take().ok_or("no input")?;
        let said = holder.stdout.take().ok_or("no output")?;
        let machine = Self { holder, _held: held };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        if line != "ready\n" {
            return Err("network namespaces need root and iproute2".into());
        }
        Ok(machine)
    }

    /// Lays a cable to another machine.
    pub(super) fn cable(&self, address: &str, other: &Self, other_address: &str) -> Result<(), BenchError> {
        let there = other.holder.id().to_string();
        self.ip(&["link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", &there])?;
        for (machine, address) in [(self, address), (other, other_address)] {
            machine.ip(&["address", "add", &format!("{address}/24"), "dev", "eth0"])?;
            machine.ip(&["link", "set", "eth0", "up"])?;
        }
        Ok(())
    }

    fn ip(&self, words: &[&str]) -> Result<(), BenchError> {
        let done = self.command("ip").args(words).status()?;
        if done.success() { Ok(()) } else { Err(format!("ip {words:?} failed").into()) }
    }

    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.holder.id().to_string()).args(["--net", "--mount", "--"]);
        command.arg(program.as_ref()).env("ROS_DOMAIN_ID", domain().id().to_string());
        command
    }

    /// What a program on it prints, from its start to its end.
    pub(super) fn output(&self, program: &Path, words: &[&str]) -> Result<String, BenchError> {
        let output = self.command(program).args(words).stderr(Stdio::inherit()).output()?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts a program on it, which dies with this one.
    pub(super) fn start(&self, program: &Path, words: &[&str]) -> Result<Running, BenchError> {
        let mut command = self.command("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(program);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (say, said) = channel();
        let errors = say.clone();
        gather(child.stdout.take(), move |line| say.send(Line::Output(line)).is_ok());
        gather(child.stderr.take(), move |line| errors.send(Line::Error(line)).is_ok());
        Ok(Running { child, said, errors: String::new() })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

enum Line {
    Output(String),
    Error(String),
}

/// Reads a stream to its end, so that nobody waits who writes to it.
fn gather(stream: Option<impl Read + Send + 'static>, mut to: impl FnMut(String) -> bool + Send + 'static) {
    std::thread::spawn(move || {
        let lines = stream.into_iter().flat_map(|stream| BufReader::new(stream).lines());
        for line in lines.map_while(Result::ok) {
            to(line);
        }
    });
}

/// A program, killed on drop.
pub(super) struct Running {
    child: Child,
    said: Receiver<Line>,
    errors: String,
}

impl Running {
    /// The next line it prints.
    pub(super) fn line(&mut self) -> Result<String, BenchError> {
        loop {
            match self.said.recv_timeout(PATIENCE) {
                Ok(Line::Output(line)) => return Ok(line),
                Ok(Line::Error(line)) => self.errors = format!("{}\n{line}", self.errors),
                Err(_) => return Err(format!("no answer; it said {}", self.errors).into()),
            }
        }
    }

    /// Waits until it says so on standard error.
    pub(super) fn wait_for_error(&mut self, words: &str) -> Result<(), BenchError> {
        loop {
            match self.said.recv_timeout(PATIENCE) {
                Ok(Line::Error(line)) if line.contains(words) => return Ok(()),
                Ok(Line::Error(line)) => self.errors = format!("{}\n{line}", self.errors),
                Ok(Line::Output(_)) => {}
                Err(_) => return Err(format!("not a word of `{words}`; it said {}", self.errors).into()),
            }
        }
    }

    /// The CPU time that its threads have used.
    pub(super) fn cpu_seconds(&self) -> Result<f64, BenchError> {
        let mut nanoseconds = 0.0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
            nanoseconds += text.split_whitespace().next().ok_or("no time")?.parse::<f64>()?;
        }
        Ok(nanoseconds / 1e9)
    }

    /// The memory it holds, in bytes.
    pub(super) fn resident(&self) -> Result<u64, BenchError> {
        let file = format!("/proc/{}/status", self.child.id());
        Ok(crate::memory::field(&file, "VmRSS:")? * 1024)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
