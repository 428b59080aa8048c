//! The running process of a block.

mod parameters;
mod setup;
mod untyped;

use std::cell::OnceCell;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use vc_cdr::Message;
use vc_counters::Page;
use vc_words::{Durability, Manifest, NodeName, Qos, TopicName};

use setup::{Topics, name_of, page, parameters_of, topics_of};

use crate::args::Args;
use crate::block::{Input, Output};
use crate::domain::{Domain, Presence, TransportNode};
use crate::error::{BoxError, Error, Outcome};
use crate::keeper::{Activity, Keeper};
use crate::launcher::{die_with_launcher, wait_for_gate};
use crate::live::{Server, Table};
use crate::notify::Notify;
use crate::stop::Stop;
use crate::timer::{Alarm, Hertz, Pace, Tick, Timer};
use crate::topic::{Kept, Latch, Local, Publisher, Received, Sample, Shared, Subscriber, Transport, Wiring};

/// A node: opens the ports its block declared, and runs their callbacks.
///
/// One thread, one wait: a node sleeps until a sample, a timer or the request to stop wakes it.
pub struct Node {
    name: NodeName,
    manifest: Manifest,
    topics: Topics,
    parameters: Arc<Table>,
    callbacks: Vec<Callback>,
    poller: OwnedFd,
    stop: Stop,
    notify: Arc<Notify>,
    activity: Arc<Activity>,
    keeper: Keeper,
    page: Page,
    ready: bool,
    // Dropped last, in this order: what uses the domain, then the stay in it.
    transport: TransportNode<Local>,
    /// For ports that other threads use; made when the first of them is opened.
    shared: OnceCell<TransportNode<Shared>>,
    domain: Domain,
    _presence: Presence,
}

/// What runs when a descriptor is readable.
enum Callback {
    Input(Box<dyn FnMut() -> Result<Turn, Error>>),
    Other(Box<dyn FnMut() -> Result<Turn, Error>>),
}

impl Callback {
    fn run(&mut self) -> Result<Turn, Error> {
        match self {
            Self::Input(run) | Self::Other(run) => run(),
        }
    }
}

/// How a callback's turn ended.
#[derive(PartialEq)]
enum Turn {
    /// Nothing is left; its descriptor tells when there is.
    Done,
    /// There may be more, and nothing will tell.
    More,
}

/// Samples an input handles in one turn, so that a flood on one cannot starve the others.
const TURN: usize = 16;

impl Node {
    /// Opens the node of this process: with signals handled and tied to the launcher's life.
    pub(crate) fn from_process(manifest: Manifest, args: &Args) -> Result<Self, Error> {
        crate::log::init(args.log_level.as_deref());
        crate::heap::keep();
        die_with_launcher()?;
        Self::open(manifest, args, Domain::from_env()?, Stop::on_signals()?)
    }

    /// Opens a node of `domain` that ends when `stop` says so: for several nodes in one process, as
    /// tests and tools have them.
    ///
    /// # Errors
    /// [`Error`] as [`Block::open`](crate::Block::open).
    pub fn open(manifest: Manifest, args: &Args, domain: Domain, stop: Stop) -> Result<Self, Error> {
        let name = name_of(&manifest, args)?;
        let topics = topics_of(&manifest, args, &name)?;
        let values = parameters_of(&manifest, args, &name)?;
        let parameters = Arc::new(Table::new(manifest.parameters.clone(), values));
        let presence = domain.enter()?;
        let transport = domain.transport_node(&name.to_string())?;
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(Error::os("wait"))?;
        epoll::add(&poller, &stop, epoll::EventData::new_u64(STOP), epoll::EventFlags::IN)
            .map_err(Error::os("wait for the stop signal"))?;
        let notify = Arc::new(Notify::from_env());
        let activity = Arc::new(Activity::default());
        Ok(Self {
            keeper: Keeper::new(Arc::clone(&notify), Arc::clone(&activity)),
            name,
            manifest,
            topics,
            parameters,
            callbacks: Vec::new(),
            poller,
            stop,
            notify,
            activity,
            page: page()?,
            ready: false,
            transport,
            shared: OnceCell::new(),
            domain,
            _presence: presence,
        })
    }

