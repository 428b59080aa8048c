//! `vclaunch run` of a circuit on several machines, and `vclaunch attach`.

mod watch;

use std::net::IpAddr;
use std::time::Duration;

use vc_fleet::conductor::Conductor;
use vc_fleet::operator::{Machine, Operator};
use vc_fleet::{Answer, Ask, Start, relay};
use vc_plan::plan::NodeKind;
use vc_plan::{LOCAL, MachineName, OnOperatorLost, Plan};
use vc_supervise::flow;

use crate::args::{AttachArgs, RunArgs};
use crate::exit_code::{self, Code};
use crate::fleet::agents::Agents;
use crate::fleet::follower::{self, Run};
use crate::fleet::link::Link;
use crate::fleet::part::PartProcess;
use crate::fleet::{self, equip};
use crate::report::{self, Style};
use watch::{Watch, of_agent, of_local};

/// How long relays may take to find each other.
const JOINING: Duration = Duration::from_secs(10);

/// Runs a circuit whose agents were asked already.
pub(crate) fn run(plan: &Plan, agents: &Agents, args: &RunArgs, style: Style) -> Code {
    let keys = match agents.keys() {
        Ok(keys) => keys,
        Err(why) => return cannot_start(&why, style),
    };
    if let Err((machine, why)) = look_for_relays(plan, agents) {
        let place = machine.as_ref().map_or(LOCAL, MachineName::as_str);
        let message = format!("wires cross machines, but machine `{place}` has no relay for them: {why}");
        report::error(&message, Some("install `vcbridge` there, beside `vclaunch`"), style);
        return exit_code::CANNOT_START;
    }
    if let Some((machine, address)) = uncertified_relay(plan, agents) {
        let message = format!(
            "wires cross machines, but the certificate of `{machine}` does not name {address}, where its relay is to be \
             reached"
        );
        let hint = format!(
            "`vclaunch keys add {machine} --address {address}` where the authority is, `vclaunch keys install \
             {machine}.keys` there, and start its agent again"
        );
        report::error(&message, Some(&hint), style);
        return exit_code::KEYS;
    }
    let title = plan.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (run, layers) = (run_name(), flow::layers(plan));
    let start = |machine: &Machine| {
        let declared = plan.machines.iter().find(|planned| Some(&planned.name) == machine.as_ref());
        let own = plan.nodes.iter().zip(&layers).filter(|(node, _)| node.machine == *machine);
        Start {
            run: run.clone(),
            title: title.clone(),
            part: plan.part(machine.as_ref()),
            domain: std::env::var("ROS_DOMAIN_ID").ok(),
            on_operator_lost: declared.map_or(OnOperatorLost::Stop, |planned| planned.on_operator_lost),
            ready_timeout: args.ready_timeout,
            show_all_output: args.show_all_output,
            layers: own.map(|(_, layer)| *layer).collect(),
            connect: meetings(plan, machine, agents, keys.is_some()),
        }
    };
    let conductor = Conductor::new(plan, &layers, JOINING);
    let operator = Operator::new(plan.clone());
    let mut watch = match Watch::new(operator, conductor, &title, args.json, style) {
        Ok(watch) => watch,
        Err(error) => return cannot_start(&error.to_string(), style),
    };
    for machine in watch.machines() {
        let mut start = start(&machine);
        let Some(name) = &machine else {
            if let Err(why) = equip::here(&mut start.part, &start.connect, keys.as_ref()) {
                return cannot_start(&why, style);
            }
            match PartProcess::start(&start, args.log_dir.as_deref(), of_local(watch.teller(&None))) {
                Ok(part) => watch.local = Some(part),
                Err(error) => return cannot_start(&error.to_string(), style),
            }
            continue;
        };
        let keys = keys.clone();
        let address = agents.place(name).map_or_else(|| name.to_string(), |(address, _)| address);
        let run = Run { address: &address, machine: name, keys, name: &run, start: Some(start), orders: 0 };
        match follower::follow(run, of_agent(watch.teller(&machine))) {
            Ok(orders) => watch.agents.push(orders),
            Err(error) => return cannot_start(&error.to_string(), style),
        }
    }
    watch.watch()
}

