//! What each wire carries: one kind for all ports that are joined.

use std::collections::HashMap;

use vc_words::host_line::HostKind as Kind;

use crate::flatten::{Connection, Doubt};

/// An end of wires: a block, whether it is one of its outputs, and the port.
pub(crate) type End<'a> = (usize, bool, &'a str);

/// What is known of an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// A native block's port; none: of a type that Python code knows nothing of.
    Native(Option<Kind>),
    /// Python code that tells what it does.
    Code(Kind),
    /// Python code that does not tell.
    Nothing,
}

/// Decides the kind of every Python end. Ends that are joined, by whatever way round, carry one kind where that is possible.
pub(crate) fn decide<'a>(
    connections: &'a [Connection],
    known: impl Fn(End<'a>) -> Known,
    called: impl Fn(usize) -> String,
    doubts: &mut Vec<Doubt>,
) -> HashMap<End<'a>, Kind> {
    let mut groups = Groups::default();
    for wire in connections {
        groups.join((wire.from, true, &wire.output), (wire.to, false, &wire.input));
    }
    let mut kinds = HashMap::new();
    for group in groups.members() {
        let states: Vec<Known> = group.iter().map(|end| known(*end)).collect();
        let native =
            states.iter().find_map(|state| if let Known::Native(kind) = state { Some(*kind) } else { None });
        let told = |output: bool| {
            group
                .iter()
                .zip(&states)
                .filter(move |((_, is_output, _), _)| *is_output == output)
                .map(|(_, state)| *state)
        };
        let common = match native {
            // What stands on the other side decides, where the code does not say otherwise.
            Some(kind) => kind,
            None => agreed(told(true), told(false)),
        };
        for (end, state) in group.iter().zip(&states) {
            let kind = match (state, native) {
                (Known::Native(_), _) => continue,
                (Known::Code(kind), Some(_)) if *kind != Kind::Any => *kind,
                _ => common.unwrap_or(Kind::Any),
            };
            kinds.insert(*end, kind);
        }
        if native.is_none() && common == Some(Kind::Any) {
            doubts.extend(mixed(&group, &states, &called));
        }
    }
    kinds
}

/// What all outputs give and no input contradicts; else anything, told apart as it comes. Outputs that do not tell may give
/// anything at all.
fn agreed(outputs: impl Iterator<Item = Known>, inputs: impl Iterator<Item = Known>) -> Option<Kind> {
    let mut common = None;
    for output in outputs {
        match output {
            Known::Code(kind) if common.is_none_or(|known| known == kind) => common = Some(kind),
            _ => return Some(Kind::Any),
        }
    }
    let fits = |input| !matches!(input, Known::Code(kind) if Some(kind) != common);
    let mut inputs = inputs;
    if inputs.all(fits) { common } else { Some(Kind::Any) }
}

/// Blocks that surely do not understand each other.
fn mixed(group: &[End<'_>], states: &[Known], called: &impl Fn(usize) -> String) -> Option<Doubt> {
    let plain = |output: bool| {
        group.iter().zip(states).filter_map(move |(end, state)| match state {
            Known::Code(kind) if end.1 == output && *kind != Kind::Any => Some((*end, *kind)),
            _ => None,
        })
    };
    let ((from, output), (to, input)) =
        plain(true).find_map(|from| plain(false).find(|to| to.1 != from.1).map(|to| (from, to)))?;
    Some(Doubt::Mixed {
        from: (called(from.0), from.2.to_owned(), output),
        to: (called(to.0), to.2.to_owned(), input),
    })
}

/// Ends joined into groups.
#[derive(Default)]
struct Groups<'a> {
    ends: Vec<End<'a>>,
    index: HashMap<End<'a>, usize>,
    above: Vec<usize>,
}

impl<'a> Groups<'a> {
    fn number(&mut self, end: End<'a>) -> usize {
        let next = self.ends.len();
        let number = *self.index.entry(end).or_insert(next);
        if number == next {
            self.ends.push(end);
            self.above.push(next);
        }
        number
    }

    fn top(&mut self, mut at: usize) -> usize {
        while self.above[at] != at {
            self.above[at] = self.above[self.above[at]];
            at = self.above[at];
        }
        at
    }

    fn join(&mut self, one: End<'a>, two: End<'a>) {
        let (one, two) = (self.number(one), self.number(two));
        let (one, two) = (self.top(one), self.top(two));
        self.above[one.max(two)] = one.min(two);
    }

    /// The groups, each in the order first met.
    fn members(mut self) -> Vec<Vec<End<'a>>> {
        let mut groups: Vec<Vec<End<'a>>> = vec![Vec::new(); self.ends.len()];
        for at in 0..self.ends.len() {
            let top = self.top(at);
            groups[top].push(self.ends[at]);
        }
        groups.retain(|group| !group.is_empty());
        groups
    }
}
