//! Wires followed through the ports of packages.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::doubt::{Doubt, Problem};
use super::instances::{Member, Walk};
use super::{Connection, Given};
use vc_words::host_line::HostEntry as Entry;

use crate::frequency::Frequency;
use crate::project::{End, MAX_PORTS, Package};

/// The most connections: more than any circuit has, few enough to be looked at.
const MAX_CONNECTIONS: usize = 100_000;
/// The most steps along wires, all sources together.
const MAX_STEPS: usize = 10_000_000;

/// What VisualCircuit 2 calls the constant that holds a block's frequency.
const FREQUENCY: &str = "Frequency";

/// Where a wire begins, once its packages are opened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Source {
    Output(usize, Arc<str>),
    Constant(usize),
    Door(usize),
}

/// Where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Target {
    Input(usize, Arc<str>),
    Door(usize),
}

#[derive(Default)]
struct Graph {
    /// Those that are no doors, in the order first met.
    sources: Vec<(Source, Vec<Target>)>,
    index: HashMap<Source, usize>,
    doors: HashMap<usize, Vec<Target>>,
    seen: HashSet<(Source, Target)>,
    lost: usize,
}

impl Graph {
    fn add(&mut self, source: Source, target: Target) {
        if !self.seen.insert((source.clone(), target.clone())) {
            return;
        }
        if let Source::Door(door) = source {
            self.doors.entry(door).or_default().push(target);
            return;
        }
        let next = self.sources.len();
        let at = *self.index.entry(source.clone()).or_insert(next);
        if at == next {
            self.sources.push((source, Vec::new()));
        }
        self.sources[at].1.push(target);
    }
}

/// Finds all connections, and which constants reach what.
pub(super) fn join(walk: &mut Walk<'_>) -> Result<(), Problem> {
    let mut graph = Graph::default();
    for at in 0..walk.instances.len() {
        if let Some(placed) = &walk.instances[at].placed {
            for (member, port) in &placed.ports {
                let port: Arc<str> = port.as_str().into();
                match *member {
                    Member::Input(door) => graph.add(Source::Door(door), Target::Input(placed.leaf, port)),
                    Member::Output(door) => graph.add(Source::Output(placed.leaf, port), Target::Door(door)),
                    _ => {}
                }
            }
        } else {
            level(walk, at, &mut graph);
        }
    }
    if graph.lost > 0 {
        walk.doubts.push(Doubt::LostWires { count: graph.lost });
    }
    follow(walk, &graph)?;
    for block in walk.leaves.iter_mut().filter(|block| block.entry == Entry::Loop) {
        // There the frequency is a parameter like others, by its name.
        let given = block.given.iter().find(|given| given.constant == FREQUENCY || given.port == FREQUENCY);
        if let Some(given) = given {
            block.frequency = Frequency::read(Some(&given.value));
        }
    }
    Ok(())
}

/// The wires of one package.
fn level(walk: &mut Walk<'_>, at: usize, graph: &mut Graph) {
    let package: Arc<Package> = walk.instances[at].package.clone();
    for wire in &package.wires {
        let ends = (member(walk, at, &wire.source), member(walk, at, &wire.target));
        let (Some(from), Some(to)) = ends else {
            // What VisualCircuit's builder left behind is there once more, whole.
            graph.lost += usize::from(!wire.marked);
            continue;
        };
        let source = match from {
            Member::Code(leaf) => {
                let label = label(&wire.source, &[&walk.leaves[leaf].outputs]);
                Ok(Source::Output(leaf, label.into()))
            }
            Member::Constant(constant) => Ok(Source::Constant(constant)),
            Member::Input(door) | Member::Output(door) => Ok(Source::Door(door)),
            Member::Package(inner) => match walk.instances[inner].members.get(&wire.source.port) {
                Some(Member::Output(door)) => Ok(Source::Door(*door)),
                _ => Err((inner, &wire.source, to)),
            },
            Member::Missing | Member::Note => continue,
        };
        let target = match to {
            Member::Code(leaf) => {
                let block = &walk.leaves[leaf];
                let label = label(&wire.target, &[&block.inputs, &block.parameters]);
                Ok(Target::Input(leaf, label.into()))
            }
            Member::Input(door) | Member::Output(door) => Ok(Target::Door(door)),
            Member::Package(inner) => match walk.instances[inner].members.get(&wire.target.port) {
                Some(Member::Input(door)) => Ok(Target::Door(*door)),
                _ => Err((inner, &wire.target, from)),
            },
            Member::Constant(_) | Member::Missing | Member::Note => continue,
        };
        match (source, target) {
            (Ok(source), Ok(target)) => graph.add(source, target),
            (Err(stale), _) | (_, Err(stale)) => {
                let (inner, end, other) = stale;
                let package = walk.instances[inner].title.clone();
                let doubt = Doubt::StalePort { package, port: end.name.clone(), other: walk.called(other) };
                walk.doubts.push(doubt);
            }
        }
    }
}

