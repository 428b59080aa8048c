//! The writing side of a topic.

use std::marker::PhantomData;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iceoryx2::port::listener::Listener;
use iceoryx2::port::notifier::Notifier;
use iceoryx2::port::publisher::PublisherCreateError;
use iceoryx2::port::update_connections::UpdateConnections;
use iceoryx2::port::{LoanError, publisher::Publisher as SamplePublisher};
use iceoryx2::prelude::*;
use vc_cdr::{InPlace, Message};
use vc_counters::{OutputCounters, Page};
use vc_words::{Port as Declared, TopicName};

use super::label::label_of;
use super::loan::{Loan, RawLoan, Slot};
use super::service::{self, LongestQueues, Samples};
use super::touched::Touched;
use super::transport::{Local, PortCell, Shared, Transport};
use super::{CDR_OFFSET, MAX_LOANS, MAX_PUBLISHERS};
use crate::clock::{monotonic_ns, now};
use crate::domain::{TransportNode, free_shared_memory};
use crate::envelope::Envelope;
use crate::error::Error;
use crate::keeper::Chore;

/// Slots start small and grow with the first message; the pool grows by powers of two.
const FIRST_SLOT: usize = 256;
/// How long a publisher that leaves waits for subscribers to notice memory it has just taken.
const FAREWELL: Duration = Duration::from_millis(300);

/// Writes messages of type `T` to a topic; drop it to leave the topic. One of [`Shared`] may be used
/// from any thread.
///
/// Steady state costs no allocation and no copy beyond the writing of the message itself.
pub struct Publisher<T, S: Transport = Local> {
    port: Port<S>,
    message: PhantomData<fn(T)>,
}

/// What a publisher is without its type.
#[derive(Debug)]
pub(super) struct Port<S: Transport> {
    pub(super) topic: TopicName,
    samples: SamplePublisher<S, [u8], Envelope>,
    service: Samples<S>,
    wakes: Notifier<S>,
    /// One sender at a time, so that sequence numbers leave in order.
    sending: S::Cell<Sending>,
    /// Transient local: a second copy of each sample, kept for late joiners.
    kept: Option<Arc<Kept>>,
    gid: u128,
}

#[derive(Debug, Default)]
struct Sending {
    /// `None` if the page of counters is full.
    counters: Option<OutputCounters>,
    sequence: u64,
    first_sent_ns: u64,
    /// The largest slot sent so far, as the pool rounds it, and for how many subscribers.
    reach: (usize, usize),
    /// When either changed last: from then on somebody may have memory to map.
    reach_changed_ns: u64,
    touched: Touched,
}

impl Sending {
    fn note(&mut self, now_ns: u64, slot: usize, subscribers: usize) {
        self.sequence += 1;
        if self.sequence == 1 {
            self.first_sent_ns = now_ns;
        }
        let reach = (self.reach.0.max(slot.next_power_of_two()), subscribers);
        if reach != self.reach {
            (self.reach, self.reach_changed_ns) = (reach, now_ns);
        }
    }
}

/// Whose sample it is that a relay brings from another host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relayed {
    /// The publisher over there.
    pub publisher: u128,
    /// Its own count.
    pub sequence: u64,
    /// When the data were taken, in nanoseconds since the Unix epoch, by the clock over there.
    pub source_time_ns: i64,
    /// How long ago it was sent over there; zero if nobody knows.
    pub age: Duration,
    /// The host over there; not zero. It keeps relays from sending the sample out again.
    pub host: u128,
}

impl<T, S: Transport> Publisher<T, S> {
    pub(crate) fn open(
        node: &TransportNode<S>,
        page: &Page,
        (topic, longest): (&TopicName, &LongestQueues),
        port: &Declared,
        kept: Option<Arc<Kept>>,
    ) -> Result<Self, Error> {
        let service = service::samples(node, (topic, longest), port)?;
        let samples = open(&service, topic, port)?;
        let gid = samples.id().value();
        let counters = page.add_output(&port.name, topic.as_str(), gid);
        let port = Port {
            topic: topic.clone(),
            samples,
            service,
            wakes: notifier(node, topic)?,
            sending: S::Cell::default(),
            kept,
            gid,
        };
        port.sending.with(|sending| sending.counters = counters);
        Ok(Self { port, message: PhantomData })
    }

