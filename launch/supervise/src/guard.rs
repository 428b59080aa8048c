//! The guard: a small process that outlives the launcher and ends what the launcher leaves running.
//!
//! The launcher tells it, over a pipe, which process groups exist. When the pipe closes without a
//! farewell the launcher has died, even of `kill -9`; then the guard kills those groups, and every
//! process that carries the run's mark in its environment, and cleans up shared memory.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, PipeWriter, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use tokio::signal::unix::{SignalKind, signal};

use crate::cleaner::Cleaner;
use crate::process_table::{self, Group};

/// The variable that marks every process of a run.
pub const RUN_VARIABLE: &str = "VC_RUN";

/// How long the guard waits for what it killed to be gone.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long the guard may take to leave.
const FAREWELL: Duration = Duration::from_millis(500);
/// Guards started in one run; one that dies that often has a reason that a further one shares.
const MOST_GUARDS: u32 = 5;

/// The program that calls [`watch`], and its arguments; the run's mark is added as the last one.
#[derive(Debug, Clone)]
pub struct GuardCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// The guard's whole life: reads from `input` until the launcher says farewell or is gone.
///
/// # Errors
/// The system's, if signals cannot be set aside; then there is no guard.
pub fn watch(mark: &str, input: impl BufRead, cleaner: &dyn Cleaner) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _inside = runtime.enter();
    // Having a handler is what matters: a Ctrl-C or a closed terminal must not end the guard first.
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
    let _heard = kinds.into_iter().map(signal).collect::<io::Result<Vec<_>>>()?;
    let mut groups = BTreeMap::new();
    for line in input.lines().map_while(Result::ok) {
        match Order::parse(&line) {
            Some(Order::Add(group)) => drop(groups.insert(group.pid.as_raw_pid(), group)),
            Some(Order::Remove(pid)) => drop(groups.remove(&pid.as_raw_pid())),
            Some(Order::Farewell) => return Ok(()),
            None => {}
        }
    }
    end_all(&groups.into_values().collect::<Vec<_>>(), mark);
    cleaner.clean_up();
    Ok(())
}

