//! The XML form: `<launch>`, and an element an entry → [`Entity`]s.
//!
//! No document type, so no entities of a file's own that could grow; bounded in depth and number.

use roxmltree::{Document, Error, Node, ParsingOptions};
use vc_words::yaml::{MAX_DEPTH, Place};

use crate::diagnostic::Diagnostic;
use crate::entity::{Entity, Reading, Written};
use crate::grammar::{Attribute, Kind, Rule};
use crate::source::At;

/// The most elements, attributes aside, of one file.
const MAX_NODES: u32 = 200_000;
/// The most attributes of one element.
const MAX_ATTRIBUTES: usize = 200;
/// What is added to an attribute's name to say what parts the items of its list.
const SEPARATOR: &str = "-sep";

/// Reads a launch file's text. Whatever can be read is; the rest is noted.
pub(crate) fn entities(reading: &Reading) -> Vec<Entity> {
    if let Some(offset) = overloaded(&reading.source.text) {
        let at = reading.at(reading.source.place(offset), 1);
        let message = format!("this element has more than {MAX_ATTRIBUTES} attributes");
        reading.push(Diagnostic::error(message).at(&at));
        return Vec::new();
    }
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(&reading.source.text, options) {
        Ok(document) => Form(reading).root(document.root_element()),
        Err(error) => {
            reading.push(broken(&error).at(&reading.at(place_of(&error), 1)));
            Vec::new()
        }
    }
}

/// Where an element begins that has too many attributes: the parser compares each with each.
fn overloaded(text: &str) -> Option<usize> {
    let begins = text.match_indices('<').map(|(at, _)| at);
    begins.zip(text.split('<').skip(1)).find_map(|(at, element)| {
        let is_element = !element.starts_with(['!', '?']);
        let equals = element.bytes().filter(|byte| *byte == b'=').count();
        (is_element && equals > MAX_ATTRIBUTES).then_some(at)
    })
}

fn broken(error: &Error) -> Diagnostic {
    match error {
        Error::NodesLimitReached => {
            Diagnostic::error(format!("this file has more than {MAX_NODES} elements"))
        }
        Error::DtdDetected => Diagnostic::error("`<!DOCTYPE …>` is not read: a launch file needs none"),
        error => {
            // Its text ends with the place, which is shown anyway.
            let text = error.to_string();
            let message = text.rfind(" at ").map_or(text.as_str(), |end| &text[..end]);
            Diagnostic::error(format!("not valid XML: {message}"))
        }
    }
}

fn place_of(error: &Error) -> Place {
    let at = error.pos();
    let number = |number: u32| usize::try_from(number).unwrap_or(1);
    Place { line: number(at.row), column: number(at.col) }
}

struct Form<'a>(&'a Reading);

impl Form<'_> {
    /// The place of a name that begins at a byte of the text.
    fn name_at(&self, offset: usize, name: &str) -> At {
        self.0.name_at(self.0.source.place(offset), name)
    }

    fn element_at(&self, element: Node<'_, '_>) -> At {
        self.name_at(element.range().start + 1, element.tag_name().name())
    }

    fn root(&self, root: Node<'_, '_>) -> Vec<Entity> {
        let name = root.tag_name().name();
        if name != "launch" {
            let message = format!("this is no launch file: it is `<{name}>`, not `<launch>`");
            self.0.push(Diagnostic::error(message).at(&self.element_at(root)));
            return Vec::new();
        }
        for attribute in root.attributes().filter(|attribute| attribute.name() != "version") {
            let at = self.name_at(attribute.range().start, attribute.name());
            let message = format!("`launch` has no attribute `{}`", attribute.name());
            self.0.push(Diagnostic::error(message).at(&at).hint("its only attribute is version"));
        }
        self.elements(root).filter_map(|element| self.action(element, 1)).collect()
    }

    /// The elements within one. Other text is a mistake: nothing would come of it.
    fn elements<'d, 'i>(&self, parent: Node<'d, 'i>) -> impl Iterator<Item = Node<'d, 'i>> {
        for child in parent.children().filter(Node::is_text) {
            let text = child.text().unwrap_or_default();
            let trimmed = text.trim_start();
            if let Some(word) = trimmed.split_whitespace().next() {
                let offset = child.range().start + (text.len() - trimmed.len());
                let message = format!("text has no meaning here: `{word}`");
                self.0.push(Diagnostic::error(message).at(&self.name_at(offset, word)));
            }
        }
        parent.children().filter(Node::is_element)
    }

    fn action(&self, element: Node<'_, '_>, depth: usize) -> Option<Entity> {
        let at = self.element_at(element);
        let rule = self.0.action(element.tag_name().name(), &at)?;
        self.entity(rule, at, element, depth)
    }

    fn entity(&self, rule: &'static Rule, at: At, element: Node<'_, '_>, depth: usize) -> Option<Entity> {
        if depth > MAX_DEPTH {
            self.0.push(Diagnostic::error("nested too deeply").at(&at));
            return None;
        }
        let mut entity = Entity::new(rule, at);
        self.attributes(&mut entity, element);
        for child in self.elements(element) {
            let (name, at) = (child.tag_name().name(), self.element_at(child));
            if let Some(part) = rule.part(name) {
                entity.parts.extend(self.entity(part, at, child, depth + 1));
            } else if rule.actions {
                entity.actions.extend(self.action(child, depth + 1));
            } else {
                self.no_part(rule, name, &at);
            }
        }
        Some(entity)
    }

    fn attributes(&self, entity: &mut Entity, element: Node<'_, '_>) {
        let rule = entity.rule;
        let has = |name: &str| element.has_attribute(name);
        for attribute in element.attributes() {
            let name = attribute.name();
            // Its quote, as the place of a quoted text in YAML.
            let place = self.0.source.place(attribute.range_value().start.saturating_sub(1));
            let is_list = |attribute: &Attribute| attribute.kind == Kind::Texts;
            let of_list = name.strip_suffix(SEPARATOR).and_then(|name| rule.attribute(name));
            if let Some(known) = rule.attribute(name) {
                let separator = element.attribute(format!("{name}{SEPARATOR}").as_str());
                let separator = separator.filter(|_| is_list(known));
                if let Some(value) = self.written(attribute.value(), separator, place) {
                    self.0.add(entity, known, value);
                }
            } else if !of_list.is_some_and(|list| is_list(list) && has(list.name)) {
                self.0.unknown(rule, name, &self.name_at(attribute.range().start, name));
            }
        }
        self.0.complete(entity, has);
    }

    /// Text, or a list of texts if something is said to part its items.
    fn written(&self, value: &str, separator: Option<&str>, place: Place) -> Option<Written> {
        let Some(separator) = separator.filter(|separator| !separator.is_empty()) else {
            return self.0.text(value, place).map(Written::One);
        };
        let items = value.split(separator).map(str::trim).filter(|item| !item.is_empty());
        let texts: Option<Vec<_>> = items.map(|item| self.0.text(item, place)).collect();
        Some(Written::Many(texts?, self.0.at(place, value.chars().count() + 2)))
    }

    fn no_part(&self, rule: &Rule, name: &str, at: &At) {
        let known: Vec<&str> = rule.parts.iter().map(|part| part.name).collect();
        let message = format!("`{}` holds no `<{name}>`", rule.name);
        let all = match known.as_slice() {
            [] => "it holds nothing".to_owned(),
            known => format!("it holds {}", known.join(", ")),
        };
        self.0.push(Diagnostic::error(message).at(at).hint(all).did_you_mean(name, known.iter().copied()));
    }
}
