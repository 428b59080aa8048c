//! The dialect of `zenoh-bridge-ros2dds`, which speaks for robots on DDS.
//!
//! A topic's key is its name alone; type and quality of service are in announcements, which are liveliness tokens
//! of the bridge: `@/<zid>/@ros2_lv/MP/<key>/<type>/<qos>`. Payloads are CDR with its header, as everywhere.

use std::fmt;

use vc_words::{Durability, Qos, Reliability, TopicName};

/// Stands for `/` within a chunk.
const SLASH: &str = "§";
/// The longest announcement that is looked at.
const LONGEST: usize = 4096;

/// The expression that matches the announcements of all bridges.
pub const ANNOUNCEMENTS: &str = "@/*/@ros2_lv/**";

/// The key of a topic's samples, below a bridge's namespace if it has one.
pub fn key_of(topic: &TopicName, namespace: Option<&str>) -> String {
    let name = topic.as_str().trim_start_matches('/');
    match namespace.map(|namespace| namespace.trim_matches('/')).filter(|namespace| !namespace.is_empty()) {
        None => name.to_owned(),
        Some(namespace) => format!("{namespace}/{name}"),
    }
}

/// What a bridge announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody behind the bridge publishes.
    Publisher,
    /// Somebody behind the bridge subscribes.
    Subscription,
    /// Somebody behind the bridge answers a service.
    Server,
    /// Somebody behind the bridge calls a service.
    Client,
    /// Somebody behind the bridge serves an action.
    ActionServer,
    /// Somebody behind the bridge calls an action.
    ActionClient,
}

impl Kind {
    const ALL: [(Self, &str); 6] = [
        (Self::Publisher, "MP"),
        (Self::Subscription, "MS"),
        (Self::Server, "SS"),
        (Self::Client, "SC"),
        (Self::ActionServer, "AS"),
        (Self::ActionClient, "AC"),
    ];

    fn has_qos(self) -> bool {
        matches!(self, Self::Publisher | Self::Subscription)
    }
}

/// Quality of service in the numbers of DDS; what is not told is left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DdsQos {
    /// Whether the type has keys.
    pub keyed: bool,
    /// 0 best effort, 1 reliable.
    pub reliability: Option<u8>,
    /// 0 volatile, 1 transient local, 2 transient, 3 persistent.
    pub durability: Option<u8>,
    /// 0 keep last, 1 keep all; and the depth, -1 where it means nothing.
    pub history: Option<(u8, i32)>,
}

impl From<&Qos> for DdsQos {
    fn from(qos: &Qos) -> Self {
        Self {
            keyed: false,
            reliability: Some(u8::from(qos.reliability == Reliability::Reliable)),
            durability: Some(u8::from(qos.durability == Durability::TransientLocal)),
            history: Some((0, qos.depth.cast_signed())),
        }
    }
}

impl DdsQos {
    /// Reads `[K]:<reliability>:<durability>:<history>,<depth>`; what is behind it is passed over.
    pub fn decode(text: &str) -> Option<Self> {
        let mut groups = text.split(':');
        let keyed = match groups.next()? {
            "" => false,
            "K" => true,
            _ => return None,
        };
        let mut item = |limit: u8| match groups.next()? {
            "" => Some(None),
            text => text.parse().ok().filter(|code| *code <= limit).map(Some),
        };
        let (reliability, durability) = (item(1)?, item(3)?);
        let history = match groups.next()? {
            "" => None,
            text => {
                let (kind, depth) = text.split_once(',')?;
                let kind = kind.parse().ok().filter(|kind| *kind <= 1)?;
                Some((kind, depth.parse().ok()?))
            }
        };
        Some(Self { keyed, reliability, durability, history })
    }