/// Kills everything that is left and waits, within bounds, until it is gone.
fn end_all(groups: &[Group], mark: &str) {
    let marked = format!("{RUN_VARIABLE}={mark}");
    let until = Instant::now() + PATIENCE;
    loop {
        for group in groups {
            let _ = group.signal(Signal::KILL);
        }
        let strays = process_table::with_variable(&marked);
        for stray in &strays {
            let _ = rustix::process::kill_process(stray.pid, Signal::KILL);
        }
        let is_over = strays.is_empty() && !groups.iter().any(Group::is_alive);
        if is_over || Instant::now() >= until {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// One line from the launcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Add(Group),
    Remove(Pid),
    Farewell,
}

impl Order {
    fn parse(line: &str) -> Option<Self> {
        let pid = |text: &str| Pid::from_raw(text.parse().ok().filter(|pid| *pid > 1)?);
        if line == "bye" {
            return Some(Self::Farewell);
        }
        if let Some(rest) = line.strip_prefix('-') {
            return pid(rest).map(Self::Remove);
        }
        let (group, start) = line.strip_prefix('+')?.split_once(' ')?;
        Some(Self::Add(Group { pid: pid(group)?, start: start.parse().ok() }))
    }

    fn text(self) -> String {
        match self {
            Self::Add(Group { pid, start }) => {
                let start = start.map_or_else(|| "?".to_owned(), |start| start.to_string());
                format!("+{} {start}\n", pid.as_raw_pid())
            }
            Self::Remove(pid) => format!("-{}\n", pid.as_raw_pid()),
            Self::Farewell => "bye\n".to_owned(),
        }
    }
}

/// The launcher's side: one guard process, started again if it dies.
#[derive(Debug)]
pub(crate) struct Guard {
    command: GuardCommand,
    mark: String,
    groups: BTreeMap<i32, Group>,
    pipe: Option<PipeWriter>,
    pub(crate) pid: Option<u32>,
    started: u32,
}

impl Guard {
    pub(crate) fn new(command: GuardCommand, mark: String) -> Self {
        Self { command, mark, groups: BTreeMap::new(), pipe: None, pid: None, started: 0 }
    }

    /// Starts a guard, or the next one, and tells it of all groups.
    ///
    /// # Errors
    /// The system's, or that too many guards have died.
    pub(crate) fn start(&mut self) -> io::Result<tokio::process::Child> {
        self.pipe = None;
        self.pid = None;
        if self.started == MOST_GUARDS {
            return Err(io::Error::other(format!("it has ended {MOST_GUARDS} times")));
        }
        self.started += 1;
        let (reader, writer) = io::pipe()?;
        // A guard that does not read must not hold up the launcher.
        rustix::io::ioctl_fionbio(&writer, true)?;
        let mut command = std::process::Command::new(&self.command.program);
        command.arg0("vclaunch").args(&self.command.args).arg(&self.mark).env_remove(RUN_VARIABLE);
        command.stdin(reader).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = tokio::process::Command::from(command).spawn()?;
        self.pid = child.id();
        self.pipe = Some(writer);
        let groups: Vec<Group> = self.groups.values().copied().collect();
        for group in groups {
            self.tell(Order::Add(group));
        }
        Ok(child)
    }

    pub(crate) fn add(&mut self, group: Group) {
        self.groups.insert(group.pid.as_raw_pid(), group);
        self.tell(Order::Add(group));
    }

    pub(crate) fn remove(&mut self, group: Group) {
        self.groups.remove(&group.pid.as_raw_pid());
        self.tell(Order::Remove(group.pid));
    }

    /// The orderly end: the guard goes without doing anything.
    pub(crate) async fn farewell(mut self) {
        self.tell(Order::Farewell);
        let Some(pid) = self.pid.and_then(|pid| Pid::from_raw(pid.cast_signed())) else { return };
        let until = tokio::time::Instant::now() + FAREWELL;
        while process_table::entry(pid).is_some_and(|entry| !entry.is_zombie) {
            if tokio::time::Instant::now() >= until {
                let _ = rustix::process::kill_process(pid, Signal::KILL);
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lines are far shorter than what a pipe takes in one piece, so they arrive whole or not at
    /// all. One that does not means a guard that does not read: it is replaced.
    fn tell(&mut self, order: Order) {
        let Some(pipe) = &mut self.pipe else { return };
        if pipe.write_all(order.text().as_bytes()).is_err()
            && let Some(pid) = self.pid.and_then(|pid| Pid::from_raw(pid.cast_signed()))
        {
            // Its end is noticed by the event loop, which starts the next one.
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cleaner::NoCleaner;
    use std::process::Command;

    fn sleeper() -> (std::process::Child, Group) {
        let child = Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        let group = Group::of_leader(Pid::from_child(&child));
        (child, group)
    }

    #[test]
    fn orders_read_as_written() {
        let group = Group { pid: Pid::from_raw(4711).unwrap(), start: Some(99) };
        let unknown = Group { start: None, ..group };

        for order in [Order::Add(group), Order::Add(unknown), Order::Remove(group.pid), Order::Farewell] {
            assert_eq!(Order::parse(order.text().trim_end()), Some(order));
        }
        for garbage in ["", "+", "+x y", "+1 5", "+0 5", "--5", "+-5 5", "bye "] {
            assert_eq!(Order::parse(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn without_a_farewell_the_groups_are_killed() {
        let (mut child, group) = sleeper();

        watch("no such run", Order::Add(group).text().as_bytes(), &NoCleaner).unwrap();

        let status = child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    }

    #[test]
    fn after_a_farewell_and_for_removed_groups_nothing_is_killed() {
        let (mut child, group) = sleeper();
        let (add, remove) = (Order::Add(group).text(), Order::Remove(group.pid).text());

        watch("no such run", format!("{add}bye\n").as_bytes(), &NoCleaner).unwrap();
        watch("no such run", format!("{add}{remove}").as_bytes(), &NoCleaner).unwrap();

        assert!(group.is_alive());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_left_its_group_is_found_by_its_mark() {
        let mark = crate::random::token();
        let mut child = Command::new("sleep").arg("60").env(RUN_VARIABLE, &mark).spawn().unwrap();

        watch(&mark, io::empty(), &NoCleaner).unwrap();

        let status = child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    }
}
