//! Which topics may leave this host and how, and which may come in.

use vc_words::{Priority, Reliability, TopicName};

use crate::error::RelayError;
use crate::peers::Peer;

/// A pattern of topics: `*` stands for one word between slashes, `**` for any number of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<String>);

impl Pattern {
    /// Reads a pattern, such as `/camera/*` or `/robot1/**`.
    ///
    /// # Errors
    /// [`RelayError::Pattern`] if no topic could match it.
    pub fn parse(text: &str) -> Result<Self, RelayError> {
        let refused = || RelayError::Pattern { pattern: text.to_owned() };
        let words: Vec<String> =
            text.strip_prefix('/').ok_or_else(refused)?.split('/').map(str::to_owned).collect();
        let fits = |word: &String| {
            matches!(word.as_str(), "*" | "**") || TopicName::absolute(&format!("/{word}")).is_ok()
        };
        if words.iter().all(fits) { Ok(Self(words)) } else { Err(refused()) }
    }

    /// Its words, without the slash in front.
    pub(crate) fn words(&self) -> String {
        self.0.join("/")
    }

    /// Whether it matches a topic.
    pub fn matches(&self, topic: &TopicName) -> bool {
        let words: Vec<&str> = topic.as_str().trim_start_matches('/').split('/').collect();
        vc_words::pattern::matches(&self.0, &words)
    }
}

/// An entry of a list: topics, and for whom it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which topics.
    pub pattern: Pattern,
    /// For whom; none: for all.
    pub peer: Option<Peer>,
}

impl Entry {
    /// Reads an entry, such as `/camera/*` or `/cmd_vel@certificate:operator`.
    ///
    /// # Errors
    /// [`RelayError::Pattern`] if no topic could match it, [`RelayError::Peer`] if it names nobody.
    pub fn parse(text: &str) -> Result<Self, RelayError> {
        let (pattern, peer) = text.split_once('@').map_or((text, None), |(text, peer)| (text, Some(peer)));
        let refused = |peer: &str| RelayError::Peer { peer: peer.to_owned() };
        let peer = peer.map(|peer| Peer::parse(peer).ok_or_else(|| refused(peer))).transpose()?;
        Ok(Self { pattern: Pattern::parse(pattern)?, peer })
    }
}

/// What is allowed one way: what `deny` matches is not; of the rest, all if `allow` is empty, else what it matches.
/// Entries for one peer are kept by zenoh: see [`crate::peers`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// What may pass.
    pub allow: Vec<Entry>,
    /// What may not.
    pub deny: Vec<Entry>,
}

impl Way {
    /// Whether a topic may pass, whoever is at the other end.
    pub fn allows(&self, topic: &TopicName) -> bool {
        fn for_all(entries: &[Entry]) -> impl Iterator<Item = &Pattern> {
            entries.iter().filter(|entry| entry.peer.is_none()).map(|entry| &entry.pattern)
        }
        let any = |entries| for_all(entries).any(|pattern| pattern.matches(topic));
        !any(&self.deny) && (for_all(&self.allow).next().is_none() || any(&self.allow))
    }
}

/// How a topic leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limit {
    /// Samples a second at most, of each publisher.
    pub max_rate: Option<f64>,
    /// How urgent they are.
    pub priority: Option<Priority>,
    /// Whether they wait for the link; none: as their publisher says.
    pub reliability: Option<Reliability>,
}

/// What may cross, and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// From this host to others.
    pub out: Way,
    /// From others to this host.
    pub r#in: Way,
    /// How topics leave: the first that matches.
    pub limits: Vec<(Pattern, Limit)>,
}

impl Rules {
    /// How a topic leaves.
    pub fn limit(&self, topic: &TopicName) -> Limit {
        self.limits
            .iter()
            .find(|(pattern, _)| pattern.matches(topic))
            .map(|(_, limit)| *limit)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn topic(name: &str) -> TopicName {
        TopicName::absolute(name).unwrap()
    }

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn patterns_match_words_and_rows_of_words() {
        for (text, name, expected) in [
            ("/camera/image", "/camera/image", true),
            ("/camera/image", "/camera", false),
            ("/camera/*", "/camera/image", true),
            ("/camera/*", "/camera/left/image", false),
            ("/*/image", "/camera/image", true),
            ("/robot1/**", "/robot1/arm/joint", true),
            ("/robot1/**", "/robot1", true),
            ("/robot1/**", "/robot2/arm", false),
            ("/**", "/anything/at/all", true),
            ("/**/image", "/a/b/image", true),
            ("/**/image", "/image", true),
            ("/**/image/**/raw", "/a/image/image/b/raw", true),
            ("/**/image", "/a/image/b", false),
        ] {
            assert_eq!(pattern(text).matches(&topic(name)), expected, "{text} {name}");
        }
    }

    #[test]
    fn what_matches_no_topic_is_told() {
        for text in ["", "camera", "/camera//image", "/cam*ra", "/camera/", "/1a"] {
            assert!(Pattern::parse(text).unwrap_err().to_string().contains("matches no topic"), "{text}");
        }
    }

    #[test]
    fn deny_is_stronger_than_allow() {
        let all = Way::default();
        assert!(all.allows(&topic("/a")));
        let entry = |text| Entry::parse(text).unwrap();
        let some = Way { allow: vec![entry("/a/**")], deny: vec![entry("/a/secret/**")] };
        assert!(some.allows(&topic("/a/b")) && !some.allows(&topic("/b")));
        assert!(!some.allows(&topic("/a/secret/b")));
        // What is for one peer is no rule for all.
        let one = Way { allow: vec![entry("/a@session:1")], deny: vec![entry("/b@session:1")] };
        assert!(one.allows(&topic("/b")) && one.allows(&topic("/c")));
    }

    #[test]
    fn an_entry_that_names_nobody_is_told() {
        for text in ["/a@", "/a@robot1", "/a@host:b", "/a@session:zz"] {
            assert!(Entry::parse(text).unwrap_err().to_string().contains("names no peer"), "{text}");
        }
        let entry = Entry::parse("/a/**@certificate:robot1").unwrap();
        assert_eq!(entry.peer, Some(Peer::Certificate("robot1".to_owned())));
        assert!(Entry::parse("a@session:1").unwrap_err().to_string().contains("matches no topic"));
    }

    proptest! {
        #[test]
        fn a_topic_matches_itself_and_everything(name in "(/[a-z_][a-z0-9_]{0,5}){1,6}") {
            prop_assert!(pattern(&name).matches(&topic(&name)));
            prop_assert!(pattern("/**").matches(&topic(&name)));
            let below = format!("{name}/**");
            prop_assert!(pattern(&below).matches(&topic(&name)));
        }

        #[test]
        fn any_text_is_an_answer(text in "[/a-z*]{0,40}", name in "(/[a-z]{1,2}){1,8}") {
            if let Ok(pattern) = Pattern::parse(&text) {
                let _ = pattern.matches(&topic(&name));
            }
        }
    }
}
