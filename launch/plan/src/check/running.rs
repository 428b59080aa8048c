//! What concerns running: signs of life, and who reads what is typed.

use super::members::{Member, Members, short};
use crate::diagnostic::{Diagnostic, Sink};

/// Notes programs that are asked for signs of life and can give none.
pub(super) fn check_watchdogs(members: &Members, sink: &mut Sink) {
    for member in members.list.iter().filter(|member| member.manifest.is_none()) {
        if let Some(watchdog) = &member.wanted.watchdog {
            let message = format!("`watchdog` is for blocks: {} gives no signs of life", member.called());
            sink.push(Diagnostic::warning(message).at(&watchdog.at));
        }
    }
}

/// Settles which node reads what is typed: the one that the user names, else the one that the launch file does. Notes a
/// second one, one that is not there, and one on another machine.
pub(super) fn settle_stdin(members: &mut Members, named: Option<&str>, sink: &mut Sink) {
    let place = match named {
        Some(name) => named_reader(members, name, sink),
        None => written_reader(members, sink),
    };
    let Some(reader) = place.map(|place| &mut members.list[place]) else { return };
    if reader.is_elsewhere {
        let message =
            format!("what is typed here does not reach {}: it is on another machine", reader.called());
        let at = reader.wanted.stdin.as_ref().filter(|_| named.is_none()).unwrap_or(reader.at());
        sink.push(Diagnostic::error(message).at(at));
    }
    reader.reads_stdin = true;
}

/// By a node's full name, or by its own if only one has it.
fn named_reader(members: &Members, name: &str, sink: &mut Sink) -> Option<usize> {
    let wanted = name.trim_start_matches('/');
    let places = |fits: &dyn Fn(&Member) -> bool| -> Vec<usize> {
        (0..members.list.len()).filter(|place| fits(&members.list[*place])).collect()
    };
    let mut found = places(&|member| short(&member.name) == wanted);
    if found.is_empty() {
        found = places(&|member| member.name.base() == name);
    }
    let known = || members.list.iter().map(|member| short(&member.name));
    match found.as_slice() {
        [one] => return Some(*one),
        // It may be one that is missing because of another mistake.
        [] if members.incomplete => {}
        [] => {
            let known: Vec<String> = known().collect();
            let diagnostic = Diagnostic::error(format!("`--stdin {name}`: there is no such node"));
            sink.push(diagnostic.did_you_mean(wanted, known.iter().map(String::as_str)));
        }
        several => {
            let names: Vec<String> =
                several.iter().map(|place| format!("`{}`", short(&members.list[*place].name))).collect();
            let diagnostic = Diagnostic::error(format!("`--stdin {name}`: there are several such nodes"));
            sink.push(diagnostic.hint(format!("name one of {} in full", names.join(", "))));
        }
    }
    None
}

fn written_reader(members: &Members, sink: &mut Sink) -> Option<usize> {
    let at = |place: &usize| members.list[*place].wanted.stdin.as_ref();
    let readers: Vec<usize> = (0..members.list.len()).filter(|place| at(place).is_some()).collect();
    let (first, others) = readers.split_first()?;
    for (second, (at, first)) in others.iter().filter_map(|place| Some((place, (at(place)?, at(first)?)))) {
        let message =
            format!("two nodes read what is typed: {} is the second", members.list[*second].called());
        let hint = "one node of a circuit can have `stdin`; `--stdin NODE` names another one for a run";
        sink.push(Diagnostic::error(message).at(at).also("the first", first).hint(hint));
    }
    Some(*first)
}
