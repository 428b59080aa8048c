//! The reading side of a topic.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use vc::Error as CoreError;
use vc::topic::{self, Raw, Shared, Subscriber as Port};
use vc_dynamic::Schema;

use crate::error::{UsageError, closed, raised};
use crate::memory::Held;
use crate::message::Message;
use crate::node::Node;
use crate::store;

/// A port, until its node ends.
#[derive(Default)]
pub(crate) struct Inlet(Mutex<Option<Port<Raw, Shared>>>);

impl Inlet {
    pub(crate) fn new(port: Port<Raw, Shared>) -> Self {
        Self(Mutex::new(Some(port)))
    }

    fn port(&self) -> MutexGuard<'_, Option<Port<Raw, Shared>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn close(&self) {
        self.port().take();
    }
}

/// Reads messages, from one topic or, where wires come together, from several. `Node.subscriber` opens it; any thread may
/// use it.
#[pyclass(frozen, module = "vc")]
pub(crate) struct Subscriber {
    pub(crate) inlet: Arc<Inlet>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) input: String,
    /// The node it belongs to.
    pub(crate) node: u64,
}

impl Subscriber {
    /// Does something with the port, while other threads of Python run: a lock must never be waited for with the
    /// interpreter held.
    fn with<R: Send>(
        &self,
        py: Python<'_>,
        act: impl FnOnce(&mut Port<Raw, Shared>) -> Result<R, CoreError> + Send,
    ) -> PyResult<R> {
        let answer = py.detach(|| self.inlet.port().as_mut().map(act));
        answer.ok_or_else(|| closed("subscribers"))?.map_err(|error| raised(&error))
    }

    /// The message of a sample; none, and a word in the log, if it cannot be read.
    fn read(&self, sample: Held) -> Option<Message> {
        let read = Message::open(&self.schema, sample);
        read.inspect_err(
            |error| tracing::warn!(port = self.input, %error, "skipped a message that cannot be read"),
        )
        .ok()
    }
}

#[pymethods]
impl Subscriber {
    /// The next message, if one is there. Never waits.
    fn take(&self, py: Python<'_>) -> PyResult<Option<Message>> {
        loop {
            let Some(sample) = self.with(py, Port::take)? else { return Ok(None) };
            if let Some(message) = self.read(sample) {
                return Ok(Some(message));
            }
        }
    }

    /// The newest message that has come since the last one taken, if any; older ones are passed over. Never waits.
    fn latest(&self, py: Python<'_>) -> PyResult<Option<Message>> {
        let newest = self.with(py, |port| {
            let mut newest: Option<Held> = None;
            while let Some(sample) = port.take()? {
                // Of several topics, the one sent last counts.
                if newest.as_ref().is_none_or(|newest| newest.envelope().sent_ns <= sample.envelope().sent_ns)
                {
                    newest = Some(sample);
                }
            }
            Ok(newest)
        })?;
        Ok(newest.and_then(|sample| self.read(sample)))
    }

    /// The next message, waited for asleep, at most for `timeout` seconds. `None` if none came, or once the node is asked to
    /// stop.
    #[pyo3(signature = (timeout = None))]
    fn recv(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Option<Message>> {
        let timeout = timeout.map(duration).transpose()?;
        store::ready(py, self.node)?;
        loop {
            let sample = self.with(py, |port| match timeout {
                Some(timeout) => port.recv_timeout(timeout),
                None => port.recv(),
            })?;
            let Some(sample) = sample else { return Ok(None) };
            if let Some(message) = self.read(sample) {
                return Ok(Some(message));
            }
        }
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Messages until the node is asked to stop.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Message>> {
        self.recv(py, None)
    }

    fn __repr__(&self) -> String {
        format!("<Subscriber of {} for input {}>", self.schema.name(), self.input)
    }
}

/// A number of seconds.
pub(crate) fn duration(seconds: f64) -> PyResult<Duration> {
    if seconds.is_nan() {
        return Err(UsageError::new_err("a time is a number of seconds, not nan"));
    }
    // What no clock can hold is for ever.
    Ok(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}

/// Sleeps until one of the subscribers may have messages, the node is asked to stop, or `timeout` seconds are over.
/// Whether there may be messages.
#[pyfunction]
#[pyo3(signature = (node, subscribers, timeout = None))]
pub(crate) fn wait_for_news(
    py: Python<'_>,
    node: &Node,
    subscribers: Vec<PyRef<'_, Subscriber>>,
    timeout: Option<f64>,
) -> PyResult<bool> {
    let timeout = timeout.map(duration).transpose()?;
    let inlets: Vec<Arc<Inlet>> =
        subscribers.iter().map(|subscriber| Arc::clone(&subscriber.inlet)).collect();
    drop(subscribers);
    let stop = node.stop.clone();
    let waited = py.detach(|| {
        let locked: Vec<_> = inlets.iter().map(|inlet| inlet.port()).collect();
        let ports: Vec<&Port<Raw, Shared>> = locked.iter().filter_map(|port| port.as_ref()).collect();
        topic::wait_for_news(&ports, &stop, timeout)
    });
    waited.map_err(|error| raised(&error))
}