    pub(super) fn port(&self) -> &Port<S> {
        &self.port
    }

    /// Sends a message that is CDR already, header included, as a relay or a player has it.
    ///
    /// # Errors
    /// As [`Publisher::loan_cdr`].
    pub fn publish_cdr(&self, cdr: &[u8], source_time_ns: i64) -> Result<(), Error> {
        let mut loan = self.loan_cdr(cdr.len())?;
        loan.cdr_mut().copy_from_slice(cdr);
        loan.send_at(source_time_ns)
    }

    /// Takes a slot for a message of `len` bytes of CDR, header included, which are yours to write: all
    /// of them, since they hold whatever the slot held before. They begin 4 bytes before a multiple of
    /// 64, so that the body is aligned.
    ///
    /// # Errors
    /// [`Error::SharedMemory`] if there is no room, [`Error::Topic`] if the transport fails or four loans
    /// are held.
    pub fn loan_cdr(&self, len: usize) -> Result<RawLoan<'_, S>, Error> {
        Ok(RawLoan { slot: self.port.slot(len)?, port: &self.port })
    }

    /// The topic that is written.
    pub fn topic(&self) -> &TopicName {
        &self.port.topic
    }

    /// Whether anybody reads the topic now: what nobody reads need not be made. Costs one look into shared memory.
    pub fn has_subscribers(&self) -> bool {
        self.port.service.dynamic_config().number_of_subscribers() > 0
    }

    /// The publisher's identity, as its samples carry it.
    pub fn gid(&self) -> u128 {
        self.port.gid
    }
}

impl<T: Message, S: Transport> Publisher<T, S> {
    /// Sends a message: encoded once, straight into shared memory. Stamped with the present time.
    ///
    /// # Errors
    /// [`Error::Encode`] if a bounded field is too long, else as [`Publisher::loan_cdr`].
    pub fn publish(&self, message: &T) -> Result<(), Error> {
        let mut loan = self.loan_cdr(message.cdr_size())?;
        message
            .encode(loan.cdr_mut())
            .map_err(|source| Error::Encode { topic: self.port.topic.clone(), source })?;
        loan.send_at(now())
    }
}

impl<T: InPlace, S: Transport> Publisher<T, S> {
    /// Takes a slot for a message whose big sequence has `len` elements: every other field is written
    /// from `fields` (whose own sequence is ignored), the elements are yours to write.
    ///
    /// # Errors
    /// As [`Publisher::publish`].
    pub fn loan(&self, fields: &T, len: usize) -> Result<Loan<'_, T, S>, Error> {
        Loan::new(self, fields, len)
    }
}

impl<T, S: Transport> std::fmt::Debug for Publisher<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("topic", &self.port.topic).finish_non_exhaustive()
    }
}

fn open<S: Transport>(
    service: &Samples<S>,
    topic: &TopicName,
    port: &Declared,
) -> Result<SamplePublisher<S, [u8], Envelope>, Error> {
    let builder = service
        .publisher_builder()
        .name(&label_of(port))
        .initial_max_slice_len(FIRST_SLOT)
        .allocation_strategy(AllocationStrategy::PowerOfTwo)
        .max_loaned_samples(MAX_LOANS)
        .backpressure_strategy(BackpressureStrategy::DiscardData);
    builder.create().map_err(|error| Error::Topic {
        action: "publish on",
        topic: topic.clone(),
        reason: match error {
            PublisherCreateError::ExceedsMaxSupportedPublishers => {
                format!("it has {MAX_PUBLISHERS} publishers, and room for no more")
            }
            other => format!("{other:?}"),
        },
    })
}

