//! The command line of each process.

use vc_words::TopicName;

use super::members::{Member, Members};
use crate::diagnostic::{Diagnostic, Sink};
use crate::expand::{Given, Wanted};
use crate::plan::{Grace, NodeKind, PlannedNode};
use crate::read::shown;

/// Notes remap rules that are none, and rules of a block's own for ports it does not have.
pub(super) fn check_remaps(members: &Members, sink: &mut Sink) {
    for member in &members.list {
        for rule in &member.wanted.remaps {
            let from = rule.from.value.as_str();
            if from.starts_with("__") {
                let message =
                    format!("`{from}` is not remapped: `name` and `namespace` give a node its name");
                sink.push(Diagnostic::error(message).at(&rule.from.at));
            }
            // A rule for one node of a process, or for a service, is that process's own affair.
            if from.starts_with("__") || from.contains(':') {
                continue;
            }
            let from = TopicName::resolve(&rule.from.value, &member.name);
            let to = TopicName::resolve(&rule.to.value, &member.name);
            let wrong = [(&from, &rule.from.at), (&to, &rule.to.at)];
            for (error, at) in wrong.into_iter().filter_map(|(name, at)| Some((name.as_ref().err()?, at))) {
                sink.push(Diagnostic::error(format!("not a topic name: {error}")).at(at));
            }
            if let Ok(from) = &from
                && !rule.for_all
            {
                let unknown = unknown_port(member, &rule.from.value, from);
                sink.extend(unknown.map(|unknown| unknown.at(&rule.from.at)));
            }
        }
    }
}

/// A remap that a block has no port for. Rules with a path may be for all nodes, or for a service.
fn unknown_port(member: &Member, written: &str, from: &TopicName) -> Option<Diagnostic> {
    let manifest = member.manifest.as_ref()?;
    let ports: Vec<&str> =
        manifest.outputs.iter().chain(&manifest.inputs).map(|port| port.name.as_str()).collect();
    let known = |port: &&str| TopicName::resolve(port, &member.name).is_ok_and(|topic| topic == *from);
    if written.contains(['/', '~', '{']) || ports.iter().any(known) {
        return None;
    }
    let message = format!("node {} has no port `{written}`", member.called());
    let all = if ports.is_empty() {
        "it has no ports".to_owned()
    } else {
        format!("its ports are {}", ports.join(", "))
    };
    Some(Diagnostic::warning(message).hint(all).did_you_mean(written, ports))
}

/// The finished entry of the plan.
pub(super) fn planned(mut member: Member) -> PlannedNode {
    let args = arguments(&member);
    // Blocks stop at once when asked; ROS 2's patience is for programs that do not. An interpreter that winds down beside
    // much other work takes most of a second.
    let patience = std::time::Duration::from_secs(match (&member.manifest, &member.program.python) {
        (Some(_), None) => 1,
        (Some(_), Some(_)) => 3,
        (None, _) => 5,
    });
    let wanted = &mut member.wanted;
    // A launch prefix is for the whole process, the interpreter included.
    wanted.prefix.extend(member.program.words_before());
    if let Some(python) = &member.program.python {
        for (name, value) in python.environment() {
            let is_said = wanted.env.iter().any(|(known, _)| *known == name);
            if name == "PYTHONPATH" || !is_said {
                wanted.env.retain(|(known, _)| *known != name);
                wanted.env.push((name, value));
            }
        }
    }
    PlannedNode {
        name: member.name,
        machine: wanted.machine.take().map(|machine| machine.value),
        kind: match member.manifest {
            Some(manifest) => NodeKind::Block { manifest: Box::new(manifest) },
            None => NodeKind::Foreign,
        },
        program: member.program.file,
        args,
        prefix: std::mem::take(&mut wanted.prefix),
        env: std::mem::take(&mut wanted.env),
        cwd: wanted.cwd.take(),
        output: wanted.output,
        emulate_tty: wanted.emulate_tty,
        stdin: member.reads_stdin,
        restart: wanted.restart.clone(),
        on_exit: wanted.on_exit,
        grace: Grace {
            sigterm: wanted.sigterm.unwrap_or(patience),
            sigkill: wanted.sigkill.unwrap_or(patience),
        },
        watchdog: wanted.watchdog.as_ref().map(|watchdog| watchdog.value),
        limits: std::mem::take(&mut wanted.limits),
        after: Vec::new(),
        parameters: member.parameters,
        place: place(wanted),
    }
}

fn place(wanted: &Wanted) -> String {
    let mut spot = wanted.at.spot();
    spot.file = shown(&spot.file).into();
    spot.to_string()
}

/// The program's own arguments, then ROS 2's: names, remaps, parameters, and what the user adds.
fn arguments(member: &Member) -> Vec<String> {
    let wanted = &member.wanted;
    let mut args = Vec::new();
    for (port, topic) in &member.sources {
        args.extend(["--source".to_owned(), format!("{port}:={topic}")]);
    }
    for (topic, depth) in &member.longest {
        args.extend(["--longest-queue".to_owned(), format!("{topic}:={depth}")]);
    }
    args.extend(wanted.args.iter().cloned());
    if member.is_executable() {
        return args;
    }
    let mut ros: Vec<String> = Vec::new();
    let mut rule = |from: &str, to: &str| ros.extend(["-r".to_owned(), format!("{from}:={to}")]);
    let is_block = member.manifest.is_some();
    if is_block || wanted.name.is_some() {
        rule("__node", member.name.base());
    }
    if is_block || wanted.namespace_given {
        rule("__ns", member.name.namespace().as_str());
    }
    wanted.remaps.iter().for_each(|remap| rule(&remap.from.value, &remap.to.value));
    member.wired.iter().for_each(|(port, topic)| rule(port, topic.as_str()));
    if is_block {
        for (name, value) in &member.parameters {
            ros.extend(["-p".to_owned(), format!("{name}:={}", value.to_yaml())]);
        }
    } else {
        foreign_parameters(member, &mut ros);
    }
    ros.extend(wanted.ros_args.iter().cloned());
    if !ros.is_empty() {
        args.push("--ros-args".to_owned());
        args.append(&mut ros);
    }
    args
}

/// A foreign node reads its files itself: there may be more nodes in it than we know of.
fn foreign_parameters(member: &Member, ros: &mut Vec<String>) {
    let typed =
        |name: &str| member.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    for given in &member.wanted.parameters {
        match given {
            Given::Value(given) => {
                // Given twice, the last value stands in both places: the outcome is the same.
                if let Some(value) = typed(&given.name.value) {
                    ros.extend(["-p".to_owned(), format!("{}:={}", given.name.value, value.to_yaml())]);
                }
            }
            Given::File { file, .. } if file.substituted || member.is_elsewhere => {
                for (name, value) in file.content.for_node(&member.name) {
                    ros.extend(["-p".to_owned(), format!("{name}:={}", value.to_yaml())]);
                }
            }
            Given::File { file, .. } => ros.extend(["--params-file".to_owned(), absolute(file)]),
        }
    }
}

fn absolute(file: &crate::expand::GivenFile) -> String {
    std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone()).display().to_string()
}
