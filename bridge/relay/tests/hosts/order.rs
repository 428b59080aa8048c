//! Whoever carries or runs a circuit on several machines is killed or stopped, and started again, in any order: each time it
//! works again.

use std::path::Path;

use vc_tests::harness::{Machine, Random, Running, Signal, seed, until};

use crate::networks::{on, relay};

/// Two machines with a circuit, and a third one in between through which their relays meet.
struct World {
    base: Machine,
    arm: Machine,
    hub: Machine,
    file: std::path::PathBuf,
    logs: String,
}

/// Whoever is killed or stopped, and started again.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    BaseRelay,
    ArmRelay,
    Hub,
    Agent,
    Operator,
}

impl World {
    fn new(folder: &Path) -> Option<Self> {
        let (mut base, mut arm, mut hub) = (Machine::new()?, Machine::new()?, Machine::new()?);
        base.cable("10.77.1.1", &mut arm, "10.77.1.2");
        hub.cable("10.77.2.1", &mut base, "10.77.2.2");
        hub.cable("10.77.3.1", &mut arm, "10.77.3.2");
        let file = folder.join("two.launch.yaml");
        let circuit = "launch:\n  - machine: {name: arm, address: 10.77.1.2}\n  \
                       - node: {exec: counting_talker, machine: arm}\n  \
                       - node: {exec: noting_listener, name: ear, output: screen}\n  \
                       - wire: {from: counting_talker/count, to: ear/count}\n";
        std::fs::write(&file, circuit).unwrap();
        Some(Self { base, arm, hub, file, logs: folder.join("log").display().to_string() })
    }

    fn start(&self, who: Who) -> Running {
        match who {
            Who::Hub => relay(&self.hub, "--listen tcp/0.0.0.0:7447"),
            Who::BaseRelay => relay(&self.base, "--connect tcp/10.77.2.1:7447"),
            Who::ArmRelay => relay(&self.arm, "--connect tcp/10.77.3.1:7447"),
            Who::Agent => {
                let line = format!("agent --name arm --listen 10.77.1.2 --log-dir {}", self.logs);
                let agent = on(&self.arm, "vclaunch", &line);
                agent.error("of listening", |line| line.starts_with("agent of machine arm").then_some(()));
                agent
            }
            Who::Operator => {
                let line = format!("run {} --json --log-dir {}", self.file.display(), self.logs);
                on(&self.base, "vclaunch", &line)
            }
        }
    }
}

/// The numbers that the operator has shown so far.
fn heard(operator: &Running) -> usize {
    operator.lines().iter().filter(|line| line.contains("\"heard ")).count()
}

#[test]
fn in_whatever_order_relays_agent_and_operator_begin_anew_the_circuit_runs_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(world) = World::new(folder.path()) else { return };
    let all = [Who::Hub, Who::BaseRelay, Who::ArmRelay, Who::Agent, Who::Operator];
    let seed = seed();
    println!("VC_TEST_SEED={seed}");
    let mut chance = Random::new(seed);
    let mut running = all.map(|who| Some(world.start(who)));
    let at = |who: Who| all.iter().position(|one| *one == who).unwrap();
    let mut order = all.to_vec();
    for last in (1..order.len()).rev() {
        order.swap(last, usize::try_from(chance.below(last as u64 + 1)).unwrap());
    }

    for who in order {
        let before = heard(running[at(Who::Operator)].as_ref().unwrap());
        let is_killed = chance.below(2) == 0;
        println!("{} {who:?}", if is_killed { "kill" } else { "stop" });
        // A circuit ends with its agent: then the operator begins anew, too.
        let ends: &[Who] = if who == Who::Agent { &[Who::Operator, Who::Agent] } else { &[who] };
        for who in ends {
            let one = running[at(*who)].take().unwrap();
            if is_killed {
                one.kill();
            } else {
                one.signal(Signal::INT);
                one.wait();
            }
        }
        for who in ends.iter().rev() {
            running[at(*who)] = Some(world.start(*who));
        }
        let before = if ends.contains(&Who::Operator) { 0 } else { before };
        until("numbers are heard again", || {
            let operator = running[at(Who::Operator)].as_ref().unwrap();
            // For five seconds the arm's nodes of an operator that was killed still run, and another one is told so.
            if operator.lines().iter().any(|line| line.contains("runs there")) {
                operator.signal(Signal::INT);
                running[at(Who::Operator)].take().unwrap().wait();
                running[at(Who::Operator)] = Some(world.start(Who::Operator));
                return false;
            }
            heard(operator) > before
        });
    }

    for who in [Who::Operator, Who::Agent, Who::BaseRelay, Who::ArmRelay, Who::Hub] {
        let one = running[at(who)].take().unwrap();
        one.signal(Signal::INT);
        let ended = one.wait();
        assert_eq!(ended.code, Some(0), "{who:?}: {ended}");
    }
    for machine in [&world.base, &world.arm, &world.hub] {
        assert_eq!(machine.shared_memory(), [""; 0]);
    }
}
