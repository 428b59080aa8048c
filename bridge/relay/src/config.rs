//! A relay's settings as a file, in YAML:
//!
//! ```yaml
//! listen: [tcp/0.0.0.0:7447]
//! connect: [tcp/10.0.0.2:7447]
//! wire_domain: 0
//! out: { allow: ["/camera/**"], deny: ["/camera/raw"] }
//! in: { deny: [/cmd_vel, "/map@interface:wlan0"] }
//! topics:
//!   /camera/image: { max_rate: 10, priority: data_low, reliability: best_effort }
//! ```
//!
//! `listen: none` listens nowhere. What `vclaunch` adds for a circuit's wires: `share: true`, a relay that this domain
//! has already is used; `expect`, for each topic the nodes elsewhere that must be in sight before it is told to flow.

use vc_words::suggest::nearest;
use vc_words::yaml::{Place, Yaml, YamlError};
use vc_words::{NodeName, Priority, Reliability, TopicName};

use crate::expected::Expected;
use crate::relay::Settings;
use crate::rules::{self, Entry, Limit, Pattern};
use crate::status::Way;

const KEYS: [&str; 10] =
    ["listen", "connect", "client", "dds", "wire_domain", "out", "in", "topics", "share", "expect"];

impl Settings {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`YamlError`] with the place of what is wrong.
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        let mut settings = Self::default();
        for (key, value) in map(&Yaml::parse(text)?, &KEYS)? {
            match key {
                "listen" if is_word(value, "none") => settings.session.nowhere = true,
                "listen" => settings.session.listen = list(value, |text| Ok(text.to_owned()))?,
                "connect" => settings.session.connect = list(value, |text| Ok(text.to_owned()))?,
                "client" => settings.session.client = scalar(value, "true or false")?,
                "dds" => settings.dds = scalar(value, "true or false")?,
                "wire_domain" => settings.wire_domain = Some(scalar(value, "a number")?),
                "out" => settings.rules.out = way(value)?,
                "in" => settings.rules.r#in = way(value)?,
                "share" => settings.share = scalar(value, "true or false")?,
                "expect" => settings.expected = expected_of(value)?,
                _ => settings.rules.limits = limits(value)?,
            }
        }
        Ok(settings)
    }
}

fn is_word(yaml: &Yaml, word: &str) -> bool {
    yaml.as_scalar().is_some_and(|scalar| scalar.text == word)
}

fn expected_of(yaml: &Yaml) -> Result<Expected, YamlError> {
    let mut expected = Expected::default();
    for (key, value) in map(yaml, &["out", "in"])? {
        let entries = value.as_map().ok_or_else(|| self::expected(value, "a mapping of topics"))?;
        for (topic, nodes) in entries {
            let name =
                TopicName::absolute(&topic.text).map_err(|error| wrong(topic.place, error.to_string()))?;
            let node = |text: &str| NodeName::parse(text).map_err(|error| error.to_string());
            let way = if key == "out" { Way::Out } else { Way::In };
            expected.add(&name, way, list(nodes, node)?);
        }
    }
    Ok(expected)
}

fn way(yaml: &Yaml) -> Result<rules::Way, YamlError> {
    let mut way = rules::Way::default();
    for (key, value) in map(yaml, &["allow", "deny"])? {
        let entries = list(value, |text| Entry::parse(text).map_err(|error| error.to_string()))?;
        *(if key == "allow" { &mut way.allow } else { &mut way.deny }) = entries;
    }
    Ok(way)
}

fn limits(yaml: &Yaml) -> Result<Vec<(Pattern, Limit)>, YamlError> {
    let entries = yaml.as_map().ok_or_else(|| expected(yaml, "a mapping of topics"))?;
    let each = entries.iter().map(|(key, value)| {
        let pattern = Pattern::parse(&key.text).map_err(|error| wrong(key.place, error.to_string()))?;
        Ok((pattern, limit(value)?))
    });
    each.collect()
}

fn limit(yaml: &Yaml) -> Result<Limit, YamlError> {
    let mut limit = Limit::default();
    for (key, value) in map(yaml, &["max_rate", "priority", "reliability"])? {
        if key == "max_rate" {
            let rate: f64 = scalar(value, "a rate in hertz")?;
            let is_one = rate.is_finite() && rate > 0.0;
            limit.max_rate = Some(rate).filter(|_| is_one);
            limit.max_rate.ok_or_else(|| expected(value, "a rate above 0, in hertz"))?;
        } else if key == "reliability" {
            limit.reliability = Some(word(value, Reliability::parse, &Reliability::WORDS)?);
        } else {
            limit.priority = Some(word(value, Priority::parse, &Priority::WORDS)?);
        }
    }
    Ok(limit)
}