/// Whether each machine that is to have a relay has the program for it; else which has not, and why.
fn look_for_relays(plan: &Plan, agents: &Agents) -> Result<(), (Machine, String)> {
    for node in plan.nodes.iter().filter(|node| matches!(node.kind, NodeKind::Relay(_))) {
        let looked = match &node.machine {
            Some(machine) => agents.look_for_relay(machine),
            None => equip::here(&mut plan.part(None), &[], None),
        };
        looked.map_err(|why| (node.machine.clone(), why))?;
    }
    Ok(())
}

/// A machine whose relay others are to reach at an address that its certificate does not name: they would refuse it.
fn uncertified_relay(plan: &Plan, agents: &Agents) -> Option<(MachineName, IpAddr)> {
    plan.nodes.iter().find_map(|node| {
        let is_met = matches!(&node.kind, NodeKind::Relay(relay) if relay.is_met);
        let machine = node.machine.as_ref().filter(|_| is_met)?;
        Some((machine.clone(), agents.uncertified_address(machine)?))
    })
}

/// Where the relays are that a machine's relay connects to.
fn meetings(plan: &Plan, machine: &Machine, agents: &Agents, with_keys: bool) -> Vec<String> {
    let relays = plan.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Relay(relay) if node.machine == *machine => Some(&relay.meets),
        _ => None,
    });
    let place = |other: &MachineName| agents.place(other).and_then(|(_, address)| address);
    relays.flatten().filter_map(place).map(|address| relay::endpoint(address, with_keys)).collect()
}

/// Takes over what runs on other machines.
pub(crate) fn attach(args: &AttachArgs, style: Style) -> Code {
    let keys = match fleet::keys::at_start(&args.keys, style) {
        Ok(keys) => keys,
        Err(code) => return code,
    };
    let mut runs: Vec<(MachineName, &str, u64)> = Vec::new();
    let mut whole: Option<(Start, Plan, Vec<usize>)> = None;
    for address in &args.address {
        let mut link = Link::new(address, None, keys.clone());
        let failed = |why: &str| {
            report::error(&format!("cannot take over what runs at {address}: {why}"), None, style);
            exit_code::NO_AGENT
        };
        let (name, start, orders) = match (link.ask(Ask::Hello), link.ask(Ask::Attach)) {
            (Ok(Answer::Hello { name, .. }), Ok(Answer::Attached { start, orders })) => {
                (name, *start, orders)
            }
            (Ok(Answer::Refused { why }), _) | (_, Ok(Answer::Refused { why })) => return failed(&why),
            (Err(error), _) | (_, Err(error)) => return failed(&report::reason(&error)),
            _ => return failed("its agent answered something else"),
        };
        if let Some(certified) = link.certified().map(|own| &own.name).filter(|own| **own != name) {
            return failed(&format!("it says that it is `{name}`, but its certificate is for `{certified}`"));
        }
        match &mut whole {
            None => whole = Some((start.clone(), start.part, start.layers)),
            Some((first, plan, layers)) if first.run == start.run => {
                plan.nodes.extend(start.part.nodes);
                layers.extend(start.layers);
                let new: Vec<_> =
                    start.part.wires.into_iter().filter(|wire| !plan.wires.contains(wire)).collect();
                plan.wires.extend(new);
            }
            Some((first, ..)) => return failed(&format!("it is another run than that of `{}`", first.title)),
        }
        runs.push((name, address, orders));
    }
    let Some((first, plan, layers)) = whole else { return exit_code::USAGE };
    let conductor = Conductor::of_running(&plan, &layers);
    let operator = Operator::new(plan);
    let mut watch = match Watch::new(operator, conductor, &first.title, args.json, style) {
        Ok(watch) => watch,
        Err(error) => return cannot_start(&error.to_string(), style),
    };
    for (machine, address, orders) in runs {
        let keys = keys.clone();
        let run = Run { address, machine: &machine, keys, name: &first.run, start: None, orders };
        match follower::follow(run, of_agent(watch.teller(&Some(machine.clone())))) {
            Ok(orders) => watch.agents.push(orders),
            Err(error) => return cannot_start(&error.to_string(), style),
        }
    }
    watch.watch()
}

/// A name that no other run has.
fn run_name() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{}-{:x}", std::process::id(), now.map_or(0, |since| since.as_nanos()))
}

fn cannot_start(why: &str, style: Style) -> Code {
    report::error(why, None, style);
    exit_code::CANNOT_START
}