    /// The profile of a port of this host. What is not told is DDS's default for whom it is: a publisher is
    /// reliable, a subscription best effort.
    pub fn to_local(&self, kind: Kind) -> Qos {
        let reliable = self.reliability.map_or(kind == Kind::Publisher, |code| code == 1);
        let depth = match self.history {
            Some((0, depth)) => u32::try_from(depth).unwrap_or(1),
            Some(_) => u32::MAX,
            None => 1,
        };
        let qos = Qos {
            reliability: if reliable { Reliability::Reliable } else { Reliability::BestEffort },
            durability: match self.durability {
                Some(1..) => Durability::TransientLocal,
                _ => Durability::Volatile,
            },
            depth: 1,
        };
        qos.keep_last(depth)
    }
}

impl fmt::Display for DdsQos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |code: Option<u8>| code.map(|code| code.to_string()).unwrap_or_default();
        let keyed = if self.keyed { "K" } else { "" };
        write!(f, "{keyed}:{}:{}:", number(self.reliability), number(self.durability))?;
        self.history.map_or(Ok(()), |(kind, depth)| write!(f, "{kind},{depth}"))
    }
}

/// What a bridge announces of one topic, service or action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Announcement {
    /// The bridge's zenoh session.
    pub session: String,
    /// What is announced.
    pub kind: Kind,
    /// The key of its samples.
    pub key: String,
    /// Its type by ROS 2's name.
    pub type_name: String,
    /// Its quality of service; topics only.
    pub qos: Option<DdsQos>,
}

impl Announcement {
    /// Reads an announcement, `None` if the text is none. What stands behind it is of versions to come.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut chunks = text.strip_prefix("@/")?.split('/');
        let session = chunks.next().filter(|session| !session.is_empty())?.to_owned();
        chunks.next().filter(|chunk| *chunk == "@ros2_lv")?;
        let code = chunks.next()?;
        let (kind, _) = Kind::ALL.iter().find(|(_, known)| *known == code)?;
        let mut name =
            || chunks.next().filter(|chunk| !chunk.is_empty()).map(|chunk| chunk.replace(SLASH, "/"));
        let (key, type_name) = (name()?, name()?);
        // A key that could match others is nobody's topic, and a name that is no type's nobody's either.
        (!key.contains(['*', '$', '#', '?'])).then_some(())?;
        crate::type_name::to_wire(&type_name)?;
        let qos = if kind.has_qos() { Some(DdsQos::decode(chunks.next()?)?) } else { None };
        Some(Self { session, kind: *kind, key, type_name, qos })
    }

    /// The topic behind the key, of a bridge with this namespace; `None` if it is not below it, or no name.
    pub fn topic(&self, namespace: Option<&str>) -> Option<TopicName> {
        let below = match namespace.map(|namespace| namespace.trim_matches('/')) {
            None | Some("") => self.key.as_str(),
            Some(namespace) => self.key.strip_prefix(namespace)?.strip_prefix('/')?,
        };
        TopicName::absolute(&format!("/{below}")).ok()
    }
}

