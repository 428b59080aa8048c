//! Which native block, if any, takes the place of a block's code.

use vc_words::manifest::StandsFor;
use vc_words::{Manifest, ParameterError, ParameterValue};

use crate::code_hash::code_hash;
use crate::flatten::{Connection, FlatBlock, Given};
use crate::frequency::Frequency;
use crate::project::Format;
use crate::values::Own;

/// A native block that is installed.
#[derive(Debug, Clone)]
pub struct Native {
    /// What launch files call its program.
    pub exec: String,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// What the user wants other than the project has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Blocks to run natively even if their code differs: names of blocks or packages, or `all`.
    pub native: Vec<String>,
    /// Blocks to run in Python even if a native block is there.
    pub python: Vec<String>,
    /// Other values than the project has, by `Block.Name`: for constants, for `Frequency`, and for the parameters of native
    /// blocks.
    pub values: Vec<(String, String)>,
    /// Whether code in Python gets the wire at `Enable` as it is: nothing pauses it.
    pub strict_enable: bool,
    /// Whether it is said elsewhere which block reads what is typed.
    pub stdin_is_given: bool,
}

/// Why a block runs as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// Its code is the very code that the native block stands in for.
    SameCode,
    /// VisualCircuit 2 knows its blocks by name.
    SameName,
    /// The user asked for it.
    Asked,
    /// No native block stands for such code.
    OwnCode,
    /// There is a native block for the package, but the code was edited.
    Edited {
        /// The native block.
        exec: String,
    },
    /// There is a native block for the code, but it lacks something that is wired here.
    Ports {
        /// The native block.
        exec: String,
        /// What it lacks.
        ports: Vec<String>,
    },
    /// There is a native block for the code, but not with this value of a constant.
    Value {
        /// The native block.
        exec: String,
        /// The constant's name here.
        parameter: String,
    },
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SameCode => f.write_str("the stock code"),
            Self::SameName => f.write_str("the stock block, by its name"),
            Self::Asked => f.write_str("asked for"),
            Self::OwnCode => f.write_str("own code"),
            Self::Edited { exec } => write!(f, "the code differs from what `{exec}` stands for"),
            Self::Ports { exec, ports } => write!(f, "`{exec}` has no {}", listed(ports)),
            Self::Value { exec, parameter } => {
                write!(f, "`{exec}` does not know this value of `{parameter}`")
            }
        }
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A block and what is wired to it.
pub(crate) struct Place<'a> {
    pub(crate) block: &'a FlatBlock,
    pub(crate) format: Format,
    /// The inputs and outputs that are wired.
    pub(crate) inputs: Vec<&'a str>,
    pub(crate) outputs: Vec<&'a str>,
}

impl<'a> Place<'a> {
    /// The places of all blocks.
    pub(crate) fn all(blocks: &'a [FlatBlock], connections: &'a [Connection], format: Format) -> Vec<Self> {
        let place = |block| Place { block, format, inputs: Vec::new(), outputs: Vec::new() };
        let mut places: Vec<Self> = blocks.iter().map(place).collect();
        for wire in connections {
            let outputs = &mut places[wire.from].outputs;
            if !outputs.contains(&wire.output.as_str()) {
                outputs.push(&wire.output);
            }
            let inputs = &mut places[wire.to].inputs;
            if !inputs.contains(&wire.input.as_str()) {
                inputs.push(&wire.input);
            }
        }
        for place in &mut places {
            // In the order of the block, not of the wires.
            let order = |all: &'a [String], wired: &mut Vec<&str>| {
                let rank = |port: &str| all.iter().position(|known| known == port);
                wired.sort_by_key(|port| rank(port));
            };
            order(&place.block.inputs, &mut place.inputs);
            order(&place.block.outputs, &mut place.outputs);
        }
        places
    }

    /// The value of a constant that reaches the block, by any of its names.
    fn gives(&self, parameter: &String) -> Option<&str> {
        let mut given = self.block.given.iter().enumerate();
        given.find(|(at, given)| names(given, *at).contains(parameter)).map(|(_, given)| given.value.as_str())
    }
}

/// A native block in the place of code: how the names of one are those of the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand<'a> {
    pub(crate) native: &'a Native,
    pub(crate) entry: &'a StandsFor,
}

/// The native block for a place, or why there is none.
pub(crate) fn stand<'a>(
    place: &Place<'_>,
    natives: &'a [Native],
    forced: bool,
) -> Result<(Stand<'a>, Why), Why> {
    let hash = code_hash(&place.block.code);
    let named = |entry: &StandsFor| place.block.package.as_deref() == Some(&entry.package);
    let all = || {
        natives
            .iter()
            .flat_map(|native| native.manifest.stands_for.iter().map(move |entry| Stand { native, entry }))
    };
    let (mut fitting, why): (Vec<Stand<'_>>, Why) = if place.format == Format::Vc {
        (all().filter(|stand| stand.entry.code.is_empty() && named(stand.entry)).collect(), Why::SameName)
    } else {
        (all().filter(|stand| stand.entry.code.contains(&hash)).collect(), Why::SameCode)
    };
    if fitting.is_empty() && forced {
        fitting = all().filter(|stand| named(stand.entry)).collect();
    }
    let mut refusals = Vec::new();
    for stand in fitting {
        match stand.refuses(place) {
            None => return Ok((stand, if forced { Why::Asked } else { why })),
            Some(refusal) => refusals.push(refusal),
        }
    }
    // Of several entries for one code, the one that came nearest tells the reason.
    let nearness = |why: &Why| match why {
        Why::Value { parameter, .. } if place.gives(parameter).is_some() => 2,
        Why::Ports { .. } => 1,
        _ => 0,
    };
    let nearest = refusals.into_iter().rev().max_by_key(nearness);
    Err(nearest.unwrap_or_else(|| {
        let edited = all().find(|stand| named(stand.entry));
        edited.map_or(Why::OwnCode, |stand| Why::Edited { exec: stand.native.exec.clone() })
    }))
}

