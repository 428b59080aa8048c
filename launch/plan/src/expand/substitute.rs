//! `$(…)`: what each substitution stands for.

use std::path::{Path, PathBuf};

use super::groups::truth;
use super::{Expander, Given, MAX_VALUE, Outcome, Placed, Raw};
use crate::diagnostic::Diagnostic;
use crate::find::{Finder, package_prefix, package_program};
use crate::source::{Source, Text};
use crate::template::{Call, Function, Part, Template};

/// Why a substitution has no value, or a doubtful one, and where in the text it stands.
pub(super) struct Unfit {
    pub(super) offset: usize,
    pub(super) diagnostic: Box<Diagnostic>,
}

impl Expander<'_> {
    /// The text with its substitutions done; an error, and the mistake noted, if one fails.
    pub(super) fn text(&mut self, text: &Text) -> Outcome<Placed<String>> {
        let value = self.template(&text.template);
        for Unfit { offset, diagnostic } in std::mem::take(&mut self.asides) {
            self.note(diagnostic.at(&text.inside(offset)));
        }
        match value {
            Ok(value) => {
                self.charge(value.len() + 64, &text.at)?;
                Ok(Placed { value, at: self.here(&text.at) })
            }
            Err(Unfit { offset, diagnostic }) => self.fail(diagnostic.at(&text.inside(offset))),
        }
    }

    pub(super) fn template(&mut self, template: &Template) -> Result<String, Unfit> {
        let mut value = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => value.push_str(text),
                Part::Call(call) => {
                    value.push_str(&self.call(call)?);
                    if value.len() > MAX_VALUE {
                        let message = format!("this value is longer than {} MiB", MAX_VALUE >> 20);
                        return Err(Unfit {
                            offset: call.offset,
                            diagnostic: Diagnostic::error(message).into(),
                        });
                    }
                }
            }
        }
        if value.contains('\0') {
            return Err(Unfit {
                offset: 0,
                diagnostic: Diagnostic::error("a value cannot hold a NUL character").into(),
            });
        }
        Ok(value)
    }

    fn call(&mut self, call: &Call) -> Result<String, Unfit> {
        // The branch not taken may name what is not there.
        if call.function == Function::If {
            return self.choose(call);
        }
        // As is a default that is not needed.
        if let (true, [name, default]) = (call.function.has_default(), call.args.as_slice()) {
            let name = self.template(name)?;
            return match self.lookup(call.function, &name) {
                Some(value) => Ok(value),
                None => self.template(default),
            };
        }
        let mut args = Vec::new();
        for arg in &call.args {
            args.push(self.template(arg)?);
        }
        let text = |index: usize| args.get(index).map_or("", String::as_str);
        let result = match call.function {
            Function::Var => self.variable_named(text(0)),
            Function::Env | Function::ForVar | Function::Index => {
                self.lookup(call.function, text(0)).ok_or_else(|| unset(call.function, text(0)).into())
            }
            Function::Dirname => absolute(self.source().folder()),
            Function::Filename => absolute(&self.source().path),
            Function::Eval => eval(text(0)),
            Function::FindExec => self.find_exec(text(0)),
            Function::FindPkgPrefix => package(text(0)).map(|prefix| prefix.display().to_string()),
            Function::FindPkgShare => {
                package(text(0)).map(|prefix| prefix.join("share").join(text(0)).display().to_string())
            }
            Function::ExecInPkg => package_program(text(1), text(0))
                .map(|path| path.display().to_string())
                .ok_or_else(|| no_program(text(0), text(1)).into()),
            Function::Any => truths(&args).map(|truths| truths.contains(&true).to_string()),
            Function::All => truths(&args).map(|truths| (!truths.contains(&false)).to_string()),
            Function::Param => self.parameter_named(text(0)),
            Function::FileContent => {
                Source::read(&self.source().folder().join(text(0))).map(|source| source.text.clone())
            }
            Function::Command => self.command(text(0), args.get(1).map(String::as_str), call.offset),
            Function::LogDir | Function::LaunchLogDir => self.log_folder(),
            Function::Not => truth_of(text(0)).map(|value| (!value).to_string()),
            Function::And => both(text(0), text(1)).map(|(a, b)| (a && b).to_string()),
            Function::Or => both(text(0), text(1)).map(|(a, b)| (a || b).to_string()),
            Function::Equals => Ok(equal(text(0), text(1)).to_string()),
            Function::NotEquals => Ok((!equal(text(0), text(1))).to_string()),
            Function::Anon => Ok(format!("{}_{}", text(0), std::process::id())),
            Function::If => Ok(String::new()),
        };
        result.map_err(|diagnostic| Unfit { offset: call.offset, diagnostic })
    }

    fn choose(&mut self, call: &Call) -> Result<String, Unfit> {
        let [condition, then, otherwise @ ..] = call.args.as_slice() else { return Ok(String::new()) };
        let condition = self.template(condition)?;
        match truth_of(&condition) {
            Ok(true) => self.template(then),
            Ok(false) => otherwise.first().map_or(Ok(String::new()), |text| self.template(text)),
            Err(diagnostic) => Err(Unfit { offset: call.offset, diagnostic }),
        }
    }

    /// What a name stands for, if anything.
    fn lookup(&mut self, function: Function, name: &str) -> Option<String> {
        match function {
            Function::Env => self.environment_variable(name),
            Function::ForVar | Function::Index => self.scope.rounds.get(name).cloned(),
            _ => {
                self.take(name);
                self.scope.vars.get(name).cloned()
            }
        }
    }

    /// An argument or variable of the launch file.
    pub(super) fn variable_named(&mut self, name: &str) -> Result<String, Box<Diagnostic>> {
        if let Some(value) = self.lookup(Function::Var, name) {
            return Ok(value);
        }
        let diagnostic = Diagnostic::error(format!("there is no argument or variable `{name}` here"));
        let declared =
            self.frames.last().and_then(|frame| frame.known.iter().find(|(known, _)| known == name));
        if let Some((_, at)) = declared {
            let hint = "an argument must be declared before it is used";
            return Err(diagnostic.hint(hint).also("declared here", at).into());
        }
        let known = self.scope.vars.iter().map(|(known, _)| known.as_str());
        Err(diagnostic.did_you_mean(name, known).into())
    }

    /// A parameter that was set for all nodes.
    fn parameter_named(&self, name: &str) -> Result<String, Box<Diagnostic>> {
        let mut set = self.scope.parameters.now().iter().rev();
        let given = set.find_map(|given| match given {
            Given::Value(given) if given.name.value == name => Some(given),
            _ => None,
        });
        match given.map(|given| &given.value) {
            Some(Raw::One(text)) => Ok(text.clone()),
            Some(Raw::Many(texts)) => Ok(format!("[{}]", texts.join(", "))),
            None => Err(Diagnostic::error(format!("there is no parameter `{name}` here"))
                .hint("`$(param …)` reads what `set_parameter` has set above")
                .into()),
        }
    }

    /// Where the run's log files will be.
    pub(super) fn log_folder(&self) -> Result<String, Box<Diagnostic>> {
        match &self.options.log_folder {
            Some(folder) => absolute(folder),
            None => Err(Diagnostic::error("nobody knows yet where log files will be").into()),
        }
    }

    fn find_exec(&self, name: &str) -> Result<String, Box<Diagnostic>> {
        let found = Finder::new(&self.options.search).find(None, name, self.source().folder());
        found.map(|path| path.display().to_string()).map_err(|missing| Diagnostic::error(missing.why).into())
    }
}

