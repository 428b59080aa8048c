//! The gates that a circuit's nodes wait at until all of them are ready.

use std::collections::BTreeMap;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsRawFd;

/// The environment variable that tells a node the path of its gate.
pub(crate) const GATE_VARIABLE: &str = "VC_START_GATE";

/// The gates that are closed, by the layer that waits there. A circuit that begins all at once has one.
#[derive(Debug)]
pub(crate) struct Gates(BTreeMap<usize, Gate>);

/// A pipe that nobody writes to. A node opens its reading end by path and waits for its end of file.
///
/// A launcher that dies opens it too, and a gate that cannot be made does not hold anybody up.
#[derive(Debug)]
struct Gate {
    reader: PipeReader,
    _writer: PipeWriter,
}

impl Gates {
    /// Closed gates, one for each layer.
    pub(crate) fn close(layers: impl IntoIterator<Item = usize>) -> io::Result<Self> {
        let mut gates = BTreeMap::new();
        for layer in layers {
            if let std::collections::btree_map::Entry::Vacant(place) = gates.entry(layer) {
                let (reader, writer) = io::pipe()?;
                place.insert(Gate { reader, _writer: writer });
            }
        }
        Ok(Self(gates))
    }

    /// Where a node of a layer finds its gate; none: it is open.
    pub(crate) fn path(&self, layer: usize) -> Option<String> {
        let gate = self.0.get(&layer)?;
        Some(format!("/proc/{}/fd/{}", std::process::id(), gate.reader.as_raw_fd()))
    }

    /// Opens those of a layer and of all downstream of it.
    pub(crate) fn open(&mut self, layer: usize) {
        self.0.split_off(&layer);
    }
}
