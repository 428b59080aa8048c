//! The gate that a circuit's nodes wait at until all of them are ready.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsRawFd;

/// The environment variable that tells a node the path of its gate.
pub(crate) const GATE_VARIABLE: &str = "VC_START_GATE";

/// A pipe that nobody writes to. A node opens its reading end by path and waits for its end of file.
///
/// A launcher that dies opens it too, and a gate that cannot be made does not hold anybody up.
#[derive(Debug)]
pub(crate) struct Gate {
    reader: PipeReader,
    _writer: PipeWriter,
}

impl Gate {
    /// A closed gate.
    pub(crate) fn close() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, _writer: writer })
    }

    /// Where a node finds it.
    pub(crate) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.reader.as_raw_fd())
    }
}
