//! The two sides of a measurement: processes of this program, each pinned to a CPU.

use std::process::{Child, Command, Stdio};

use clap::{Args, ValueEnum};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::report::BenchError;
use crate::{latency, memory, ours, raw, throughput};

/// Which library a side uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Library {
    /// This project's.
    Ours,
    /// iceoryx2 itself.
    Raw,
}

/// What a side does.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Role {
    Pong,
    Count,
    Idle,
}

/// One side of a measurement.
#[derive(Args)]
pub(crate) struct Side {
    role: Role,
    library: Library,
    /// Bytes of a message's payload.
    bytes: usize,
    /// The CPU it runs on.
    cpu: usize,
}

/// Runs this side until it is killed or told to end.
pub(crate) fn run_side(side: &Side) -> Result<(), BenchError> {
    pin_to(side.cpu)?;
    match (side.role, side.library) {
        (Role::Pong, Library::Ours) => latency::pong(&mut ours::Pair::open("pong", "ping")?),
        (Role::Pong, Library::Raw) => latency::pong(&mut raw::Pair::open("pong", "ping")?),
        (Role::Count, Library::Ours) => throughput::count(&mut ours::Pair::open("counted", "flood")?),
        (Role::Count, Library::Raw) => throughput::count(&mut raw::Pair::open("counted", "flood")?),
        (Role::Idle, _) => memory::idle(),
    }
}

/// Starts the other side in a process of its own; it ends with this one's handle.
pub(crate) fn start(role: Role, library: Library, bytes: usize, cpu: usize) -> Result<Other, BenchError> {
    let name = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
        value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    };
    let child = Command::new(std::env::current_exe()?)
        .arg("side")
        .arg(name(&|| role.to_possible_value()))
        .arg(name(&|| library.to_possible_value()))
        .args([bytes.to_string(), cpu.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(Other(child))
}

/// A running side, killed on drop.
pub(crate) struct Other(pub(crate) Child);

impl Drop for Other {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Binds this process to one CPU.
pub(crate) fn pin_to(cpu: usize) -> Result<(), BenchError> {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set)?;
    Ok(())
}
