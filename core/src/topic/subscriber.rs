//! The reading side of a topic.

use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::task::Poll;

use iceoryx2::port::ReceiveError;
use iceoryx2::port::listener::{Listener, ListenerCreateError};
use iceoryx2::port::subscriber::{Subscriber as SampleSubscriber, SubscriberCreateError};
use iceoryx2::port::update_connections::UpdateConnections;
use iceoryx2::service::port_factory::PortFactory;
use rustix::event::{PollFd, PollFlags, poll};
use tokio::io::unix::AsyncFd;
use vc_counters::Page;
use vc_words::{Durability, Port, TopicName};

use super::MAX_HELD_SAMPLES;
use super::label::label_of;
use super::ledger::Ledger;
use super::sample::Sample;
use super::service::{self, LongestQueues, Samples};
use super::transport::{Local, Shared, Transport};
use super::vigil::{Then, Vigil, WATCH_NS};
use crate::clock::monotonic_ns;
use crate::domain::TransportNode;
use crate::envelope::Envelope;
use crate::error::Error;
use crate::stop::Stop;

/// Why a subscriber beyond [`MAX_SUBSCRIBERS`](super::MAX_SUBSCRIBERS) is refused.
const FULL: &str = "it has 16 subscribers, and room for no more";
const _: () = assert!(super::MAX_SUBSCRIBERS == 16);

/// Reads messages of type `T`, from one topic or, where wires come together, from several.
///
/// Reading is by view, in place. A full queue drops its oldest sample; every loss is counted.
pub struct Subscriber<T, S: Transport = Local> {
    readers: Vec<Reader<S>>,
    /// Where the next look for a sample begins, so that no topic starves another.
    turn: usize,
    ledger: Ledger,
    vigil: Vigil,
    stop: Stop,
    message: PhantomData<fn() -> T>,
}

/// The transport's own subscriber.
type Receiver<S> = SampleSubscriber<S, [u8], Envelope>;

/// One topic's ports. The order of drops does not matter: each is a port of its own.
#[derive(Debug)]
struct Reader<S: Transport> {
    topic: TopicName,
    live: Receiver<S>,
    /// What transient-local publishers kept, if that was asked for: by how many each of them keeps. Whoever comes
    /// later is heard live from its first sample on.
    latched: Vec<(u32, Receiver<S>)>,
    wakes: Listener<S>,
    /// Since when the live port is connected, on the monotonic clock.
    since_ns: u64,
}

/// What a subscriber is opened with.
pub(crate) struct Wiring<'a, S: Transport> {
    pub(crate) node: &'a TransportNode<S>,
    pub(crate) page: &'a Page,
    pub(crate) stop: &'a Stop,
    pub(crate) port: &'a Port,
    pub(crate) topics: &'a [TopicName],
    pub(crate) longest: &'a LongestQueues,
}

impl<T, S: Transport> Subscriber<T, S> {
    pub(crate) fn open(wiring: &Wiring<'_, S>) -> Result<Self, Error> {
        let readers = wiring.topics.iter().map(|topic| Reader::open(wiring, topic));
        let readers = readers.collect::<Result<Vec<_>, _>>()?;
        let shortest = readers.iter().map(|reader| reader.live.buffer_size()).min().unwrap_or_default();
        Ok(Self {
            readers,
            turn: 0,
            ledger: Ledger::new(wiring.page.clone(), wiring.port.name.clone()),
            vigil: Vigil::new(shortest),
            stop: wiring.stop.clone(),
            message: PhantomData,
        })
    }

    /// The next sample, if one is there. Never waits.
    ///
    /// # Errors
    /// [`Error::Topic`] if the transport fails, or more than
    /// [`MAX_HELD_SAMPLES`](super::MAX_HELD_SAMPLES) samples are held.
    pub fn take(&mut self) -> Result<Option<Sample<T, S>>, Error> {
        for step in 0..self.readers.len() {
            let at = (self.turn + step) % self.readers.len();
            if let Some(slot) = self.readers[at].take()? {
                self.turn = at + 1;
                let sample = Sample::new(slot);
                let reader = &self.readers[at];
                if let Some(gap_ns) = self.ledger.enter(&reader.topic, reader.since_ns, sample.envelope()) {
                    self.vigil.note(gap_ns);
                }
                return Ok(Some(sample));
            }
        }
        Ok(None)
    }

    /// The next sample, waited for asleep. `None` once the node is asked to stop.
    ///
    /// # Errors
    /// As [`Subscriber::take`].
    pub fn recv(&mut self) -> Result<Option<Sample<T, S>>, Error> {
        loop {
            if let Some(sample) = self.take_before_rest()? {
                return Ok(Some(sample));
            }
            if self.stop.is_stopped() {
                return Ok(None);
            }
            self.sleep()?;
        }
    }

