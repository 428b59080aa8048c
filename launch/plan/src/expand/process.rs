//! `node` and `executable`, worked out.

use std::path::PathBuf;
use std::time::Duration;

use vc_words::Namespace;

use super::{Expander, MAX_NODES, Outcome, Placed, Wanted, What};
use crate::diagnostic::Diagnostic;
use crate::document::{Executable, Node, Process};
use crate::plan::{OnExit, Output, Restart, RestartPolicy};
use crate::shell_words;
use crate::source::{At, Text};

/// The pause before the first restart, where the launch file says nothing.
const RESPAWN_DELAY: Duration = Duration::from_millis(500);

impl Expander<'_> {
    pub(super) fn node(&mut self, node: &Node, at: &At) -> Outcome<()> {
        let program = self.text(&node.exec)?;
        let pkg = self.maybe(node.pkg.as_ref())?;
        let mut wanted = self.wanted(&node.process, program, What::Node { pkg }, at)?;
        if let Some(namespace) = &node.namespace {
            wanted.namespace = self.namespace(namespace)?;
            wanted.namespace_given = true;
        }
        wanted.args = self.words(node.args.as_ref())?;
        wanted.ros_args = self.words(node.ros_args.as_ref())?;
        if let Some(level) = &self.options.log_level {
            wanted.ros_args.extend(["--log-level".to_owned(), level.clone()]);
        }
        wanted.python = self.maybe(node.python.as_ref())?;
        // ROS 2's order: what holds for all first, then the node's own.
        wanted.remaps = self.scope.remaps.now().to_vec();
        for remap in &node.remaps {
            let rule = self.rule(remap, false)?;
            wanted.remaps.push(rule);
        }
        wanted.parameters = self.scope.parameters.now().to_vec();
        self.parameters(&node.parameters, "", &mut wanted.parameters);
        self.charge(64 * (wanted.parameters.len() + wanted.remaps.len()), at)?;
        self.push(wanted)
    }

    pub(super) fn executable(&mut self, executable: &Executable, at: &At) -> Outcome<()> {
        let cmd = self.text(&executable.cmd)?;
        let shell = self.truth_or(executable.shell.as_ref(), "`shell`", false)?;
        let words = if shell {
            vec!["/bin/sh".to_owned(), "-c".to_owned(), cmd.value.clone()]
        } else {
            self.split(&cmd)?
        };
        let mut words = words.into_iter();
        let Some(program) = words.next() else {
            return self.fail(Diagnostic::error("`cmd` is empty").at(&cmd.at));
        };
        let program = Placed { value: program, at: cmd.at };
        let mut wanted = self.wanted(&executable.process, program, What::Executable, at)?;
        wanted.args = words.collect();
        self.push(wanted)
    }

    fn push(&mut self, wanted: Wanted) -> Outcome<()> {
        if self.circuit.nodes.len() == MAX_NODES {
            let message = format!("this launch file comes to more than {MAX_NODES} nodes");
            return self.stop(Diagnostic::error(message).at(&wanted.at));
        }
        self.circuit.nodes.push(wanted);
        Ok(())
    }

    fn wanted(&mut self, process: &Process, program: Placed<String>, what: What, at: &At) -> Outcome<Wanted> {
        // All are worked out before the first failure counts, so that every mistake is told.
        let name = self.maybe(process.name.as_ref());
        let exec_name = self.maybe(process.exec_name.as_ref());
        let env = self.environment(process, at);
        let prefix = self.words(process.launch_prefix.as_ref());
        let output = self.output(process.output.as_ref());
        let emulate_tty = self.truth_or(process.emulate_tty.as_ref(), "`emulate_tty`", false);
        let stdin = self.truth_or(process.stdin.as_ref(), "`stdin`", false);
        let restart = self.restart(process);
        let on_exit = self.on_exit(process.on_exit.as_ref(), process.required.as_ref());
        let sigterm = self.seconds(process.sigterm_timeout.as_ref(), "`sigterm_timeout`");
        let sigkill = self.seconds(process.sigkill_timeout.as_ref(), "`sigkill_timeout`");
        let watchdog = self.seconds(process.watchdog.as_ref(), "`watchdog`");
        let limits = self.limits(process);
        let after = self.after(&process.after);
        self.charge(64 * process.after.len(), at)?;
        let machine = match &process.machine {
            Some(text) => self.machine(text),
            None => Ok(self.scope.machine.clone()),
        };
        let is_here = machine.as_ref().is_ok_and(|machine| self.is_here(machine.as_ref()));
        let cwd = self.cwd(process.cwd.as_ref(), is_here);
        Ok(Wanted {
            at: self.here(at),
            what,
            program,
            name: name?,
            exec_name: exec_name?.map(|name| name.value),
            namespace: self.scope.namespace.clone().unwrap_or_else(Namespace::root),
            around: self.scope.namespace.clone().unwrap_or_else(Namespace::root),
            after: after?,
            delay: self.scope.delay,
            namespace_given: self.scope.namespace.is_some(),
            parameters: Vec::new(),
            remaps: Vec::new(),
            env: env?,
            args: Vec::new(),
            ros_args: Vec::new(),
            python: None,
            prefix: prefix?,
            output: output?,
            emulate_tty: emulate_tty?,
            stdin: process
                .stdin
                .as_ref()
                .filter(|_| stdin.is_ok_and(|reads| reads))
                .map(|text| text.at.clone()),
            restart: restart?,
            on_exit: on_exit?,
            sigterm: sigterm?,
            sigkill: sigkill?,
            watchdog: watchdog?
                .zip(process.watchdog.as_ref())
                .map(|(value, text)| Placed { value, at: text.at.clone() }),
            limits: limits?,
            cwd: cwd?,
            machine: machine?,
        })
    }

    /// The environment in force, then the node's own; the later wins.
    fn environment(&mut self, process: &Process, at: &At) -> Outcome<Vec<(String, Option<String>)>> {
        let mut env: Vec<(String, Option<String>)> =
            self.scope.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        for variable in &process.env {
            let (name, value) = self.variable(variable)?;
            env.retain(|(other, _)| *other != name);
            env.push((name, Some(value)));
        }
        let size =
            env.iter().map(|(name, value)| 64 + name.len() + value.as_ref().map_or(0, String::len)).sum();
        self.charge(size, at)?;
        Ok(env)
    }

    /// A command line's words.
    fn words(&mut self, text: Option<&Text>) -> Outcome<Vec<String>> {
        match self.maybe(text)? {
            Some(line) => self.split(&line),
            None => Ok(Vec::new()),
        }
    }

    fn split(&mut self, line: &Placed<String>) -> Outcome<Vec<String>> {
        match shell_words::split(&line.value) {
            Ok(words) => Ok(words),
            Err(why) => self.fail(Diagnostic::error(why).at(&line.at)),
        }
    }

    fn output(&mut self, text: Option<&Text>) -> Outcome<Output> {
        let by_word = |word: &str| match word {
            "screen" | "both" | "full" => Some(Output::Screen),
            "log" => Some(Output::Log),
            "own_log" => Some(Output::LogOnly),
            _ => None,
        };
        let written = match self.maybe(text)? {
            None => Output::Log,
            Some(output) => match by_word(&output.value) {
                Some(output) => output,
                None => {
                    return self.none_of(&output, "`output`", &["screen", "log", "both", "own_log", "full"]);
                }
            },
        };
        let forced = std::env::var("OVERRIDE_LAUNCH_PROCESS_OUTPUT").ok();
        Ok(forced.as_deref().and_then(by_word).unwrap_or(written))
    }

    fn restart(&mut self, process: &Process) -> Outcome<Restart> {
        let policy = self.policy(process.respawn.as_ref());
        let delay = self.seconds(process.respawn_delay.as_ref(), "`respawn_delay`");
        let max_retries = self.retries(process.respawn_max_retries.as_ref());
        Ok(Restart { policy: policy?, delay: delay?.unwrap_or(RESPAWN_DELAY), max_retries: max_retries? })
    }

    fn policy(&mut self, text: Option<&Text>) -> Outcome<RestartPolicy> {
        let Some(respawn) = self.maybe(text)? else { return Ok(RestartPolicy::Never) };
        match respawn.value.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(RestartPolicy::Always),
            "false" | "0" => Ok(RestartPolicy::Never),
            "on-failure" | "on_failure" => Ok(RestartPolicy::OnFailure),
            _ => self.none_of(&respawn, "`respawn`", &["true", "false", "on-failure"]),
        }
    }

    fn retries(&mut self, text: Option<&Text>) -> Outcome<Option<u32>> {
        let Some(retries) = self.maybe(text)? else { return Ok(None) };
        match retries.value.trim().parse::<i64>() {
            Ok(-1) => Ok(None),
            Ok(count) if u32::try_from(count).is_ok() => Ok(u32::try_from(count).ok()),
            _ => {
                let message = format!(
                    "`respawn_max_retries` must be a whole number, or -1 for no limit, not `{}`",
                    retries.value
                );
                self.fail(Diagnostic::error(message).at(&retries.at))
            }
        }
    }

    fn on_exit(&mut self, on_exit: Option<&Text>, required: Option<&Text>) -> Outcome<OnExit> {
        let required = required.map(|text| self.truth(text, "`required`")).transpose()?;
        match self.maybe(on_exit)? {
            None if required == Some(true) => Ok(OnExit::Shutdown),
            None => Ok(OnExit::Continue),
            Some(word) if word.value == "shutdown" && required == Some(false) => {
                let message = "`required: false` and `on_exit: shutdown` contradict each other";
                self.fail(Diagnostic::error(message).at(&word.at))
            }
            Some(word) if word.value == "shutdown" => Ok(OnExit::Shutdown),
            Some(word) => self.none_of(&word, "`on_exit`", &["shutdown"]),
        }
    }

    pub(super) fn none_of<T>(&mut self, word: &Placed<String>, what: &str, choices: &[&str]) -> Outcome<T> {
        let listed = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
        let message = match choices {
            [_] => format!("{what} can only be {listed}, not `{}`", word.value),
            _ => format!("{what} must be one of {listed}, not `{}`", word.value),
        };
        self.fail(Diagnostic::error(message).at(&word.at).did_you_mean(&word.value, choices.iter().copied()))
    }

    pub(super) fn seconds(&mut self, text: Option<&Text>, what: &str) -> Outcome<Option<Duration>> {
        let Some(number) = self.maybe(text)? else { return Ok(None) };
        let seconds = number.value.trim().parse::<f64>().ok().filter(|seconds| (0.0..=1e9).contains(seconds));
        if let Some(seconds) = seconds {
            return Ok(Some(Duration::from_secs_f64(seconds)));
        }
        let message = format!("{what} must be a number of seconds, not `{}`", number.value);
        self.fail(Diagnostic::error(message).at(&number.at))
    }

    /// A folder, from the launch file's if it is relative.
    fn cwd(&mut self, text: Option<&Text>, is_here: bool) -> Outcome<Option<PathBuf>> {
        let Some(folder) = self.maybe(text)? else { return Ok(None) };
        if !is_here {
            return self.elsewhere(&folder, "`cwd`").map(Some);
        }
        let path = self.source().folder().join(&folder.value);
        if path.is_dir() {
            return Ok(Some(std::path::absolute(&path).unwrap_or(path)));
        }
        let message = format!("`cwd`: there is no folder `{}`", path.display());
        self.fail(Diagnostic::error(message).at(&folder.at))
    }
}
