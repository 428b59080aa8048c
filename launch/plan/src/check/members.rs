//! The processes of a circuit: found, asked, named.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use vc_words::{Manifest, NodeName, ParameterValue, TopicName};

use super::interpreters::{self, Found};
use super::sites;
use crate::describe::{Describe, all};
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{Placed, Wanted, What};
use crate::find::{Finder, Missing, OfPackage, Search};
use crate::machine::PlannedMachine;
use crate::python::{Program, node_word};
use crate::read::Options;
use crate::source::At;

/// A process whose program is known.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) wanted: Wanted,
    pub(super) program: Program,
    pub(super) manifest: Option<Manifest>,
    pub(super) name: NodeName,
    /// Whether it runs on another machine than this one.
    pub(super) is_elsewhere: bool,
    /// Whether nobody here knows what its program is: it is on another machine.
    pub(super) is_unchecked: bool,
    /// Whether it reads what is typed.
    pub(super) reads_stdin: bool,
    /// Its parameters, checked, in the order first given.
    pub(super) parameters: Vec<(String, ParameterValue)>,
    /// Remap rules that its wires need.
    pub(super) wired: Vec<(String, TopicName)>,
    /// Further topics that its inputs read.
    pub(super) sources: Vec<(String, TopicName)>,
    /// Topics of its ports on which another's queue is longer than usual, and how long.
    pub(super) longest: Vec<(TopicName, u32)>,
}

impl Member {
    /// Where to point for the node as a whole: its name, or else its program.
    pub(super) fn at(&self) -> &At {
        self.wanted.name.as_ref().map_or(&self.wanted.program.at, |name| &name.at)
    }

    /// Whether another one runs on another machine.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        self.wanted.machine() != other.wanted.machine()
    }

    pub(super) fn is_executable(&self) -> bool {
        matches!(self.wanted.what, What::Executable)
    }

    /// How messages call it: its name, and its block where that has another one.
    pub(super) fn called(&self) -> String {
        match &self.manifest {
            Some(manifest) if manifest.block != self.name.base() => {
                format!("`{}` (block `{}`)", short(&self.name), manifest.block)
            }
            _ => format!("`{}`", short(&self.name)),
        }
    }
}

/// A node's name as launch files write it: without the slash of the root.
pub(super) fn short(name: &NodeName) -> String {
    name.to_string().trim_start_matches('/').to_owned()
}

/// All processes of a circuit.
#[derive(Debug)]
pub(super) struct Members {
    pub(super) list: Vec<Member>,
    /// Whether some are missing because of mistakes already noted.
    pub(super) incomplete: bool,
}

impl Members {
    pub(super) fn find(
        &mut self,
        wanted: Vec<Wanted>,
        machines: &[PlannedMachine],
        (options, describe): (&Options, &dyn Describe),
        sink: &mut Sink,
    ) {
        let mut told = sites::ask(&wanted, machines, options, &mut self.incomplete, sink);
        let mut unchecked = sites::Unchecked::default();
        let search = &options.search;
        let mut finder = Finder::new(search);
        let mut found: Vec<Found> = Vec::new();
        for (index, one) in wanted.into_iter().enumerate() {
            match told.remove(&index) {
                Some(Some(there)) => {
                    if let Some(python) = &one.python {
                        let message = "`python` is for blocks that run here: other machines have their own";
                        sink.push(Diagnostic::error(message).at(&python.at));
                    }
                    found.push((one, Program::of(there.program), Some(there.manifest)));
                }
                Some(None) => {}
                None => match finder.find(
                    one.pkg().map(|pkg| pkg.value.as_str()),
                    &one.program.value,
                    one.at.source.folder(),
                ) {
                    Ok(file) => match interpreters::program(&one, file, search) {
                        Ok(program) => found.push((one, program, None)),
                        Err(diagnostic) => {
                            self.incomplete = true;
                            sink.push(*diagnostic);
                        }
                    },
                    Err(_) if !one.is_here(options) => {
                        unchecked.add(&one);
                        let program = Program::of(PathBuf::from(&one.program.value));
                        found.push((one, program, Some(None)));
                    }
                    Err(missing) => {
                        self.incomplete = true;
                        sink.push(not_found(&one, one.pkg(), missing, search));
                    }
                },
            }
        }
        unchecked.tell(sink);
        self.incomplete |= !interpreters::examine(&mut found, describe, sink);
        let nodes = found.iter().filter(|(one, _, known)| one.is_node() && known.is_none());
        let answers = all(nodes.map(|(_, program, _)| program), describe);
        let mut told: HashSet<&Program> = HashSet::new();
        for (one, program, known) in &found {
            if let Some(Err(error)) = answers.get(program)
                && known.is_none()
                && told.insert(program)
            {
                self.incomplete = true;
                let diagnostic = Diagnostic::error(error.to_string()).at(&one.program.at);
                sink.push(diagnostic.maybe_hint(error.hint()));
            }
        }
        let mut named = Vec::new();
        for (one, program, known) in found {
            let asked = || {
                answers
                    .get(&program)
                    .filter(|_| one.is_node())
                    .and_then(|answer| answer.as_ref().ok()?.clone())
            };
            let manifest = known.unwrap_or_else(asked);
            let name = self.name(&one, manifest.as_ref(), sink);
            named.extend(name.map(|name| (one, program, manifest, name)));
        }
        self.place(named, (options, &unchecked), sink);
    }

