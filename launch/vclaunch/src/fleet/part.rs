//! A machine's part runs in a process of its own, `vclaunch part`: it supervises as `vclaunch run` does,
//! tells on its standard output, does what its standard input says, and stops when that ends. So nothing is left
//! behind whoever of the two is killed.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;

use vc_fleet::{Start, Told};
use vc_supervise::Order;
use vc_supervise::child_state::signal_name;

/// A part that runs on this machine. Dropping it asks it to stop.
#[derive(Debug)]
pub(crate) struct PartProcess {
    stdin: ChildStdin,
    /// How often it was asked to stop.
    stops: u32,
}

/// What is told of a part.
#[derive(Debug)]
pub(crate) enum News {
    /// Something happened in it.
    Told(Told),
    /// Its process is gone, and how.
    Gone(String),
}

impl PartProcess {
    /// Starts a part. `tell` is called from a thread of its own.
    ///
    /// # Errors
    /// The system's, if there can be no process or thread.
    pub(crate) fn start(
        start: &Start,
        log_dir: Option<&Path>,
        tell: impl Fn(News) + Send + 'static,
    ) -> io::Result<Self> {
        // The very program that runs now, even if its file has been replaced.
        let mut command = Command::new("/proc/self/exe");
        command.arg("part").stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl-C is for us: the part learns of it in its turn.
        command.process_group(0);
        if let Some(folder) = log_dir {
            command.arg("--log-dir").arg(folder);
        }
        match &start.domain {
            Some(domain) => command.env("ROS_DOMAIN_ID", domain),
            None => command.env_remove("ROS_DOMAIN_ID"),
        };
        let mut child = command.spawn()?;
        let Some(mut stdin) = child.stdin.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let mut first = serde_json::to_vec(start)?;
        first.push(b'\n');
        stdin.write_all(&first)?;
        thread::Builder::new().name("vc-part".into()).spawn(move || listen(child, tell))?;
        Ok(Self { stdin, stops: 0 })
    }

    /// Asks it to stop; again to hurry.
    pub(crate) fn stop(&mut self) {
        self.obey(Order::Stop { times: self.stops + 1 });
    }

    /// Has it do something.
    pub(crate) fn obey(&mut self, order: Order) {
        if let Order::Stop { times } = order {
            self.stops = self.stops.max(times);
        }
        // Plain data: there is nothing in it that JSON cannot hold.
        let mut line = serde_json::to_vec(&order).unwrap_or_default();
        line.push(b'\n');
        // A part that is gone needs no orders.
        let _ = self.stdin.write_all(&line);
    }
}

fn listen(mut child: Child, tell: impl Fn(News)) {
    let lines = child.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
    for line in lines.map_while(Result::ok) {
        // It is our own program: what does not fit is not ours to report.
        if let Ok(told) = serde_json::from_str(&line) {
            tell(News::Told(told));
        }
    }
    let how = child.wait().map_or_else(|error| error.to_string(), ending);
    tell(News::Gone(how));
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => signal_name(signal),
        (None, None) => "nobody knows how".to_owned(),
    }
}