    /// The node's full name.
    pub fn name(&self) -> &NodeName {
        &self.name
    }

    /// The node's counters, as a watcher reads them.
    pub fn counters(&self) -> &Page {
        &self.page
    }

    /// The topic that a declared output writes.
    pub fn topic_of(&self, output: &str) -> Option<&TopicName> {
        self.topics.outputs.get(output)
    }

    /// Whether the command line gives a declared input a topic, by a remap rule or a source: whether it is wired.
    pub fn has_source<T>(&self, input: &Input<T>) -> bool {
        self.topics.given.contains(&self.manifest.inputs[input.index].name)
    }

    /// Asks for another quality of service than the block declared, as a parameter may say. Before the input is opened.
    pub fn set_qos<T>(&mut self, input: &Input<T>, qos: Qos) {
        self.manifest.inputs[input.index].qos = qos.keep_last(qos.depth);
    }

    /// What ends this node, from a callback or another thread.
    pub fn stopper(&self) -> Stop {
        self.stop.clone()
    }

    /// Opens a declared output, to be written from this thread.
    ///
    /// # Errors
    /// [`Error::TypeMismatch`] if the topic exists with another type, [`Error::Topic`] if the
    /// transport fails.
    pub fn publisher<T>(&mut self, output: &Output<T>) -> Result<Publisher<T>, Error> {
        let kept = self.kept(output)?;
        self.open_publisher(&self.transport, output, kept)
    }

    /// Opens a declared output, to be written from any thread. Each call takes a lock.
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn shared_publisher<T>(&mut self, output: &Output<T>) -> Result<Publisher<T, Shared>, Error> {
        let kept = self.kept(output)?;
        self.open_publisher(self.shared()?, output, kept)
    }

    fn open_publisher<T, S: Transport>(
        &self,
        transport: &TransportNode<S>,
        output: &Output<T>,
        kept: Option<Arc<Kept>>,
    ) -> Result<Publisher<T, S>, Error> {
        let port = &self.manifest.outputs[output.index];
        let topic = (&self.topics.outputs[&port.name], &self.topics.longest);
        Publisher::open(transport, &self.page, topic, port, kept)
    }

    /// What a transient-local output keeps for late joiners, who are served from now on.
    fn kept<T>(&self, output: &Output<T>) -> Result<Option<Arc<Kept>>, Error> {
        let port = &self.manifest.outputs[output.index];
        if port.qos.durability == Durability::Volatile {
            return Ok(None);
        }
        let topic = &self.topics.outputs[&port.name];
        let kept = Arc::new(Kept::open(self.shared()?, topic, port)?);
        self.keeper.take_on(Latch::new(self.shared()?, topic, Arc::clone(&kept))?)?;
        Ok(Some(kept))
    }

    fn shared(&self) -> Result<&TransportNode<Shared>, Error> {
        if let Some(node) = self.shared.get() {
            return Ok(node);
        }
        let node = self.domain.transport_node(&self.name.to_string())?;
        Ok(self.shared.get_or_init(|| node))
    }

    /// Opens a declared input, to be read by `recv` or `take` on this thread.
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn subscriber<T>(&mut self, input: &Input<T>) -> Result<Subscriber<T>, Error> {
        self.open_subscriber(&self.transport, input)
    }

    /// Opens a declared input, to be read on any thread, or awaited: see [`Subscriber::into_async`].
    /// Each call takes a lock.
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn shared_subscriber<T>(&mut self, input: &Input<T>) -> Result<Subscriber<T, Shared>, Error> {
        self.open_subscriber(self.shared()?, input)
    }

