//! What both front ends make of a launch file's text: entities that fit the [`grammar`](crate::grammar),
//! whatever they were written in.

use std::cell::RefCell;
use std::sync::Arc;

use vc_words::yaml::Place;

use crate::diagnostic::{Diagnostic, Sink};
use crate::document::Condition;
use crate::grammar::{ACTIONS, Attribute, Kind, Rule};
use crate::source::{At, Source, Text};

/// How a launch file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Yaml,
    Xml,
}

/// One entity, its attributes and parts all known to its rule.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) rule: &'static Rule,
    /// Its name.
    pub(crate) at: At,
    pub(crate) values: Vec<(&'static str, Written)>,
    /// What belongs to it, such as the parameters of a node.
    pub(crate) parts: Vec<Entity>,
    /// The entries within it.
    pub(crate) actions: Vec<Entity>,
}

/// The value of an attribute.
#[derive(Debug, Clone)]
pub(crate) enum Written {
    One(Text),
    Many(Vec<Text>, At),
    /// Mappings of names to texts.
    Rows(Vec<Vec<(String, Text)>>),
}

impl Entity {
    pub(crate) fn new(rule: &'static Rule, at: At) -> Self {
        Self { rule, at, values: Vec::new(), parts: Vec::new(), actions: Vec::new() }
    }

    /// The value of an attribute, as written.
    pub(crate) fn value(&self, name: &str) -> Option<&Written> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The text of an attribute. Where there must be one, the front end has noted its lack.
    pub(crate) fn text(&self, name: &str) -> Option<Text> {
        match self.value(name) {
            Some(Written::One(text)) => Some(text.clone()),
            _ => None,
        }
    }

    /// The texts of an attribute that may be a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<Text> {
        match self.value(name) {
            Some(Written::One(text)) => vec![text.clone()],
            Some(Written::Many(texts, _)) => texts.clone(),
            Some(Written::Rows(_)) | None => Vec::new(),
        }
    }

    /// The text of an attribute that holds no substitution.
    pub(crate) fn plain(&self, name: &str) -> Option<(String, At)> {
        let text = self.text(name)?;
        Some((text.literal()?, text.at))
    }

    /// The parts of one kind.
    pub(crate) fn parts(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.parts.iter().filter(move |part| part.rule.name == name)
    }

    /// `if` and `unless`.
    pub(crate) fn conditions(&self) -> Vec<Condition> {
        let condition = |name, wanted| self.text(name).map(|text| Condition { text, wanted });
        condition("if", true).into_iter().chain(condition("unless", false)).collect()
    }
}

/// Where a front end notes what does not fit the grammar.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) source: Arc<Source>,
    pub(crate) form: Form,
    pub(crate) sink: RefCell<Sink>,
}

impl Reading {
    pub(crate) fn new(source: &Arc<Source>, form: Form) -> Self {
        Self { source: source.clone(), form, sink: RefCell::default() }
    }

    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        self.sink.borrow_mut().push(diagnostic);
    }

    pub(crate) fn at(&self, place: Place, width: usize) -> At {
        At::new(&self.source, place, width)
    }

    /// The place of a name.
    pub(crate) fn name_at(&self, place: Place, name: &str) -> At {
        self.at(place, name.chars().count())
    }

    /// Text that stands at `place`, with its substitutions read.
    pub(crate) fn text(&self, raw: &str, place: Place) -> Option<Text> {
        Text::new(raw, &self.source, place).map_err(|wrong| self.push(*wrong)).ok()
    }

    /// The rule of an entry; one that there is not is a mistake.
    pub(crate) fn action(&self, name: &str, at: &At) -> Option<&'static Rule> {
        let rule = Rule::of_action(name);
        if rule.is_none() {
            self.push(unknown_action(name).at(at));
        }
        rule
    }

    /// Notes a name that an entity has no use for.
    pub(crate) fn unknown(&self, rule: &Rule, name: &str, at: &At) {
        let (known, word) = match self.form {
            Form::Yaml => (rule.keys(), "key"),
            Form::Xml => (rule.attribute_names().collect(), "attribute"),
        };
        let message = format!("`{}` has no {word} `{name}`", rule.name);
        let all = match known.as_slice() {
            [] => "it takes none".to_owned(),
            known => format!("its {word}s are {}", known.join(", ")),
        };
        self.push(Diagnostic::error(message).at(at).hint(all).did_you_mean(name, known.iter().copied()));
    }

    /// Adds a value to an entity, if it is of the right kind.
    pub(crate) fn add(&self, entity: &mut Entity, attribute: &'static Attribute, value: Written) {
        let name = attribute.name;
        match &value {
            Written::Many(_, at) if attribute.kind != Kind::Texts => {
                let message = format!("`{name}` must be text, not a list");
                self.push(Diagnostic::error(message).at(at));
            }
            Written::One(text) if attribute.kind == Kind::Plain && text.literal().is_none() => {
                let message = format!("`{name}` of `{}` cannot hold substitutions", entity.rule.name);
                self.push(Diagnostic::error(message).at(&text.at));
            }
            _ => entity.values.push((name, value)),
        }
    }

    /// Notes what an entity lacks. `written` tells what was written, right or wrong.
    pub(crate) fn complete(&self, entity: &Entity, written: impl Fn(&str) -> bool) {
        for attribute in entity.rule.attributes() {
            if attribute.required && !written(attribute.name) {
                let message = format!("`{}` needs `{}`", entity.rule.name, attribute.name);
                self.push(Diagnostic::error(message).at(&entity.at));
            }
        }
    }
}

/// Entries that ROS 2 has and we have not, and what to do instead.
const DECLINED: &[(&str, &str)] = &[
    ("node_container", COMPONENTS),
    ("load_composable_node", COMPONENTS),
    ("composable_node", COMPONENTS),
    (
        "lifecycle_node",
        "write `node`, and bring it up with `ros2 lifecycle set`, or a node that does: blocks are ready once they run",
    ),
];

const COMPONENTS: &str = "write each component as a `node` with its own program: blocks pass messages through shared memory \
                          without a copy, so there is no need to put them into one process";

fn unknown_action(name: &str) -> Diagnostic {
    let known: Vec<&str> = ACTIONS.iter().map(|rule| rule.name).collect();
    if let Some((_, instead)) = DECLINED.iter().find(|(declined, _)| name.replace('-', "_") == *declined) {
        let hint = (!instead.is_empty()).then(|| (*instead).to_owned());
        return Diagnostic::error(format!("`{name}` is not supported in this version")).maybe_hint(hint);
    }
    Diagnostic::error(format!("there is no entry `{name}`"))
        .hint(format!("the entries are {}", known.join(", ")))
        .did_you_mean(&name.replace('-', "_"), known.iter().copied())
}
