//! Parameters that change while the node runs.
//!
//! A node answers requests about its parameters on one abstract Unix socket, which its helper thread
//! serves: so the node's own thread may sit in [`Node::run`](crate::Node::run), in a loop of its own or
//! in a callback. The socket has no file, vanishes with the process, and costs nothing while nobody asks.
//! What is said over it is ROS 2's own parameter services, `rcl_interfaces/srv/*` as CDR, so a relay can
//! hand requests and answers on as they are.
//!
//! * [`Live`]: a parameter's present value
//! * [`client`]: which nodes there are, and asking them
//!
//! # The protocol
//!
//! A `SOCK_SEQPACKET` socket at the abstract address `vc<uid>_<domain><node>`, such as
//! `vc1000_0/robot/camera`; where that is taken or too long, `vc<uid>_<domain>/#<pid>.<n>`. A packet of a
//! client is a [`Service`] number (four bytes, little-endian) and the request's CDR; the answer is a status,
//! `0` and the response's CDR or `1` and a text that says what is wrong with the request. A packet has at
//! most [`LONGEST_PACKET`] bytes. Each side only speaks with processes of its own user, or root.

pub mod client;
mod server;
mod service;
mod table;
mod words;

use std::marker::PhantomData;
use std::sync::Arc;

pub use client::{Remote, RemoteError};
pub(crate) use server::Server;
pub use service::Service;
pub(crate) use table::{Bell, Check, Table};
pub use words::{value_from_ros, value_to_ros};

use vc_words::ParameterValue;

use crate::domain::Domain;
use crate::parameter::Parameter;

/// The longest packet, in bytes: what the kernel takes without being told otherwise, less its own share.
pub const LONGEST_PACKET: usize = 192 * 1024;

/// An answer's first four bytes.
const ANSWERED: u32 = 0;
const NOT_UNDERSTOOD: u32 = 1;

/// The longest abstract address: the kernel's 108 bytes less the zero it begins with.
const LONGEST_ADDRESS: usize = 107;

/// What the addresses of a domain's nodes begin with; the node's name, with its slash, follows.
fn prefix(domain: Domain) -> String {
    format!("vc{}_{}", rustix::process::getuid().as_raw(), domain.id())
}

/// A parameter's present value. Clones are the same parameter; any thread may have one.
///
/// ```no_run
/// # use vc::prelude::*;
/// # fn main() -> NodeResult {
/// let block = Block::new("blinker", "Blinks.");
/// let bright = block.parameter("bright", 0.5, "How bright.").range(0.0..=1.0).live();
/// let mut node = block.open()?;
/// let bright = node.live(&bright);
/// node.every(Hertz(2.0), move |_| println!("{}", bright.get()))?;
/// node.run()
/// # }
/// ```
#[derive(Debug)]
pub struct Live<T> {
    table: Arc<Table>,
    index: usize,
    value: PhantomData<fn() -> T>,
}

/// The present value of a parameter whose type is known at run time only.
#[derive(Debug, Clone)]
pub struct LiveValue {
    table: Arc<Table>,
    index: usize,
}

impl LiveValue {
    pub(crate) fn new(table: &Arc<Table>, index: usize) -> Self {
        Self { table: Arc::clone(table), index }
    }

    /// The value it has now.
    pub fn get(&self) -> ParameterValue {
        self.table.value(self.index)
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self { table: Arc::clone(&self.table), index: self.index, value: PhantomData }
    }
}

impl<T: Parameter> Live<T> {
    pub(crate) fn new(table: &Arc<Table>, index: usize) -> Self {
        Self { table: Arc::clone(table), index, value: PhantomData }
    }

    /// The value it has now: the one given at the start, or the last one set since. Takes a lock that
    /// nobody holds for long.
    pub fn get(&self) -> T {
        self.table.get(self.index)
    }

    pub(crate) fn bell(&self) -> Result<Bell, rustix::io::Errno> {
        self.table.bell(self.index)
    }

    pub(crate) fn name(&self) -> &str {
        &self.table.descriptors()[self.index].name
    }
}
