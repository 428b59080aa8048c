//! Child processes: started, read, signalled, and gone when the test is.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use super::deadline::{PATIENCE, until};
use super::domain::TestDomain;

/// A program of this workspace, about to be started.
#[derive(Debug)]
pub struct Program(Command);

impl Program {
    /// The program of this name in the folder that cargo builds into.
    pub fn new(name: &str) -> Self {
        Self::at(Self::path(name))
    }

    /// Any program.
    pub fn at(path: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(path);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for variable in [
            "RUST_LOG",
            "NOTIFY_SOCKET",
            "WATCHDOG_USEC",
            "ROS_DOMAIN_ID",
            "VC_COUNTERS",
            "VC_START_GATE",
            "VC_KEYS",
        ] {
            command.env_remove(variable);
        }
        // Nothing of the user's, his keys above all.
        command.env("XDG_CONFIG_HOME", "/nonexistent");
        Self(command)
    }

    /// Where the program of this name lies.
    pub fn path(name: &str) -> PathBuf {
        let tests = std::env::current_exe().unwrap();
        // target/debug/deps/<test> lies beside target/debug/<program>.
        let path = tests.parent().and_then(Path::parent).unwrap().join(name);
        assert!(path.exists(), "{} is not built; run `cargo build --workspace` first", path.display());
        path
    }

    /// What it reads, instead of nothing.
    #[must_use]
    pub fn input(mut self, file: File) -> Self {
        self.0.stdin(file);
        self
    }

    /// Starts in a test's domain.
    #[must_use]
    pub fn domain(self, domain: &TestDomain) -> Self {
        self.env("ROS_DOMAIN_ID", domain.variable())
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    /// Adds the words of a line as arguments.
    #[must_use]
    pub fn args(mut self, line: &str) -> Self {
        self.0.args(line.split_whitespace());
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Starts in this folder.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn start(mut self) -> Running {
        let mut child = self.0.spawn().unwrap_or_else(|error| panic!("cannot start {:?}: {error}", self.0));
        let (stdout, stderr) = (Lines::read(child.stdout.take()), Lines::read(child.stderr.take()));
        Running { child, stdout, stderr, status: None }
    }

    /// Starts it and waits for its end.
    #[track_caller]
    pub fn run(self) -> Ended {
        self.start().wait()
    }
}

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Lines,
    stderr: Lines,
    status: Option<ExitStatus>,
}

impl Running {
    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        let _ = kill_process(pid, signal);
    }

    /// Kills it, and waits until it is gone.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        self.status = Some(self.child.wait().unwrap());
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the first line of its output for which `found` answers something, and gives the answer.
    #[track_caller]
    pub fn output<R>(&self, what: &str, found: impl Fn(&str) -> Option<R>) -> R {
        self.stdout.find(found).unwrap_or_else(|| panic!("no output {what}: {self:?}"))
    }

    /// The same for its standard error.
    #[track_caller]
    pub fn error<R>(&self, what: &str, found: impl Fn(&str) -> Option<R>) -> R {
        self.stderr.find(found).unwrap_or_else(|| panic!("no error {what}: {self:?}"))
    }

    /// The lines of its output so far.
    pub fn lines(&self) -> Vec<String> {
        self.stdout.lines()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> Ended {
        until("the process has ended", || match self.child.try_wait() {
            Ok(status) => {
                self.status = status;
                status.is_some()
            }
            Err(error) => panic!("{error}"),
        });
        let status = self.status.unwrap();
        Ended {
            code: status.code(),
            signal: status.signal(),
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// How a program ended, and what it said. Displayed as snapshots show it.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code, if it ended by itself.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Its output.
    pub stdout: String,
    /// Its errors and log.
    pub stderr: String,
}

impl Ended {
    /// Asserts that it ended with success.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "often all that is asked")]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => writeln!(f, "exit: {code}")?,
            (None, signal) => writeln!(f, "signal: {}", signal.unwrap_or_default())?,
        }
        for (title, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "----- {title} -----\n{text}")?;
            }
        }
        Ok(())
    }
}

/// The lines of a stream, gathered by a thread.
#[derive(Debug)]
struct Lines {
    gathered: Arc<Gathered>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Gathered {
    state: Mutex<(Vec<String>, bool)>,
    news: Condvar,
}

impl Lines {
    fn read(stream: Option<impl Read + Send + 'static>) -> Self {
        let gathered = Arc::new(Gathered::default());
        let to = Arc::clone(&gathered);
        let reader = thread::spawn(move || {
            let lines = stream.into_iter().flat_map(|stream| BufReader::new(stream).split(b'\n'));
            for line in lines.map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                to.state.lock().unwrap_or_else(PoisonError::into_inner).0.push(line);
                to.news.notify_all();
            }
            to.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
            to.news.notify_all();
        });
        Self { gathered, reader: Some(reader) }
    }

    fn find<R>(&self, found: impl Fn(&str) -> Option<R>) -> Option<R> {
        let end = Instant::now() + PATIENCE;
        let mut state = self.gathered.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(answer) = state.0.iter().find_map(|line| found(line)) {
                return Some(answer);
            }
            let left = end.saturating_duration_since(Instant::now());
            if state.1 || left.is_zero() {
                return None;
            }
            state = self.gathered.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lines(&self) -> Vec<String> {
        self.gathered.state.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Everything, once the stream has ended. A grandchild that holds it open is not waited for.
    fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            until("the output has ended", || reader.is_finished());
        }
        self.lines().into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
    }
}
