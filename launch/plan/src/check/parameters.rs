//! Parameters: typed, and checked against what the blocks declare.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use vc_words::params_file::Section;
use vc_words::yaml::{Place, Scalar, Value, Yaml};
use vc_words::{Descriptor, Manifest, ParameterError, ParameterType, ParameterValue};

use super::members::{Member, Members, short};
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{Given, GivenFile, GivenValue, Raw};
use crate::source::At;

/// Checks the parameters of all nodes, and that nothing given was given in vain.
pub(super) fn check(members: &mut Members, sink: &mut Sink) {
    let mut uses = Uses::default();
    for member in &mut members.list {
        let mut checked = Vec::new();
        for given in &member.wanted.parameters {
            match given {
                Given::Value(given) => value(member, given, &mut checked, &mut uses, sink),
                Given::File { file, at, for_all } => {
                    let reached = from_file(member, (file, at), &mut checked, &mut uses, sink);
                    if !reached && !for_all && member.manifest.is_some() {
                        let message =
                            format!("`{}` has no parameters for node `{}`", file.path.display(), member.name);
                        sink.push(Diagnostic::warning(message).at(at));
                    }
                }
            }
        }
        member.parameters = latest(checked);
    }
    uses.report(members, sink);
}

/// What of the given parameters reached some node.
#[derive(Default)]
struct Uses {
    /// By address of what `set_parameter` gave.
    values: HashMap<usize, (Rc<GivenValue>, bool)>,
    files: HashMap<usize, FileUse>,
}

struct FileUse {
    file: Rc<GivenFile>,
    at: At,
    sections: HashSet<usize>,
    /// Whether a foreign program reads it, which may hold more nodes than we know of.
    foreign: bool,
}

fn address<T>(shared: &Rc<T>) -> usize {
    Rc::as_ptr(shared) as usize
}

/// Each parameter once, with its last value.
fn latest(given: Vec<(String, ParameterValue)>) -> Vec<(String, ParameterValue)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<(String, ParameterValue)> = Vec::new();
    for (name, value) in given {
        if let Some(place) = places.get(&name) {
            kept[*place].1 = value;
        } else {
            places.insert(name.clone(), kept.len());
            kept.push((name, value));
        }
    }
    kept
}

fn value(
    member: &Member,
    given: &Rc<GivenValue>,
    into: &mut Vec<(String, ParameterValue)>,
    uses: &mut Uses,
    sink: &mut Sink,
) {
    let name = &given.name.value;
    let noted = uses.values.entry(address(given)).or_insert_with(|| (given.clone(), false));
    let mut descriptor = None;
    if let Some(manifest) = &member.manifest {
        descriptor = manifest.parameter(name);
        if descriptor.is_none() {
            if !given.for_all {
                sink.push(unknown(member, manifest, name).at(&given.name.at));
            }
            return;
        }
    }
    noted.1 = true;
    let typed = typed(given, descriptor.map(|descriptor| descriptor.kind));
    match typed.and_then(|typed| descriptor.map_or(Ok(typed.clone()), |descriptor| descriptor.check(typed))) {
        Ok(value) => into.push((name.clone(), value)),
        Err(error) => sink.push(unfit(&error, descriptor).at(&given.at)),
    }
}

fn unknown(member: &Member, manifest: &Manifest, name: &str) -> Diagnostic {
    let known: Vec<&str> = manifest.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let all = if known.is_empty() {
        "it has no parameters".to_owned()
    } else {
        format!("its parameters are {}", known.join(", "))
    };
    let message = format!("node {} has no parameter `{name}`", member.called());
    Diagnostic::error(message).hint(all).did_you_mean(name, known.iter().copied())
}

fn unfit(error: &ParameterError, descriptor: Option<&Descriptor>) -> Diagnostic {
    let diagnostic = Diagnostic::error(error.to_string());
    match (error, descriptor) {
        (ParameterError::Choice { value, choices, .. }, _) => {
            diagnostic.did_you_mean(value, choices.iter().map(String::as_str))
        }
        (_, Some(descriptor)) if !descriptor.description.is_empty() => {
            diagnostic.hint(format!("`{}`: {}", descriptor.name, descriptor.description))
        }
        _ => diagnostic,
    }
}