impl Stand<'_> {
    /// What the native block lacks for a place.
    fn refuses(&self, place: &Place<'_>) -> Option<Why> {
        let exec = || self.native.exec.clone();
        for (parameter, wanted) in &self.entry.when {
            if !place.gives(parameter).is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted.trim())) {
                return Some(Why::Value { exec: exec(), parameter: parameter.clone() });
            }
        }
        let inputs = place.inputs.iter().filter(|port| self.input(place, port).is_none());
        let outputs = place.outputs.iter().filter(|port| self.output(place, port).is_none());
        let mut lacking: Vec<String> = inputs.chain(outputs).map(|port| (*port).to_owned()).collect();
        for (at, given) in place.block.given.iter().enumerate() {
            if !names(given, at).iter().any(|name| self.knows(name)) && !is_frequency(given) {
                lacking.push(given.port.clone());
            }
        }
        (!lacking.is_empty()).then(|| Why::Ports { exec: exec(), ports: lacking })
    }

    fn knows(&self, name: &String) -> bool {
        let entry = self.entry;
        entry.parameters.contains_key(name)
            || entry.topics.contains_key(name)
            || entry.when.contains_key(name)
    }

    /// The native input for one of the code's.
    pub(crate) fn input(&self, place: &Place<'_>, port: &str) -> Option<&str> {
        let at = place.block.inputs.iter().position(|known| known == port);
        by_name(&self.entry.inputs, port, at)
    }

    /// The native output for one of the code's.
    pub(crate) fn output(&self, place: &Place<'_>, port: &str) -> Option<&str> {
        let at = place.block.outputs.iter().position(|known| known == port);
        by_name(&self.entry.outputs, port, at)
    }

    /// The native block's parameters for a place, and the topics of its ports.
    pub(crate) fn settings<'o>(&self, place: &Place<'_>, own: impl Iterator<Item = &'o Own>) -> Settings {
        let mut settings = Settings::default();
        for (name, value) in &self.entry.preset {
            settings.set(name, value.clone());
        }
        for (at, given) in place.block.given.iter().enumerate() {
            let names = names(given, at);
            if let Some(port) = names.iter().find_map(|name| self.entry.topics.get(name)) {
                settings.topics.push((port.clone(), given.value.trim().to_owned()));
            }
            let Some(parameter) = names.iter().find_map(|name| self.entry.parameters.get(name)) else {
                continue;
            };
            let Some(descriptor) = self.native.manifest.parameter(parameter) else { continue };
            match descriptor.read_text(&given.value) {
                Ok(value) => settings.set(parameter, value),
                Err(error) => settings.wrong.push((given.constant.clone(), error)),
            }
        }
        self.frequency(place, &mut settings);
        for Own { name, value, .. } in own {
            match self.native.manifest.parameter(name).map(|descriptor| descriptor.read_text(value)) {
                Some(Ok(value)) => settings.set(name, value),
                Some(Err(error)) => settings.wrong.push((name.clone(), error)),
                None => settings.unknown.push(name.clone()),
            }
        }
        settings
    }

    /// Sources run at the code's frequency. What works on what it is sent is only held back where the code's frequency was
    /// changed: 30 Hz is what a block has if nobody thought of it.
    fn frequency(&self, place: &Place<'_>, settings: &mut Settings) {
        let Some(name) = &self.entry.frequency else { return };
        let Some(descriptor) = self.native.manifest.parameter(name) else { return };
        let is_source = self.entry.inputs.keys().all(|input| is_enable(input));
        let Frequency::Hertz(hertz) = place.block.frequency else { return };
        if is_source || place.block.frequency != Frequency::default() {
            let bounded = hertz.clamp(descriptor.min.unwrap_or(0.0), descriptor.max.unwrap_or(f64::MAX));
            if let Ok(value) = descriptor.read_text(&bounded.to_string()) {
                settings.set(name, value);
            }
        }
    }
}

/// What a native block is given.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) parameters: Vec<(String, ParameterValue)>,
    /// Port → topic.
    pub(crate) topics: Vec<(String, String)>,
    /// Constants whose values do not fit.
    pub(crate) wrong: Vec<(String, ParameterError)>,
    /// Names of values that the native block has no parameter for.
    pub(crate) unknown: Vec<String>,
}

impl Settings {
    fn set(&mut self, name: &str, value: ParameterValue) {
        match self.parameters.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.parameters.push((name.to_owned(), value)),
        }
    }
}

/// The names a value may be known by: the port's, the constant's, and its place in VisualCircuit 2.
fn names(given: &Given, at: usize) -> [String; 3] {
    [given.port.clone(), given.constant.clone(), at.to_string()]
}

fn is_frequency(given: &Given) -> bool {
    given.port == "Frequency" || given.constant == "Frequency"
}

fn is_enable(port: &str) -> bool {
    port == "Enable" || port == "E"
}

/// The entry of a port, by its name, or in VisualCircuit 2 by its place.
fn by_name<'a>(
    names: &'a std::collections::BTreeMap<String, String>,
    port: &str,
    at: Option<usize>,
) -> Option<&'a str> {
    names.get(port).or_else(|| names.get(&at?.to_string())).map(String::as_str)
}
