//! What a process waits for before it is started.

use super::{After, Expander, Outcome};
use crate::document::{self, Action};
use crate::plan::PlannedStop;
use crate::source::{At, Text};

impl Expander<'_> {
    /// A timer is a group whose nodes start later.
    pub(super) fn timer(&mut self, period: &Text, actions: &[Action], at: &At) -> Outcome<()> {
        let period = self.seconds(Some(period), "`period`")?.unwrap_or_default();
        let (mark, before) = (self.scope.enter(), self.scope.delay);
        self.scope.delay = before.saturating_add(period);
        let done = self.within(actions, at);
        self.scope.delay = before;
        self.scope.leave(mark);
        done
    }

    /// `shutdown` within a timer. Of several, the first counts.
    pub(super) fn later_stop(&mut self, reason: Option<&Text>) -> Outcome<()> {
        let reason = self.maybe(reason)?.map_or_else(|| "`shutdown`".to_owned(), |reason| reason.value);
        let after = self.scope.delay;
        if self.circuit.stop.as_ref().is_none_or(|first| after < first.after) {
            self.circuit.stop = Some(PlannedStop { after, reason });
        }
        Ok(())
    }

    pub(super) fn after(&mut self, items: &[document::After]) -> Outcome<Vec<After>> {
        let mut conditions = Vec::new();
        for item in items {
            conditions.push(match item {
                document::After::Topic(topic) => After::Topic(self.text(topic)?),
                document::After::Node { node, is } => {
                    let node = self.text(node)?;
                    match self.maybe(is.as_ref())? {
                        Some(is) if is.value == "exit" => After::Ended(node),
                        Some(is) if is.value != "ready" => {
                            return self.none_of(&is, "`is`", &["ready", "exit"]);
                        }
                        _ => After::Ready(node),
                    }
                }
            });
        }
        Ok(conditions)
    }
}