/// The value of its stated type; or typed by its look, where text wanted as text stays as it is.
fn typed(given: &GivenValue, declared: Option<ParameterType>) -> Result<ParameterValue, ParameterError> {
    let looked = match &given.value {
        Raw::One(text) => {
            let quoted = text.starts_with(['"', '\'']);
            if given.kind.or(declared) == Some(ParameterType::String) && !quoted {
                return Ok(ParameterValue::String(text.clone()));
            }
            ParameterValue::parse(text)?
        }
        Raw::Many(texts) => {
            let as_text = given.kind.or(declared) == Some(ParameterType::StringArray);
            let mut items = Vec::new();
            for text in texts {
                let plain = Yaml {
                    place: Place::default(),
                    value: Value::Scalar(Scalar { text: text.clone(), quoted: true }),
                };
                let quoted = text.starts_with(['"', '\'']);
                let item = if as_text && !quoted { None } else { Yaml::parse(text).ok() };
                items.push(item.unwrap_or(plain));
            }
            ParameterValue::from_yaml(&Yaml { place: Place::default(), value: Value::List(items) })?
        }
    };
    let Some(kind) = given.kind else { return Ok(looked) };
    // A stated type is a promise about one parameter: the same check as a block's own.
    let stated = Descriptor { kind, ..Descriptor::new(&given.name.value, looked.clone(), "") };
    stated.check(looked)
}

/// The parameters of a file for a node; whether there is a section for it.
fn from_file(
    member: &Member,
    (file, at): (&Rc<GivenFile>, &At),
    into: &mut Vec<(String, ParameterValue)>,
    uses: &mut Uses,
    sink: &mut Sink,
) -> bool {
    let noted = uses.files.entry(address(file)).or_insert_with(|| FileUse {
        file: file.clone(),
        at: at.clone(),
        sections: HashSet::new(),
        foreign: false,
    });
    noted.foreign |= member.manifest.is_none();
    let mut reached = false;
    for (index, section) in file.content.sections.iter().enumerate() {
        if !section.is_for(&member.name) {
            continue;
        }
        reached = true;
        noted.sections.insert(index);
        section_values(member, (file, at), section, into, sink);
    }
    reached
}

fn section_values(
    member: &Member,
    (file, at): (&GivenFile, &At),
    section: &Section,
    into: &mut Vec<(String, ParameterValue)>,
    sink: &mut Sink,
) {
    for (name, value, place) in &section.parameters {
        let Some(manifest) = &member.manifest else {
            into.push((name.clone(), value.clone()));
            continue;
        };
        let here = At::new(&file.source, *place, 1).through(at.via.as_ref());
        match manifest.parameter(name) {
            Some(descriptor) => match descriptor.check(value.clone()) {
                Ok(value) => into.push((name.clone(), value)),
                Err(error) => sink.push(unfit(&error, Some(descriptor)).at(&here).also("given here", at)),
            },
            // A section for many nodes is for those that have the parameter.
            None if section.pattern.contains('*') => {}
            None => sink.push(unknown(member, manifest, name).at(&here).also("given here", at)),
        }
    }
}

impl Uses {
    fn report(self, members: &Members, sink: &mut Sink) {
        for (given, used) in self.values.into_values() {
            if !used && given.for_all && !members.incomplete {
                let message = format!("no node here has a parameter `{}`", given.name.value);
                sink.push(Diagnostic::warning(message).at(&given.name.at));
            }
        }
        let names: Vec<String> = members.list.iter().map(|member| short(&member.name)).collect();
        for used in self.files.into_values().filter(|used| !used.foreign && !members.incomplete) {
            for (index, section) in used.file.content.sections.iter().enumerate() {
                if used.sections.contains(&index) {
                    continue;
                }
                let pattern = section.pattern.trim_start_matches('/');
                let message = format!("no node that is given this file is called `{}`", section.pattern);
                let diagnostic = Diagnostic::error(message)
                    .at(&At::new(&used.file.source, section.place, 1).through(used.at.via.as_ref()))
                    .also("given here", &used.at)
                    .did_you_mean(pattern, names.iter().map(String::as_str));
                sink.push(diagnostic);
            }
        }
    }
}
