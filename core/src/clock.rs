//! The clocks: system time for stamps, monotonic time for durations.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// The system's time, in nanoseconds since the Unix epoch: what stamps are made of.
pub fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX)
}

/// Splits nanoseconds since the epoch as `builtin_interfaces/msg/Time` holds them: seconds, and
/// nanoseconds within the second. Beyond 2038 the seconds stay at their largest.
pub fn from_time(time_ns: i64) -> (i32, u32) {
    let seconds = i32::try_from(time_ns.div_euclid(1_000_000_000)).unwrap_or(i32::MAX);
    let within = u32::try_from(time_ns.rem_euclid(1_000_000_000)).unwrap_or_default();
    (seconds, within)
}

/// The host's monotonic clock in nanoseconds, the same in all processes: for latencies.
pub(crate) fn monotonic_ns() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_split_into_seconds_and_the_rest() {
        assert_eq!(from_time(1_500_000_000), (1, 500_000_000));
        assert_eq!(from_time(-1), (-1, 999_999_999));
        assert_eq!(from_time(i64::MAX).0, i32::MAX);
    }

    #[test]
    fn monotonic_time_does_not_go_back() {
        let earlier = monotonic_ns();
        assert!(monotonic_ns() >= earlier);
    }
}
