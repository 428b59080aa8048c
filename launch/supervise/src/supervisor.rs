//! The handle: a plan and options in, a summary out; between them one event loop.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Resource;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{MissedTickBehavior, interval, sleep_until};
use vc_plan::Plan;

use crate::circuit::{Circuit, Order};
use crate::cleaner::{Cleaner, NoCleaner};
use crate::guard::GuardCommand;
use crate::message::Message;
use crate::observer::{Observer, StopReason, Summary};

/// Between two looks at the counters.
const LOOK: Duration = Duration::from_millis(200);
/// Messages of tasks that wait for the event loop; further ones hold up their task.
const QUEUE: usize = 64;

/// How a circuit is supervised.
#[derive(Clone)]
pub struct Options {
    /// How long a block may take to say that it is ready.
    pub ready_timeout: Duration,
    /// How long a block may show no sign of life.
    pub watchdog: Duration,
    /// The folder for the run's log files, as from [`log_folder::of_run`](crate::log_folder::of_run), is made;
    /// none: no log files.
    pub log_folder: Option<PathBuf>,
    /// Whether the observer gets every line of every node, whatever the plan says.
    pub show_all_output: bool,
    /// The guard's program; none: no guard.
    pub guard: Option<GuardCommand>,
    /// What the node that the plan names for it reads; none: nothing.
    pub stdin: Option<Arc<OwnedFd>>,
    /// Cleans up shared memory.
    pub cleaner: Arc<dyn Cleaner>,
    /// Whether this process exists for the circuit only: it has no other children, and takes in
    /// what its nodes' processes leave behind.
    pub owns_process: bool,
    /// If this is a part of a circuit on several machines: how far downstream each node is in the whole. Somebody
    /// else then says by [`StopHandle::obey`] when gates open and who stops.
    pub conducted: Option<Vec<usize>>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ready_timeout: Duration::from_secs(10),
            watchdog: Duration::from_secs(10),
            log_folder: None,
            show_all_output: false,
            guard: None,
            stdin: None,
            cleaner: Arc::new(NoCleaner),
            owns_process: false,
            conducted: None,
        }
    }
}

/// Why a circuit could not even begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuperviseError {
    /// The system has no room for an event loop, its signals or its threads.
    #[error("cannot set up supervision")]
    SetUp(#[from] std::io::Error),
}

/// A circuit that is about to run.
#[derive(Debug)]
pub struct Supervisor {
    plan: Plan,
    options: Options,
    messages: Sender<Message>,
    inbox: Receiver<Message>,
}

/// Asks a running circuit to stop, as a signal would. Clones ask the same circuit.
#[derive(Debug, Clone)]
pub struct StopHandle(Sender<Message>);

impl StopHandle {
    /// Asks. Asking again hurries: the second time SIGTERM is sent, the third time SIGKILL.
    /// Must not be called from asynchronous code.
    pub fn stop(&self) {
        // A circuit that has ended needs no asking.
        let _ = self.0.blocking_send(Message::Stop);
    }

    /// Has a part of a circuit do something. Must not be called from asynchronous code.
    pub fn obey(&self, order: Order) {
        let _ = self.0.blocking_send(Message::Order(order));
    }
}

impl Supervisor {
    /// Prepares to run `plan`. Nothing is started yet.
    pub fn new(plan: Plan, options: Options) -> Self {
        let (messages, inbox) = mpsc::channel(QUEUE);
        Self { plan, options, messages, inbox }
    }

    /// A handle to stop it from another thread.
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(self.messages.clone())
    }

    /// Runs the circuit until all of its nodes have ended for good and nothing of them is left.
    ///
    /// SIGINT, SIGTERM and SIGHUP stop it. Call it from the process's main thread: nodes that die
    /// with their launcher die with the thread that started them.
    ///
    /// # Errors
    /// [`SuperviseError`] if it could not begin. Whatever happens to nodes is in the summary.
    pub fn run(self, observer: Arc<dyn Observer>) -> Result<Summary, SuperviseError> {
        raise_file_limit();
        if self.options.owns_process {
            rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
                .map_err(std::io::Error::from)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let summary = runtime.block_on(self.supervise(observer));
        // Tasks that still wait for somebody's output must not hold up the end.
        runtime.shutdown_background();
        summary
    }

    async fn supervise(mut self, observer: Arc<dyn Observer>) -> Result<Summary, SuperviseError> {
        let mut signals = Signals::new()?;
        let mut circuit = Circuit::new(self.plan, self.options, self.messages, observer)?;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        circuit.start();
        while !circuit.is_over() {
            let next = circuit.next_deadline();
            tokio::select! {
                name = signals.next() => circuit.asked_to_stop(name),
                Some(message) = self.inbox.recv() => circuit.take(message),
                () = until(next) => circuit.on_time(Instant::now()),
                _ = look.tick() => circuit.look(Instant::now()),
            }
        }
        Ok(circuit.finish().await)
    }
}

impl Circuit {
    fn asked_to_stop(&mut self, signal: &'static str) {
        let times = self.times_asked() + 1;
        self.stop(StopReason::Asked { signal, times });
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// The signals that stop a circuit.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.hangup.recv() => "SIGHUP",
        }
    }
}

/// A large circuit needs some descriptors a node, more than the usual soft limit of 1024.
fn raise_file_limit() {
    let mut limit = rustix::process::getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // What there is already may be enough; if not, starting a node fails and says so.
    let _ = rustix::process::setrlimit(Resource::Nofile, limit);
}

#[cfg(test)]
mod tests;
