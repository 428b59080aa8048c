//! Runs a program and listens to what it says, within bounds of time and length.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may run, and how much it may say on each of its outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    pub(crate) bytes: usize,
}

/// What a program said.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) stdout: Vec<u8>,
    /// Empty unless the command pipes it.
    pub(crate) stderr: Vec<u8>,
    /// How it ended; none: it closed its outputs, but went on.
    pub(crate) status: Option<ExitStatus>,
}

/// Why nothing was heard.
#[derive(Debug)]
pub(crate) enum Unheard {
    Start(std::io::Error),
    Timeout,
    Long,
}

/// Starts a program without input, in a process group of its own, and ends the whole group as soon as its
/// outputs are closed or a bound is reached.
pub(crate) fn listen(command: &mut Command, bounds: Bounds) -> Result<Heard, Unheard> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(Unheard::Start)?;
    let heard = hear(&mut child, bounds);
    // Whatever it and its children are doing by now, nobody listens any more.
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait().map_err(Unheard::Start)?;
    heard
}

fn hear(child: &mut Child, bounds: Bounds) -> Result<Heard, Unheard> {
    let until = Instant::now() + bounds.time;
    let stdout = child.stdout.take().map(|output| reader(output, bounds.bytes));
    let stderr = child.stderr.take().map(|output| reader(output, bounds.bytes));
    let all = |reader: Option<Receiver<Vec<u8>>>| {
        let Some(reader) = reader else { return Ok(Vec::new()) };
        let left = until.saturating_duration_since(Instant::now());
        let bytes = reader.recv_timeout(left).map_err(|_| Unheard::Timeout)?;
        if bytes.len() > bounds.bytes { Err(Unheard::Long) } else { Ok(bytes) }
    };
    let (stdout, stderr) = (all(stdout)?, all(stderr)?);
    // Its outputs are closed: it ends about now.
    let mut status = None;
    for _ in 0..50 {
        status = child.try_wait().ok().flatten();
        if status.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(Heard { stdout, stderr, status })
}

/// All that comes, and one byte more than allowed if there is more.
fn reader(output: impl Read + Send + 'static, most: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    // Not joined: a grandchild that left the process group may hold the output open for ever.
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.take(most as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}