fn unset(function: Function, name: &str) -> Diagnostic {
    match function {
        Function::Env => Diagnostic::error(format!("environment variable `{name}` is not set"))
            .hint(format!("give a default: `$(env {name} default)`")),
        Function::ForVar => Diagnostic::error(format!("this round of the loop has no value `{name}`"))
            .hint(format!("give a default: `$(for-var {name} default)`")),
        _ => Diagnostic::error(format!("there is no loop here with an index `{name}`")),
    }
}

fn absolute(path: &Path) -> Result<String, Box<Diagnostic>> {
    let path = std::path::absolute(path).map_err(|error| Box::new(Diagnostic::error(error.to_string())))?;
    // `.` at the end would be kept.
    Ok(path.components().collect::<PathBuf>().display().to_string())
}

fn eval(expression: &str) -> Result<String, Box<Diagnostic>> {
    let value = crate::eval::eval(expression).map_err(|why| {
        let shown: String = expression.chars().take(80).collect();
        Box::new(Diagnostic::error(format!("cannot work out `{shown}`: {why}")))
    })?;
    Ok(value.to_string())
}

fn package(name: &str) -> Result<PathBuf, Box<Diagnostic>> {
    package_prefix(name).map_err(|missing| Diagnostic::error(missing.to_string()).hint(missing.hint()).into())
}

fn no_program(name: &str, package: &str) -> Diagnostic {
    let hint = "it is looked for in `lib/PACKAGE` of each folder of AMENT_PREFIX_PATH: is the workspace's setup sourced?";
    Diagnostic::error(format!("package `{package}` has no program `{name}`")).hint(hint)
}

fn truths(texts: &[String]) -> Result<Vec<bool>, Box<Diagnostic>> {
    texts.iter().map(|text| truth_of(text)).collect()
}

fn truth_of(text: &str) -> Result<bool, Box<Diagnostic>> {
    truth(text).ok_or_else(|| Diagnostic::error(format!("`{text}` is not true or false")).into())
}

fn both(a: &str, b: &str) -> Result<(bool, bool), Box<Diagnostic>> {
    Ok((truth_of(a)?, truth_of(b)?))
}

/// Equal as truth, as numbers, or else as text.
fn equal(a: &str, b: &str) -> bool {
    let word = |text: &str| match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    if let (Some(a), Some(b)) = (word(a), word(b)) {
        return a == b;
    }
    match (a.parse::<f64>(), b.parse::<f64>()) {
        #[expect(clippy::float_cmp, reason = "numbers as written, not the results of arithmetic")]
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