    /// The next sample, for who waits by [`wait_for_news`](super::wait_for_news) when there is none: then whatever comes
    /// from now on ends that wait. While samples come in quick succession it looks on for the next one, 20 µs at most; or
    /// where that is in vain and the queue is long, it lets them gather until half of it is full, some 250 µs at most.
    ///
    /// # Errors
    /// As [`Subscriber::take`].
    pub fn take_before_rest(&mut self) -> Result<Option<Sample<T, S>>, Error> {
        loop {
            if let Some(sample) = self.take_awake()? {
                return Ok(Some(sample));
            }
            if self.may_rest() {
                return Ok(None);
            }
        }
    }

    /// As [`Subscriber::take`], but may wait a moment while samples come in quick succession: see
    /// [`Subscriber::take_before_rest`].
    pub(super) fn take_awake(&mut self) -> Result<Option<Sample<T, S>>, Error> {
        let found = self.take()?;
        if found.is_some() || self.stop.is_stopped() {
            return Ok(found);
        }
        match self.vigil.then() {
            Then::Rest => return Ok(None),
            Then::Doze(doze) => {
                std::thread::sleep(doze);
                return self.take();
            }
            Then::LookOn => {}
        }
        let until = monotonic_ns() + WATCH_NS;
        while monotonic_ns() < until {
            std::hint::spin_loop();
            if let Some(sample) = self.take()? {
                self.vigil.learn(true);
                return Ok(Some(sample));
            }
        }
        self.vigil.learn(false);
        Ok(None)
    }

    /// Takes back the wake-ups that are there. `true`: there were none, and whatever comes from now on
    /// makes a descriptor readable. `false`: look for samples again first.
    ///
    /// Sleeping without asking here is a trap: a wake-up that arrives while earlier ones are taken back
    /// can be swallowed with them, and senders then spare the next ones, believing it still there. The
    /// swallowed one is among those counted, so an empty round is the proof that none was.
    pub(crate) fn may_rest(&self) -> bool {
        let taken_back = |reader: &Reader<S>| reader.wakes.try_wait(|_| {}).unwrap_or_default();
        self.readers.iter().map(taken_back).sum::<u64>() == 0
    }

    /// What becomes readable when there may be samples.
    pub(crate) fn wake_fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.readers.iter().map(|reader| S::descriptor(&reader.wakes))
    }

    pub(super) fn stopper(&self) -> &Stop {
        &self.stop
    }

    fn sleep(&self) -> Result<(), Error> {
        if let [reader] = self.readers.as_slice() {
            // The usual case, without allocation.
            let wakes = S::descriptor(&reader.wakes);
            let mut fds = [PollFd::new(&wakes, PollFlags::IN), PollFd::new(&self.stop, PollFlags::IN)];
            wait(&mut fds)
        } else {
            let wakes: Vec<BorrowedFd<'_>> = self.wake_fds().collect();
            let stop = self.stop.as_fd();
            let mut fds: Vec<PollFd<'_>> =
                wakes.iter().chain([&stop]).map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
            wait(&mut fds)
        }
    }
}

impl<T> Subscriber<T, Shared> {
    /// The same subscriber for `recv().await` on a tokio runtime of any kind.
    ///
    /// # Errors
    /// [`Error::Io`] outside of a runtime with its I/O driver enabled.
    pub fn into_async(self) -> Result<AsyncSubscriber<T>, Error> {
        AsyncSubscriber::new(self)
    }
}

impl<T, S: Transport> std::fmt::Debug for Subscriber<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let topics: Vec<&TopicName> = self.readers.iter().map(|reader| &reader.topic).collect();
        f.debug_struct("Subscriber").field("topics", &topics).finish_non_exhaustive()
    }
}

