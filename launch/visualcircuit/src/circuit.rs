//! A flat project and the native blocks at hand → a circuit: what runs natively, what in Python, what carries what.

use std::collections::HashMap;

use vc_words::host_line::{HostKind as Kind, HostPort};
use vc_words::{ParameterError, ParameterValue};

use crate::flatten::{Doubt, Flat, FlatBlock};
use crate::kinds::{Known, decide};
use crate::names::{Taken, word};
use crate::native::{Choice, Native, Place, Settings, Stand, Why, stand};
use crate::python::Uses;
use crate::python_file::{PythonFile, python_file};
use crate::values::{give, unknown};

/// What a project comes to.
#[derive(Debug)]
pub struct Circuit {
    /// Its blocks, in the order of the file.
    pub blocks: Vec<CircuitBlock>,
    /// Its wires, by the blocks' places.
    pub wires: Vec<CircuitWire>,
    /// What is doubtful about it.
    pub doubts: Vec<Doubt>,
    /// Whether code in Python gets the wire at `Enable` as it is.
    pub strict_enable: bool,
}

/// A block of a circuit.
#[derive(Debug)]
pub struct CircuitBlock {
    /// The namespace's words, outermost first.
    pub namespace: Vec<String>,
    /// The node's name.
    pub name: String,
    /// The package it is in the editor.
    pub package: Option<String>,
    /// What runs it.
    pub runs: Runs,
    /// Why that.
    pub why: Why,
    /// Whether it reads what is typed.
    pub stdin: bool,
}

impl CircuitBlock {
    /// The name as launch files write it: `Follow/Detector`.
    pub fn path(&self) -> String {
        let words = self.namespace.iter().chain([&self.name]);
        words.map(String::as_str).collect::<Vec<_>>().join("/")
    }
}

/// What runs a block.
#[derive(Debug)]
pub enum Runs {
    /// A native block.
    Native {
        /// What launch files call its program.
        exec: String,
        /// Its parameters.
        parameters: Vec<(String, ParameterValue)>,
        /// Its ports that have a topic of their own.
        remaps: Vec<(String, String)>,
    },
    /// The block's own code.
    Python(PythonFile),
}

/// A wire of a circuit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitWire {
    /// The source block's place.
    pub from: usize,
    /// Its output.
    pub output: String,
    /// The target block's place.
    pub to: usize,
    /// Its input.
    pub input: String,
    /// What the editor calls the output and the input.
    pub drawn: [String; 2],
}

/// Why no circuit can be made of a project.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Mistake {
    /// A block is asked for that there is not.
    #[error("`--{flag} {name}`: the project has no such block")]
    UnknownBlock {
        /// `native` or `python`.
        flag: &'static str,
        /// What was asked for.
        name: String,
        /// What the blocks are called.
        known: Vec<String>,
    },
    /// One block is asked for both ways.
    #[error("`{block}` cannot run both natively and in Python")]
    BothWays {
        /// The block.
        block: String,
    },
    /// A block that shall run natively cannot.
    #[error("`{block}` cannot run natively: {why}")]
    NotNative {
        /// The block.
        block: String,
        /// What stands in the way.
        why: Why,
    },
    /// A value for something that there is not.
    #[error("the project has no value `{name}`")]
    UnknownValue {
        /// What was asked for.
        name: String,
        /// What can be given.
        known: Vec<String>,
    },
    /// A constant whose value the native block has no use for.
    #[error("constant `{constant}` of block `{block}`: {source}")]
    Constant {
        /// The block.
        block: String,
        /// The constant's name.
        constant: String,
        /// What is wrong with it.
        source: ParameterError,
    },
}

impl Mistake {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownBlock { name, known, .. } => Some(nearest(name, known, "its blocks are")),
            Self::UnknownValue { name, known } => Some(nearest(name, known, "there is")),
            Self::BothWays { .. } => None,
            Self::NotNative { block, .. } => Some(format!("without `--native {block}` it runs in Python")),
            Self::Constant { block, .. } => {
                Some(format!("change it in the editor, or run the block's own code: `--python {block}`"))
            }
        }
    }
}

fn nearest(name: &str, known: &[String], all: &str) -> String {
    match vc_words::suggest::nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.len() > 12 => "`vclaunch args` lists all".to_owned(),
        None => format!("{all} {}", known.join(", ")),
    }
}

