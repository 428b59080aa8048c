//! What a group changes, and what is as before when it ends.

use std::collections::BTreeMap;

use vc_words::Namespace;

use super::{Given, Rule};

/// What is in force at a place of the launch file.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) vars: Layers<String>,
    /// `None`: unset.
    pub(super) env: Layers<Option<String>>,
    /// The namespace, once one was pushed.
    pub(super) namespace: Option<Namespace>,
    pub(super) parameters: Vec<Given>,
    pub(super) remaps: Vec<Rule>,
}

/// What is needed to leave a scope again.
#[derive(Debug)]
pub(super) struct Mark {
    vars: usize,
    env: usize,
    namespace: Option<Namespace>,
    parameters: usize,
    remaps: usize,
}

impl Scope {
    pub(super) fn enter(&self) -> Mark {
        Mark {
            vars: self.vars.undo.len(),
            env: self.env.undo.len(),
            namespace: self.namespace.clone(),
            parameters: self.parameters.len(),
            remaps: self.remaps.len(),
        }
    }

    pub(super) fn leave(&mut self, mark: Mark) {
        self.vars.leave(mark.vars);
        self.env.leave(mark.env);
        self.namespace = mark.namespace;
        self.parameters.truncate(mark.parameters);
        self.remaps.truncate(mark.remaps);
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

    fn leave(&mut self, mark: usize) {
        for (name, before) in self.undo.drain(mark..).rev() {
            match before {
                Some(value) => self.now.insert(name, value),
                None => self.now.remove(&name),
            };
        }
    }
}
