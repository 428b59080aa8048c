//! `node` and `executable`.

use super::{Builder, remap, values, variable};
use crate::diagnostic::Diagnostic;
use crate::document::{After, Executable, Node, Parameter, Process};
use crate::entity::Entity;

impl Builder<'_> {
    pub(super) fn node(&self, entity: &Entity) -> Option<Node> {
        Some(Node {
            pkg: entity.text("pkg"),
            exec: entity.text("exec")?,
            namespace: entity.text("namespace"),
            parameters: self.parameters(entity),
            remaps: entity.parts("remap").filter_map(remap).collect(),
            args: entity.text("args"),
            ros_args: entity.text("ros_args"),
            python: entity.text("python"),
            process: self.process(entity),
        })
    }

    pub(super) fn executable(&self, entity: &Entity) -> Option<Executable> {
        Some(Executable {
            cmd: entity.text("cmd")?,
            shell: entity.text("shell"),
            process: self.process(entity),
        })
    }

    fn process(&self, entity: &Entity) -> Process {
        let text = |name| entity.text(name);
        Process {
            name: text("name"),
            exec_name: text("exec_name"),
            env: entity.parts("env").filter_map(variable).collect(),
            output: text("output"),
            emulate_tty: text("emulate_tty"),
            stdin: text("stdin"),
            respawn: text("respawn"),
            respawn_delay: text("respawn_delay"),
            respawn_max_retries: text("respawn_max_retries"),
            cwd: text("cwd"),
            launch_prefix: text("launch-prefix"),
            on_exit: text("on_exit"),
            after: entity.parts("after").filter_map(|item| self.after(item)).collect(),
            required: text("required"),
            watchdog: text("watchdog"),
            nice: text("nice"),
            cpu: entity.texts("cpu"),
            memory: text("memory"),
            sigterm_timeout: text("sigterm_timeout"),
            sigkill_timeout: text("sigkill_timeout"),
            machine: text("machine"),
        }
    }

    /// `node`, perhaps with `is`, or `topic`.
    fn after(&self, item: &Entity) -> Option<After> {
        if let Some(topic) = item.text("topic") {
            self.excluded(item, "topic", &["node", "is"]);
            return Some(After::Topic(topic));
        }
        let Some(node) = item.text("node") else {
            self.0.push(Diagnostic::error("`after` needs `node` or `topic`").at(&item.at));
            return None;
        };
        Some(After::Node { node, is: item.text("is") })
    }

    fn parameters(&self, entity: &Entity) -> Vec<Parameter> {
        entity.parts("param").filter_map(|param| self.parameter(param)).collect()
    }

    /// `name` with `value`, or `name` with nested parameters, or `from`.
    fn parameter(&self, param: &Entity) -> Option<Parameter> {
        let has_parts = param.parts("param").next().is_some();
        let text = |name| param.text(name);
        if let Some(path) = text("from") {
            self.excluded(param, "from", &["name", "value", "type"]);
            return Some(Parameter::File { path, allow_substs: text("allow_substs") });
        }
        self.excluded(param, "name", &["allow_substs"]);
        let Some(name) = text("name") else {
            self.0.push(Diagnostic::error("`param` needs `name` or `from`").at(&param.at));
            return None;
        };
        if has_parts {
            self.excluded(param, "param", &["value", "type"]);
            return Some(Parameter::Nested { name, parameters: self.parameters(param) });
        }
        let Some(value) = values(param, "value") else {
            let message = "`param` needs `value`, or `param` with nested parameters";
            self.0.push(Diagnostic::error(message).at(&param.at));
            return None;
        };
        Some(Parameter::Value { name, value, kind: text("type") })
    }

    /// Notes attributes that make no sense beside `with`.
    fn excluded(&self, part: &Entity, with: &str, names: &[&str]) {
        for text in names.iter().filter_map(|name| Some((name, part.text(name)?))) {
            let message = format!("`{}` of `{}` makes no sense beside `{with}`", text.0, part.rule.name);
            self.0.push(Diagnostic::error(message).at(&text.1.at));
        }
    }
}
