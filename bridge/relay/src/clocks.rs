//! How old a sample is that another relay sent: its clock is not ours.
//!
//! A relay stamps what it sends with the moment at which the publisher sent it, by its own clock. Relays that receive
//! from it ask it for its time, now and then while samples come, by four times as NTP does. Whoever does not answer, a
//! ROS 2 node or a relay without this, has no known clock, and his samples no known age.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use vc::clock::now;
use vc_fleet::clock::{Clock, Offset};
use zenoh::qos::{CongestionControl, Priority};
use zenoh::query::ConsolidationMode;
use zenoh::time::{NTP64, Timestamp, TimestampId};
use zenoh::{Session, Wait};

use crate::error::RelayError;
use crate::wake::Wake;

/// Where a relay is asked for its time.
const KEY: &str = "@vc/clock";
/// How long a clock is believed before it is asked again; at first, and where nobody answers.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(64);
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Clocks that are followed at once: strangers could name any number of them, and a relay that begins anew is another.
const MOST: usize = 64;
/// Nothing that is older crosses live.
const OLDEST_NS: i128 = 60_000_000_000;

/// The clocks of others. Clones know the same.
#[derive(Clone)]
pub(crate) struct Clocks {
    session: Session,
    own: TimestampId,
    others: Arc<Mutex<Others>>,
    wake: Wake,
}

/// Who has stamped samples that came.
#[derive(Default)]
struct Others(HashMap<TimestampId, Other>);

struct Other {
    clock: Clock,
    /// Whether samples came since it was due to be asked.
    is_wanted: bool,
    /// When it is due, and how long after that again.
    due: Instant,
    pause: Duration,
}

impl Clocks {
    /// Answers those who ask for this host's time, from now on.
    pub(crate) fn open(session: &Session, wake: &Wake) -> Result<Self, RelayError> {
        let own = TimestampId::from(session.zid());
        let answer = |query: zenoh::query::Query| {
            let came = now();
            let times = [came, now()].map(i64::to_le_bytes).concat();
            if let Err(error) = query.reply(query.key_expr().clone(), times).wait() {
                tracing::debug!(%error, "cannot tell the time");
            }
        };
        let answering = session.declare_queryable(key_of(&own)).callback(answer).background();
        answering.wait().map_err(RelayError::zenoh("tell the time"))?;
        Ok(Self { session: session.clone(), own, others: Arc::default(), wake: wake.clone() })
    }

    /// What says of a sample that it was sent `age` ago.
    pub(crate) fn stamp(&self, age: Duration) -> Timestamp {
        let since_epoch = Duration::from_nanos(now().try_into().unwrap_or_default());
        Timestamp::new(NTP64::from(since_epoch.saturating_sub(age)), self.own)
    }

    /// How long ago a sample with this stamp was sent; zero if nobody knows.
    pub(crate) fn age(&self, stamp: &Timestamp) -> Duration {
        if *stamp.get_id() == self.own {
            return Duration::ZERO;
        }
        let (offset, is_to_be_asked) = self.lock().heard(*stamp.get_id(), Instant::now());
        if is_to_be_asked {
            self.wake.wake();
        }
        offset.map_or(Duration::ZERO, |offset| age(stamp, now(), offset.ahead_ns))
    }

    /// Asks those whose turn it is. Waits for nobody.
    pub(crate) fn ask(&self) {
        let due = self.lock().take_due(Instant::now());
        for id in due {
            if let Err(error) = self.ask_one(id) {
                tracing::debug!(%error, "cannot ask for the time");
            }
        }
    }

    fn ask_one(&self, id: TimestampId) -> zenoh::Result<()> {
        let (others, asked) = (Arc::clone(&self.others), now());
        let heard = move |reply: zenoh::query::Reply| {
            let heard = now();
            let Ok(sample) = reply.result() else { return };
            let times = times(&sample.payload().to_bytes());
            let mut others = others.lock().unwrap_or_else(PoisonError::into_inner);
            if let (Some(other), Some(times)) = (others.0.get_mut(&id), times) {
                other.clock.take(asked, times, heard);
                other.pause = PAUSE;
            }
        };
        self.session
            .get(key_of(&id))
            .consolidation(ConsolidationMode::None)
            .congestion_control(CongestionControl::Drop)
            .priority(Priority::RealTime)
            .timeout(PATIENCE)
            .callback(heard)
            .wait()
    }

