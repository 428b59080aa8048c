//! The one helper thread of a node: tells the supervisor that the node is alive, and brings late
//! joiners what transient-local publishers kept. It sleeps but for that, and a node that needs
//! neither has no such thread.

use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::fd::OwnedFd;

use crate::clock::monotonic_ns;
use crate::error::Error;
use crate::notify::{Notify, watchdog_period};
use crate::topic::Latch;

/// Whether the node's own code is at work, and since when.
#[derive(Debug, Default)]
pub(crate) struct Activity(AtomicU64);

impl Activity {
    /// The node's code begins to handle something.
    pub(crate) fn begin(&self) {
        self.0.store(monotonic_ns(), Ordering::Relaxed);
    }

    /// The node waits for something to do.
    pub(crate) fn rest(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Whether the node's code has been at one thing for longer than `limit`.
    fn is_stuck(&self, limit: Duration) -> bool {
        let since = self.0.load(Ordering::Relaxed);
        since != 0 && Duration::from_nanos(monotonic_ns().saturating_sub(since)) > limit
    }
}

/// The thread's handle. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Keeper {
    notify: Arc<Notify>,
    activity: Arc<Activity>,
    watchdog: Option<Duration>,
    thread: Mutex<Option<Thread>>,
}

#[derive(Debug)]
struct Thread {
    latches: Sender<Latch>,
    wake: Arc<OwnedFd>,
    handle: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(crate) fn new(notify: Arc<Notify>, activity: Arc<Activity>) -> Self {
        Self { notify, activity, watchdog: watchdog_period(), thread: Mutex::default() }
    }

    /// Begins to give signs of life, if the supervisor expects them.
    pub(crate) fn start_watchdog(&self) -> Result<(), Error> {
        if self.watchdog.is_some() { self.with_thread(|_| ()) } else { Ok(()) }
    }

    /// Serves late joiners of a transient-local publisher from now on.
    pub(crate) fn serve(&self, latch: Latch) -> Result<(), Error> {
        self.with_thread(|thread| {
            // The thread only ends when the keeper does.
            let _ = thread.latches.send(latch);
            thread.wake();
        })
    }

    fn with_thread<R>(&self, use_it: impl FnOnce(&Thread) -> R) -> Result<R, Error> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let thread = match &mut *thread {
            Some(thread) => thread,
            none => none.insert(self.spawn()?),
        };
        Ok(use_it(thread))
    }

    fn spawn(&self) -> Result<Thread, Error> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(Error::os("start the keeper thread"))?;
        let wake = Arc::new(wake);
        let (latches, incoming) = mpsc::channel();
        let poller =
            epoll::create(epoll::CreateFlags::CLOEXEC).map_err(Error::os("start the keeper thread"))?;
        epoll::add(&poller, &*wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)
            .map_err(Error::os("start the keeper thread"))?;
        let rounds = Rounds {
            poller,
            wake: Arc::clone(&wake),
            incoming,
            latches: Vec::new(),
            notify: Arc::clone(&self.notify),
            activity: Arc::clone(&self.activity),
            watchdog: self.watchdog,
        };
        let handle = std::thread::Builder::new()
            .name("vc-keeper".to_owned())
            .stack_size(256 * 1024)
            .spawn(move || rounds.run())
            .map_err(Error::io("start the keeper thread"))?;
        Ok(Thread { latches, wake, handle: Some(handle) })
    }
}

impl Thread {
    fn wake(&self) {
        // Full means that a wake-up is on its way already.
        let _ = rustix::io::write(&*self.wake, &1u64.to_ne_bytes());
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // The thread ends when it is woken and nobody can send it anything any more.
        let (nobody, _) = mpsc::channel();
        self.latches = nobody;
        self.wake();
        if let Some(handle) = self.handle.take() {
            let _ = handle.join();
        }
    }
}

const WAKE: u64 = u64::MAX;

struct Rounds {
    poller: OwnedFd,
    wake: Arc<OwnedFd>,
    incoming: Receiver<Latch>,
    latches: Vec<Latch>,
    notify: Arc<Notify>,
    activity: Arc<Activity>,
    watchdog: Option<Duration>,
}

impl Rounds {
    fn run(mut self) {
        let pause = self.watchdog.and_then(|period| Timespec::try_from(period / 3).ok());
        let mut events = Vec::with_capacity(16);
        loop {
            events.clear();
            let waited =
                epoll::wait(&self.poller, rustix::buffer::spare_capacity(&mut events), pause.as_ref());
            if waited.is_err_and(|errno| errno != rustix::io::Errno::INTR) {
                return;
            }
            for event in &events {
                match event.data.u64() {
                    WAKE if !self.take_in() => return,
                    WAKE => {}
                    at => self
                        .latches
                        .get(usize::try_from(at).unwrap_or(usize::MAX))
                        .into_iter()
                        .for_each(Latch::serve),
                }
            }
            if self.watchdog.is_some_and(|period| !self.activity.is_stuck(period)) {
                self.notify.send("WATCHDOG=1");
            }
        }
    }

    /// Takes in new latches. `false` if the keeper is gone.
    fn take_in(&mut self) -> bool {
        let _ = rustix::io::read(&*self.wake, &mut [0u8; 8]);
        loop {
            match self.incoming.try_recv() {
                Ok(latch) => {
                    let data = epoll::EventData::new_u64(self.latches.len() as u64);
                    if let Err(error) = epoll::add(&self.poller, latch.as_fd(), data, epoll::EventFlags::IN) {
                        tracing::warn!(%error, fd = latch.as_fd().as_raw_fd(), "cannot watch for late joiners");
                    }
                    latch.serve();
                    self.latches.push(latch);
                }
                Err(mpsc::TryRecvError::Empty) => return true,
                Err(mpsc::TryRecvError::Disconnected) => return false,
            }
        }
    }
}
