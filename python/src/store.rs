//! Nodes, each on the thread that opened it.
//!
//! A node may not change threads, but Python's values may. So the node itself stays here, and what Python has is its number.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use vc::args::Args;
use vc::topic::Raw;
use vc::{Input, Output};

use crate::error::{Error, raised};
use crate::node::Node;
use crate::parameter::Opened;
use crate::publisher::Outlet;
use crate::subscriber::Inlet;

/// A node that is open.
pub(crate) struct Open {
    pub(crate) node: vc::Node,
    pub(crate) inputs: Vec<Input<Raw>>,
    pub(crate) outputs: Vec<Output<Raw>>,
    pub(crate) outlets: Vec<Arc<Outlet>>,
    pub(crate) inlets: Vec<Arc<Inlet>>,
    /// The exception that a callback raised.
    pub(crate) raised: Arc<Mutex<Option<PyErr>>>,
    ready: bool,
}

thread_local! {
    static OPEN: RefCell<HashMap<u64, Open>> = RefCell::default();
}

/// Opens the node of `block`, and fills the handles of its parameters.
pub(crate) fn open(
    py: Python<'_>,
    block_id: u64,
    block: vc::Block,
    args: &Args,
    parameters: &[Opened],
) -> PyResult<Node> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let manifest = block.manifest();
    let inputs = (0..manifest.inputs.len()).filter_map(|at| block.input_at(at)).collect();
    let outputs = (0..manifest.outputs.len()).filter_map(|at| block.output_at(at)).collect();
    let mut node = block.open_with(args).map_err(|error| raised(&error))?;
    for (index, opened) in parameters.iter().enumerate() {
        if let Some(live) = node.live_value(index) {
            let _ = opened.set(live);
        }
    }
    let id = COUNT.fetch_add(1, Ordering::Relaxed);
    let handle = Node { id, block: block_id, name: node.name().to_string(), stop: node.stopper() };
    let (outlets, inlets) = (Vec::new(), Vec::new());
    let open = Open { node, inputs, outputs, outlets, inlets, raised: Arc::default(), ready: false };
    OPEN.with_borrow_mut(|nodes| nodes.insert(id, open));
    close_at_exit(py)?;
    Ok(handle)
}

/// Nodes end before the interpreter does.
fn close_at_exit(py: Python<'_>) -> PyResult<()> {
    let close = py.import("vc._native")?.getattr("close_nodes")?;
    let atexit = py.import("atexit")?;
    atexit.call_method1("unregister", (&close,))?;
    atexit.call_method1("register", (close,)).map(drop)
}

/// Does something with an open node of this thread. Never while Python's code runs in between.
pub(crate) fn with<R>(id: u64, act: impl FnOnce(&mut Open) -> Result<R, vc::Error>) -> PyResult<R> {
    let answer = OPEN.with_borrow_mut(|nodes| nodes.get_mut(&id).map(act));
    let missing = || {
        Error::new_err(
            "the node has ended, or runs already, or was opened on another thread, which it cannot leave",
        )
    };
    answer.ok_or_else(missing)?.map_err(|error| raised(&error))
}

/// Says that the node is ready, and waits until the whole circuit is, once; on another thread than the node's, nothing.
pub(crate) fn ready(py: Python<'_>, id: u64) -> PyResult<()> {
    let waiting = OPEN.with_borrow(|nodes| nodes.get(&id).is_some_and(|open| !open.ready));
    if !waiting {
        return Ok(());
    }
    py.detach(|| {
        with(id, |open| {
            open.ready = true;
            open.node.ready()
        })
    })
}

/// Runs the node until it is asked to stop, and ends it. Nothing of it is on Python's side meanwhile.
pub(crate) fn run(py: Python<'_>, id: u64) -> PyResult<()> {
    let (ended, raised_by_callback) = py.detach(|| {
        let Some(mut open) = OPEN.with_borrow_mut(|nodes| nodes.remove(&id)) else { return (None, None) };
        let ended = open.node.run_here();
        let by_callback = open.raised.lock().unwrap_or_else(PoisonError::into_inner).take();
        open.close();
        (Some(ended), by_callback)
    });
    if let Some(error) = raised_by_callback {
        return Err(error);
    }
    match ended {
        Some(ended) => ended.map_err(|error| raised(&error)),
        None => with(id, |_| Ok(())),
    }
}

/// Ends the node, if it is open on this thread and does not run.
pub(crate) fn close(py: Python<'_>, id: u64) {
    py.detach(|| {
        let open = OPEN.with_borrow_mut(|nodes| nodes.remove(&id));
        if let Some(open) = open {
            open.close();
        }
    });
}

/// Ends all nodes of this thread: the interpreter is about to end.
#[pyfunction]
pub(crate) fn close_nodes(py: Python<'_>) {
    let ids: Vec<u64> = OPEN.with_borrow(|nodes| nodes.keys().copied().collect());
    for id in ids {
        close(py, id);
    }
}

impl Open {
    /// Ports first, then the node: others must have what was sent last before its memory goes.
    fn close(self) {
        self.node.stopper().stop();
        self.outlets.iter().for_each(|outlet| outlet.close());
        self.inlets.iter().for_each(|inlet| inlet.close());
    }
}