    fn lock(&self) -> MutexGuard<'_, Others> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Others {
    /// A sample came that `id` has stamped. What is known of its clock, and whether it is now to be asked.
    fn heard(&mut self, id: TimestampId, now: Instant) -> (Option<Offset>, bool) {
        if self.0.len() == MOST && !self.0.contains_key(&id) {
            // Of whom nothing has come for longest.
            let longest = self.0.iter().min_by_key(|(_, other)| other.due).map(|(id, _)| *id);
            longest.and_then(|id| self.0.remove(&id));
        }
        let met = || Other { clock: Clock::default(), is_wanted: false, due: now, pause: PAUSE };
        let other = self.0.entry(id).or_insert_with(met);
        let is_to_be_asked = !other.is_wanted && other.due <= now;
        other.is_wanted |= is_to_be_asked;
        (other.clock.offset(), is_to_be_asked)
    }

    /// Those that are to be asked now.
    fn take_due(&mut self, now: Instant) -> Vec<TimestampId> {
        let wanted = self.0.iter_mut().filter(|(_, other)| other.is_wanted);
        wanted
            .map(|(id, other)| {
                other.is_wanted = false;
                (other.due, other.pause) = (now + other.pause, (other.pause * 2).min(LONGEST_PAUSE));
                *id
            })
            .collect()
    }
}

fn key_of(id: &TimestampId) -> String {
    format!("{KEY}/{id}")
}

/// When a question came and when its answer left.
fn times(bytes: &[u8]) -> Option<(i64, i64)> {
    let (came, left) = bytes.split_first_chunk()?;
    Some((i64::from_le_bytes(*came), i64::from_le_bytes(left.try_into().ok()?)))
}

/// How old a sample is now, whose stamp is by a clock that is so far ahead of ours.
fn age(stamp: &Timestamp, now_ns: i64, ahead_ns: i64) -> Duration {
    let sent = stamp.get_time().to_system_time().duration_since(UNIX_EPOCH).unwrap_or_default();
    let sent = i128::try_from(sent.as_nanos()).unwrap_or_default() - i128::from(ahead_ns);
    let age = (i128::from(now_ns) - sent).clamp(0, OLDEST_NS);
    Duration::from_nanos(age.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_by_our_clock_and_never_below_zero() {
        let sent = 1_700_000_000_000_000_000_i64;
        let stamp = |ns: i64| {
            Timestamp::new(NTP64::from(Duration::from_nanos(ns.try_into().unwrap())), TimestampId::rand())
        };
        // In NTP's fractions of a second a nanosecond is cut off.
        let about = |age: Duration| (age + Duration::from_nanos(500)).as_micros();
        let day = 86_400_000_000_000;

        assert_eq!(about(age(&stamp(sent), sent + 50_000_000, 0)), 50_000);
        // Its clock is a day ahead, or a day behind.
        assert_eq!(about(age(&stamp(sent + day), sent + 50_000_000, day)), 50_000);
        assert_eq!(about(age(&stamp(sent - day), sent + 50_000_000, -day)), 50_000);
        // Who says nonsense is believed within bounds.
        assert_eq!(age(&stamp(sent), sent - 1, 0), Duration::ZERO);
        assert_eq!(age(&stamp(0), i64::MAX, i64::MIN), Duration::ZERO);
        assert_eq!(age(&stamp(0), i64::MAX, i64::MAX), Duration::from_secs(60));
        assert_eq!(age(&stamp(0), sent, 0), Duration::from_secs(60));
        assert_eq!(age(&Timestamp::new(NTP64(u64::MAX), TimestampId::rand()), sent, 0), Duration::ZERO);
    }

    #[test]
    fn a_clock_is_asked_once_while_samples_come_and_ever_more_rarely_while_it_is_silent() {
        let (mut others, id, began) = (Others::default(), TimestampId::rand(), Instant::now());
        let mut asked = Vec::new();
        for second in 0..20 {
            let now = began + PAUSE * second;
            let to_be_asked = (0..100).filter(|_| others.heard(id, now).1).count();
            if to_be_asked > 0 {
                assert_eq!(to_be_asked, 1);
                assert_eq!(others.take_due(now), [id]);
                asked.push(second);
            }
        }
        assert_eq!(asked, [0, 1, 3, 7, 15]);
        // Nothing comes any more.
        assert!(others.take_due(began + LONGEST_PAUSE * 10).is_empty());
    }

    #[test]
    fn however_many_have_come_and_gone_the_next_one_is_followed() {
        let (mut others, began) = (Others::default(), Instant::now());
        let friend = TimestampId::rand();
        for at in 0..1000 {
            let now = began + PAUSE * at;
            for id in [friend, TimestampId::rand()] {
                assert!(others.heard(id, now).1, "{at}");
                assert_eq!(others.take_due(now), [id]);
            }
            others.0.get_mut(&friend).unwrap().pause = PAUSE;
        }
        assert_eq!(others.0.len(), MOST);
    }

    #[test]
    fn an_answer_that_is_none_is_left_out() {
        assert_eq!(times(&[[1, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0]].concat()), Some((1, 2)));
        for length in [0, 7, 8, 15, 17, 1000] {
            assert_eq!(times(&vec![1; length]), None);
        }
    }
}
