//! The arguments of a launch file: what it was given, on the command line or where it is included,
//! against `arg` in the file.

use super::{Expander, GivenArgument, Outcome, Placed};
use crate::diagnostic::Diagnostic;
use crate::document::Argument;

impl Expander<'_> {
    /// Declares an argument: what was given for it counts, else what is in force, else its default.
    pub(super) fn argument(&mut self, argument: &Argument) -> Outcome<()> {
        let name = &argument.name;
        self.take(name);
        let first =
            self.frames.last_mut().and_then(|frame| frame.declared.insert(name.clone(), argument.at.clone()));
        // One in a loop is declared anew each round.
        if let Some(first) = first.filter(|first| *first != argument.at) {
            let message = format!("argument `{name}` is declared twice");
            return self.fail(Diagnostic::error(message).at(&argument.at).also("first here", &first));
        }
        let value = self.argument_value(argument)?;
        self.choice(argument, &value)?;
        self.scope.vars.set(name.clone(), value.value);
        Ok(())
    }

    fn argument_value(&mut self, argument: &Argument) -> Outcome<Placed<String>> {
        let name = &argument.name;
        let given = self.frames.last().and_then(|frame| frame.given.get(name)).cloned();
        if let Some(fixed) = &argument.fixed {
            if let Some(given) = given {
                let message = format!("argument `{name}` is fixed by the launch file and cannot be given");
                let diagnostic = Diagnostic::error(message).at(&argument.at);
                return self.fail(match &given.at {
                    Some(at) => diagnostic.also("given here", at),
                    None => diagnostic,
                });
            }
            return self.text(fixed);
        }
        let here = self.here(&argument.at);
        if let Some(GivenArgument { value, at }) = given {
            return Ok(Placed { value, at: at.unwrap_or(here) });
        }
        if let Some(value) = self.scope.vars.get(name).cloned() {
            return Ok(Placed { value, at: here });
        }
        if self.is_listing && self.frames.last().is_some_and(|frame| frame.via.is_some()) {
            self.open_arguments.push(argument.clone());
        }
        if let Some(default) = &argument.default {
            return self.text(default);
        }
        let mut message = format!("argument `{name}` was not given and has no default");
        if let Some(description) = &argument.description {
            message = format!("{message}: {description}");
        }
        let included = self.frames.last().is_some_and(|frame| frame.via.is_some());
        let hint = if included {
            format!("give it where the file is included, by `arg` with the name `{name}`")
        } else {
            format!("add `{name}:=…` to the command line")
        };
        // Its uses are not reported one by one as well.
        self.scope.vars.set(name.clone(), String::new());
        self.fail(Diagnostic::error(message).at(&argument.at).hint(hint))
    }

    fn choice(&mut self, argument: &Argument, value: &Placed<String>) -> Outcome<()> {
        let mut choices = Vec::new();
        for choice in &argument.choices {
            choices.push(self.text(choice)?.value);
        }
        if choices.is_empty() || choices.contains(&value.value) {
            return Ok(());
        }
        let (name, given) = (&argument.name, &value.value);
        let listed = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
        let message = format!("argument `{name}` = `{given}` is none of {listed}");
        let near = choices.iter().map(String::as_str);
        // The file goes on with a value that is fine, so that only this is reported.
        self.scope.vars.set(name.clone(), choices[0].clone());
        self.fail(Diagnostic::error(message).at(&value.at).did_you_mean(given, near))
    }
}
