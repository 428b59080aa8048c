//! [`Entity`]s → [`Document`]: from here on nobody knows which form a launch file was written in.

mod process;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Sink};
use crate::document::{Action, ActionKind, Argument, Document, EnvVar, Remap, Values};
use crate::entity::{Entity, Form, Reading, Written};
use crate::source::{Source, Text};
use crate::{xml, yaml};

/// Reads a launch file's text. Whatever can be read is; the rest is in the sink.
pub(crate) fn document(source: &Arc<Source>, form: Form, sink: &mut Sink) -> Document {
    let reading = Reading::new(source, form);
    let entities = match form {
        Form::Yaml => yaml::entities(&reading),
        Form::Xml => xml::entities(&reading),
    };
    let actions = Builder(&reading).actions(&entities);
    let found = reading.sink.into_inner();
    let incomplete = found.has_errors();
    sink.append(found);
    Document { source: source.clone(), actions, incomplete }
}

struct Builder<'a>(&'a Reading);

impl Builder<'_> {
    /// An entry that lacks something was noted already, and is left out.
    fn actions(&self, entities: &[Entity]) -> Vec<Action> {
        let action = |entity| {
            let kind = self.action(entity)?;
            Some(Action { at: entity.at.clone(), conditions: entity.conditions(), kind })
        };
        entities.iter().filter_map(action).collect()
    }

    fn action(&self, entity: &Entity) -> Option<ActionKind> {
        Some(match entity.rule.name {
            "arg" => ActionKind::Argument(argument(entity)?),
            "let" => {
                let (name, value) = pair(entity, "name", "value")?;
                ActionKind::Let { name, value }
            }
            "node" => ActionKind::Node(Box::new(self.node(entity)?)),
            "executable" => ActionKind::Executable(Box::new(self.executable(entity)?)),
            "group" => {
                if let Some(forwarding) = entity.text("forwarding") {
                    let message = "`forwarding` has no effect in this version";
                    self.0.push(Diagnostic::warning(message).at(&forwarding.at));
                }
                ActionKind::Group { scoped: entity.text("scoped"), actions: self.actions(&entity.actions) }
            }
            "push_ros_namespace" => ActionKind::PushNamespace(entity.text("namespace")?),
            "set_parameter" => {
                ActionKind::SetParameter { name: entity.text("name")?, value: values(entity, "value")? }
            }
            "set_remap" => ActionKind::SetRemap(remap(entity)?),
            "set_env" => ActionKind::SetEnv(variable(entity)?),
            "unset_env" => ActionKind::UnsetEnv(entity.text("name")?),
            "log" => ActionKind::Log(entity.text("message")?),
            "wire" => {
                let (from, to) = (entity.text("from")?, entity.texts("to"));
                ActionKind::Wire { from, to }
            }
            // Every rule of the table has its arm: a test builds each.
            _ => return None,
        })
    }
}

fn argument(entity: &Entity) -> Option<Argument> {
    let (name, at) = entity.plain("name")?;
    let mut choices = entity.texts("choices");
    choices.extend(entity.parts("choice").filter_map(|choice| choice.text("value")));
    Some(Argument {
        name,
        at,
        default: entity.text("default"),
        fixed: entity.text("value"),
        description: entity.plain("description").map(|(text, _)| text),
        choices,
    })
}

fn pair(entity: &Entity, first: &str, second: &str) -> Option<(Text, Text)> {
    entity.text(first).zip(entity.text(second))
}

fn remap(entity: &Entity) -> Option<Remap> {
    pair(entity, "from", "to").map(|(from, to)| Remap { from, to })
}

fn variable(entity: &Entity) -> Option<EnvVar> {
    pair(entity, "name", "value").map(|(name, value)| EnvVar { name, value })
}

/// A parameter's value: text, or a list of texts.
fn values(entity: &Entity, name: &str) -> Option<Values> {
    entity.value(name).map(|value| match value {
        Written::One(text) => Values::One(text.clone()),
        Written::Many(texts, at) => Values::Many(texts.clone(), at.clone()),
    })
}
