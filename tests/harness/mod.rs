//! Domains of their own, child processes, waiting, and what the kernel knows of a process.

mod child;
mod deadline;
mod domain;
mod facts;
mod network;
mod notify;
mod python;
mod random;
mod rough_cable;

pub use child::{Ended, Program, Running};
pub use deadline::{PATIENCE, Watchdog, until};
pub use domain::{TestDomain, leftovers};
pub use facts::{Mapping, children_of, mappings, memory_touched, processes_with, status_field};
pub use network::Machine;
pub use notify::NotifySocket;
pub use python::python_with;
pub use random::{Random, given, seed};
pub use rough_cable::{RoughCable, Roughness};
pub use rustix::process::Signal;
