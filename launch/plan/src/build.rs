//! [`Entity`]s → [`Document`]: from here on nobody knows which form a launch file was written in.

mod process;

use std::sync::Arc;

use crate::diagnostic::Sink;
use crate::document::{
    Action, ActionKind, Argument, Bridge, Document, EnvVar, Group, Include, Kept, Level, Loop, Machine,
    Remap, Rounds, Values, Wire,
};
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
    sink.append(found, None);
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
            "reset" => ActionKind::Reset { kept: kept(entity) },
            "include" => ActionKind::Include(Box::new(include(entity)?)),
            "group" => ActionKind::Group(Box::new(Group {
                scoped: entity.text("scoped"),
                forwarding: entity.text("forwarding"),
                machine: entity.text("machine"),
                kept: kept(entity),
                actions: self.actions(&entity.actions),
            })),
            "for" | "for_each" => ActionKind::Loop(Box::new(Loop {
                rounds: rounds(entity)?,
                scoped: entity.text("scoped"),
                actions: self.actions(&entity.actions),
            })),
            "timer" | "ros_timer" => {
                ActionKind::Timer { period: entity.text("period")?, actions: self.actions(&entity.actions) }
            }
            "push_ros_namespace" => ActionKind::PushNamespace(entity.text("namespace")?),
            "set_parameter" => {
                ActionKind::SetParameter { name: entity.text("name")?, value: values(entity, "value")? }
            }
            "set_remap" => ActionKind::SetRemap(remap(entity)?),
            "set_env" => ActionKind::SetEnv(variable(entity)?),
            "append_env" => ActionKind::AppendEnv {
                variable: variable(entity)?,
                prepend: entity.text("prepend"),
                separator: entity.text("separator"),
            },
            "set_ros_log_dir" => ActionKind::SetLogDir(entity.text("new_log_dir")?),
            "reset_env" => ActionKind::ResetEnv,
            "unset_env" => ActionKind::UnsetEnv(entity.text("name")?),
            "set_parameters_from_file" => ActionKind::SetParameters {
                path: entity.text("filename")?,
                allow_substs: entity.text("allow_substs"),
            },
            "set_use_sim_time" => ActionKind::SetUseSimTime(entity.text("value")?),
            "machine" => ActionKind::Machine(Box::new(Machine {
                name: entity.text("name")?,
                address: entity.text("address"),
                on_operator_lost: entity.text("on_operator_lost"),
                env: entity.parts("env").filter_map(variable).collect(),
            })),
            "log" | "log_debug" | "log_info" | "log_warning" | "log_error" => {
                ActionKind::Log { message: entity.text("message")?, level: level(entity) }
            }
            "shutdown" => ActionKind::Shutdown { reason: entity.text("reason") },
            "wire" => ActionKind::Wire(Box::new(wire(entity)?)),
            "bridge" => ActionKind::Bridge(Box::new(bridge(entity))),
            // Every rule of the table has its arm: a test builds each.
            _ => return None,
        })
    }
}

fn wire(entity: &Entity) -> Option<Wire> {
    Some(Wire {
        from: entity.text("from")?,
        to: entity.texts("to"),
        max_rate: entity.text("max_rate"),
        priority: entity.text("priority"),
        reliability: entity.text("reliability"),
    })
}

fn bridge(entity: &Entity) -> Bridge {
    Bridge {
        connect: entity.texts("connect"),
        listen: entity.texts("listen"),
        machine: entity.text("machine"),
        dds: entity.text("dds"),
        wire_domain: entity.text("wire_domain"),
        allow_out: entity.texts("allow_out"),
        allow_in: entity.texts("allow_in"),
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

/// Values for the arguments of the file included; ROS 2 has two names for them.
fn include(entity: &Entity) -> Option<Include> {
    let given = ["arg", "let"].into_iter().flat_map(|part| entity.parts(part));
    let arguments = given.filter_map(|one| pair(one, "name", "value")).collect();
    Some(Include { file: entity.text("file")?, arguments, scoped: entity.text("scoped") })
}

fn kept(entity: &Entity) -> Vec<Kept> {
    let keep = |one: &Entity| Some(Kept { name: one.text("name")?, value: one.text("value") });
    entity.parts("keep").filter_map(keep).collect()
}

fn rounds(entity: &Entity) -> Option<Rounds> {
    match entity.value("values") {
        None => Some(Rounds::Count { len: entity.text("len")?, name: entity.plain("name")?.0 }),
        Some(Written::Rows(rows)) => Some(Rounds::Listed(rows.clone())),
        Some(_) => entity.text("values").map(Rounds::Written),
    }
}

/// `log` states a level, the others have one in their name.
fn level(entity: &Entity) -> Level {
    match entity.rule.name.strip_prefix("log_") {
        Some(level) => Level::Fixed(level),
        None => Level::Written(entity.text("level")),
    }
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
    match entity.value(name)? {
        Written::One(text) => Some(Values::One(text.clone())),
        Written::Many(texts, at) => Some(Values::Many(texts.clone(), at.clone())),
        Written::Rows(_) => None,
    }
}