fn word<T>(yaml: &Yaml, parse: impl Fn(&str) -> Option<T>, words: &[&str]) -> Result<T, YamlError> {
    let found = yaml.as_scalar().and_then(|scalar| parse(&scalar.text));
    found.ok_or_else(|| expected(yaml, &format!("one of {}", words.join(", "))))
}

/// The entries of a mapping whose keys are known.
fn map<'a>(yaml: &'a Yaml, known: &[&str]) -> Result<Vec<(&'a str, &'a Yaml)>, YamlError> {
    if yaml.as_scalar().is_some_and(|scalar| scalar.text.is_empty()) {
        return Ok(Vec::new());
    }
    let entries =
        yaml.as_map().ok_or_else(|| expected(yaml, &format!("a mapping of {}", known.join(", "))))?;
    for (key, _) in entries {
        if !known.contains(&key.text.as_str()) {
            let hint = nearest(&key.text, known.iter().copied()).map_or_else(
                || format!("known: {}", known.join(", ")),
                |word| format!("did you mean `{word}`?"),
            );
            return Err(wrong(key.place, format!("there is no setting `{}`; {hint}", key.text)));
        }
    }
    Ok(entries.iter().map(|(key, value)| (key.text.as_str(), value)).collect())
}

fn list<T>(yaml: &Yaml, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, YamlError> {
    let items = yaml.as_list().ok_or_else(|| expected(yaml, "a list, such as [a, b]"))?;
    let each = items.iter().map(|item| {
        let text = item.as_scalar().ok_or_else(|| expected(item, "a text"))?;
        read(&text.text).map_err(|message| wrong(item.place, message))
    });
    each.collect()
}

fn scalar<T: std::str::FromStr>(yaml: &Yaml, what: &str) -> Result<T, YamlError> {
    let value = yaml.as_scalar().and_then(|scalar| scalar.text.parse().ok());
    value.ok_or_else(|| expected(yaml, what))
}

fn expected(yaml: &Yaml, what: &str) -> YamlError {
    let found =
        yaml.as_scalar().map_or_else(|| yaml.kind().to_owned(), |scalar| format!("`{}`", scalar.text));
    wrong(yaml.place, format!("expected {what}, found {found}"))
}

fn wrong(place: Place, message: String) -> YamlError {
    YamlError { place, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_whole_file_is_read() {
        let settings = Settings::parse(
            "listen: [tcp/0.0.0.0:7447]\nconnect: [tcp/10.0.0.2:7447]\nwire_domain: 3\n\
             out: { allow: [\"/camera/**\"], deny: [\"/camera/raw\"] }\nin: { deny: [/cmd_vel] }\n\
             topics:\n  /camera/image: { max_rate: 10, priority: data_low }\n",
        )
        .unwrap();

        let topic = |name| TopicName::absolute(name).unwrap();
        assert_eq!(settings.session.listen, ["tcp/0.0.0.0:7447"]);
        assert_eq!((settings.session.connect.len(), settings.wire_domain), (1, Some(3)));
        assert!(
            settings.rules.out.allows(&topic("/camera/image")) && !settings.rules.out.allows(&topic("/a"))
        );
        assert!(
            !settings.rules.out.allows(&topic("/camera/raw"))
                && !settings.rules.r#in.allows(&topic("/cmd_vel"))
        );
        let limit = settings.rules.limit(&topic("/camera/image"));
        assert_eq!(
            limit,
            Limit { max_rate: Some(10.0), priority: Some(Priority::DataLow), reliability: None }
        );
        assert_eq!(settings.rules.limit(&topic("/b")), Limit::default());
        assert_eq!(Settings::parse("").unwrap(), Settings::default());
    }

    #[test]
    fn mistakes_say_where_and_what_was_meant() {
        for (text, place, message) in [
            ("lisen: []", "1:1", "did you mean `listen`?"),
            ("out: 3", "1:6", "expected a mapping of allow, deny, found `3`"),
            ("out:\n  deny: [camera]", "2:10", "`camera` matches no topic"),
            ("in:\n  deny: [\"/a@robot1\"]", "2:10", "`robot1` names no peer"),
            ("listen: tcp/a:1", "1:9", "expected a list"),
            ("wire_domain: -1", "1:14", "expected a number, found `-1`"),
            ("topics: { /a: { max_rate: 0 } }", "1:27", "expected a rate above 0"),
            ("topics: { /a: { max_rate: nan } }", "1:27", "expected a rate above 0"),
            ("topics: { /a: { priority: first } }", "1:27", "expected one of real_time"),
            ("client: [yes]", "1:9", "expected true or false, found a list"),
        ] {
            let error = Settings::parse(text).unwrap_err();
            assert_eq!(error.place.to_string(), place, "{text}: {error}");
            assert!(error.to_string().contains(message), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_answer(text in "[a-z:{}\\[\\], /*\\n]{0,80}") {
            let _ = Settings::parse(&text);
        }
    }
}
