//! Constants and parameters that the user gives other values than the project has: `EdgeDetector.Lower:=80`.

use crate::circuit::Mistake;
use crate::flatten::{Flat, FlatBlock, Given};
use crate::frequency::Frequency;

/// What frequencies are given under: every block has one.
const FREQUENCY: &str = "Frequency";

/// A value for what the project knows nothing of: a native block's own parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) block: usize,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A value that can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settable {
    /// `Block.Name`.
    pub name: String,
    /// What the project says.
    pub value: String,
}

/// Every constant of a project, by the block it reaches and the name it is known by there, and each block's frequency.
pub fn settable(flat: &Flat) -> Vec<Settable> {
    let mut all = Vec::new();
    for block in &flat.blocks {
        let path = block.path();
        let bound = block.bound_to_ports();
        let frequency =
            (!bound.iter().any(|(name, _)| *name == FREQUENCY)).then(|| block.frequency.hertz().to_string());
        let bound = bound.into_iter().map(|(name, value)| (name, value.to_owned()));
        let bound = bound.chain(frequency.map(|hertz| (FREQUENCY, hertz)));
        all.extend(bound.map(|(name, value)| Settable { name: format!("{path}.{name}"), value }));
    }
    all
}

/// Gives values. What no block's code knows may be a native block's own.
pub(crate) fn give(flat: &mut Flat, values: &[(String, String)]) -> Result<Vec<Own>, Vec<Mistake>> {
    let (mut own, mut mistakes) = (Vec::new(), Vec::new());
    for (whole, value) in values {
        let block = flat.blocks.iter().position(|block| rest(block, whole).is_some());
        let Some(block) = block else {
            mistakes.push(unknown(flat, whole));
            continue;
        };
        let name = rest(&flat.blocks[block], whole).unwrap_or_default().to_owned();
        if !set(&mut flat.blocks[block], &name, value) {
            own.push(Own { block, name, value: value.clone() });
        }
    }
    if mistakes.is_empty() { Ok(own) } else { Err(mistakes) }
}

/// Sets what the block's code knows by this name.
fn set(block: &mut FlatBlock, name: &str, value: &str) -> bool {
    let mut found = false;
    for given in block.given.iter_mut().filter(|given| given.port == name || given.constant == name) {
        value.clone_into(&mut given.value);
        found = true;
    }
    if !found && block.parameters.iter().any(|known| known == name) {
        let name = name.to_owned();
        block.given.push(Given { port: name.clone(), constant: name, value: value.to_owned() });
        found = true;
    }
    if name == FREQUENCY {
        block.frequency = Frequency::read(Some(value));
        found = true;
    }
    found
}

/// What follows the block's name and a point.
fn rest<'a>(block: &FlatBlock, whole: &'a str) -> Option<&'a str> {
    whole.strip_prefix(&block.path())?.strip_prefix('.')
}

/// That there is nothing to be given this value.
pub(crate) fn unknown(flat: &Flat, name: &str) -> Mistake {
    let known = settable(flat).into_iter().map(|one| one.name).collect();
    Mistake::UnknownValue { name: name.to_owned(), known }
}