/// Makes a circuit.
///
/// # Errors
/// All the [`Mistake`]s that stand in the way.
pub fn circuit(mut flat: Flat, natives: &[Native], choice: &Choice) -> Result<Circuit, Vec<Mistake>> {
    let own = give(&mut flat, &choice.values)?;
    let flat = &flat;
    let asked = asked(&flat.blocks, choice)?;
    let places = Place::all(&flat.blocks, &flat.connections, flat.format);
    let mut mistakes = Vec::new();
    let mut stands: Vec<(Option<(Stand<'_>, Settings)>, Why)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let block = || place.block.path();
        let (native, python) = asked[at];
        // What is said of one block counts more than what is said of all, and Python more than native.
        let found = if python > Wish::None && python >= native {
            Err(Why::Asked)
        } else {
            stand(place, natives, native > Wish::None)
        };
        stands.push(match found {
            Ok((stand, why)) => {
                let settings = stand.settings(place, own.iter().filter(|own| own.block == at));
                let wrong = settings.wrong.iter().cloned();
                mistakes.extend(wrong.map(|(constant, source)| Mistake::Constant {
                    block: block(),
                    constant,
                    source,
                }));
                mistakes.extend(
                    settings.unknown.iter().map(|name| unknown(flat, &format!("{}.{name}", block()))),
                );
                (Some((stand, settings)), why)
            }
            Err(why) => {
                let own = own.iter().filter(|own| own.block == at);
                mistakes.extend(own.map(|own| unknown(flat, &format!("{}.{}", block(), own.name))));
                if native == Wish::Named {
                    mistakes.push(Mistake::NotNative { block: block(), why: why.clone() });
                }
                (None, why)
            }
        });
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut circuit = assemble(flat, &places, stands);
    circuit.strict_enable = choice.strict_enable;
    if !choice.stdin_is_given {
        give_stdin(&mut circuit);
    }
    Ok(circuit)
}

/// The one block whose code reads what is typed, gets it. Of several nobody knows which one is meant.
fn give_stdin(circuit: &mut Circuit) {
    let reads = |block: &&mut CircuitBlock| match &block.runs {
        Runs::Python(file) => file.reads_stdin(),
        Runs::Native { .. } => false,
    };
    let mut readers: Vec<&mut CircuitBlock> = circuit.blocks.iter_mut().filter(reads).collect();
    match readers.as_mut_slice() {
        [] => {}
        [one] => one.stdin = true,
        many => {
            let blocks = many.iter().map(|block| block.path()).collect();
            circuit.doubts.push(Doubt::ManyReadStdin { blocks });
        }
    }
}

/// The circuit, once it is known what runs what.
fn assemble(flat: &Flat, places: &[Place<'_>], stands: Vec<(Option<(Stand<'_>, Settings)>, Why)>) -> Circuit {
    let mut doubts = flat.doubts.clone();
    // Code that stands in many places is looked through once.
    let mut uses: HashMap<&str, Uses> = HashMap::new();
    for (place, (stand, _)) in places.iter().zip(&stands) {
        if stand.is_none() {
            uses.entry(&place.block.code).or_insert_with_key(|code| Uses::of(code));
        }
    }
    let known = |(at, output, port): (usize, bool, &str)| {
        let (place, block) = (&places[at], places[at].block);
        if let Some((stand, _)) = &stands[at].0 {
            let manifest = &stand.native.manifest;
            let port = if output {
                stand.output(place, port).and_then(|port| manifest.output(port))
            } else {
                stand.input(place, port).and_then(|port| manifest.input(port))
            };
            return Known::Native(port.and_then(|port| Kind::of_type(&port.type_name)));
        }
        let Some(uses) = uses.get(&*block.code) else { return Known::Nothing };
        // Code of VisualCircuit 2 sees wired ports only, and knows them by place.
        let wired = if output { &place.outputs } else { &place.inputs };
        let place = wired.iter().position(|known| *known == port).unwrap_or_default();
        let kind = if output { uses.output(port, place) } else { uses.input(port, place) };
        kind.map_or(Known::Nothing, Known::Code)
    };
    let kinds = decide(&flat.connections, known, |at| places[at].block.path(), &mut doubts);
    let ports: Vec<Ports> =
        places.iter().zip(&stands).map(|(place, (stand, _))| Ports::of(place, stand.as_ref())).collect();
    let wires = flat.connections.iter().map(|wire| CircuitWire {
        from: wire.from,
        output: ports[wire.from].outputs[&wire.output].clone(),
        to: wire.to,
        input: ports[wire.to].inputs[&wire.input].clone(),
        drawn: [wire.output.clone(), wire.input.clone()],
    });
    let wires = wires.collect();
    let mut blocks = Vec::new();
    let natives = stands.iter().enumerate().filter_map(|(at, (found, _))| Some((at, &found.as_ref()?.0)));
    let loose: Vec<Loose> = natives.flat_map(|(at, stand)| Loose::of(at, stand, &ports[at])).collect();
    for (at, (found, why)) in stands.into_iter().enumerate() {
        let block = places[at].block;
        let runs = if let Some((stand, settings)) = found {
            let exec = stand.native.exec.clone();
            Runs::Native { exec, parameters: settings.parameters, remaps: settings.topics }
        } else {
            let kind =
                |output: bool, name: &str| kinds.get(&(at, output, name)).copied().unwrap_or(Kind::Any);
            let (inputs, outputs) = ports[at].described(&places[at], kind);
            Runs::Python(python_file(block, inputs, outputs))
        };
        let (namespace, name, package) = (block.namespace.clone(), block.name.clone(), block.package.clone());
        blocks.push(CircuitBlock { namespace, name, package, runs, why, stdin: false });
    }
    keep_apart(&mut blocks, places, &loose);
    Circuit { blocks, wires, doubts, strict_enable: false }
}

/// What the wired ports of a block are called in the circuit, by their names in the editor.
struct Ports {
    inputs: HashMap<String, String>,
    outputs: HashMap<String, String>,
}

impl Ports {
    fn of(place: &Place<'_>, stand: Option<&(Stand<'_>, Settings)>) -> Self {
        let mut taken = Taken::default();
        let mut named = |output: bool, names: &[&str]| {
            let port = |name: &&str| {
                let called = match stand {
                    Some((stand, _)) if output => stand.output(place, name).unwrap_or_default().to_owned(),
                    Some((stand, _)) => stand.input(place, name).unwrap_or_default().to_owned(),
                    None => taken.claim(&word(name, if output { "out" } else { "in" })),
                };
                ((*name).to_owned(), called)
            };
            names.iter().map(port).collect()
        };
        Self { inputs: named(false, &place.inputs), outputs: named(true, &place.outputs) }
    }

    /// The same for the first line of a block's file.
    fn described(
        &self,
        place: &Place<'_>,
        kind: impl Fn(bool, &str) -> Kind,
    ) -> (Vec<HostPort>, Vec<HostPort>) {
        let side = |output: bool, names: &[&str], words: &HashMap<String, String>| {
            let port = |name: &&str| HostPort {
                name: (*name).to_owned(),
                port: words[*name].clone(),
                kind: kind(output, name),
            };
            names.iter().map(port).collect()
        };
        (side(false, &place.inputs, &self.inputs), side(true, &place.outputs, &self.outputs))
    }
}

