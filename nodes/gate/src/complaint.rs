//! Says once what is wrong with messages that come thirty times a second.

use std::error::Error;
use std::time::{Duration, Instant};

/// Skips and counts what cannot be worked on, and logs why.
///
/// A node that ended over a bad message could be ended by anybody who can send one; a node that logged each of them
/// would bury everything else. So a reason is told when it is a new one, at most once a second, and again after a
/// minute; how many were skipped is told with it and at the end.
#[derive(Debug, Default)]
pub struct Complaint {
    skipped: u64,
    told: Option<Told>,
}

#[derive(Debug)]
struct Told {
    reason: String,
    at: Instant,
    skipped: u64,
}

const BETWEEN_REASONS: Duration = Duration::from_secs(1);
const BETWEEN_REMINDERS: Duration = Duration::from_secs(60);

impl Complaint {
    /// What was made of a message, if it could be.
    pub fn hear<T, E: Error + 'static>(&mut self, outcome: Result<T, E>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                self.skipped += 1;
                let reason = error.to_string();
                if self.is_due(&reason, Instant::now()) {
                    let skipped = self.skipped;
                    tracing::error!(error = &error as &dyn Error, skipped, "messages are skipped");
                    self.told = Some(Told { reason, at: Instant::now(), skipped });
                }
                None
            }
        }
    }

    /// How many were skipped.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    fn is_due(&self, reason: &str, now: Instant) -> bool {
        let Some(told) = &self.told else { return true };
        let since = now.saturating_duration_since(told.at);
        since >= if told.reason == reason { BETWEEN_REMINDERS } else { BETWEEN_REASONS }
    }
}

impl Drop for Complaint {
    fn drop(&mut self) {
        if self.told.as_ref().is_some_and(|told| told.skipped < self.skipped) {
            tracing::warn!(skipped = self.skipped, "messages were skipped in all");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Trouble(&'static str);

    #[test]
    fn the_same_trouble_is_told_once_a_minute_and_each_is_counted() {
        let mut complaint = Complaint::default();
        assert!(complaint.is_due("empty", Instant::now()));

        assert_eq!(complaint.hear::<(), _>(Err(Trouble("empty"))), None);
        assert_eq!(complaint.hear(Ok::<_, Trouble>(3)), Some(3));
        assert_eq!(complaint.hear::<(), _>(Err(Trouble("empty"))), None);

        let now = Instant::now();
        assert_eq!(complaint.skipped(), 2);
        assert!(!complaint.is_due("empty", now));
        assert!(!complaint.is_due("short", now), "not twice within a second");
        assert!(complaint.is_due("short", now + BETWEEN_REASONS));
        assert!(!complaint.is_due("empty", now + BETWEEN_REASONS));
        assert!(complaint.is_due("empty", now + BETWEEN_REMINDERS));
    }
}
