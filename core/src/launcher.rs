//! What a node owes the process that launched it: to begin with the circuit, and not to outlive it.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

use crate::error::Error;
use crate::stop::Stop;

/// The environment variable with the process that launched this one: nodes die with it.
const LAUNCHER_VARIABLE: &str = "VC_LAUNCHER_PID";
/// The environment variable with the path of a pipe that ends when the circuit may begin.
const GATE_VARIABLE: &str = "VC_START_GATE";

/// The kernel kills this process when its launcher dies, however it dies; if it is dead already,
/// nobody will ever stop this process, so it does not begin. Nodes do so by themselves; tools may.
///
/// # Errors
/// [`Error::Usage`] if the launcher is gone.
pub fn die_with_launcher() -> Result<(), Error> {
    let launcher = std::env::var(LAUNCHER_VARIABLE).ok().and_then(|pid| Pid::from_raw(pid.parse().ok()?));
    let Some(launcher) = launcher else { return Ok(()) };
    if getppid() == Some(launcher)
        && let Err(error) = set_parent_process_death_signal(Some(Signal::KILL))
    {
        tracing::warn!(%error, "this node may outlive its launcher");
    }
    // Dead but not yet collected is dead.
    let state = std::fs::read_to_string(format!("/proc/{}/stat", launcher.as_raw_pid())).unwrap_or_default();
    match state.rsplit(") ").next().and_then(|rest| rest.chars().next()) {
        None | Some('Z' | 'X') => Err(Error::Usage { message: "its launcher is gone".to_owned() }),
        Some(_) => Ok(()),
    }
}

/// Waits until the launcher opens the gate: when every node of the circuit has its ports open, so
/// that nobody's first samples are lost.
pub(crate) fn wait_for_gate(stop: &Stop) {
    let Some(path) = std::env::var_os(GATE_VARIABLE) else { return };
    // Without blocking: the gate may have been opened since, and then nobody is at its other end.
    let Ok(gate) = open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()) else {
        return;
    };
    let mut fds = [PollFd::new(&gate, PollFlags::IN), PollFd::new(stop, PollFlags::IN)];
    // A pipe that nobody writes to: its end of file is the opening.
    while !stop.is_stopped() && rustix::io::read(&gate, &mut [0u8; 1]) == Err(rustix::io::Errno::AGAIN) {
        if poll(&mut fds, None).is_err_and(|errno| errno != rustix::io::Errno::INTR) {
            return;
        }
    }
}