    /// The name a process asks for.
    fn name(&mut self, one: &Wanted, manifest: Option<&Manifest>, sink: &mut Sink) -> Option<NodeName> {
        let (base, at) = match &one.name {
            Some(name) => (name.value.clone(), &name.at),
            None => (default_name(one, manifest), &one.program.at),
        };
        match NodeName::new(one.namespace.clone(), &base) {
            Ok(name) => Some(name),
            Err(error) => {
                self.incomplete = true;
                sink.push(Diagnostic::error(format!("not a node name: {error}")).at(at));
                None
            }
        }
    }

    /// Gives each process its name. Where nobody said what a foreign program calls itself, a number
    /// tells two of them apart.
    fn place(
        &mut self,
        named: Vec<(Wanted, Program, Option<Manifest>, NodeName)>,
        (options, unchecked): (&Options, &sites::Unchecked),
        sink: &mut Sink,
    ) {
        let guessed = |one: &Wanted, manifest: &Option<Manifest>| one.name.is_none() && manifest.is_none();
        let mut taken: HashMap<NodeName, At> = HashMap::new();
        for (one, _, manifest, name) in named.iter().filter(|(one, _, manifest, _)| !guessed(one, manifest)) {
            let at = one.name.as_ref().map_or(&one.program.at, |name| &name.at);
            if let Some(first) = taken.get(name) {
                let what = if manifest.is_some() || one.name.is_some() { "node" } else { "process" };
                let message = format!("two nodes are called `{name}`");
                let diagnostic = Diagnostic::error(message).at(at).also(format!("the other {what}"), first);
                let hint = if first == at {
                    "this entry is there more than once: let its `name` or namespace hold what differs, as in `cam_$(index i)`"
                } else {
                    "give one of them another `name`, or put it into a namespace"
                };
                sink.push(diagnostic.hint(hint));
            } else {
                taken.insert(name.clone(), at.clone());
            }
        }
        let mut numbers: HashMap<NodeName, usize> = HashMap::new();
        for (one, program, manifest, mut name) in named {
            if guessed(&one, &manifest) {
                let plain = name.clone();
                let number = numbers.entry(plain.clone()).or_insert(1);
                while taken.contains_key(&name) {
                    *number += 1;
                    let next =
                        NodeName::new(plain.namespace().clone(), &format!("{}_{number}", plain.base()));
                    let Ok(next) = next else { break };
                    name = next;
                }
                taken.insert(name.clone(), one.program.at.clone());
            }
            self.list.push(Member {
                reads_stdin: false,
                is_elsewhere: !one.is_here(options),
                is_unchecked: unchecked.has(&one),
                wanted: one,
                program,
                manifest,
                name,
                parameters: Vec::new(),
                wired: Vec::new(),
                sources: Vec::new(),
                longest: Vec::new(),
            });
        }
    }
}

/// The block's own name; for other programs what a node of theirs would most likely be called.
fn default_name(one: &Wanted, manifest: Option<&Manifest>) -> String {
    if let Some(manifest) = manifest {
        return manifest.block.clone();
    }
    let exec = one.exec_name.as_deref().unwrap_or(&one.program.value);
    let base = exec.rsplit('/').next().unwrap_or(exec);
    let stem = base.strip_suffix(".py").or_else(|| base.strip_suffix(".sh")).unwrap_or(base);
    node_word(stem)
}

fn not_found(one: &Wanted, pkg: Option<&Placed<String>>, missing: Missing, search: &Search) -> Diagnostic {
    let exec = &one.program.value;
    let told = Diagnostic::error(missing.why);
    match (missing.of_package, pkg) {
        (Some(OfPackage::Everything(package)), Some(pkg)) => return told.at(&pkg.at).hint(package.hint()),
        (Some(OfPackage::Program(programs)), _) => {
            let all = match programs.as_slice() {
                [] => "it has no programs".to_owned(),
                some => format!("its programs are {}", some.join(", ")),
            };
            return told
                .at(&one.program.at)
                .hint(all)
                .did_you_mean(exec, programs.iter().map(String::as_str));
        }
        _ => {}
    }
    let mut hints = Vec::new();
    if !exec.contains('/') {
        let names = search.block_names(one.at.source.folder());
        let near = vc_words::suggest::nearest(exec, names.iter().map(String::as_str));
        hints.extend(near.map(|near| format!("did you mean `{near}`?")));
    }
    if !missing.looked.is_empty() {
        hints.push(format!("it was looked for in {}", folders(&missing.looked)));
    }
    if hints.len() == 1 {
        hints.push("VC_BLOCKS_PATH adds folders".to_owned());
    }
    let hint = (!hints.is_empty()).then(|| hints.join("\n"));
    told.at(&one.program.at).maybe_hint(hint)
}

/// Folders for people: those of `PATH` are just that.
fn folders(looked: &[PathBuf]) -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let common: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut shown: Vec<String> = looked
        .iter()
        .filter(|folder| !common.contains(folder))
        .map(|folder| format!("`{}`", folder.display()))
        .collect();
    if shown.len() < looked.len() {
        shown.push("PATH".to_owned());
    }
    shown.join(", ")
}
