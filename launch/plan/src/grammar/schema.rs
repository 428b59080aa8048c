//! The grammar as a JSON schema, by which editors complete and check launch files in YAML.

use serde_json::{Map, Value, json};

use super::{ACTIONS, Attribute, CONDITIONS, Kind, Rule};

/// The JSON schema (draft 7, which editors know) of launch files in YAML.
pub fn schema() -> Value {
    let mut definitions = Map::new();
    let mut entries = Map::new();
    for rule in ACTIONS {
        define(rule, &rule.key(), &mut definitions);
        let entry = json!({"$ref": format!("#/definitions/{}", rule.key()), "description": rule.about});
        entries.insert(rule.name.to_owned(), entry.clone());
        if rule.name.contains('_') {
            // ROS 2 writes some entries with dashes.
            entries.insert(rule.name.replace('_', "-"), entry);
        }
    }
    definitions.insert("text".to_owned(), json!({"type": ["string", "number", "boolean", "null"]}));
    definitions.insert(
        "truth".to_owned(),
        json!({"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}, {"type": "string"}]}),
    );
    definitions.insert("number".to_owned(), json!({"anyOf": [{"type": "number"}, {"type": "string"}]}));
    definitions.insert("substitution".to_owned(), json!({"type": "string", "pattern": "\\$\\("}));
    definitions.insert(
        "entry".to_owned(),
        json!({
            "type": "object",
            "properties": entries,
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
        }),
    );
    definitions
        .insert("entries".to_owned(), json!({"type": "array", "items": {"$ref": "#/definitions/entry"}}));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Launch file",
        "description": "Which programs run, with which parameters, and how their ports are joined.",
        "type": "object",
        "properties": {
            "launch": {"anyOf": [{"$ref": "#/definitions/entries"}, {"type": "null"}]},
        },
        "required": ["launch"],
        "additionalProperties": false,
        "definitions": definitions,
    })
}

impl Rule {
    /// Its name among the definitions: that of an entry, and of a part that bears an entry's name.
    fn key(&self) -> String {
        let is_taken = !self.is_action() && Self::of_action(self.name).is_some();
        if is_taken { format!("given_{}", self.name) } else { self.name.to_owned() }
    }
}

/// Adds a rule, and those of its parts.
fn define(rule: &'static Rule, key: &str, definitions: &mut Map<String, Value>) {
    if definitions.contains_key(key) {
        return;
    }
    // A rule may be part of itself, as `param` is.
    definitions.insert(key.to_owned(), Value::Null);
    let mut properties = Map::new();
    let conditions = CONDITIONS.iter().filter(|_| rule.is_action());
    for attribute in rule.attributes().chain(conditions) {
        properties.insert(attribute.name.to_owned(), described(attribute));
    }
    for part in rule.parts {
        let key = part.key();
        define(part, &key, definitions);
        let one = json!({"$ref": format!("#/definitions/{key}")});
        let list = json!({"type": "array", "items": one});
        let value = if part.short.is_some() { json!({"anyOf": [list, one]}) } else { list };
        let mut value = value;
        value["description"] = part.about.into();
        properties.insert(part.name.to_owned(), value);
    }
    let mut required: Vec<&str> =
        rule.attributes().filter(|attribute| attribute.required).map(|attribute| attribute.name).collect();
    if rule.actions {
        properties.insert("children".to_owned(), json!({"$ref": "#/definitions/entries"}));
        required.push("children");
    }
    let mut object = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        object["required"] = required.into();
    }
    let mut forms = vec![object];
    if rule.short.is_some() {
        forms.push(json!({"$ref": "#/definitions/text"}));
    }
    if rule.actions && rule.attributes().all(|attribute| !attribute.required) {
        forms.push(json!({"$ref": "#/definitions/entries"}));
    }
    if rule.can_be_empty() {
        forms.push(json!({"type": "null"}));
    }
    let mut whole = if forms.len() == 1 { forms.remove(0) } else { json!({"anyOf": forms}) };
    whole["description"] = rule.about.into();
    definitions.insert(key.to_owned(), whole);
}

fn described(attribute: &Attribute) -> Value {
    let text = json!({"$ref": "#/definitions/text"});
    let mut value = match attribute.kind {
        Kind::Text | Kind::Plain => json!({"allOf": [text]}),
        Kind::Texts => json!({"anyOf": [text, {"type": "array", "items": text}]}),
        Kind::Rows => {
            json!({"anyOf": [text, {"type": "array", "items": {"type": "object", "additionalProperties": text}}]})
        }
        Kind::Truth => json!({"allOf": [{"$ref": "#/definitions/truth"}]}),
        Kind::Number => json!({"allOf": [{"$ref": "#/definitions/number"}]}),
        Kind::Word(words) => {
            json!({"anyOf": [{"enum": spellings(words)}, {"$ref": "#/definitions/substitution"}]})
        }
    };
    value["description"] = attribute.about.into();
    value
}

/// The words, and what YAML makes of those that are truths there.
fn spellings(words: &[&str]) -> Vec<Value> {
    let truths = words.iter().filter_map(|word| word.parse::<bool>().ok()).map(Value::from);
    words.iter().copied().map(Value::from).chain(truths).collect()
}