fn notifier<S: Transport>(node: &TransportNode<S>, topic: &TopicName) -> Result<Notifier<S>, Error> {
    let created = service::wakes(node, topic)?.notifier_builder().create();
    created.map_err(|error| Error::Topic {
        action: "publish on",
        topic: topic.clone(),
        reason: format!("{error:?}"),
    })
}

impl<S: Transport> Port<S> {
    /// Takes a slot for `cdr_size` bytes of CDR.
    pub(super) fn slot(&self, cdr_size: usize) -> Result<Slot<S>, Error> {
        self.sending.with(|sending| slot(&self.samples, &mut sending.touched, &self.topic, cdr_size))
    }

    /// Stamps, counts and sends a slot as this publisher's own, and wakes who sleeps on the topic.
    pub(super) fn send(&self, slot: Slot<S>, source_time_ns: i64) -> Result<(), Error> {
        self.send_from(slot, source_time_ns, None)
    }

    /// The same for a sample that a publisher of another host has sent.
    pub(super) fn send_relayed(&self, slot: Slot<S>, from: &Relayed) -> Result<(), Error> {
        self.send_from(slot, from.source_time_ns, Some(from))
    }

    fn send_from(
        &self,
        Slot(mut sample): Slot<S>,
        source_time_ns: i64,
        from: Option<&Relayed>,
    ) -> Result<(), Error> {
        let failed = |reason: String| Error::Topic { action: "send on", topic: self.topic.clone(), reason };
        let bytes = sample.payload().len() - CDR_OFFSET;
        self.sending.with(|sending| {
            let sent_ns = monotonic_ns();
            let subscribers = self.service.dynamic_config().number_of_subscribers();
            sending.note(sent_ns, sample.payload().len(), subscribers);
            let mut envelope = Envelope {
                sequence: sending.sequence,
                source_time_ns,
                sent_ns,
                first_sent_ns: sending.first_sent_ns,
                gid: halves(self.gid),
                origin: [0; 2],
                latched: self.kept.as_ref().map_or(0, |kept| kept.depth.into()),
            };
            if let Some(from) = from {
                let age_ns = u64::try_from(from.age.as_nanos()).unwrap_or(u64::MAX);
                envelope.sent_ns = sent_ns.saturating_sub(age_ns);
                envelope.sequence = from.sequence;
                envelope.gid = halves(from.publisher);
                envelope.origin = halves(from.host);
                // What it sent before it was listened to is no loss here.
                envelope.first_sent_ns = 0;
            }
            *sample.user_header_mut() = envelope;
            if let Some(kept) = &self.kept {
                kept.keep(&envelope, &sample.payload()[CDR_OFFSET..], &self.topic)?;
            }
            sample.send().map_err(|error| failed(format!("{error:?}")))?;
            if let Some(counters) = &mut sending.counters {
                counters.sent(bytes as u64);
            }
            Ok::<_, Error>(())
        })?;
        self.wakes.notify().map_err(|error| failed(format!("{error:?}")))?;
        Ok(())
    }
}

/// Takes a slot for `cdr_size` bytes of CDR, backed by memory.
fn slot<S: Transport>(
    samples: &SamplePublisher<S, [u8], Envelope>,
    touched: &mut Touched,
    topic: &TopicName,
    cdr_size: usize,
) -> Result<Slot<S>, Error> {
    let size = CDR_OFFSET + cdr_size;
    let loan = samples.loan_slice_uninit(size).map_err(|error| loan_error(error, topic, size))?;
    // SAFETY: the slot is a shared mapping of whole pages, which the kernel hands out zeroed and
    // other processes may have written: to this program its bytes are initialised, and any byte
    // is a valid `u8`.
    #[expect(unsafe_code, reason = "shared memory is handed out here")]
    let sample = unsafe { loan.assume_init() };
    if touched.touch(sample.payload()) { Ok(Slot(sample)) } else { Err(full(topic, size)) }
}

