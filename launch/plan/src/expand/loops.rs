//! `for` and `for_each`.

use vc_words::yaml::Yaml;

use super::{Expander, Outcome, Placed};
use crate::diagnostic::Diagnostic;
use crate::document::{Loop, Rounds};
use crate::source::{At, Text};

/// What one round stands at: names and values.
type Round = Vec<(String, String)>;

impl Expander<'_> {
    /// Does the entries within once a round. What a round changes ends with it, unless the loop says
    /// `scoped: false`.
    pub(super) fn looped(&mut self, looped: &Loop, at: &At) -> Outcome<()> {
        let scoped = self.truth_or(looped.scoped.as_ref(), "`scoped`", true)?;
        match &looped.rounds {
            Rounds::Count { len, name } => {
                for index in 0..self.length(len)? {
                    self.round(looped, scoped, vec![(name.clone(), index.to_string())], at)?;
                }
            }
            Rounds::Written(text) => {
                let sets = self.text(text)?;
                for round in self.sets(&sets)? {
                    self.round(looped, scoped, round, at)?;
                }
            }
            Rounds::Listed(rows) => {
                for row in rows {
                    let mut round = Round::new();
                    for (name, value) in row {
                        round.push((name.clone(), self.text(value)?.value));
                    }
                    self.round(looped, scoped, round, at)?;
                }
            }
        }
        Ok(())
    }

    fn round(&mut self, looped: &Loop, scoped: bool, values: Round, at: &At) -> Outcome<()> {
        self.count(at)?;
        let mark = self.scope.enter();
        for (name, value) in values {
            self.scope.rounds.set(name, value);
        }
        let done = self.within(&looped.actions, at);
        if scoped {
            self.scope.leave(mark);
        } else {
            self.scope.leave_round(&mark);
        }
        done
    }

    fn length(&mut self, text: &Text) -> Outcome<u64> {
        let len = self.text(text)?;
        if let Ok(number) = len.value.trim().parse() {
            return Ok(number);
        }
        let message = format!("`len` must be a whole number, 0 or more, not `{}`", len.value);
        self.fail(Diagnostic::error(message).at(&len.at))
    }

    /// ROS 2's form: mappings in YAML, parted by semicolons. Empty text is no set, `{}` one without values.
    fn sets(&mut self, text: &Placed<String>) -> Outcome<Vec<Round>> {
        let written = text.value.split(';').map(str::trim).filter(|set| !set.is_empty());
        let mut sets = Vec::new();
        for set in written {
            self.charge(16 * set.len(), &text.at)?;
            let Some(values) = values(set) else {
                let message = format!("`{set}` is no set of values");
                let hint = "a set is written `{name: value, …}`; `;` stands between two sets";
                return self.fail(Diagnostic::error(message).at(&text.at).hint(hint));
            };
            sets.push(values);
        }
        Ok(sets)
    }
}

/// The values of one set; none if it is not a mapping to texts.
fn values(set: &str) -> Option<Round> {
    let tree = Yaml::parse(set).ok()?;
    let value = |(key, value): &(vc_words::yaml::Key, Yaml)| {
        Some((key.text.clone(), value.as_scalar()?.text.clone()))
    };
    tree.as_map()?.iter().map(value).collect()
}
