//! What a group changes, and what is as before when it ends.

use std::collections::BTreeMap;
use std::time::Duration;

use vc_words::Namespace;

use super::{Given, Placed, Rule};
use crate::machine::MachineName;

/// What is in force at a place of the launch file.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) vars: Layers<String>,
    /// What loops stand at: `$(index …)` and `$(for-var …)`.
    pub(super) rounds: Layers<String>,
    /// `None`: unset.
    pub(super) env: Layers<Option<String>>,
    /// The namespace, once one was pushed.
    pub(super) namespace: Option<Namespace>,
    pub(super) parameters: Pile<Given>,
    pub(super) remaps: Pile<Rule>,
    /// How long after the launch the nodes start, by the timers around them.
    pub(super) delay: Duration,
    pub(super) machine: Option<Placed<MachineName>>,
}

/// What is needed to leave a scope again.
#[derive(Debug)]
pub(super) struct Mark {
    vars: usize,
    rounds: usize,
    env: usize,
    namespace: Option<Namespace>,
    parameters: PileMark,
    remaps: PileMark,
    machine: Option<Placed<MachineName>>,
}

impl Scope {
    pub(super) fn enter(&self) -> Mark {
        Mark {
            vars: self.vars.undo.len(),
            rounds: self.rounds.undo.len(),
            env: self.env.undo.len(),
            namespace: self.namespace.clone(),
            parameters: self.parameters.mark(),
            remaps: self.remaps.mark(),
            machine: self.machine.clone(),
        }
    }

    pub(super) fn leave(&mut self, mark: Mark) {
        self.vars.leave(mark.vars);
        self.rounds.leave(mark.rounds);
        self.env.leave(mark.env);
        self.namespace = mark.namespace;
        self.parameters.leave(mark.parameters);
        self.remaps.leave(mark.remaps);
        self.machine = mark.machine;
    }

    /// Ends a round of a loop whose changes stay: only what it stood at is gone.
    pub(super) fn leave_round(&mut self, mark: &Mark) {
        self.rounds.leave(mark.rounds);
    }

    /// As at the beginning of the launch, the environment aside, which [`Layers::reset`] resets.
    pub(super) fn reset(&mut self) {
        self.vars.reset();
        self.namespace = None;
        self.parameters.reset();
        self.remaps.reset();
        self.machine = None;
    }
}

/// A list that grows, with the way back.
#[derive(Debug)]
pub(super) struct Pile<T> {
    list: Vec<T>,
    /// Where what is in force begins: what stands before was reset.
    start: usize,
}

#[derive(Debug, Clone, Copy)]
struct PileMark {
    len: usize,
    start: usize,
}

impl<T> Default for Pile<T> {
    fn default() -> Self {
        Self { list: Vec::new(), start: 0 }
    }
}

impl<T> Pile<T> {
    pub(super) fn push(&mut self, item: T) {
        self.list.push(item);
    }

    /// What is in force, oldest first.
    pub(super) fn now(&self) -> &[T] {
        &self.list[self.start..]
    }

    fn reset(&mut self) {
        self.start = self.list.len();
    }

    fn mark(&self) -> PileMark {
        PileMark { len: self.list.len(), start: self.start }
    }

    fn leave(&mut self, mark: PileMark) {
        self.list.truncate(mark.len);
        self.start = mark.start;
    }
}

/// Names and values, with the way back: entering costs nothing however much is in force.
#[derive(Debug)]
pub(super) struct Layers<V> {
    now: BTreeMap<String, V>,
    undo: Vec<(String, Option<V>)>,
}

impl<V> Default for Layers<V> {
    fn default() -> Self {
        Self { now: BTreeMap::new(), undo: Vec::new() }
    }
}

impl<V> Layers<V> {
    pub(super) fn get(&self, name: &str) -> Option<&V> {
        self.now.get(name)
    }

    pub(super) fn set(&mut self, name: String, value: V) {
        let before = self.now.insert(name.clone(), value);
        self.undo.push((name, before));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.now.iter()
    }

    /// Forgets all.
    pub(super) fn reset(&mut self) {
        let before = std::mem::take(&mut self.now);
        self.undo.extend(before.into_iter().map(|(name, value)| (name, Some(value))));
    }

    fn leave(&mut self, mark: usize) {
        for (name, before) in self.undo.drain(mark..).rev() {
            match before {
                Some(value) => self.now.insert(name, value),
                None => self.now.remove(&name),
            };
        }
    }
}
