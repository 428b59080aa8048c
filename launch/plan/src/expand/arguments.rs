//! The arguments of a launch file: `name:=value` on the command line against `arg` in the file.

use super::{Expander, Outcome, Placed};
use crate::diagnostic::Diagnostic;
use crate::document::{Argument, Document};

impl Expander<'_> {
    /// Notes what was given but is declared nowhere.
    pub(super) fn given_arguments(&mut self, document: &Document) {
        let declared: Vec<&str> =
            document.arguments().iter().map(|argument| argument.name.as_str()).collect();
        let mut unknown: Vec<String> =
            self.given.keys().filter(|name| !declared.contains(&name.as_str())).cloned().collect();
        unknown.sort();
        // A file that could not be read in full may well have declared it.
        for name in unknown.into_iter().filter(|_| !document.incomplete) {
            let all = if declared.is_empty() {
                "the launch file has no arguments".to_owned()
            } else {
                format!("its arguments are {}", declared.join(", "))
            };
            let diagnostic = Diagnostic::error(format!("the launch file has no argument `{name}`"));
            self.sink.push(diagnostic.hint(all).did_you_mean(&name, declared.iter().copied()));
        }
    }

    /// Declares an argument: what was given for it counts, else what is in force, else its default.
    pub(super) fn argument(&mut self, argument: &Argument) -> Outcome<()> {
        let name = &argument.name;
        if let Some(first) = self.declared.insert(name.clone(), argument.at.clone()) {
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
        let given = self.given.get(name).cloned();
        if let Some(fixed) = &argument.fixed {
            if given.is_some() {
                let message = format!("argument `{name}` is fixed by the launch file and cannot be given");
                return self.fail(Diagnostic::error(message).at(&argument.at));
            }
            return self.text(fixed);
        }
        let value = given.or_else(|| self.scope.vars.get(name).cloned());
        if let Some(value) = value {
            return Ok(Placed { value, at: argument.at.clone() });
        }
        if let Some(default) = &argument.default {
            return self.text(default);
        }
        let mut message = format!("argument `{name}` was not given and has no default");
        if let Some(description) = &argument.description {
            message = format!("{message}: {description}");
        }
        let hint = format!("add `{name}:=…` to the command line");
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
