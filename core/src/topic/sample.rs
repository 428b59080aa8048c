//! A received message that still lies in shared memory.

use std::marker::PhantomData;
use std::ops::Deref;

use vc_cdr::{DecodeError, Message};

use super::CDR_OFFSET;
use super::transport::{Local, Shared, Transport};
use crate::envelope::Envelope;

/// A message of type `T` in shared memory. Its slot is free again when this is dropped.
///
/// Keep at most [`MAX_HELD_SAMPLES`](super::MAX_HELD_SAMPLES) of one subscriber.
pub struct Sample<T, S: Transport = Local> {
    slot: iceoryx2::sample::Sample<S, [u8], Envelope>,
    message: PhantomData<fn() -> T>,
}

impl<T, S: Transport> Sample<T, S> {
    pub(super) fn new(slot: iceoryx2::sample::Sample<S, [u8], Envelope>) -> Self {
        Self { slot, message: PhantomData }
    }

    /// The message's CDR bytes, header included, as they lie in shared memory.
    pub fn cdr(&self) -> &[u8] {
        self.slot.payload().get(CDR_OFFSET..).unwrap_or_default()
    }

    /// Who sent it, when, and as which of its own.
    pub fn envelope(&self) -> &Envelope {
        self.slot.user_header()
    }
}

impl<T> Sample<T, Shared> {
    /// The message's bytes as an owner of their own that any threads may read, also at once.
    pub fn into_bytes(self) -> SampleBytes {
        SampleBytes(Sample { slot: self.slot, message: PhantomData })
    }
}

/// The CDR bytes of a sample where they lie, header included. The slot is free again when this is dropped.
#[derive(Debug)]
pub struct SampleBytes(Sample<(), Shared>);

impl Deref for SampleBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.cdr()
    }
}

#[expect(unsafe_code, reason = "a sample lies in shared memory, behind a pointer")]
// SAFETY: a shared reference only gives the slot's bytes to read, which nobody writes while the sample is held;
// its counters are those of a port for any thread.
unsafe impl Sync for SampleBytes {}

impl<T: Message, S: Transport> Sample<T, S> {
    /// The message, read in place: checked once, nothing copied.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are no such message.
    pub fn view(&self) -> Result<T::View<'_>, DecodeError> {
        T::view(self.cdr())
    }
}

#[expect(unsafe_code, reason = "several threads may read one sample")]
// SAFETY: a shared borrow of a sample only reads the slot's bytes and its header, which nobody writes while the sample
// is held; its end, which talks to the subscriber, takes the sample itself, and that may happen on any thread (`Send`).
unsafe impl<T> Sync for Sample<T, Shared> {}

impl<T, S: Transport> std::fmt::Debug for Sample<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sample").field("envelope", self.slot.user_header()).finish_non_exhaustive()
    }
}

/// What a callback gets: the message's view, and its envelope.
#[derive(Debug)]
pub struct Received<'a, T: Message> {
    view: T::View<'a>,
    envelope: &'a Envelope,
}

impl<'a, T: Message> Received<'a, T> {
    pub(crate) fn new<S: Transport>(sample: &'a Sample<T, S>) -> Result<Self, DecodeError> {
        Ok(Self { view: sample.view()?, envelope: sample.envelope() })
    }

    /// The message, read in place.
    pub fn view(&self) -> T::View<'a> {
        self.view
    }

    /// Who sent it, when, and as which of its own.
    pub fn envelope(&self) -> &'a Envelope {
        self.envelope
    }

    /// An owned copy of the message.
    pub fn to_owned(&self) -> T {
        T::from_view(&self.view)
    }
}

impl<'a, T: Message> Deref for Received<'a, T> {
    type Target = T::View<'a>;

    fn deref(&self) -> &T::View<'a> {
        &self.view
    }
}
