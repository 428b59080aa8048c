//! The measured pair of ports over iceoryx2 itself, with its event service as wake-up.

use std::fs;
use std::os::fd::BorrowedFd;

use iceoryx2::port::listener::Listener;
use iceoryx2::port::notifier::Notifier;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;
use rustix::event::{PollFd, PollFlags, poll};

use crate::latency::Exchange;
use crate::ours::check;
use crate::report::BenchError;

/// A publisher and a subscriber of byte slices, each with its wake-up.
pub(crate) struct Pair {
    publisher: Publisher<ipc::Service, [u8], ()>,
    notifier: Notifier<ipc::Service>,
    subscriber: Subscriber<ipc::Service, [u8], ()>,
    listener: Listener<ipc::Service>,
    /// Wait by `blocking_wait` instead of `poll` and `try_wait`.
    own_wait: bool,
    _node: Node<ipc::Service>,
}

impl Pair {
    /// Opens the side that writes `writes` and reads `reads`.
    pub(crate) fn open(writes: &str, reads: &str) -> Result<Self, BenchError> {
        set_log_level(LogLevel::Fatal);
        let mut config = Config::default();
        config.global.prefix = FileName::new(b"vcbenchraw_")?;
        config.global.set_root_path(&Path::new(b"/dev/shm/vcbenchraw")?);
        let node = NodeBuilder::new()
            .config(&config)
            .signal_handling_mode(SignalHandlingMode::Disabled)
            .create::<ipc::Service>()?;
        let samples = |name: &str| {
            node.service_builder(&ServiceName::new(name)?)
                .publish_subscribe::<[u8]>()
                .payload_alignment(Alignment::new(64).ok_or("alignment")?)
                .subscriber_max_buffer_size(16)
                .open_or_create()
                .map_err(BenchError::from)
        };
        let wakes = |name: &str| {
            // The same few event ids as ours has: a listener looks through all of them at each wake-up.
            let service = node.service_builder(&ServiceName::new(name)?).event().event_id_max_value(1);
            service.open_or_create().map_err(BenchError::from)
        };
        let listener = wakes(reads)?.listener_builder().create()?;
        let subscriber = samples(reads)?.subscriber_builder().buffer_size(10).create()?;
        let publisher = samples(writes)?
            .publisher_builder()
            .initial_max_slice_len(64)
            .allocation_strategy(AllocationStrategy::PowerOfTwo)
            .backpressure_strategy(BackpressureStrategy::DiscardData)
            .create()?;
        let notifier = wakes(writes)?.notifier_builder().create()?;
        let own_wait = std::env::var_os("VC_BENCH_RAW_BLOCKING_WAIT").is_some();
        Ok(Self { publisher, notifier, subscriber, listener, own_wait, _node: node })
    }
}

impl Pair {
    /// Sleeps until the other side notified: as this project's library does it, or by the raw
    /// library's own call, which takes more system calls.
    fn wait(&self) -> Result<(), BenchError> {
        if self.own_wait {
            self.listener.blocking_wait(|_| {})?;
            return Ok(());
        }
        if self.listener.try_wait(|_| {})? == 0 {
            poll(&mut [PollFd::new(&self.descriptor(), PollFlags::IN)], None)?;
        }
        Ok(())
    }
}

impl Pair {
    /// The listener's descriptor, readable when it was notified.
    fn descriptor(&self) -> BorrowedFd<'_> {
        #[expect(unsafe_code, reason = "the number of the raw library's descriptor is read")]
        // SAFETY: the number is only used for waiting, never closed.
        let number = unsafe { self.listener.file_descriptor().native_handle() };
        #[expect(unsafe_code, reason = "the raw library's descriptor is lent for waiting")]
        // SAFETY: the descriptor belongs to the listener, which outlives the borrow.
        unsafe {
            BorrowedFd::borrow_raw(number)
        }
    }
}

/// Removes what raw sides that were killed left in shared memory: nothing else does.
pub(crate) fn remove_leftovers() {
    let Ok(entries) = fs::read_dir("/dev/shm") else { return };
    for entry in
        entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"vcbenchraw"))
    {
        // What cannot be removed is another user's.
        let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
    }
}

impl Exchange for Pair {
    fn send(&mut self, bytes: usize) -> Result<(), BenchError> {
        let mut loan = self.publisher.loan_slice_uninit(bytes)?;
        let payload = loan.payload_mut();
        payload[0].write(1);
        payload[bytes - 1].write(2);
        #[expect(unsafe_code, reason = "the raw library's own way to send what is built in place")]
        // SAFETY: shared memory holds initialised bytes, and every byte is a valid `u8`.
        let sample = unsafe { loan.assume_init() };
        sample.send()?;
        self.notifier.notify()?;
        Ok(())
    }

    fn receive(&mut self) -> Result<usize, BenchError> {
        loop {
            if let Some(sample) = self.subscriber.receive()? {
                return check(sample.payload());
            }
            self.wait()?;
        }
    }
}
