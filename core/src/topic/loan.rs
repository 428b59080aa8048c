//! A slot in shared memory that is being written.

use std::marker::PhantomData;
use std::ops::Range;

use iceoryx2::sample_mut::SampleMut;
use vc_cdr::{InPlace, as_elements_mut};

use super::publisher::{Port, Relayed};
use super::transport::{Local, Transport};
use super::{CDR_OFFSET, Publisher};
use crate::envelope::Envelope;
use crate::error::Error;

/// A slot of shared memory, taken and not yet sent.
pub(super) struct Slot<S: Transport>(pub(super) SampleMut<S, [u8], Envelope>);

impl<S: Transport> Slot<S> {
    /// The CDR bytes of the slot: header and body.
    pub(super) fn cdr_mut(&mut self) -> &mut [u8] {
        &mut self.0.payload_mut()[CDR_OFFSET..]
    }
}

/// A slot of shared memory for the CDR bytes of a message, which are being written.
///
/// Dropped without [`RawLoan::send_at`], it was never there.
pub struct RawLoan<'a, S: Transport = Local> {
    pub(super) slot: Slot<S>,
    pub(super) port: &'a Port<S>,
}

impl<S: Transport> RawLoan<'_, S> {
    /// The message's bytes, header included, to be written.
    pub fn cdr_mut(&mut self) -> &mut [u8] {
        self.slot.cdr_mut()
    }

    /// Sends, stamped with the time at which the data were taken, in nanoseconds since the epoch.
    ///
    /// # Errors
    /// [`Error::Topic`] if the transport fails.
    pub fn send_at(self, source_time_ns: i64) -> Result<(), Error> {
        self.port.send(self.slot, source_time_ns)
    }

    /// Sends it as another host's publisher's, whose relay this is.
    ///
    /// # Errors
    /// [`Error::Topic`] if the transport fails.
    pub fn send_relayed(self, from: &Relayed) -> Result<(), Error> {
        self.port.send_relayed(self.slot, from)
    }
}

/// A slot of shared memory that is being written and does not borrow its publisher: for languages whose values have no
/// lifetimes. Its memory stays where it is as long as this exists, even beyond its publisher.
pub struct DetachedLoan<S: Transport = Local> {
    slot: Slot<S>,
    /// Whose slot it is.
    gid: u128,
}

impl<S: Transport> DetachedLoan<S> {
    /// The message's bytes, header included, to be written. They begin 4 bytes before a multiple of 64.
    pub fn cdr_mut(&mut self) -> &mut [u8] {
        self.slot.cdr_mut()
    }
}

impl<S: Transport> std::fmt::Debug for DetachedLoan<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DetachedLoan").finish_non_exhaustive()
    }
}

impl<T, S: Transport> Publisher<T, S> {
    /// As [`Publisher::loan_cdr`], without borrowing the publisher.
    ///
    /// # Errors
    /// As [`Publisher::loan_cdr`].
    pub fn loan_detached(&self, len: usize) -> Result<DetachedLoan<S>, Error> {
        Ok(DetachedLoan { slot: self.port().slot(len)?, gid: self.gid() })
    }

    /// Sends what [`Publisher::loan_detached`] gave, stamped with the time at which the data were taken, in nanoseconds
    /// since the epoch.
    ///
    /// # Errors
    /// [`Error::Topic`] if it is another publisher's, or the transport fails.
    pub fn send_detached(&self, loan: DetachedLoan<S>, source_time_ns: i64) -> Result<(), Error> {
        if loan.gid != self.gid() {
            let (topic, reason) = (self.topic().clone(), "the loan is another publisher's".to_owned());
            return Err(Error::Topic { action: "send on", topic, reason });
        }
        self.port().send(loan.slot, source_time_ns)
    }
}

/// A message in shared memory whose fields are written and whose big sequence is being written.
///
/// Dropped without [`Loan::send`], it was never there. Costs no copy: what is written into
/// [`Loan::region_mut`] is what subscribers read.
pub struct Loan<'a, T: InPlace, S: Transport = Local> {
    pub(super) slot: Slot<S>,
    pub(super) port: &'a Port<S>,
    pub(super) region: Range<usize>,
    pub(super) message: PhantomData<fn() -> T>,
}

impl<'a, T: InPlace, S: Transport> Loan<'a, T, S> {
    pub(super) fn new(publisher: &'a Publisher<T, S>, fields: &T, len: usize) -> Result<Self, Error> {
        let port = publisher.port();
        let mut slot = port.slot(fields.cdr_size_in_place(len))?;
        let encoded = fields.encode_in_place(len, slot.cdr_mut());
        let region = encoded.map_err(|source| Error::Encode { topic: port.topic.clone(), source })?;
        Ok(Self { slot, port, region, message: PhantomData })
    }

    /// The sequence's elements, to be written. They hold whatever the slot held before.
    pub fn region_mut(&mut self) -> &mut [T::Element] {
        let region = self.region.clone();
        // The body is 64-byte aligned and CDR aligns elements within it, so this is never empty
        // but for an empty sequence.
        as_elements_mut(&mut self.slot.cdr_mut()[region]).unwrap_or_default()
    }

    /// Sends, stamped with the present time.
    ///
    /// # Errors
    /// [`Error::Topic`] if the transport fails.
    pub fn send(self) -> Result<(), Error> {
        self.send_at(crate::clock::now())
    }

    /// Sends, stamped with the time at which the data were taken, in nanoseconds since the epoch.
    ///
    /// # Errors
    /// [`Error::Topic`] if the transport fails.
    pub fn send_at(self, source_time_ns: i64) -> Result<(), Error> {
        self.port.send(self.slot, source_time_ns)
    }
}