fn loan_error(error: LoanError, topic: &TopicName, size: usize) -> Error {
    let reason = match error {
        LoanError::OutOfMemory | LoanError::InternalFailure if free_shared_memory() < size as u64 => {
            return full(topic, size);
        }
        LoanError::ExceedsMaxLoans => format!("{MAX_LOANS} loans are held already; send or drop one first"),
        other => format!("{other:?}"),
    };
    Error::Topic { action: "publish on", topic: topic.clone(), reason }
}

fn full(topic: &TopicName, size: usize) -> Error {
    /// Frames in flight of a wire with the default depth: queue, held, written.
    const IN_FLIGHT: u64 = 8;
    let what = format!("topic `{topic}` ({IN_FLIGHT} samples of {size} bytes)");
    Error::SharedMemory { what, needed: IN_FLIGHT * size as u64, free: free_shared_memory() }
}

/// A subscriber maps a publisher's memory when it takes the first sample from it. If the publisher,
/// and its memory with it, were gone by then, what was sent last would be lost: so a publisher that
/// has just sent to somebody new, or from memory that is new, stays a little longer.
impl<S: Transport> Drop for Port<S> {
    fn drop(&mut self) {
        let sending = self.sending.get_mut();
        let until = sending.reach_changed_ns + u64::try_from(FAREWELL.as_nanos()).unwrap_or_default();
        while sending.sequence > 0
            && monotonic_ns() < until
            && self.service.dynamic_config().number_of_subscribers() > 0
        {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of the gid")]
fn halves(gid: u128) -> [u64; 2] {
    [gid as u64, (gid >> 64) as u64]
}

/// The samples that a transient-local publisher keeps: a second port, which keeps what it sends.
#[derive(Debug)]
pub(crate) struct Kept {
    depth: u32,
    samples: SamplePublisher<Shared, [u8], Envelope>,
    wakes: Notifier<Shared>,
    touched: Mutex<Touched>,
}

impl Kept {
    pub(crate) fn open(
        node: &TransportNode<Shared>,
        topic: &TopicName,
        port: &Declared,
    ) -> Result<Self, Error> {
        let depth = port.qos.depth;
        let service = service::latched(node, topic, port, depth)?;
        let samples = open(&service, topic, port)?;
        Ok(Self { depth, samples, wakes: notifier(node, topic)?, touched: Mutex::default() })
    }

    fn keep(&self, envelope: &Envelope, cdr: &[u8], topic: &TopicName) -> Result<(), Error> {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = slot(&self.samples, &mut touched, topic, cdr.len())?;
        copy.cdr_mut().copy_from_slice(cdr);
        *copy.0.user_header_mut() = *envelope;
        copy.0.send().map(drop).map_err(|error| Error::Topic {
            action: "send on",
            topic: topic.clone(),
            reason: format!("{error:?}"),
        })
    }
}

/// Brings what a transient-local publisher keeps to those who join late.
#[derive(Debug)]
pub(crate) struct Latch {
    kept: Arc<Kept>,
    joins: Listener<Shared>,
}

impl Latch {
    pub(crate) fn new(
        node: &TransportNode<Shared>,
        topic: &TopicName,
        kept: Arc<Kept>,
    ) -> Result<Self, Error> {
        let joins = service::joins(node, topic)?.listener_builder().create().map_err(|error| {
            Error::Topic { action: "publish on", topic: topic.clone(), reason: format!("{error:?}") }
        })?;
        Ok(Self { kept, joins })
    }
}

impl Chore for Latch {
    fn fd(&self) -> BorrowedFd<'_> {
        Shared::descriptor(&self.joins)
    }

    /// Somebody joined: hands over what is kept, and wakes the newcomer.
    fn do_it(&mut self) {
        // Until an empty round, as a subscriber does before it rests.
        while self.joins.try_wait(|_| {}).is_ok_and(|joined| joined > 0) {}
        if let Err(error) = self.kept.samples.update_connections() {
            tracing::warn!(?error, "cannot reach a late joiner");
        }
        let _ = self.kept.wakes.notify();
    }
}
