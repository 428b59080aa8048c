//! The one helper thread of a node: tells the supervisor that the node is alive, answers questions about
//! the node's parameters, and brings late joiners what transient-local publishers kept. It sleeps but for
//! that.

use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::fd::OwnedFd;

use crate::clock::monotonic_ns;
use crate::error::Error;
use crate::notify::{Notify, watchdog_period};

/// Something that the thread does when asked: it must never wait for anything.
pub(crate) trait Chore: Send {
    /// Readable when there is something to do.
    fn fd(&self) -> BorrowedFd<'_>;
    /// Does it.
    fn do_it(&mut self);
}

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
    chores: Sender<Box<dyn Chore>>,
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

    /// Does a chore from now on: once at once, then whenever it asks.
    pub(crate) fn take_on(&self, chore: impl Chore + 'static) -> Result<(), Error> {
        self.with_thread(|thread| {
            // The thread only ends when the keeper does.
            let _ = thread.chores.send(Box::new(chore));
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
        let (chores, incoming) = mpsc::channel();
        let poller =
            epoll::create(epoll::CreateFlags::CLOEXEC).map_err(Error::os("start the keeper thread"))?;
        epoll::add(&poller, &*wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)
            .map_err(Error::os("start the keeper thread"))?;
        let rounds = Rounds {
            poller,
            wake: Arc::clone(&wake),
            incoming,
            chores: Vec::new(),
            notify: Arc::clone(&self.notify),
            activity: Arc::clone(&self.activity),
            watchdog: self.watchdog,
        };
        let handle = std::thread::Builder::new()
            .name("vc-keeper".to_owned())
            .stack_size(256 * 1024)
            .spawn(move || rounds.run())
            .map_err(Error::io("start the keeper thread"))?;
        Ok(Thread { chores, wake, handle: Some(handle) })
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
        self.chores = nobody;
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
    incoming: Receiver<Box<dyn Chore>>,
    chores: Vec<Box<dyn Chore>>,
    notify: Arc<Notify>,
    activity: Arc<Activity>,
    watchdog: Option<Duration>,
}

impl Rounds {
    fn run(mut self) {
        let between = self.watchdog.map(|period| period / 3);
        let mut next_sign = between.map(|_| Instant::now());
        let mut events = Vec::with_capacity(16);
        loop {
            if let (Some(due), Some(between)) = (&mut next_sign, between)
                && *due <= Instant::now()
            {
                *due = Instant::now() + between;
                self.give_sign();
            }
            let pause = next_sign.map(|due| due.saturating_duration_since(Instant::now()));
            let pause = pause.and_then(|pause| Timespec::try_from(pause).ok());
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
                    at => {
                        if let Some(chore) = usize::try_from(at).ok().and_then(|at| self.chores.get_mut(at)) {
                            chore.do_it();
                        }
                    }
                }
            }
        }
    }

    /// Says that the node is alive, unless it is stuck.
    fn give_sign(&self) {
        if self.watchdog.is_some_and(|period| !self.activity.is_stuck(period)) {
            self.notify.send("WATCHDOG=1");
        }
    }

    /// Takes in new chores. `false` if the keeper is gone.
    fn take_in(&mut self) -> bool {
        let _ = rustix::io::read(&*self.wake, &mut [0u8; 8]);
        loop {
            match self.incoming.try_recv() {
                Ok(mut chore) => {
                    let data = epoll::EventData::new_u64(self.chores.len() as u64);
                    if let Err(error) = epoll::add(&self.poller, chore.fd(), data, epoll::EventFlags::IN) {
                        tracing::warn!(%error, fd = chore.fd().as_raw_fd(), "the keeper thread cannot watch for work");
                    }
                    chore.do_it();
                    self.chores.push(chore);
                }
                Err(mpsc::TryRecvError::Empty) => return true,
                Err(mpsc::TryRecvError::Disconnected) => return false,
            }
        }
    }
}
