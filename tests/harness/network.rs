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
        let target = self.holder.id().to_string();
        let nsenter = Program::at("nsenter").arg("--target").arg(target).args("--net --mount --");
        nsenter.arg(path.as_ref())
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
        let ends = (format!("eth{}", self.cables), format!("eth{}", other.cables));
        (self.cables, other.cables) = (self.cables + 1, other.cables + 1);
        let there = other.holder.id();
        self.run(&format!("ip link add {} type veth peer name {} netns {there}", ends.0, ends.1));
        for (machine, end, address) in [(&*self, &ends.0, address), (&*other, &ends.1, other_address)] {
            machine.run(&format!("ip address add {address}/24 dev {end}"));
            machine.run(&format!("ip link set {end} up"));
        }
        ends
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