fn wait(fds: &mut [PollFd<'_>]) -> Result<(), Error> {
    match poll(fds, None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(Error::os("wait for samples")(errno)),
    }
}

impl<S: Transport> Reader<S> {
    fn open(wiring: &Wiring<'_, S>, topic: &TopicName) -> Result<Self, Error> {
        let Wiring { node, port, longest, .. } = wiring;
        let qos = port.qos;
        let failed = |reason: String| Error::Topic { action: "subscribe to", topic: topic.clone(), reason };
        // The listener first: a sample sent between the two must find somebody to wake.
        let wakes =
            service::wakes(node, topic)?.listener_builder().create().map_err(|error| match error {
                ListenerCreateError::ExceedsMaxSupportedListeners => failed(FULL.to_owned()),
                other => failed(format!("{other:?}")),
            })?;
        let depth = qos.depth as usize;
        let open = |services: Samples<S>, history: usize| {
            let room = services.static_config().subscriber_max_buffer_size();
            if depth > room {
                tracing::warn!(
                    "input `{}` keeps {room} of topic `{topic}` instead of {depth}: whoever opened the topic first made \
                     no room for more; give its other ports the same depth",
                    port.name
                );
            }
            let builder = services.subscriber_builder().name(&label_of(port));
            let builder = builder.buffer_size(depth.min(room)).history_request(history);
            let subscriber = builder.create().map_err(|error| match error {
                SubscriberCreateError::ExceedsMaxSupportedSubscribers => failed(FULL.to_owned()),
                other => failed(format!("{other:?}")),
            })?;
            subscriber.update_connections().map_err(|error| failed(format!("{error:?}")))?;
            Ok::<_, Error>(subscriber)
        };
        let live = open(service::samples(node, (topic, longest), port)?, 0)?;
        let since_ns = monotonic_ns();
        let mut latched = Vec::new();
        if qos.durability == Durability::TransientLocal {
            // After the live port, so that there is no moment in which a publisher could begin unheard.
            for kept in service::latched_depths(node, topic)? {
                let service = service::latched(node, topic, port, kept)?;
                latched.push((kept, open(service, depth.min(kept as usize))?));
            }
            announce(node, topic)?;
        }
        Ok(Self { topic: topic.clone(), live, latched, wakes, since_ns })
    }

    fn take(&self) -> Result<Option<iceoryx2::sample::Sample<S, [u8], Envelope>>, Error> {
        let failed = |error: ReceiveError| Error::Topic {
            action: "read",
            topic: self.topic.clone(),
            reason: match error {
                ReceiveError::ExceedsMaxBorrows => {
                    format!("{MAX_HELD_SAMPLES} samples are held already; drop one first, or keep copies")
                }
                other @ ReceiveError::ConnectionFailure(_) => format!("{other:?}"),
            },
        };
        for (_, latched) in &self.latched {
            if let Some(sample) = latched.receive().map_err(failed)? {
                return Ok(Some(sample));
            }
        }
        let comes_otherwise =
            |envelope: &Envelope| self.latched.iter().any(|(kept, _)| u64::from(*kept) == envelope.latched);
        loop {
            match self.live.receive().map_err(failed)? {
                Some(sample) if comes_otherwise(sample.user_header()) => {}
                other => return Ok(other),
            }
        }
    }
}

/// Tells a topic's transient-local publishers that somebody joined.
fn announce<S: Transport>(node: &TransportNode<S>, topic: &TopicName) -> Result<(), Error> {
    let failed = |reason: String| Error::Topic { action: "join", topic: topic.clone(), reason };
    let joins = service::joins(node, topic)?;
    let notifier = joins.notifier_builder().create().map_err(|error| failed(format!("{error:?}")))?;
    notifier.notify().map(drop).map_err(|error| failed(format!("{error:?}")))
}

/// A subscriber whose `recv` is awaited on a tokio runtime. It may move between threads.
pub struct AsyncSubscriber<T> {
    /// Descriptors of their own, so that the runtime may watch them for as long as it likes.
    wakes: Vec<AsyncFd<OwnedFd>>,
    stop: AsyncFd<OwnedFd>,
    inner: Subscriber<T, Shared>,
}

impl<T> AsyncSubscriber<T> {
    fn new(inner: Subscriber<T, Shared>) -> Result<Self, Error> {
        let watch = |fd: BorrowedFd<'_>| {
            fd.try_clone_to_owned().and_then(watched).map_err(Error::io("watch a subscriber from tokio"))
        };
        let wakes = inner.wake_fds().map(watch).collect::<Result<_, _>>()?;
        let stop = watch(inner.stop.as_fd())?;
        Ok(Self { wakes, stop, inner })
    }

    /// The next sample. `None` once the node is asked to stop. Cancel-safe: nothing is lost when the
    /// future is dropped.
    ///
    /// # Errors
    /// As [`Subscriber::take`].
    pub async fn recv(&mut self) -> Result<Option<Sample<T, Shared>>, Error> {
        loop {
            if let Some(sample) = self.inner.take_before_rest()? {
                return Ok(Some(sample));
            }
            if self.inner.stop.is_stopped() {
                return Ok(None);
            }
            self.sleep().await;
        }
    }

    async fn sleep(&self) {
        std::future::poll_fn(|context| {
            let mut ready = self.stop.poll_read_ready(context).is_ready();
            for wake in &self.wakes {
                // Readiness is taken back before the next look for samples takes back the wake-ups:
                // one that comes in between makes the descriptor ready anew.
                if let Poll::Ready(Ok(mut guard)) = wake.poll_read_ready(context) {
                    guard.clear_ready();
                    ready = true;
                }
            }
            if ready { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[expect(unsafe_code, reason = "tokio asks for a promise about the descriptor")]
fn watched(fd: OwnedFd) -> std::io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` names the same open descriptor for as long as the `AsyncFd` owns it.
    Ok(unsafe { AsyncFd::register_with_interest(fd, tokio::io::Interest::READABLE) }?)
}

impl<T> std::fmt::Debug for AsyncSubscriber<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AsyncSubscriber").field(&self.inner).finish()
    }
}
