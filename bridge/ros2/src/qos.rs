//! Quality of service as tokens carry it: six groups by `:`, items by `,`, an item that is the default left empty.

use std::fmt::{self, Write};
use std::time::Duration;

use vc_words::{Durability, Qos, Reliability};

/// How many samples are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum History {
    /// The last `depth`.
    KeepLast,
    /// All; a depth may be told, and means nothing.
    KeepAll,
}

/// How a publisher shows that it is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Liveliness {
    /// By its process being there.
    Automatic,
    /// By saying so.
    ManualByTopic,
}

/// A span of time on the wire: seconds and nanoseconds, each left empty where it is infinity's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Whole seconds.
    pub seconds: u64,
    /// Nanoseconds beside them.
    pub nanoseconds: u64,
}

impl Span {
    /// For ever.
    pub const INFINITE: Self = Self { seconds: 9_223_372_036, nanoseconds: 854_775_807 };

    /// A finite span.
    pub const fn of(duration: Duration) -> Self {
        Self { seconds: duration.as_secs(), nanoseconds: duration.subsec_nanos() as u64 }
    }
}

/// A profile of quality of service, as ROS 2 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WireQos {
    /// Delivery.
    pub reliability: Reliability,
    /// Late joiners.
    pub durability: Durability,
    /// How much is kept.
    pub history: History,
    /// How many samples are kept with [`History::KeepLast`]; never 0.
    pub depth: u32,
    /// The longest time from one sample to the next.
    pub deadline: Span,
    /// How long a sample is of use.
    pub lifespan: Span,
    /// How a publisher shows that it is alive.
    pub liveliness: Liveliness,
    /// How long that holds.
    pub lease: Span,
}

/// The depth that is left empty, and that stands for 0.
const DEFAULT_DEPTH: u32 = 42;

impl Default for WireQos {
    /// What an empty text means.
    fn default() -> Self {
        Self {
            reliability: Reliability::Reliable,
            durability: Durability::Volatile,
            history: History::KeepLast,
            depth: DEFAULT_DEPTH,
            deadline: Span::INFINITE,
            lifespan: Span::INFINITE,
            liveliness: Liveliness::Automatic,
            lease: Span::INFINITE,
        }
    }
}

impl From<&Qos> for WireQos {
    fn from(qos: &Qos) -> Self {
        Self { reliability: qos.reliability, durability: qos.durability, depth: qos.depth, ..Self::default() }
    }
}

impl WireQos {
    /// The profile of a port of this host: its queue is at most [`vc_words::qos::MAX_DEPTH`] deep.
    pub fn to_local(&self) -> Qos {
        let depth = if self.history == History::KeepAll { u32::MAX } else { self.depth };
        Qos { reliability: self.reliability, durability: self.durability, depth: 1 }.keep_last(depth)
    }

    /// Reads a profile. Full numbers are taken as well as empty items, and groups at the end may be missing.
    /// `None` if the text is none.
    pub fn decode(text: &str) -> Option<Self> {
        let mut groups = text.split(':');
        let (reliability, durability) = (groups.next()?, groups.next()?);
        let (history, depth) = pair(groups.next()?)?;
        let mut span = || groups.next().map_or(Some(Span::INFINITE), read_span);
        let (deadline, lifespan) = (span()?, span()?);
        let (liveliness, lease) = match groups.next() {
            None => ("", Span::INFINITE),
            Some(group) => match group.split_once(',') {
                None => (group, Span::INFINITE),
                Some((liveliness, lease)) => (liveliness, read_span(lease)?),
            },
        };
        groups.next().is_none().then_some(())?;
        Some(Self {
            reliability: code(reliability, [Reliability::Reliable, Reliability::BestEffort])?,
            durability: code(durability, [Durability::TransientLocal, Durability::Volatile])
                .map(|found| if is_default(durability) { Durability::Volatile } else { found })?,
            history: code(history, [History::KeepLast, History::KeepAll])?,
            // 0 is the default, however it is written.
            depth: match if depth.is_empty() { 0 } else { depth.parse().ok()? } {
                0 => DEFAULT_DEPTH,
                depth => depth,
            },
            deadline,
            lifespan,
            liveliness: match liveliness {
                "" | "0" | "1" => Liveliness::Automatic,
                "3" => Liveliness::ManualByTopic,
                _ => return None,
            },
            lease,
        })
    }
}

/// Empty, or "as the system has it".
fn is_default(item: &str) -> bool {
    item.is_empty() || item == "0"
}

/// What a code means: 1 the first, 2 the second; the first too where it is left to the default.
fn code<T: Copy>(item: &str, [first, second]: [T; 2]) -> Option<T> {
    match item {
        "" | "0" | "1" => Some(first),
        "2" => Some(second),
        _ => None,
    }
}

/// Two items of a group; a missing second one is empty.
fn pair(group: &str) -> Option<(&str, &str)> {
    let (first, second) = group.split_once(',').unwrap_or((group, ""));
    (!second.contains(',')).then_some((first, second))
}

fn read_span(group: &str) -> Option<Span> {
    let (seconds, nanoseconds) = pair(group)?;
    let item = |text: &str, default: u64| if text.is_empty() { Some(default) } else { text.parse().ok() };
    Some(Span {
        seconds: item(seconds, Span::INFINITE.seconds)?,
        nanoseconds: item(nanoseconds, Span::INFINITE.nanoseconds)?,
    })
}