impl fmt::Display for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = Kind::ALL.iter().find(|(kind, _)| *kind == self.kind).map_or("MP", |(_, code)| code);
        let (key, type_name) = (self.key.replace('/', SLASH), self.type_name.replace('/', SLASH));
        write!(f, "@/{}/@ros2_lv/{code}/{key}/{type_name}", self.session)?;
        self.qos.map_or(Ok(()), |qos| write!(f, "/{qos}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn topic(name: &str) -> TopicName {
        TopicName::absolute(name).unwrap()
    }

    fn camera() -> Announcement {
        Announcement {
            session: "1a2b".to_owned(),
            kind: Kind::Publisher,
            key: "bot1/camera/image".to_owned(),
            type_name: "sensor_msgs/msg/Image".to_owned(),
            qos: Some(DdsQos::from(&Qos::SENSOR_DATA)),
        }
    }

    #[test]
    fn keys_are_names_below_the_bridges_namespace() {
        assert_eq!(key_of(&topic("/camera/image"), None), "camera/image");
        assert_eq!(key_of(&topic("/camera/image"), Some("/")), "camera/image");
        assert_eq!(key_of(&topic("/camera/image"), Some("/bot1")), "bot1/camera/image");
        assert_eq!(camera().topic(Some("/bot1")), Some(topic("/camera/image")));
        assert_eq!(camera().topic(None), Some(topic("/bot1/camera/image")));
        assert_eq!(camera().topic(Some("bot")), None);
    }

    #[test]
    fn announcements_are_written_and_read() {
        let text = "@/1a2b/@ros2_lv/MP/bot1§camera§image/sensor_msgs§msg§Image/:0:0:0,5";
        assert_eq!(camera().to_string(), text);
        assert_eq!(Announcement::parse(text), Some(camera()));
        assert_eq!(Announcement::parse(&format!("{text}:user§data")), Some(camera()));

        let service = "@/1a2b/@ros2_lv/SS/set/std_srvs§srv§SetBool";
        assert_eq!(Announcement::parse(service).unwrap().to_string(), service);
        assert_eq!(Announcement::parse(service).unwrap().qos, None);
    }

    #[test]
    fn qualities_are_in_the_numbers_of_dds() {
        assert_eq!(DdsQos::from(&Qos::DEFAULT).to_string(), ":1:0:0,10");
        assert_eq!(DdsQos::from(&Qos::LATCHED).to_string(), ":1:1:0,1");
        assert_eq!(DdsQos::decode("K:::").unwrap(), DdsQos { keyed: true, ..DdsQos::default() });
        for qos in [Qos::DEFAULT, Qos::SENSOR_DATA, Qos::LATCHED] {
            assert_eq!(DdsQos::from(&qos).to_local(Kind::Publisher), qos);
        }
        let unsaid = DdsQos::decode(":::").unwrap();
        assert_eq!(unsaid.to_local(Kind::Publisher).reliability, Reliability::Reliable);
        assert_eq!(unsaid.to_local(Kind::Subscription).reliability, Reliability::BestEffort);
        assert_eq!(
            DdsQos::decode(":1:0:1,-1").unwrap().to_local(Kind::Publisher).depth,
            vc_words::qos::MAX_DEPTH
        );
    }

    #[test]
    fn what_is_no_announcement_is_refused() {
        for bad in [
            "",
            "@/1a2b/@ros2_lv",
            "@/1a2b/@ros2_lv/XX/a/a§msg§B/:::",
            "@/1a2b/@ros2_lv/MP/a/a§msg§B",
            "@/1a2b/@ros2_lv/MP/a/nonsense/:::",
            "@/1a2b/@ros2_lv/MP/**/a§msg§B/:::",
            "@/1a2b/@ros2_lv/MP//a§msg§B/:::",
            "@/1a2b/@ros2_lv/MP/a/a§msg§B/:9::",
            "@/1a2b/@ros2_lv/MP/a/a§msg§B/X:::",
            "@/1a2b/other/MP/a/a§msg§B/:::",
            "@//@ros2_lv/MP/a/a§msg§B/:::",
        ] {
            assert_eq!(Announcement::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn announcements_come_back(key in "[a-z]{1,8}(/[a-z]{1,8}){0,3}", kind in 0usize..6, depth: i32, keyed: bool) {
            let (kind, _) = Kind::ALL[kind];
            let qos = DdsQos { keyed, reliability: Some(1), durability: None, history: Some((0, depth)) };
            let all = Announcement { key, kind, qos: kind.has_qos().then_some(qos), ..camera() };
            prop_assert_eq!(Announcement::parse(&all.to_string()), Some(all));
        }

        #[test]
        fn any_text_is_an_answer(text in "\\PC{0,120}", code in "[MSA][PSC]") {
            let _ = Announcement::parse(&text);
            let _ = Announcement::parse(&format!("@/1/@ros2_lv/{code}/{text}"));
            let _ = DdsQos::decode(&text);
        }
    }
}
