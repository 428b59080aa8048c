//! The entries of a launch file, one function each.

use vc_words::yaml::{Value, Yaml};

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::Diagnostic;
use crate::document::{Action, ActionKind, Argument, EnvVar, Remap, Values};
use crate::source::{At, Text};

const ACTIONS: &[&str] = &[
    "arg",
    "let",
    "node",
    "executable",
    "group",
    "push_ros_namespace",
    "set_parameter",
    "set_remap",
    "set_env",
    "unset_env",
    "log",
    "wire",
];

/// Entries that ROS 2 has and this version has not.
const LATER: &[&str] = &[
    "include",
    "timer",
    "ros_timer",
    "node_container",
    "load_composable_node",
    "composable_node",
    "append_env",
    "reset_env",
    "reset",
    "shutdown",
    "set_parameters_from_file",
    "set_use_sim_time",
    "set_ros_log_dir",
    "for",
    "for_each",
    "machine",
    "lifecycle_node",
];

impl Reader {
    /// The whole file: one key, `launch`.
    pub(super) fn root(&self, tree: &Yaml) -> Vec<Action> {
        let start = self.at(tree.place, 1);
        let Some(entries) = tree.as_map() else {
            let hint = "a launch file begins with `launch:`, and a list of entries below it";
            self.push(Diagnostic::error("this is no launch file").at(&start).hint(hint));
            return Vec::new();
        };
        let mut actions = Vec::new();
        for (key, value) in entries {
            if key.text == "launch" {
                // `launch:` with nothing below it is an empty circuit, which is said later.
                let empty = value.as_scalar().is_some_and(|scalar| scalar.text.is_empty());
                actions = if empty { Vec::new() } else { self.actions(value, "`launch`") };
            } else {
                let at = self.at(key.place, key.text.chars().count());
                let message = format!("a launch file has one key, `launch`, not `{}`", key.text);
                self.push(Diagnostic::error(message).at(&at));
            }
        }
        actions
    }

    fn actions(&self, tree: &Yaml, what: &str) -> Vec<Action> {
        self.list(tree, what).iter().filter_map(|entry| self.entry(entry)).collect()
    }

    /// One entry: a mapping of one key, its name, to what it says.
    fn entry(&self, tree: &Yaml) -> Option<Action> {
        let Some([(key, value)]) = tree.as_map() else {
            let message = match tree.as_map() {
                Some(keys) => format!("an entry has one key, its kind; this one has {}", keys.len()),
                None => format!("an entry is a mapping such as `node: …`, not {}", tree.kind()),
            };
            let hint =
                tree.as_map().map(|_| "the keys of an entry stand one level deeper than its kind".to_owned());
            self.push(Diagnostic::error(message).at(&self.at(tree.place, 1)).maybe_hint(hint));
            return None;
        };
        let at = self.at(key.place, key.text.chars().count());
        self.action(&key.text.replace('-', "_"), &at, value)
    }

    fn action(&self, name: &str, at: &At, tree: &Yaml) -> Option<Action> {
        if name == "group" && tree.as_list().is_some() {
            let kind = ActionKind::Group { scoped: None, actions: self.actions(tree, "`group`") };
            return Some(Action { at: at.clone(), conditions: Vec::new(), kind });
        }
        if !ACTIONS.contains(&name) {
            self.push(unknown(name).at(at));
            return None;
        }
        let mut fields = Fields::new(self, name, at, tree)?;
        let conditions = fields.conditions();
        let kind = match name {
            "arg" => self.argument(&mut fields),
            "let" => pair(&mut fields, "name", "value").map(|(name, value)| ActionKind::Let { name, value }),
            "node" => self.node(&mut fields),
            "executable" => self.executable(&mut fields),
            "group" => {
                let scoped = fields.text("scoped");
                fields.ignored("forwarding");
                fields.later("keep");
                let children = fields.must("children");
                children.map(|tree| ActionKind::Group { scoped, actions: self.actions(tree, "`children`") })
            }
            "push_ros_namespace" => fields.required("namespace").map(ActionKind::PushNamespace),
            "set_parameter" => {
                let (name, value) = (fields.required("name"), fields.must("value"));
                let value = value.and_then(|value| self.values(value));
                name.zip(value).map(|(name, value)| ActionKind::SetParameter { name, value })
            }
            "set_remap" => remap(&mut fields).map(ActionKind::SetRemap),
            "set_env" => env_var(&mut fields).map(ActionKind::SetEnv),
            "unset_env" => fields.required("name").map(ActionKind::UnsetEnv),
            "log" => {
                fields.text("level");
                fields.required("message").map(ActionKind::Log)
            }
            _ => self.wire(&mut fields),
        };
        fields.finish();
        Some(Action { at: at.clone(), conditions, kind: kind? })
    }

    fn argument(&self, fields: &mut Fields<'_>) -> Option<ActionKind> {
        let name = fields.plain("name", true);
        let default = fields.text("default");
        let fixed = fields.text("value");
        let description = fields.plain("description", false).map(|(text, _)| text);
        let mut choices = Vec::new();
        for item in fields.list("choices") {
            choices.extend(self.text(item, "a choice"));
        }
        for item in fields.list("choice") {
            let at = self.at(item.place, 1);
            let Some(mut choice) = Fields::new(self, "choice", &at, item) else { continue };
            choices.extend(choice.required("value"));
            choice.finish();
        }
        let (name, at) = name?;
        Some(ActionKind::Argument(Argument { name, at, default, fixed, description, choices }))
    }

    fn wire(&self, fields: &mut Fields<'_>) -> Option<ActionKind> {
        let from = fields.required("from");
        let to = fields.must("to")?;
        let to = match to.as_list() {
            Some(items) => items.iter().filter_map(|item| self.text(item, "an item of `to`")).collect(),
            None => vec![self.text(to, "`to`")?],
        };
        Some(ActionKind::Wire { from: from?, to })
    }

    /// A parameter's value: text, or a list of texts.
    pub(super) fn values(&self, tree: &Yaml) -> Option<Values> {
        match &tree.value {
            Value::Scalar(_) => self.text(tree, "`value`").map(Values::One),
            Value::List(items) => {
                let texts = items.iter().map(|item| self.text(item, "an item of `value`"));
                Some(Values::Many(texts.collect::<Option<_>>()?, self.at(tree.place, 1)))
            }
            Value::Map(_) => {
                let hint = "nest with `param:`, a list of parameters, in place of `value`";
                let message = "`value` must be text or a list, not a mapping";
                self.push(Diagnostic::error(message).at(&self.at(tree.place, 1)).hint(hint));
                None
            }
        }
    }
}

fn pair(fields: &mut Fields<'_>, first: &'static str, second: &'static str) -> Option<(Text, Text)> {
    let (first, second) = (fields.required(first), fields.required(second));
    first.zip(second)
}

pub(super) fn remap(fields: &mut Fields<'_>) -> Option<Remap> {
    pair(fields, "from", "to").map(|(from, to)| Remap { from, to })
}

pub(super) fn env_var(fields: &mut Fields<'_>) -> Option<EnvVar> {
    pair(fields, "name", "value").map(|(name, value)| EnvVar { name, value })
}

fn unknown(name: &str) -> Diagnostic {
    if LATER.contains(&name) {
        return Diagnostic::error(format!("`{name}` is not supported in this version"));
    }
    Diagnostic::error(format!("there is no entry `{name}`"))
        .hint(format!("the entries are {}", ACTIONS.join(", ")))
        .did_you_mean(name, ACTIONS.iter().copied())
}
