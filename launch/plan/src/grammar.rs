//! The words of the launch language, stated once. The readers of both forms, YAML and XML, go by this
//! table, and so do the hints, the JSON schema and the test of the manual.

mod schema;
mod table;

pub use schema::schema;
pub(crate) use table::{ACTIONS, LEVELS, TYPES};

/// One kind of entity: an entry of a launch file, or a part of one.
#[derive(Debug)]
pub(crate) struct Rule {
    /// What it is called; dashes in it are read as underscores.
    pub(crate) name: &'static str,
    /// What it does, for editors.
    pub(crate) about: &'static str,
    /// What it says of itself, in groups that several rules share.
    pub(crate) attributes: &'static [&'static [Attribute]],
    /// What it may hold, each any number of times.
    pub(crate) parts: &'static [&'static Rule],
    /// Whether it holds further entries.
    pub(crate) actions: bool,
    /// The attribute that is meant where text stands in place of the whole entity.
    pub(crate) short: Option<&'static str>,
}

/// A named value of an entity.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// What it means, for editors.
    pub(crate) about: &'static str,
}

/// What an attribute's value is. All but [`Kind::Plain`] may hold substitutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// Text that is used as it stands.
    Plain,
    /// Text, or a list of texts.
    Texts,
    /// Text, or a list of mappings, each of names to texts.
    Rows,
    /// `true`, `false`, `1` or `0`.
    Truth,
    /// A number, of seconds unless the attribute says otherwise.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl Rule {
    /// The rule of an entry, by the name written.
    pub(crate) fn of_action(name: &str) -> Option<&'static Self> {
        ACTIONS.iter().copied().find(|rule| rule.is_called(name))
    }

    fn is_called(&self, name: &str) -> bool {
        // ROS 2 writes some entries with dashes too.
        name.len() == self.name.len()
            && name.bytes().zip(self.name.bytes()).all(|(a, b)| a == b || (a, b) == (b'-', b'_'))
    }

    /// All attributes, those of every entry (`if`, `unless`) aside.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static Attribute> {
        self.attributes.iter().copied().flatten()
    }

    /// Whether the rule is that of an entry, which may have conditions.
    pub(crate) fn is_action(&self) -> bool {
        ACTIONS.iter().any(|rule| std::ptr::eq(*rule, self))
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        let own = self.attributes().find(|attribute| attribute.name == name);
        own.or_else(|| CONDITIONS.iter().find(|condition| condition.name == name && self.is_action()))
    }

    pub(crate) fn part(&self, name: &str) -> Option<&'static Self> {
        self.parts.iter().copied().find(|part| part.is_called(name))
    }

    /// Whether it may be left empty.
    pub(crate) fn can_be_empty(&self) -> bool {
        !self.actions && self.attributes().all(|attribute| !attribute.required)
    }

    /// The names of its attributes, those of every entry included.
    pub(crate) fn attribute_names(&self) -> impl Iterator<Item = &'static str> {
        let conditions = CONDITIONS.iter().filter(|_| self.is_action());
        self.attributes().chain(conditions).map(|attribute| attribute.name)
    }

    /// The keys of its mapping in YAML.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        let parts = self.parts.iter().map(|part| part.name);
        self.attribute_names().chain(parts).chain(self.actions.then_some("children")).collect()
    }
}

/// What every entry may have.
pub(crate) const CONDITIONS: &[Attribute] = &[
    Attribute {
        name: "if",
        kind: Kind::Truth,
        required: false,
        about: "The entry counts only if this is true.",
    },
    Attribute {
        name: "unless",
        kind: Kind::Truth,
        required: false,
        about: "The entry counts only if this is false.",
    },
];
