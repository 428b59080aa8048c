//! What `/proc` says about processes: whose children they are, in which group, since when.

use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// One line of the process table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The process.
    pub pid: Pid,
    /// The name of its program, as the kernel keeps it.
    pub name: String,
    /// Dead, but not yet collected by its parent.
    pub is_zombie: bool,
    /// Its parent.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
    /// When it started, in the kernel's ticks since boot: with the pid, its identity.
    pub start: u64,
}

impl Entry {
    /// Whether it is a thread of the kernel: these have no memory of their own, nor a program.
    fn is_of_kernel(&self) -> bool {
        const KTHREADD: i32 = 2;
        self.parent == KTHREADD || self.pid.as_raw_pid() == KTHREADD
    }
}

/// Reads `/proc/<pid>/stat`; none if there is no such process.
pub fn entry(pid: Pid) -> Option<Entry> {
    parse(&fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?)
}

/// Every process that can be seen.
pub fn entries() -> Vec<Entry> {
    pids().filter_map(entry).collect()
}

fn pids() -> impl Iterator<Item = Pid> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    folders.filter_map(|folder| Pid::from_raw(folder.file_name().to_str()?.parse().ok()?))
}

/// The program's name may hold spaces and brackets, so the fields are counted from the last bracket.
fn parse(stat: &str) -> Option<Entry> {
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some(Entry {
        pid: Pid::from_raw(pid.parse().ok()?)?,
        name: name.to_owned(),
        is_zombie: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

/// How long one search waits in all for programs that are just being loaded.
const LOADING: Duration = Duration::from_millis(20);

/// Living processes whose environment holds `variable` (`NAME=value`), other than this one.
///
/// May wait a few milliseconds.
pub fn with_variable(variable: &str) -> Vec<Entry> {
    let own = rustix::process::getpid();
    let until = Instant::now() + LOADING;
    let marked = |pid: &Pid| {
        let environment = environment(*pid, until);
        environment.split(|byte| *byte == 0).any(|entry| entry == variable.as_bytes())
    };
    let living = pids().filter(|pid| *pid != own).filter(marked).filter_map(entry);
    living.filter(|entry| !entry.is_zombie).collect()
}

/// A process's environment as it began. While the kernel loads a program it is empty for a moment,
/// although its parent goes on already; such a process must not be missed.
fn environment(pid: Pid, until: Instant) -> Vec<u8> {
    loop {
        let Ok(environment) = fs::read(format!("/proc/{}/environ", pid.as_raw_pid())) else {
            return Vec::new();
        };
        let may_be_loading = || entry(pid).is_some_and(|entry| !entry.is_zombie && !entry.is_of_kernel());
        if !environment.is_empty() || Instant::now() >= until || !may_be_loading() {
            return environment;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// A process group that we made, told from a later one of the same number by its leader's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The leader's process id, and the group's.
    pub pid: Pid,
    /// When the leader started; none: it was gone before it could be asked.
    pub start: Option<u64>,
}

impl Group {
    /// The group that a child just made leads.
    pub fn of_leader(pid: Pid) -> Self {
        Self { pid, start: entry(pid).map(|entry| entry.start) }
    }

    /// While any member lives, the kernel gives the number to nobody else. So the number is a
    /// stranger's only if a process of that number exists that started at another time.
    fn is_ours(&self) -> bool {
        match (entry(self.pid), self.start) {
            (Some(now), Some(start)) => now.start == start,
            (Some(_), None) => false,
            (None, _) => true,
        }
    }

    /// Sends a signal to all members.
    ///
    /// # Errors
    /// `ESRCH` if nobody is left, else the system's.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        if !self.is_ours() {
            return Err(rustix::io::Errno::SRCH.into());
        }
        Ok(rustix::process::kill_process_group(self.pid, signal)?)
    }

    /// Whether a member lives. The dead that nobody has collected do not count.
    pub fn is_alive(&self) -> bool {
        let gone = rustix::process::test_kill_process_group(self.pid) == Err(rustix::io::Errno::SRCH);
        if gone || !self.is_ours() {
            return false;
        }
        let group = self.pid.as_raw_pid();
        entries().iter().any(|entry| entry.group == group && !entry.is_zombie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let line = "42 (a) b (c)) Z 1 40 40 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 1 0 179321 3133440 376";

        let entry = parse(line).unwrap();

        assert_eq!((entry.name.as_str(), entry.is_zombie, entry.parent), ("a) b (c)", true, 1));
        assert_eq!((entry.group, entry.start), (40, 179_321));
        assert_eq!(parse("42 (x) S 1"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn we_are_in_the_table() {
        let own = entry(rustix::process::getpid()).unwrap();

        assert!(!own.is_zombie);
        assert!(entries().iter().any(|entry| entry.pid == own.pid && entry.start == own.start));
    }

    #[test]
    fn a_process_just_made_is_found_by_its_environment() {
        for round in 0..50 {
            let value = format!("{}-{round}", std::process::id());
            let mut child =
                std::process::Command::new("sleep").arg("60").env("VC_TEST_MARK", &value).spawn().unwrap();

            let found = with_variable(&format!("VC_TEST_MARK={value}"));

            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(found.len(), 1, "round {round}");
        }
    }

    #[test]
    fn a_stranger_of_the_same_number_is_left_alone() {
        let own = rustix::process::getpid();
        let stranger = Group { pid: own, start: Some(1) };

        assert!(!stranger.is_alive());
        assert!(stranger.signal(Signal::KILL).is_err());
    }
}
