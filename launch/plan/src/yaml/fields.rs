//! The keys of one entry: asked for one by one; what nobody asked for is a mistake.

use vc_words::yaml::{Key, Yaml};

use super::Reader;
use crate::diagnostic::Diagnostic;
use crate::document::Condition;
use crate::source::{At, Text};

/// The keys of one entry.
pub(super) struct Fields<'a> {
    reader: &'a Reader,
    /// What the entry is called, such as `node`.
    entity: &'a str,
    at: At,
    entries: &'a [(Key, Yaml)],
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// `None`, and a mistake noted, if the value is no mapping.
    pub(super) fn new(reader: &'a Reader, entity: &'a str, at: &At, tree: &'a Yaml) -> Option<Self> {
        let Some(entries) = tree.as_map() else {
            let message = format!("`{entity}` must be a mapping, not {}", tree.kind());
            reader.push(Diagnostic::error(message).at(&reader.at(tree.place, 1)));
            return None;
        };
        Some(Self { reader, entity, at: at.clone(), entries, known: Vec::new() })
    }

    /// The value of a key.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Yaml> {
        self.known.push(key);
        self.entries.iter().find(|(found, _)| found.text == key).map(|(_, value)| value)
    }

    /// The text of a key that may be left out.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        let value = self.value(key)?;
        self.reader.text(value, &format!("`{key}`"))
    }

    /// The text of a key that must be there.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Text> {
        let value = self.must(key)?;
        self.reader.text(value, &format!("`{key}`"))
    }

    /// The value of a key that must be there.
    pub(super) fn must(&mut self, key: &'static str) -> Option<&'a Yaml> {
        let value = self.value(key);
        if value.is_none() {
            let message = format!("`{}` needs `{key}`", self.entity);
            self.reader.push(Diagnostic::error(message).at(&self.at));
        }
        value
    }

    /// The items of a key that holds a list.
    pub(super) fn list(&mut self, key: &'static str) -> &'a [Yaml] {
        match self.value(key) {
            Some(value) => self.reader.list(value, &format!("`{key}`")),
            None => &[],
        }
    }

    /// Text that is used as it stands: a name that must be known before anything is worked out.
    pub(super) fn plain(&mut self, key: &'static str, required: bool) -> Option<(String, At)> {
        let text = if required { self.required(key)? } else { self.text(key)? };
        let Some(plain) = text.literal() else {
            let message = format!("`{key}` of `{}` cannot hold substitutions", self.entity);
            self.reader.push(Diagnostic::error(message).at(&text.at));
            return None;
        };
        Some((plain, text.at))
    }

    /// `if` and `unless`, which every entry may have.
    pub(super) fn conditions(&mut self) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (key, wanted) in [("if", true), ("unless", false)] {
            conditions.extend(self.text(key).map(|text| Condition { text, wanted }));
        }
        conditions
    }

    /// Notes a key that ROS 2 has and this version has not.
    pub(super) fn later(&mut self, key: &'static str) {
        self.known.push(key);
        if let Some((found, _)) = self.entries.iter().find(|(found, _)| found.text == key) {
            let message = format!("`{key}` of `{}` is not supported in this version", self.entity);
            let at = self.reader.at(found.place, found.text.chars().count());
            self.reader.push(Diagnostic::error(message).at(&at));
        }
    }

    /// Notes a key that is read, but changes nothing here.
    pub(super) fn ignored(&mut self, key: &'static str) {
        self.known.push(key);
        if let Some((found, _)) = self.entries.iter().find(|(found, _)| found.text == key) {
            let message = format!("`{key}` has no effect in this version");
            let at = self.reader.at(found.place, found.text.chars().count());
            self.reader.push(Diagnostic::warning(message).at(&at));
        }
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !self.known.contains(&key.text.as_str())) {
            let at = self.reader.at(key.place, key.text.chars().count());
            let known = self.known.join(", ");
            let diagnostic = Diagnostic::error(format!("`{}` has no key `{}`", self.entity, key.text))
                .at(&at)
                .hint(format!("its keys are {known}"))
                .did_you_mean(&key.text, self.known.iter().copied());
            self.reader.push(diagnostic);
        }
    }
}