    fn open_subscriber<T, S: Transport>(
        &self,
        node: &TransportNode<S>,
        input: &Input<T>,
    ) -> Result<Subscriber<T, S>, Error> {
        let port = &self.manifest.inputs[input.index];
        Subscriber::open(&Wiring {
            node,
            page: &self.page,
            stop: &self.stop,
            port,
            topics: &self.topics.inputs[&port.name],
            longest: &self.topics.longest,
        })
    }

    /// Opens a declared input and calls `callback` with each message, in place, from [`Node::run`].
    /// A message that is no valid `T` is counted, logged and skipped.
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn on<T, R>(
        &mut self,
        input: &Input<T>,
        mut callback: impl FnMut(Received<'_, T>) -> R + 'static,
    ) -> Result<(), Error>
    where
        T: Message,
        R: Outcome,
    {
        let port = self.manifest.inputs[input.index].name.clone();
        self.on_sample(input, move |sample| match Received::new(sample) {
            Ok(message) => callback(message).outcome(),
            Err(error) => {
                tracing::warn!(port, %error, "skipped a message that cannot be read");
                Ok(())
            }
        })
    }

    /// Opens a declared input and calls `callback` with each sample as it lies in shared memory, from
    /// [`Node::run`].
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn on_sample<T: 'static, R: Outcome>(
        &mut self,
        input: &Input<T>,
        mut callback: impl FnMut(&Sample<T>) -> R + 'static,
    ) -> Result<(), Error> {
        self.on_kept_sample(input, move |sample| callback(&sample))
    }

