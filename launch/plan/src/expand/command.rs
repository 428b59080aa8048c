//! `$(command …)`: what a program prints.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::substitute::Unfit;
use super::{Expander, MAX_VALUE};
use crate::diagnostic::Diagnostic;
use crate::listen::{Bounds, Heard, Unheard, listen};
use crate::shell_words;

/// A program that takes longer is not what a launch file should wait for.
const BOUNDS: Bounds = Bounds { time: Duration::from_secs(10), bytes: MAX_VALUE };
/// What may be done when it complains; the first is the default.
const CHOICES: [&str; 4] = ["fail", "warn", "ignore", "capture"];
/// How much of what a program complains about is shown.
const SHOWN: usize = 400;

impl Expander<'_> {
    /// Runs a program, without a shell, in the launch file's folder and environment. The line's end is
    /// taken off its output, as a shell does. `offset` is where in the text it stands.
    pub(super) fn command(
        &mut self,
        line: &str,
        on_stderr: Option<&str>,
        offset: usize,
    ) -> Result<String, Box<Diagnostic>> {
        if !self.options.allow_commands {
            let message =
                "`$(command …)` is off: a launch file runs programs while it is read only if you let it";
            let hint = "add `--allow-command` if you trust the file";
            return Err(Diagnostic::error(message).hint(hint).into());
        }
        let on_stderr = on_stderr.unwrap_or(CHOICES[0]);
        if !CHOICES.contains(&on_stderr) {
            let message = format!("what to do on output to standard error is one of {}", CHOICES.join(", "));
            return Err(Diagnostic::error(message).did_you_mean(on_stderr, CHOICES).into());
        }
        let words = shell_words::split(line).map_err(Diagnostic::error)?;
        let Some((program, args)) = words.split_first() else {
            return Err(Diagnostic::error("`$(command …)` needs a program").into());
        };
        let source = self.source();
        // A name is looked for on PATH; a path begins at the launch file's folder.
        let folder = std::path::absolute(source.folder()).unwrap_or_else(|_| source.folder().to_owned());
        let path = if program.contains('/') { folder.join(program) } else { Path::new(program).to_owned() };
        let mut command = Command::new(path);
        command.args(args).current_dir(folder).stderr(Stdio::piped());
        for (name, value) in self.scope.env.iter() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let heard = listen(&mut command, BOUNDS).map_err(|unheard| unable(program, &unheard))?;
        self.said(program, heard, (on_stderr, offset))
    }

    fn said(
        &mut self,
        program: &str,
        heard: Heard,
        (on_stderr, offset): (&str, usize),
    ) -> Result<String, Box<Diagnostic>> {
        let complaint = String::from_utf8_lossy(&heard.stderr).into_owned();
        let shown: String = complaint.trim().chars().take(SHOWN).collect();
        let hint = (!shown.is_empty()).then_some(shown);
        let fail = |message: String| Err(Diagnostic::error(message).maybe_hint(hint.clone()).into());
        match heard.status {
            Some(status) if status.success() => {}
            Some(status) => return fail(format!("`{program}` ended with {status}")),
            None => return fail(format!("`{program}` closed its output, but did not end")),
        }
        let Ok(mut said) = String::from_utf8(heard.stdout) else {
            return fail(format!("what `{program}` printed is not UTF-8 text"));
        };
        match on_stderr {
            "fail" if !complaint.is_empty() => {
                return fail(format!("`{program}` printed something on standard error"));
            }
            "warn" if !complaint.is_empty() => {
                let message = format!("`{program}` printed something on standard error");
                let diagnostic = Diagnostic::warning(message).maybe_hint(hint).into();
                self.asides.push(Unfit { offset, diagnostic });
            }
            "capture" => said.push_str(&complaint),
            _ => {}
        }
        said.truncate(said.trim_end_matches(['\n', '\r']).len());
        Ok(said)
    }
}

fn unable(program: &str, unheard: &Unheard) -> Diagnostic {
    Diagnostic::error(match unheard {
        Unheard::Start(error) => format!("cannot start `{program}`: {error}"),
        Unheard::Timeout => format!("`{program}` did not end within {} s", BOUNDS.time.as_secs()),
        Unheard::Long => format!("`{program}` printed more than {} MiB", BOUNDS.bytes >> 20),
    })
}
