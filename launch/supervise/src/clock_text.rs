//! Times of day as text, in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A calendar date and time.
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    seconds: u64,
    millis: u32,
}

impl Civil {
    fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let (year, month, day) = date(since.as_secs() / 86_400);
        Self { year, month, day, seconds: since.as_secs() % 86_400, millis: since.subsec_millis() }
    }

    fn clock(&self) -> (u64, u64, u64) {
        (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)
    }
}

/// Year, month and day of a number of days since 1970-01-01, counted off year by year and month by
/// month: a few dozen steps, where speed does not matter.
fn date(mut days: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    while days >= year_length(year) {
        days -= year_length(year);
        year += 1;
    }
    let february = year_length(year) - 337;
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn year_length(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if leap { 366 } else { 365 }
}

/// As log lines begin: `2026-03-01T12:34:56.789Z`.
pub(crate) fn stamp(time: SystemTime) -> String {
    let civil = Civil::of(time);
    let (hour, minute, second) = civil.clock();
    let Civil { year, month, day, millis, .. } = civil;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// As a run's folder begins: `20260301-123456`.
pub(crate) fn folder(time: SystemTime) -> String {
    let civil = Civil::of(time);
    let (hour, minute, second) = civil.clock();
    let Civil { year, month, day, .. } = civil;
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let text = |seconds, millis| {
            stamp(UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(millis))
        };

        assert_eq!(text(0, 7), "1970-01-01T00:00:00.007Z");
        assert_eq!(text(951_782_400, 0), "2000-02-29T00:00:00.000Z");
        assert_eq!(text(1_709_251_199, 999), "2024-02-29T23:59:59.999Z");
        assert_eq!(text(1_735_689_599, 0), "2024-12-31T23:59:59.000Z");
        assert_eq!(text(4_107_542_400, 0), "2100-03-01T00:00:00.000Z");
        assert_eq!(folder(UNIX_EPOCH + Duration::from_secs(1_735_689_599)), "20241231-235959");
    }
}