    /// As [`Node::on_sample`]; the sample is the callback's, which keeps at most
    /// [`MAX_HELD_SAMPLES`](crate::topic::MAX_HELD_SAMPLES).
    ///
    /// # Errors
    /// As [`Node::publisher`].
    pub fn on_kept_sample<T: 'static, R: Outcome>(
        &mut self,
        input: &Input<T>,
        callback: impl FnMut(Sample<T>) -> R + 'static,
    ) -> Result<(), Error> {
        let subscriber = self.subscriber(input)?;
        self.call_with_samples(input, subscriber, callback)
    }

    /// Has `callback` called with each sample of an input's subscriber.
    fn call_with_samples<T: 'static, S: Transport + 'static, R: Outcome>(
        &mut self,
        input: &Input<T>,
        mut subscriber: Subscriber<T, S>,
        mut callback: impl FnMut(Sample<T, S>) -> R + 'static,
    ) -> Result<(), Error> {
        let port = self.manifest.inputs[input.index].name.clone();
        let activity = Arc::clone(&self.activity);
        self.register(subscriber.wake_fds())?;
        self.callbacks.push(Callback::Input(Box::new(move || {
            for _ in 0..TURN {
                let Some(sample) = subscriber.take_before_rest()? else { return Ok(Turn::Done) };
                activity.begin();
                callback(sample).outcome().map_err(|source| failed(&port, source))?;
            }
            Ok(Turn::More)
        })));
        Ok(())
    }

    /// Calls `callback` at a fixed rate from [`Node::run`].
    ///
    /// # Errors
    /// [`Error::Usage`] if the rate is not positive.
    pub fn every<R: Outcome>(
        &mut self,
        rate: Hertz,
        callback: impl FnMut(Tick) -> R + 'static,
    ) -> Result<(), Error> {
        self.timer(rate, callback).map(drop)
    }

    /// As [`Node::every`], at a rate that can be changed.
    ///
    /// # Errors
    /// [`Error::Usage`] if the rate is not positive.
    pub fn timer<R: Outcome>(
        &mut self,
        rate: Hertz,
        mut callback: impl FnMut(Tick) -> R + 'static,
    ) -> Result<Pace, Error> {
        let timer = Arc::new(Timer::every(rate.period()?)?);
        self.register([timer.fd().as_fd()])?;
        let pace = Pace(Arc::clone(&timer));
        self.callbacks.push(Callback::Other(Box::new(move || {
            if let Some(tick) = timer.take() {
                callback(tick).outcome().map_err(|source| failed("a timer", source))?;
            }
            Ok(Turn::Done)
        })));
        Ok(pace)
    }

    /// Calls `callback` from [`Node::run`] whenever the alarm that this gives has been set, and its time comes.
    ///
    /// # Errors
    /// [`Error::Io`] if the system has no more timers.
    pub fn alarm<R: Outcome>(&mut self, mut callback: impl FnMut() -> R + 'static) -> Result<Alarm, Error> {
        let alarm = Alarm::new()?;
        self.register([alarm.fd().as_fd()])?;
        let rung = alarm.clone();
        self.callbacks.push(Callback::Other(Box::new(move || {
            if rung.take() {
                callback().outcome().map_err(|source| failed("an alarm", source))?;
            }
            Ok(Turn::Done)
        })));
        Ok(alarm)
    }

    /// Has the next callback run when one of `fds` is readable.
    fn register<'a>(&self, fds: impl IntoIterator<Item = BorrowedFd<'a>>) -> Result<(), Error> {
        let data = epoll::EventData::new_u64(self.callbacks.len() as u64);
        let mut add = |fd| epoll::add(&self.poller, fd, data, epoll::EventFlags::IN);
        fds.into_iter().try_for_each(&mut add).map_err(Error::os("watch a port"))
    }

    /// Says that the node is ready, and waits until the whole circuit is: called by [`Node::run`];
    /// call it yourself in a node with a loop of its own, when all ports are open. From then on the node
    /// answers requests about its parameters.
    ///
    /// # Errors
    /// [`Error::Io`] if the helper thread cannot be started.
    pub fn ready(&mut self) -> Result<(), Error> {
        if !std::mem::replace(&mut self.ready, true) {
            self.keeper.start_watchdog()?;
            match Server::open(self.domain, self.name.clone(), Arc::clone(&self.parameters)) {
                Ok(server) => self.keeper.take_on(server)?,
                Err(error) => tracing::warn!(%error, "parameters cannot be asked for or set while running"),
            }
            self.notify.send("READY=1");
            wait_for_gate(&self.stop);
        }
        Ok(())
    }

    /// Runs the callbacks until the node is asked to stop, then once more for what is queued.
    ///
    /// # Errors
    /// The first error of a callback or of the transport; the node ends with it.
    pub fn run(mut self) -> Result<(), Error> {
        self.run_here()
    }

    /// As [`Node::run`], but the node is still there afterwards: for those who must close ports before it goes. It
    /// cannot run again.
    ///
    /// # Errors
    /// As [`Node::run`].
    pub fn run_here(&mut self) -> Result<(), Error> {
        self.ready()?;
        let mut events = Vec::with_capacity(32);
        let mut unfinished: Vec<usize> = Vec::with_capacity(self.callbacks.len());
        while !self.stop.is_stopped() {
            self.activity.rest();
            events.clear();
            let pause = (!unfinished.is_empty()).then(Timespec::default);
            match epoll::wait(&self.poller, rustix::buffer::spare_capacity(&mut events), pause.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => self.activity.begin(),
                Err(errno) => return Err(Error::os("wait")(errno)),
            }
            let woken = events.drain(..).map(|event| usize::try_from(event.data.u64()).unwrap_or(STOP_AT));
            unfinished.extend(woken);
            unfinished.sort_unstable();
            unfinished.dedup();
            for _ in 0..unfinished.len() {
                let at = unfinished.remove(0);
                if let Some(callback) = self.callbacks.get_mut(at)
                    && callback.run()? == Turn::More
                {
                    unfinished.push(at);
                }
            }
        }
        self.notify.send("STOPPING=1");
        let mut inputs = self.callbacks.iter_mut().filter(|callback| matches!(callback, Callback::Input(_)));
        inputs.try_for_each(|input| input.run().map(drop))
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("name", &self.name).finish_non_exhaustive()
    }
}

const STOP: u64 = u64::MAX;
const STOP_AT: usize = usize::MAX;

fn failed(port: &str, source: BoxError) -> Error {
    Error::Callback { port: port.to_owned(), source }
}
