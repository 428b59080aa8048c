//! What is installed on other machines.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{Placed, Wanted, What};
use crate::machine::{Asked, Found, LOCAL, MachineName, PlannedMachine};
use crate::read::Options;
use crate::source::At;

impl Wanted {
    pub(super) fn is_node(&self) -> bool {
        matches!(self.what, What::Node { .. })
    }

    pub(super) fn pkg(&self) -> Option<&Placed<String>> {
        if let What::Node { pkg } = &self.what { pkg.as_ref() } else { None }
    }

    /// The machine it runs on, as launch files call it.
    pub(super) fn machine(&self) -> &str {
        self.machine.as_ref().map_or(LOCAL, |machine| machine.value.as_str())
    }

    /// Whether it runs on this machine.
    pub(super) fn is_here(&self, options: &Options) -> bool {
        self.machine.as_ref().map(|machine| &machine.value) == options.here.as_ref()
    }
}

/// Asks the machines that can be asked, each once. Gives for each process on one of them, by its
/// place, what was told; none: there is no such program, which was noted.
pub(super) fn ask(
    wanted: &[Wanted],
    machines: &[PlannedMachine],
    options: &Options,
    incomplete: &mut bool,
    sink: &mut Sink,
) -> HashMap<usize, Option<Found>> {
    let mut by_machine: BTreeMap<&MachineName, Vec<usize>> = BTreeMap::new();
    for (index, one) in wanted.iter().enumerate().filter(|(_, one)| !one.is_here(options)) {
        if let Some(machine) = &one.machine {
            by_machine.entry(&machine.value).or_default().push(index);
        }
    }
    let mut told = HashMap::new();
    for (machine, places) in by_machine {
        let planned = machines.iter().find(|planned| planned.name == *machine);
        let fleet = options.fleet.as_ref();
        let Some(site) = fleet.zip(planned).and_then(|(fleet, planned)| fleet.site(planned)) else {
            continue;
        };
        let question = |index: &usize| {
            let one = &wanted[*index];
            let pkg = one.pkg().map(|pkg| pkg.value.clone());
            Asked { pkg, exec: one.program.value.clone(), describe: one.is_node() }
        };
        let questions: Vec<Asked> = places.iter().map(question).collect();
        let answers = site.look_up(&questions).and_then(|answers| {
            let fits = answers.len() == questions.len();
            if fits { Ok(answers) } else { Err("its agent answered something else".to_owned()) }
        });
        let answers = match answers {
            Ok(answers) => answers,
            Err(why) => {
                *incomplete = true;
                told.extend(places.iter().map(|index| (*index, None)));
                let first = wanted[places[0]].machine.as_ref().map(|machine| &machine.at);
                let diagnostic = Diagnostic::error(format!("machine `{machine}` does not answer: {why}"));
                sink.push(match first {
                    Some(at) => diagnostic.at(at),
                    None => diagnostic,
                });
                continue;
            }
        };
        for (index, answer) in places.into_iter().zip(answers) {
            let found = answer.map_err(|why| {
                *incomplete = true;
                let message = format!("on machine `{machine}`, {why}");
                sink.push(Diagnostic::error(message).at(&wanted[index].program.at));
            });
            told.insert(index, found.ok());
        }
    }
    told
}

/// Programs of other machines that are not here either: nothing is known of them.
#[derive(Debug, Default)]
pub(super) struct Unchecked(BTreeMap<String, (At, Vec<String>)>);

impl Unchecked {
    pub(super) fn add(&mut self, one: &Wanted) {
        let new = || (one.program.at.clone(), Vec::new());
        let (_, programs) = self.0.entry(one.machine().to_owned()).or_insert_with(new);
        if !programs.contains(&one.program.value) {
            programs.push(one.program.value.clone());
        }
    }

    /// Whether a process is one of them.
    pub(super) fn has(&self, one: &Wanted) -> bool {
        self.0.get(one.machine()).is_some_and(|(_, programs)| programs.contains(&one.program.value))
    }

    pub(super) fn tell(&self, sink: &mut Sink) {
        for (machine, (at, programs)) in &self.0 {
            let listed = programs.iter().map(|program| format!("`{program}`")).collect::<Vec<_>>().join(", ");
            let message = format!("of machine `{machine}`, {listed} cannot be checked: not installed here");
            sink.push(Diagnostic::warning(message).at(at));
        }
    }
}
