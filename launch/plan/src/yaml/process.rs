//! `node` and `executable`.

use vc_words::yaml::Yaml;

use super::Reader;
use super::actions::{env_var, remap};
use super::fields::Fields;
use crate::document::{ActionKind, Executable, Node, Parameter, Process};

impl Reader {
    pub(super) fn node(&self, fields: &mut Fields<'_>) -> Option<ActionKind> {
        let pkg = fields.text("pkg");
        let exec = fields.required("exec");
        let process = self.process(fields);
        let namespace = fields.text("namespace");
        let parameters = self.parameters(fields.list("param"));
        let mut remaps = Vec::new();
        for item in fields.list("remap") {
            let at = self.at(item.place, 1);
            let Some(mut rule) = Fields::new(self, "remap", &at, item) else { continue };
            remaps.extend(remap(&mut rule));
            rule.finish();
        }
        let (args, ros_args) = (fields.text("args"), fields.text("ros_args"));
        let exec = exec?;
        Some(ActionKind::Node(Box::new(Node {
            pkg,
            exec,
            namespace,
            parameters,
            remaps,
            args,
            ros_args,
            process,
        })))
    }

    pub(super) fn executable(&self, fields: &mut Fields<'_>) -> Option<ActionKind> {
        let cmd = fields.required("cmd");
        let process = self.process(fields);
        Some(ActionKind::Executable(Box::new(Executable { cmd: cmd?, process })))
    }

    fn process(&self, fields: &mut Fields<'_>) -> Process {
        let mut env = Vec::new();
        for item in fields.list("env") {
            let at = self.at(item.place, 1);
            let Some(mut variable) = Fields::new(self, "env", &at, item) else { continue };
            env.extend(env_var(&mut variable));
            variable.finish();
        }
        fields.ignored("emulate_tty");
        fields.later("shell");
        Process {
            name: fields.text("name"),
            exec_name: fields.text("exec_name"),
            env,
            output: fields.text("output"),
            respawn: fields.text("respawn"),
            respawn_delay: fields.text("respawn_delay"),
            respawn_max_retries: fields.text("respawn_max_retries"),
            cwd: fields.text("cwd"),
            launch_prefix: fields.text("launch-prefix"),
            on_exit: fields.text("on_exit"),
            sigterm_timeout: fields.text("sigterm_timeout"),
            sigkill_timeout: fields.text("sigkill_timeout"),
        }
    }

    fn parameters(&self, items: &[Yaml]) -> Vec<Parameter> {
        items.iter().filter_map(|item| self.parameter(item)).collect()
    }

    /// `name` with `value`, or `name` with `param`, or `from`.
    fn parameter(&self, item: &Yaml) -> Option<Parameter> {
        let at = self.at(item.place, 1);
        let mut fields = Fields::new(self, "param", &at, item)?;
        let keys = item.as_map().unwrap_or_default();
        let has = |name: &str| keys.iter().any(|(key, _)| key.text == name);
        let parameter = if has("from") {
            let (path, allow_substs) = (fields.required("from"), fields.text("allow_substs"));
            path.map(|path| Parameter::File { path, allow_substs })
        } else if has("param") {
            let name = fields.required("name");
            let parameters = self.parameters(fields.list("param"));
            name.map(|name| Parameter::Nested { name, parameters })
        } else {
            let name = fields.required("name");
            let value = fields.must("value").and_then(|value| self.values(value));
            let kind = fields.text("type");
            name.zip(value).map(|(name, value)| Parameter::Value { name, value, kind })
        };
        fields.finish();
        parameter
    }
}
