//! Groups, namespaces, and the values entries have in common.

use vc_words::Namespace;

use super::{Expander, Outcome, Placed, Rule};
use crate::diagnostic::Diagnostic;
use crate::document::{Group, Kept, Remap};
use crate::source::{At, Text};

impl Expander<'_> {
    /// A group ends with everything as it was before, unless it says `scoped: false`.
    pub(super) fn group(&mut self, group: &Group, at: &At) -> Outcome<()> {
        let scoped = self.truth_or(group.scoped.as_ref(), "`scoped`", true)?;
        let forwarding = self.truth_or(group.forwarding.as_ref(), "`forwarding`", true)?;
        if !scoped && !forwarding {
            let message = "`forwarding: false` needs a group that is scoped";
            return self.fail(Diagnostic::error(message).at(at));
        }
        let machine = group.machine.as_ref().map(|machine| self.machine(machine)).transpose()?;
        let mark = self.scope.enter();
        let begun = if forwarding {
            self.keep(&group.kept)
        } else {
            self.scope.env.reset();
            self.reset(&group.kept)
        };
        if let Some(machine) = machine {
            self.scope.machine = machine;
        }
        let done = begun.and_then(|()| self.within(&group.actions, at));
        if scoped {
            self.scope.leave(mark);
        }
        done
    }

    /// Forgets what was set, the environment aside, but for what is kept.
    pub(super) fn reset(&mut self, kept: &[Kept]) -> Outcome<()> {
        let kept = self.kept(kept)?;
        self.scope.reset();
        self.set_all(kept);
        Ok(())
    }

    fn keep(&mut self, kept: &[Kept]) -> Outcome<()> {
        let kept = self.kept(kept)?;
        self.set_all(kept);
        Ok(())
    }

    fn set_all(&mut self, variables: Vec<(String, String)>) {
        for (name, value) in variables {
            self.scope.vars.set(name, value);
        }
    }

    /// Worked out before anything is forgotten.
    fn kept(&mut self, kept: &[Kept]) -> Outcome<Vec<(String, String)>> {
        let mut all = Vec::new();
        for keep in kept {
            let name = self.text(&keep.name)?;
            let value = match &keep.value {
                Some(value) => self.text(value)?.value,
                None => match self.variable_named(&name.value) {
                    Ok(value) => value,
                    Err(diagnostic) => return self.fail(diagnostic.at(&name.at)),
                },
            };
            all.push((name.value, value));
        }
        Ok(all)
    }

    /// A namespace below the one in force, or an absolute one.
    pub(super) fn namespace(&mut self, text: &Text) -> Outcome<Namespace> {
        let name = self.text(text)?;
        let outer = self.scope.namespace.clone().unwrap_or_else(Namespace::root);
        match outer.join(&name.value) {
            Ok(namespace) => Ok(namespace),
            Err(error) => self.fail(Diagnostic::error(format!("not a namespace: {error}")).at(&name.at)),
        }
    }

    pub(super) fn rule(&mut self, remap: &Remap, for_all: bool) -> Outcome<Rule> {
        let (from, to) = (self.text(&remap.from)?, self.text(&remap.to)?);
        Ok(Rule { from, to, for_all })
    }

    /// Text that says true or false.
    pub(super) fn truth(&mut self, text: &Text, what: &str) -> Outcome<bool> {
        let value = self.text(text)?;
        if let Some(truth) = truth(&value.value) {
            return Ok(truth);
        }
        let message = format!("{what} must be true or false (or 1 or 0), not `{}`", value.value);
        self.fail(Diagnostic::error(message).at(&value.at))
    }

    /// The same, of a key that may be left out.
    pub(super) fn truth_or(&mut self, text: Option<&Text>, what: &str, default: bool) -> Outcome<bool> {
        text.map_or(Ok(default), |text| self.truth(text, what))
    }

    /// The text of a key that may be left out.
    pub(super) fn maybe(&mut self, text: Option<&Text>) -> Outcome<Option<Placed<String>>> {
        match text {
            Some(text) => self.text(text).map(Some),
            None => Ok(None),
        }
    }
}

/// `true`, `1`, `false`, `0`, in any case.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
