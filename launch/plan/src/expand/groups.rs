//! Groups, namespaces, and the values entries have in common.

use vc_words::Namespace;

use super::{Expander, Outcome, Placed, Rule};
use crate::diagnostic::Diagnostic;
use crate::document::{Action, EnvVar, Remap};
use crate::source::Text;

impl Expander<'_> {
    /// A group ends with everything as it was before, unless it says `scoped: false`.
    pub(super) fn group(&mut self, scoped: Option<&Text>, actions: &[Action]) -> Outcome<()> {
        let scoped = match scoped {
            Some(text) => self.truth(text, "`scoped`")?,
            None => true,
        };
        let mark = self.scope.enter();
        self.actions(actions);
        if scoped {
            self.scope.leave(mark);
        }
        Ok(())
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

    pub(super) fn variable(&mut self, variable: &EnvVar) -> Outcome<(String, String)> {
        let (name, value) = (self.text(&variable.name)?, self.text(&variable.value)?);
        if name.value.is_empty() || name.value.contains(['=', '\0']) || value.value.contains('\0') {
            let message = format!("`{}` cannot be an environment variable", name.value);
            return self.fail(Diagnostic::error(message).at(&name.at));
        }
        Ok((name.value, value.value))
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
