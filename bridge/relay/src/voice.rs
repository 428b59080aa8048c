//! A publisher on the wire, and how urgent its samples are there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use zenoh::bytes::{Encoding, ZBytes};
use zenoh::pubsub::{Publisher, PublisherBuilder};
use zenoh::qos::CongestionControl;
use zenoh::sample::Locality;
use zenoh::time::Timestamp;
use zenoh::{Session, Wait};
use zenoh_ext::{AdvancedPublisher, AdvancedPublisherBuilderExt, CacheConfig, MissDetectionConfig};

use vc_words::{Durability, Priority, Qos, Reliability};

use crate::error::RelayError;
use crate::wake::Wake;

/// How often a transient-local publisher says how far it has counted, as ROS 2's does.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// Where a sample is larger, its topic gives way to those of small samples: zenoh sends what is more urgent first, also
/// between the pieces of a large sample, and nobody waits who would have to wait long.
const LARGE: usize = 16 << 10;

/// How a voice speaks.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    pub(crate) key: String,
    pub(crate) qos: Qos,
    /// How urgent its samples are; none: as their size says.
    pub(crate) priority: Option<Priority>,
}

/// A publisher on the wire.
pub(crate) struct Voice {
    session: Session,
    manner: Manner,
    speaker: Speaker,
}

enum Speaker {
    Plain {
        publisher: Publisher<'static>,
        /// Of less urgency: from the first large sample on, all go by this one. The other way round a small sample
        /// could overtake a large one of its own topic.
        giving_way: OnceLock<Publisher<'static>>,
        heard: Arc<AtomicBool>,
    },
    /// Keeps its last samples for late joiners. Declared with the first one, whose size says how urgent all are.
    Keeping(OnceLock<AdvancedPublisher<'static>>),
}

impl Voice {
    /// A voice; it wakes the loop when somebody begins or ceases to listen.
    pub(crate) fn open(session: &Session, manner: Manner, wake: &Wake) -> Result<Self, RelayError> {
        let session = session.clone();
        if manner.qos.durability == Durability::TransientLocal {
            return Ok(Self { session, manner, speaker: Speaker::Keeping(OnceLock::new()) });
        }
        let failed = || RelayError::zenoh("publish");
        let publisher = manner.builder(&session, 0).wait().map_err(failed())?;
        let heard = Arc::new(AtomicBool::new(false));
        let (to, wake) = (Arc::clone(&heard), wake.clone());
        let listening = publisher.matching_listener().callback(move |status| {
            to.store(status.matching(), Ordering::Release);
            wake.wake();
        });
        listening.background().wait().map_err(failed())?;
        Ok(Self {
            session,
            manner,
            speaker: Speaker::Plain { publisher, giving_way: OnceLock::new(), heard },
        })
    }

    /// Whether samples are wanted: somebody listens, or they are to be kept.
    pub(crate) fn is_wanted(&self) -> bool {
        match &self.speaker {
            Speaker::Plain { heard, .. } => heard.load(Ordering::Acquire),
            Speaker::Keeping(_) => true,
        }
    }

    /// Whether it keeps samples, which then must not be those in shared memory.
    pub(crate) fn keeps(&self) -> bool {
        matches!(self.speaker, Speaker::Keeping(_))
    }

    /// Sends a sample, which was sent at `sent`; none: now. One at a time: by the thread of its topic. What is kept has the
    /// stamps of who keeps it.
    pub(crate) fn put(
        &self,
        payload: ZBytes,
        attachment: ZBytes,
        sent: Option<Timestamp>,
    ) -> zenoh::Result<()> {
        let length = payload.len();
        let builder = || self.manner.builder(&self.session, length);
        match &self.speaker {
            Speaker::Plain { publisher, giving_way, .. } => {
                if length > LARGE && giving_way.get().is_none() {
                    let _ = giving_way.set(builder().wait()?);
                }
                let publisher = giving_way.get().unwrap_or(publisher);
                publisher.put(payload).attachment(attachment).timestamp(sent).wait()
            }
            Speaker::Keeping(opened) => {
                if opened.get().is_none() {
                    let cache = CacheConfig::default().max_samples(self.manner.qos.depth as usize);
                    let keeping = builder().cache(cache).publisher_detection();
                    let detection = MissDetectionConfig::default().sporadic_heartbeat(HEARTBEAT);
                    let reliable = self.manner.qos.reliability == Reliability::Reliable;
                    let keeping = if reliable { keeping.sample_miss_detection(detection) } else { keeping };
                    let _ = opened.set(keeping.wait()?);
                }
                let Some(publisher) = opened.get() else { return Ok(()) };
                publisher.put(payload).attachment(attachment).wait()
            }
        }
    }
}

impl Manner {
    /// A publisher for samples of this length.
    fn builder<'a>(&self, session: &'a Session, length: usize) -> PublisherBuilder<'a, 'static> {
        let reliable = self.qos.reliability == Reliability::Reliable;
        // Nothing reliable is dropped by zenoh. Of the rest, the next sample waits for the link and those behind it
        // are dropped: so of large samples some arrive whole, instead of pieces of all.
        let congestion = if reliable { CongestionControl::Block } else { CongestionControl::BlockFirst };
        let by_size = if length > LARGE { Priority::DataLow } else { Priority::Data };
        session
            .declare_publisher(self.key.clone())
            .encoding(Encoding::APPLICATION_CDR)
            .congestion_control(congestion)
            .priority(priority_of(self.priority.unwrap_or(by_size)))
            // To zenoh, what is best effort may be dropped at any piece, whatever its congestion control.
            .reliability(zenoh::qos::Reliability::Reliable)
            .allowed_destination(Locality::Remote)
    }
}

fn priority_of(priority: Priority) -> zenoh::qos::Priority {
    match priority {
        Priority::RealTime => zenoh::qos::Priority::RealTime,
        Priority::InteractiveHigh => zenoh::qos::Priority::InteractiveHigh,
        Priority::InteractiveLow => zenoh::qos::Priority::InteractiveLow,
        Priority::DataHigh => zenoh::qos::Priority::DataHigh,
        Priority::Data => zenoh::qos::Priority::Data,
        Priority::DataLow => zenoh::qos::Priority::DataLow,
        Priority::Background => zenoh::qos::Priority::Background,
    }
}