/// How much the user wants a block to run one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    None,
    /// As all others, where that is possible.
    All,
    /// This one, by its name.
    Named,
}

/// What the user wants of each block: natively, in Python.
fn asked(blocks: &[FlatBlock], choice: &Choice) -> Result<Vec<(Wish, Wish)>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let native = wishes(blocks, ("native", &choice.native), &mut mistakes);
    let python = wishes(blocks, ("python", &choice.python), &mut mistakes);
    let pairs = native.into_iter().zip(python).zip(blocks).map(|(pair, block)| {
        if pair == (Wish::Named, Wish::Named) {
            mistakes.push(Mistake::BothWays { block: block.path() });
        }
        pair
    });
    let pairs = pairs.collect();
    if mistakes.is_empty() { Ok(pairs) } else { Err(mistakes) }
}

fn wishes(
    blocks: &[FlatBlock],
    (flag, wanted): (&'static str, &[String]),
    mistakes: &mut Vec<Mistake>,
) -> Vec<Wish> {
    let all = if wanted.iter().any(|name| name == "all") { Wish::All } else { Wish::None };
    let mut wishes = vec![all; blocks.len()];
    for name in wanted.iter().filter(|name| *name != "all") {
        let is_meant = |block: &FlatBlock| block.path() == *name || block.package.as_ref() == Some(name);
        let meant: Vec<usize> = (0..blocks.len()).filter(|at| is_meant(&blocks[*at])).collect();
        if meant.is_empty() {
            let known = blocks.iter().map(FlatBlock::path).collect();
            mistakes.push(Mistake::UnknownBlock { flag, name: name.clone(), known });
        }
        for at in meant {
            wishes[at] = Wish::Named;
        }
    }
    wishes
}

/// A port without a wire goes by its name, and ports whose names mean one topic are joined. In the editor nothing is joined
/// that has no wire: outputs that would be, get a topic of their own.
fn keep_apart(blocks: &mut [CircuitBlock], places: &[Place<'_>], loose: &[Loose]) {
    let mut count: HashMap<(&[String], &str), usize> = HashMap::new();
    for one in loose {
        *count.entry((&places[one.block].block.namespace, &one.port)).or_default() += 1;
    }
    for one in loose.iter().filter(|one| one.is_output) {
        if count[&(places[one.block].block.namespace.as_slice(), one.port.as_str())] > 1
            && let Runs::Native { remaps, .. } = &mut blocks[one.block].runs
        {
            remaps.push((one.port.clone(), format!("~/{}", one.port)));
        }
    }
}

/// A port of a native block that has no wire.
struct Loose {
    block: usize,
    is_output: bool,
    port: String,
}

impl Loose {
    fn of(at: usize, stand: &Stand<'_>, ports: &Ports) -> Vec<Self> {
        let (manifest, entry) = (&stand.native.manifest, stand.entry);
        let has_topic = |port: &str| entry.topics.values().any(|known| known == port);
        let wired =
            |port: &str| ports.inputs.values().chain(ports.outputs.values()).any(|known| known == port);
        let outputs = manifest.outputs.iter().map(|port| (true, port));
        let inputs = manifest.inputs.iter().filter(|port| !port.optional).map(|port| (false, port));
        let all = outputs.chain(inputs).filter(|(_, port)| !wired(&port.name) && !has_topic(&port.name));
        all.map(|(is_output, port)| Self { block: at, is_output, port: port.name.clone() }).collect()
    }
}
