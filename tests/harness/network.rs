//! Machines on one machine: each a network namespace with a `/dev/shm` of its own, joined by virtual cables.
//!
//! A machine lives as long as the process that holds it, which ends with the test, however that ends: nothing is left.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::child::Program;

/// A machine of its own. Its holder reads until the test lets go of it.
#[derive(Debug)]
pub struct Machine {
    holder: Child,
    _held: ChildStdin,
    cables: usize,
}

impl Machine {
    /// A machine; `None`, and a line that says so, where this user may not make one.
    pub fn new() -> Option<Self> {
        let script =
            "mount -t tmpfs -o size=1g tmpfs /dev/shm && ip link set lo up && echo ready && exec cat";
        let holder = Command::new("unshare")
            .args(["--net", "--mount", "sh", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let made = holder.ok().and_then(|mut holder| {
            let (alive, said) = (holder.stdin.take()?, holder.stdout.take()?);
            let mut line = String::new();
            BufReader::new(said).read_line(&mut line).ok()?;
            (line == "ready\n").then_some(Self { holder, _held: alive, cables: 0 })
        });
        if made.is_none() {
            println!("SKIPPED: network namespaces need root and iproute2");
        }
        made
    }

    /// A program, to be started on this machine.
    pub fn program(&self, path: impl AsRef<Path>) -> Program {
        self.enter("--net --mount", path)
    }

    /// A program, to be started in its network only: it shares memory with this process.
    pub fn network_program(&self, path: impl AsRef<Path>) -> Program {
        self.enter("--net", path)
    }

    fn enter(&self, what: &str, path: impl AsRef<Path>) -> Program {
        let target = self.holder().to_string();
        Program::at("nsenter").arg("--target").arg(target).args(what).arg("--").arg(path.as_ref())
    }

    /// Runs a command on it that must succeed.
    #[track_caller]
    pub fn run(&self, line: &str) {
        let mut words = line.split_whitespace();
        let ended = self.program(words.next().unwrap()).args(&words.collect::<Vec<_>>().join(" ")).run();
        assert_eq!(ended.code, Some(0), "{line}: {ended}");
    }

    /// The files in its `/dev/shm`.
    pub fn shared_memory(&self) -> Vec<String> {
        let ended = self.program("ls").args("-A /dev/shm").run().succeeded();
        ended.stdout.lines().map(str::to_owned).collect()
    }

    /// Lays a cable between two machines; `address` and `other_address` are their ends', such as `10.77.1.1`. The names
    /// of the two ends.
    pub fn cable(&mut self, address: &str, other: &mut Self, other_address: &str) -> (String, String) {
        let ends = (self.next_end(), other.next_end());
        self.run(&format!("ip link add {} type veth peer name {} netns {}", ends.0, ends.1, other.holder()));
        self.connect(&ends.0, address);
        other.connect(&ends.1, other_address);
        ends
    }

    /// What the end of its next cable is called.
    pub(super) fn next_end(&mut self) -> String {
        self.cables += 1;
        format!("eth{}", self.cables - 1)
    }

    /// Gives the end of a cable its address.
    pub(super) fn connect(&self, end: &str, address: &str) {
        self.run(&format!("ip address add {address}/24 dev {end}"));
        self.run(&format!("ip link set {end} up"));
    }

    /// The process that holds it.
    pub(super) fn holder(&self) -> u32 {
        self.holder.id()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
