//! Packages within packages → code blocks joined directly.
//!
//! A block is known by the path of package instances it stands in and its own id, so that two instances of one package,
//! or two packages that share ids, never meet. Wires are followed through the ports of packages by reachability: fan-out,
//! fan-in, cycles, self loops and inputs wired straight to outputs need no rules of their own.

mod doubt;
mod instances;
mod wires;

use std::sync::Arc;

pub use doubt::{Doubt, Problem};

use vc_words::host_line::HostEntry as Entry;

use crate::frequency::Frequency;
use crate::project::{Format, Project};
use instances::Walk;

/// A project without its packages: what runs, and what reaches what.
#[derive(Debug)]
pub struct Flat {
    /// The format it was written in.
    pub format: Format,
    /// The code blocks, in the order of the file, those of a package where the package stands.
    pub blocks: Vec<FlatBlock>,
    /// Which output reaches which input, each pair once, by source block, then in the order of the wires.
    pub connections: Vec<Connection>,
    /// What is doubtful about it.
    pub doubts: Vec<Doubt>,
}

/// A code block with what reaches it.
#[derive(Debug)]
pub struct FlatBlock {
    /// The packages above it that hold other blocks too, outermost first, as words for names.
    pub namespace: Vec<String>,
    /// Its name among them: that of the package which holds it alone, else `Code`; made a word and unique.
    pub name: String,
    /// The package whose whole content it is, as the editor shows it.
    pub package: Option<String>,
    /// The Python code.
    pub code: Arc<str>,
    /// How the code is called.
    pub entry: Entry,
    /// How often it wants to run.
    pub frequency: Frequency,
    /// Its inputs as declared, then those that only wires know.
    pub inputs: Vec<String>,
    /// Its outputs as declared, then those that only wires know.
    pub outputs: Vec<String>,
    /// Its parameters as declared.
    pub parameters: Vec<String>,
    /// The constants that reach it.
    pub given: Vec<Given>,
}

/// A constant that reaches a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The port it reaches.
    pub port: String,
    /// The constant's name. VisualCircuit gives the value under this name, whatever the port is called.
    pub constant: String,
    /// Its value.
    pub value: String,
}

/// An output that reaches an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection {
    /// The source block, by its place in [`Flat::blocks`].
    pub from: usize,
    /// Its output.
    pub output: String,
    /// The target block.
    pub to: usize,
    /// Its input.
    pub input: String,
}

impl FlatBlock {
    /// The name as launch files write it: `Follow/Detector`.
    pub fn path(&self) -> String {
        let mut path = self.namespace.join("/");
        if !path.is_empty() {
            path.push('/');
        }
        path + &self.name
    }

    /// The values it is given, each under one name: first by port, then by the constants' own names where no port has that
    /// name. VisualCircuit knows the second only; here a block whose two names differ works all the same. Of two values for
    /// one name the later counts.
    pub fn bound(&self) -> Vec<(&str, &str)> {
        let mut bound = self.bound_to_ports();
        let by_port = bound.len();
        for given in self.given.iter().filter(|given| !given.constant.is_empty()) {
            bind(&mut bound, by_port, (&given.constant, &given.value));
        }
        bound
    }

    /// The values it is given by port only, in the order of the declarations.
    pub fn bound_to_ports(&self) -> Vec<(&str, &str)> {
        let mut bound: Vec<(&str, &str)> = Vec::new();
        for given in &self.given {
            bind(&mut bound, 0, (&given.port, &given.value));
        }
        let place = |name: &str| self.parameters.iter().position(|known| known == name).unwrap_or(usize::MAX);
        bound.sort_by_key(|(name, _)| place(name));
        bound
    }
}

/// Binds a value to a name; replaces a value bound before, but for the first `fixed`.
fn bind<'a>(bound: &mut Vec<(&'a str, &'a str)>, fixed: usize, (name, value): (&'a str, &'a str)) {
    match bound.iter().position(|(known, _)| *known == name) {
        Some(at) if at < fixed => {}
        Some(at) => bound[at].1 = value,
        None => bound.push((name, value)),
    }
}

/// Flattens a project.
///
/// # Errors
/// All the [`Problem`]s that keep it from running.
pub fn flatten(project: &Project) -> Result<Flat, Vec<Problem>> {
    let mut walk = Walk::new(project);
    walk.root().map_err(|problem| vec![problem])?;
    walk.name();
    wires::join(&mut walk).map_err(|problem| vec![problem])?;
    if !walk.problems.is_empty() {
        return Err(walk.problems);
    }
    let mut doubts = walk.doubts;
    doubts.dedup();
    Ok(Flat { format: project.format, blocks: walk.leaves, connections: walk.connections, doubts })
}