/// Writes the profile as a token carries it.
impl fmt::Display for WireQos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Self::default();
        if self.reliability != default.reliability {
            f.write_char('2')?;
        }
        f.write_char(':')?;
        if self.durability != default.durability {
            f.write_char('1')?;
        }
        f.write_char(':')?;
        if self.history != default.history {
            f.write_char('2')?;
        }
        f.write_char(',')?;
        if self.depth != default.depth {
            write!(f, "{}", self.depth)?;
        }
        write!(f, ":{}:{}:", self.deadline, self.lifespan)?;
        if self.liveliness != default.liveliness {
            f.write_char('3')?;
        }
        write!(f, ",{}", self.lease)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seconds != Self::INFINITE.seconds {
            write!(f, "{}", self.seconds)?;
        }
        f.write_char(',')?;
        if self.nanoseconds != Self::INFINITE.nanoseconds {
            write!(f, "{}", self.nanoseconds)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The profiles of the specification, each with its text.
    fn golden() -> [(WireQos, &'static str); 7] {
        let last = |depth| WireQos { depth, ..WireQos::default() };
        let latched = |depth| WireQos { durability: Durability::TransientLocal, ..last(depth) };
        [
            (last(10), "::,10:,:,:,,"),
            (WireQos { reliability: Reliability::BestEffort, ..last(5) }, "2::,5:,:,:,,"),
            (latched(1), ":1:,1:,:,:,,"),
            (WireQos::default(), "::,:,:,:,,"),
            (WireQos { history: History::KeepAll, ..WireQos::default() }, "::2,:,:,:,,"),
            (WireQos { lifespan: Span::of(Duration::from_secs(10)), ..latched(1000) }, ":1:,1000:,:10,0:,,"),
            (
                WireQos { deadline: Span::of(Duration::from_millis(100)), ..last(10) },
                "::,10:0,100000000:,:,,",
            ),
        ]
    }

    #[test]
    fn every_profile_of_the_specification_is_written_and_read() {
        for (profile, text) in golden() {
            assert_eq!(profile.to_string(), text);
            assert_eq!(WireQos::decode(text), Some(profile), "{text}");
        }
    }

    #[test]
    fn full_numbers_and_missing_groups_are_read() {
        let last_ten = WireQos { depth: 10, ..WireQos::default() };
        for text in [
            "1:2:1,10:,:,:,,",
            "1:2:1,10",
            "0:0:0,10:9223372036,854775807:,:1,,",
            "::,10:,:,:1,9223372036,854775807",
        ] {
            assert_eq!(WireQos::decode(text), Some(last_ten), "{text}");
        }
        assert_eq!(WireQos::decode("::,0:,:,:,,"), Some(WireQos::default()));
        assert_eq!(WireQos::decode("::"), Some(WireQos::default()));
        let manual = WireQos::decode("::,10:,:,:3,5,0").unwrap();
        assert_eq!(manual.liveliness, Liveliness::ManualByTopic);
        assert_eq!(manual.lease, Span { seconds: 5, nanoseconds: 0 });
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        for bad in [
            "",
            ":",
            "3::,",
            ":3:,",
            "::3,",
            "::,-1",
            "::,4294967296",
            "::,1,1",
            "::,1:x,:,:,,",
            "::,1:,:,:2,,",
            "::,1:,:,:,,:",
            "::,1:,:,:,,,",
            "::,99999999999999999999",
            "a:b:c:d:e:f",
        ] {
            assert_eq!(WireQos::decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_hosts_own_profiles_come_back() {
        for qos in [Qos::DEFAULT, Qos::SENSOR_DATA, Qos::LATCHED] {
            assert_eq!(WireQos::from(&qos).to_local(), qos);
        }
        let all = WireQos::decode("::2,").unwrap();
        assert_eq!(all.to_local().depth, vc_words::qos::MAX_DEPTH);
    }

    fn any_span() -> impl Strategy<Value = Span> {
        prop_oneof![
            Just(Span::INFINITE),
            (any::<u64>(), any::<u64>()).prop_map(|(seconds, nanoseconds)| Span { seconds, nanoseconds })
        ]
    }

    proptest! {
        #[test]
        fn profiles_come_back(
            (best_effort, latched, all, manual) in any::<(bool, bool, bool, bool)>(),
            depth in 1u32..,
            deadline in any_span(),
            lifespan in any_span(),
            lease in any_span(),
        ) {
            let profile = WireQos {
                reliability: if best_effort { Reliability::BestEffort } else { Reliability::Reliable },
                durability: if latched { Durability::TransientLocal } else { Durability::Volatile },
                history: if all { History::KeepAll } else { History::KeepLast },
                depth,
                deadline,
                lifespan,
                liveliness: if manual { Liveliness::ManualByTopic } else { Liveliness::Automatic },
                lease,
            };
            prop_assert_eq!(WireQos::decode(&profile.to_string()), Some(profile));
        }

        #[test]
        fn any_text_is_an_answer(text in "[0-9:,x-]{0,60}") {
            if let Some(profile) = WireQos::decode(&text) {
                prop_assert_eq!(WireQos::decode(&profile.to_string()), Some(profile));
            }
        }
    }
}