/// What a wire's end names: a block of its own level, or else the only code block or constant anywhere that has this id.
/// VisualCircuit's builder moves wires to other levels, and such files are about.
fn member(walk: &Walk<'_>, at: usize, end: &End) -> Option<Member> {
    if let Some(member) = walk.instances[at].members.get(&end.block) {
        return Some(*member);
    }
    match walk.everywhere.get(&end.block).map(Vec::as_slice) {
        Some([only]) => Some(*only),
        _ => None,
    }
}

/// The port of a code block: VisualCircuit goes by the wire's name for it, old files have only the port.
fn label(end: &End, declared: &[&Vec<String>]) -> String {
    let known = |name: &String| declared.iter().any(|names| names.contains(name));
    let candidates = [&end.name, &end.port];
    let candidate = candidates.into_iter().find(|name| known(name));
    let named = || candidates.into_iter().find(|name| !name.is_empty());
    candidate.or_else(named).cloned().unwrap_or_default()
}

/// From every source to all it reaches.
fn follow(walk: &mut Walk<'_>, graph: &Graph) -> Result<(), Problem> {
    let mut order: Vec<usize> = (0..graph.sources.len()).collect();
    let rank = |at: &usize| match &graph.sources[*at].0 {
        Source::Output(leaf, _) => (0, *leaf, *at),
        Source::Constant(constant) => (1, *constant, *at),
        Source::Door(door) => (2, *door, *at),
    };
    order.sort_by_key(rank);
    let mut steps = 0;
    for at in order {
        let (source, direct) = &graph.sources[at];
        let mut passed = HashSet::new();
        let mut reached = HashSet::new();
        let mut waiting: VecDeque<&Target> = direct.iter().collect();
        while let Some(target) = waiting.pop_front() {
            steps += 1;
            if steps > MAX_STEPS {
                return Err(Problem::Large { what: "steps along its wires", bound: MAX_STEPS });
            }
            match target {
                Target::Door(door) => {
                    if passed.insert(*door) {
                        waiting.extend(graph.doors.get(door).into_iter().flatten());
                    }
                }
                Target::Input(leaf, port) => {
                    if reached.insert((*leaf, port)) {
                        arrive(walk, source, (*leaf, port))?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn arrive(walk: &mut Walk<'_>, source: &Source, (to, port): (usize, &Arc<str>)) -> Result<(), Problem> {
    match source {
        Source::Output(from, output) => {
            if walk.connections.len() == MAX_CONNECTIONS {
                return Err(Problem::Large { what: "connections", bound: MAX_CONNECTIONS });
            }
            add(&mut walk.leaves[*from].outputs, output)?;
            add(&mut walk.leaves[to].inputs, port)?;
            let (output, input) = (output.to_string(), port.to_string());
            walk.connections.push(Connection { from: *from, output, to, input });
        }
        Source::Constant(constant) => {
            let constant = &walk.constants[*constant];
            match &constant.value {
                Some(_) if walk.leaves[to].given.len() == MAX_PORTS => return Err(crowded()),
                Some(value) => {
                    let (constant, value) = (constant.name.clone(), value.clone());
                    walk.leaves[to].given.push(Given { port: port.to_string(), constant, value });
                }
                None => {
                    let (constant, block) = (constant.name.clone(), walk.leaves[to].path());
                    walk.doubts.push(Doubt::NoValue { constant, block });
                }
            }
        }
        Source::Door(_) => {}
    }
    Ok(())
}

/// Notes a port that no declaration has: VisualCircuit's blocks are not bound to their declarations.
fn add(list: &mut Vec<String>, name: &str) -> Result<(), Problem> {
    if !list.iter().any(|known| known == name) {
        if list.len() >= MAX_PORTS {
            return Err(crowded());
        }
        list.push(name.to_owned());
    }
    Ok(())
}

fn crowded() -> Problem {
    Problem::Large { what: "ports of one block", bound: MAX_PORTS }
}
