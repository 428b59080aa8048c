//! The YAML form: `launch:`, and a list of entries below it → [`Entity`]s.

use vc_words::yaml::{Key, Value, Yaml};

use crate::diagnostic::Diagnostic;
use crate::entity::{Entity, Reading, Written};
use crate::grammar::{Attribute, Kind, Rule};
use crate::source::At;

/// Reads a launch file's text. Whatever can be read is; the rest is noted.
pub(crate) fn entities(reading: &Reading) -> Vec<Entity> {
    match Yaml::parse(&reading.source.text) {
        Ok(tree) => Form(reading).root(&tree),
        Err(error) => {
            let message = format!("not valid YAML: {}", error.message);
            reading.push(Diagnostic::error(message).at(&reading.at(error.place, 1)));
            Vec::new()
        }
    }
}

struct Form<'a>(&'a Reading);

impl Form<'_> {
    fn here(&self, tree: &Yaml) -> At {
        self.0.at(tree.place, 1)
    }

    fn key(&self, key: &Key) -> At {
        self.0.name_at(key.place, &key.text)
    }

    /// The whole file: one key, `launch`.
    fn root(&self, tree: &Yaml) -> Vec<Entity> {
        let Some(entries) = tree.as_map() else {
            let hint = "a launch file begins with `launch:`, and a list of entries below it";
            self.0.push(Diagnostic::error("this is no launch file").at(&self.here(tree)).hint(hint));
            return Vec::new();
        };
        let mut actions = Vec::new();
        for (key, value) in entries {
            if key.text == "launch" {
                // `launch:` with nothing below it is an empty circuit, which is said later.
                actions = if is_empty(value) { Vec::new() } else { self.actions(value, "`launch`") };
            } else {
                let message = format!("a launch file has one key, `launch`, not `{}`", key.text);
                self.0.push(Diagnostic::error(message).at(&self.key(key)));
            }
        }
        actions
    }

    fn actions(&self, tree: &Yaml, what: &str) -> Vec<Entity> {
        self.list(tree, what).iter().filter_map(|entry| self.action(entry)).collect()
    }

    /// One entry: a mapping of one key, its kind, to what it says.
    fn action(&self, tree: &Yaml) -> Option<Entity> {
        let Some([(key, value)]) = tree.as_map() else {
            let message = match tree.as_map() {
                Some(keys) => format!("an entry has one key, its kind; this one has {}", keys.len()),
                None => format!("an entry is a mapping such as `node: …`, not {}", tree.kind()),
            };
            let hint =
                tree.as_map().map(|_| "the keys of an entry stand one level deeper than its kind".to_owned());
            self.0.push(Diagnostic::error(message).at(&self.here(tree)).maybe_hint(hint));
            return None;
        };
        let at = self.key(key);
        let rule = self.0.action(&key.text, &at)?;
        if rule.actions && rule.attributes().all(|attribute| !attribute.required) && value.as_list().is_some()
        {
            let what = format!("`{}`", rule.name);
            return Some(Entity { actions: self.actions(value, &what), ..Entity::new(rule, at) });
        }
        self.entity(rule, &at, value)
    }

    /// An entity's own mapping, or text where that is short for one.
    fn entity(&self, rule: &'static Rule, at: &At, tree: &Yaml) -> Option<Entity> {
        let mut entity = Entity::new(rule, at.clone());
        if is_empty(tree) && rule.can_be_empty() {
            return Some(entity);
        }
        if let (Some(short), Some(scalar)) = (rule.short, tree.as_scalar()) {
            let text = self.0.text(&scalar.text, tree.place)?;
            self.0.add(&mut entity, rule.attribute(short)?, Written::One(text));
            return Some(entity);
        }
        let Some(entries) = tree.as_map() else {
            let message = format!("`{}` must be a mapping, not {}", rule.name, tree.kind());
            self.0.push(Diagnostic::error(message).at(&self.here(tree)));
            return None;
        };
        for (key, value) in entries {
            if let Some(attribute) = rule.attribute(&key.text) {
                if let Some(value) = self.written(value, attribute) {
                    self.0.add(&mut entity, attribute, value);
                }
            } else if let Some(part) = rule.part(&key.text) {
                self.parts(part, value, &mut entity);
            } else if rule.actions && key.text == "children" {
                entity.actions = self.actions(value, "`children`");
            } else {
                self.0.unknown(rule, &key.text, &self.key(key));
            }
        }
        let has = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        self.0.complete(&entity, has);
        if rule.actions && !has("children") {
            let message = format!("`{}` needs `children`", rule.name);
            self.0.push(Diagnostic::error(message).at(at));
        }
        Some(entity)
    }

    /// The list of an entity's parts of one kind.
    fn parts(&self, rule: &'static Rule, tree: &Yaml, into: &mut Entity) {
        if rule.short.is_some() && tree.as_list().is_none() {
            into.parts.extend(self.entity(rule, &self.here(tree), tree));
            return;
        }
        for item in self.list(tree, &format!("`{}`", rule.name)) {
            into.parts.extend(self.entity(rule, &self.here(item), item));
        }
    }

    /// Text, or a list of texts or mappings.
    fn written(&self, tree: &Yaml, attribute: &Attribute) -> Option<Written> {
        let name = attribute.name;
        match &tree.value {
            Value::List(rows) if attribute.kind == Kind::Rows => self.rows(rows, name),
            Value::Scalar(scalar) => self.0.text(&scalar.text, tree.place).map(Written::One),
            Value::List(items) => {
                let mut texts = Vec::new();
                for item in items {
                    let Some(scalar) = item.as_scalar() else {
                        let message = format!("an item of `{name}` must be text, not {}", item.kind());
                        self.0.push(Diagnostic::error(message).at(&self.here(item)));
                        return None;
                    };
                    texts.extend(self.0.text(&scalar.text, item.place));
                }
                Some(Written::Many(texts, self.here(tree)))
            }
            Value::Map(_) => {
                let message = format!("`{name}` must be text, not a mapping");
                let hint = (name == "value")
                    .then(|| "nest with `param:`, a list of parameters, in place of `value`".to_owned());
                self.0.push(Diagnostic::error(message).at(&self.here(tree)).maybe_hint(hint));
                None
            }
        }
    }

    /// Mappings of names to texts.
    fn rows(&self, rows: &[Yaml], name: &str) -> Option<Written> {
        let row = |row: &Yaml| {
            let Some(entries) = row.as_map() else {
                let message = format!("an item of `{name}` must be a mapping, not {}", row.kind());
                self.0.push(Diagnostic::error(message).at(&self.here(row)));
                return None;
            };
            let entry = |(key, value): &(Key, Yaml)| {
                let Some(scalar) = value.as_scalar() else {
                    let message = format!("`{}` must be text, not {}", key.text, value.kind());
                    self.0.push(Diagnostic::error(message).at(&self.here(value)));
                    return None;
                };
                Some((key.text.clone(), self.0.text(&scalar.text, value.place)?))
            };
            entries.iter().map(entry).collect::<Option<Vec<_>>>()
        };
        rows.iter().map(row).collect::<Option<_>>().map(Written::Rows)
    }

    /// The items of a list; anything else is a mistake.
    fn list<'t>(&self, tree: &'t Yaml, what: &str) -> &'t [Yaml] {
        tree.as_list().unwrap_or_else(|| {
            let message = format!("{what} must be a list, not {}", tree.kind());
            self.0.push(Diagnostic::error(message).at(&self.here(tree)));
            &[]
        })
    }
}

fn is_empty(tree: &Yaml) -> bool {
    tree.as_scalar().is_some_and(|scalar| scalar.text.is_empty() && !scalar.quoted)
}
