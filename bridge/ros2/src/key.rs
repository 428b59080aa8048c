//! The key of a topic's samples: `<domain>/<name>/<type>/<hash>`.

use std::fmt;

use vc_words::{TopicName, TypeInfo};

use crate::{LONGEST_CHUNK, type_name};

/// Which samples: those of a topic of a type. Only equal keys meet; quality of service keeps nobody apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataKey {
    /// The wire's domain, `ROS_DOMAIN_ID` of its ROS nodes.
    pub domain: u32,
    /// The topic.
    pub topic: TopicName,
    /// The type that it carries, by ROS 2's name, and its hash.
    pub carried: TypeInfo,
}

impl DataKey {
    /// The key that subscribes to the topic with whatever hash: a sender with another definition of the type is
    /// told apart there, instead of never being heard. `None` if the type's name is none.
    pub fn any_hash(&self) -> Option<String> {
        let wire = type_name::to_wire(&self.carried.name)?;
        Some(format!("{}{}/{wire}/*", self.domain, self.topic))
    }

    /// The key to send on. `None` if the type's name or hash is none.
    pub fn exact(&self) -> Option<String> {
        let wire = type_name::to_wire(&self.carried.name)?;
        is_hash(&self.carried.hash)
            .then(|| format!("{}{}/{wire}/{}", self.domain, self.topic, self.carried.hash))
    }

    /// Reads a key; `None` if it is not one.
    pub fn parse(key: &str) -> Option<Self> {
        let (domain, rest) = key.split_once('/')?;
        let (rest, hash) = rest.rsplit_once('/')?;
        let (topic, wire) = rest.rsplit_once('/')?;
        let carried = TypeInfo { name: type_name::from_wire(wire)?, hash: hash.to_owned() };
        let topic = TopicName::absolute(&format!("/{topic}")).ok()?;
        is_hash(hash).then_some(Self { domain: domain.parse().ok()?, topic, carried })
    }
}

impl fmt::Display for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.exact().as_deref().unwrap_or("a key without a type"))
    }
}

/// Whether a text may stand as a hash in a key. Only its characters are checked: Humble writes a word there,
/// and what comes after RIHS01 is not known yet.
pub(crate) fn is_hash(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_CHUNK
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::NO_HASH;

    const STRING: &str = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18";

    fn chatter() -> DataKey {
        DataKey {
            domain: 0,
            topic: TopicName::absolute("/demo/chatter").unwrap(),
            carried: TypeInfo { name: "std_msgs/msg/String".to_owned(), hash: STRING.to_owned() },
        }
    }

    #[test]
    fn the_recorded_key_is_written_and_read() {
        let recorded = format!("0/demo/chatter/std_msgs::msg::dds_::String_/{STRING}");

        assert_eq!(chatter().to_string(), recorded);
        assert_eq!(DataKey::parse(&recorded), Some(chatter()));
        assert_eq!(chatter().any_hash().as_deref(), Some("0/demo/chatter/std_msgs::msg::dds_::String_/*"));
    }

    #[test]
    fn humbles_key_has_a_word_for_a_hash() {
        let mut humble = chatter();
        NO_HASH.clone_into(&mut humble.carried.hash);

        let key = humble.to_string();

        assert_eq!(key, "0/demo/chatter/std_msgs::msg::dds_::String_/TypeHashNotSupported");
        assert_eq!(DataKey::parse(&key), Some(humble));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in [
            "",
            "0",
            "0/chatter",
            "0/std_msgs::msg::dds_::String_/h",
            "x/chatter/std_msgs::msg::dds_::String_/h",
            "0//chatter/std_msgs::msg::dds_::String_/h",
            "0/chatter/std_msgs::msg::dds_::String_/",
            "0/chatter/std_msgs::msg::dds_::String_/*",
            "0/chatter/String/h",
            "0/chat-ter/std_msgs::msg::dds_::String_/h",
            "99999999999/chatter/std_msgs::msg::dds_::String_/h",
        ] {
            assert_eq!(DataKey::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn keys_come_back(domain: u32, topic in "(/[a-z_][a-z0-9_]{0,9}){1,5}", hash in "[A-Za-z0-9_]{1,80}") {
            let key = DataKey {
                domain,
                topic: TopicName::absolute(&topic).unwrap(),
                carried: TypeInfo { name: "a/msg/B".to_owned(), hash },
            };
            prop_assert_eq!(DataKey::parse(&key.to_string()), Some(key));
        }

        #[test]
        fn any_text_is_an_answer(text in "[0-9a-z/:_%*]{0,120}") {
            if let Some(key) = DataKey::parse(&text) {
                prop_assert!(key.exact().is_some());
            }
        }
    }
}
