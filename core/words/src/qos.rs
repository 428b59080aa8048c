//! Quality of service in ROS 2's words.

use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

/// The longest queue a port may ask for.
pub const MAX_DEPTH: u32 = 256;
/// How long queues every topic has room for; whoever makes a topic and wants a longer one makes room for it.
pub const USUAL_ROOM: u32 = 16;
/// What a transient-local publisher keeps at most, and a transient-local port's longest queue.
pub const MAX_KEPT: u32 = 16;

/// What a publisher promises of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    /// Nothing is lost on the way; only a full queue drops its oldest sample, and counts it.
    Reliable,
    /// Samples may be lost between hosts. On one host the same as [`Reliability::Reliable`].
    BestEffort,
}

impl Reliability {
    /// ROS 2's words.
    pub const WORDS: [&'static str; 2] = ["reliable", "best_effort"];

    /// What a word means; none: it is not one of [`Self::WORDS`].
    pub fn parse(word: &str) -> Option<Self> {
        meaning(word)
    }
}

/// How urgent a topic's samples are where they share a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "from the most urgent to the least; the words say all there is")]
pub enum Priority {
    RealTime,
    InteractiveHigh,
    InteractiveLow,
    DataHigh,
    Data,
    DataLow,
    Background,
}

impl Priority {
    /// zenoh's words, from the most urgent to the least.
    pub const WORDS: [&'static str; 7] =
        ["real_time", "interactive_high", "interactive_low", "data_high", "data", "data_low", "background"];

    /// What a word means; none: it is not one of [`Self::WORDS`].
    pub fn parse(word: &str) -> Option<Self> {
        meaning(word)
    }
}

fn meaning<'a, T: Deserialize<'a>>(word: &'a str) -> Option<T> {
    T::deserialize(StrDeserializer::<Error>::new(word)).ok()
}

/// What a late subscriber receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Samples sent from now on.
    Volatile,
    /// First the last `depth` samples of each living publisher.
    TransientLocal,
}

impl Durability {
    /// What they are called.
    pub const WORDS: [&'static str; 2] = ["volatile", "transient_local"];

    /// What a word means; none: it is not one of [`Self::WORDS`].
    pub fn parse(word: &str) -> Option<Self> {
        meaning(word)
    }
}

/// Quality of service of a port; history is always keep-last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Qos {
    /// Delivery.
    pub reliability: Reliability,
    /// Late joiners.
    pub durability: Durability,
    /// Samples kept: a subscriber's queue, a transient-local publisher's cache. 1 to [`MAX_DEPTH`], or to [`MAX_KEPT`]
    /// of a transient-local port.
    pub depth: u32,
}

impl Qos {
    /// ROS 2's default profile: reliable, volatile, the last 10.
    pub const DEFAULT: Self =
        Self { reliability: Reliability::Reliable, durability: Durability::Volatile, depth: 10 };

    /// ROS 2's sensor data profile: best effort, volatile, the last 5.
    pub const SENSOR_DATA: Self =
        Self { reliability: Reliability::BestEffort, durability: Durability::Volatile, depth: 5 };

    /// For state that late joiners need, such as a map: reliable, transient local, the last one.
    pub const LATCHED: Self =
        Self { reliability: Reliability::Reliable, durability: Durability::TransientLocal, depth: 1 };

    /// The same with the last `depth` samples kept, 1 to [`MAX_DEPTH`], or to [`MAX_KEPT`] if it is transient local;
    /// beyond is clamped.
    #[must_use]
    pub const fn keep_last(mut self, depth: u32) -> Self {
        let most = match self.durability {
            Durability::Volatile => MAX_DEPTH,
            Durability::TransientLocal => MAX_KEPT,
        };
        self.depth = match depth {
            0 => 1,
            deep if deep > most => most,
            fits => fits,
        };
        self
    }

    /// Whether a publisher of this profile offers what a subscriber of `requested` asks for, by
    /// ROS 2's request-offer rule.
    pub fn offers(&self, requested: &Self) -> bool {
        let reliable = self.reliability == Reliability::Reliable || requested.reliability == self.reliability;
        let durable =
            self.durability == Durability::TransientLocal || requested.durability == self.durability;
        reliable && durable
    }
}

impl Default for Qos {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_follow_the_request_offer_rule() {
        assert!(Qos::DEFAULT.offers(&Qos::SENSOR_DATA));
        assert!(!Qos::SENSOR_DATA.offers(&Qos::DEFAULT));
        assert!(Qos::LATCHED.offers(&Qos::DEFAULT));
        assert!(!Qos::DEFAULT.offers(&Qos::LATCHED));
    }

    #[test]
    fn each_word_has_a_meaning_of_its_own() {
        assert_eq!(
            Reliability::WORDS.map(Reliability::parse),
            [Some(Reliability::Reliable), Some(Reliability::BestEffort)]
        );
        assert_eq!(
            Durability::WORDS.map(Durability::parse),
            [Some(Durability::Volatile), Some(Durability::TransientLocal)]
        );
        let urgency = [
            Priority::RealTime,
            Priority::InteractiveHigh,
            Priority::InteractiveLow,
            Priority::DataHigh,
            Priority::Data,
            Priority::DataLow,
            Priority::Background,
        ];
        assert_eq!(Priority::WORDS.map(Priority::parse), urgency.map(Some));
        assert_eq!(Priority::parse("first"), None);
        assert_eq!(Reliability::parse("Reliable"), None);
    }

    #[test]
    fn depth_stays_within_its_bounds() {
        assert_eq!(Qos::DEFAULT.keep_last(0).depth, 1);
        assert_eq!(Qos::DEFAULT.keep_last(1000).depth, MAX_DEPTH);
        assert_eq!(Qos::LATCHED.keep_last(1000).depth, MAX_KEPT);
    }
}
