//! Hosts with networks of their own: what a cable carries, what a cut does, and that rings are no circles.

use std::time::{Duration, Instant};

use vc_tests::harness::{Machine, Program, Running, Signal, until};

/// A program on a machine. All machines have the same domain: they are told apart by their memory and network.
pub(crate) fn on(machine: &Machine, program: &str, line: &str) -> Running {
    machine.program(Program::path(program)).env("ROS_DOMAIN_ID", "7").args(line).start()
}

pub(crate) fn relay(machine: &Machine, line: &str) -> Running {
    let relay = on(machine, "vcbridge", line);
    relay.error("of relaying", |line| line.contains("relays as router").then_some(()));
    relay
}

fn listener(machine: &Machine) -> Running {
    let listener = on(machine, "noting_listener", "");
    listener.output("of listening", |line| (line == "listening").then_some(()));
    listener
}

/// The numbers heard so far.
fn heard(listener: &Running) -> Vec<u64> {
    listener.lines().iter().filter_map(|line| line.strip_prefix("heard ")?.parse().ok()).collect()
}

/// In order, and none twice. On a busy machine a node that is not let run in time loses numbers, as its queue of ten
/// says; that relays lose none is proven in `flows`, where each number waits for the one before.
#[track_caller]
fn assert_in_order(heard: &[u64]) {
    let wrong = heard.windows(2).find(|pair| pair[1] <= pair[0]);
    assert_eq!(wrong, None, "heard twice or out of order");
    let (first, last) = (heard.first().copied().unwrap_or(1), heard.last().copied().unwrap_or(0));
    println!("heard {} of {} numbers from the first heard", heard.len(), last + 1 - first);
}

pub(crate) fn end(programs: impl IntoIterator<Item = Running>) {
    for program in programs {
        program.signal(Signal::INT);
        program.wait().succeeded();
    }
}

/// Two machines with a cable between them, `10.77.1.1` and `10.77.1.2`, and the cable's name on the first.
pub(crate) fn two_machines() -> Option<(Machine, Machine, String)> {
    let (mut one, mut other) = (Machine::new()?, Machine::new()?);
    let (cable, _) = one.cable("10.77.1.1", &mut other, "10.77.1.2");
    Some((one, other, cable))
}

#[test]
fn numbers_cross_a_cable_in_order_to_the_last() {
    let Some((one, other, _)) = two_machines() else { return };
    let relays = [relay(&one, "--listen tcp/0.0.0.0:7447"), relay(&other, "--connect tcp/10.77.1.1:7447")];
    let listener = listener(&other);

    let talker = on(&one, "counting_talker", "--ros-args -p rate:=500 -p last:=3000");
    talker.wait().succeeded();
    listener.output("of the last number", |line| (line == "heard 3000").then_some(()));

    assert_in_order(&heard(&listener));
    end([listener]);
    end(relays);
    for machine in [&one, &other] {
        assert_eq!(machine.shared_memory(), [""; 0]);
    }
}

#[test]
fn a_cut_cable_that_returns_carries_again() {
    let Some((one, other, cable)) = two_machines() else { return };
    let relays = [relay(&one, "--listen tcp/0.0.0.0:7447"), relay(&other, "--connect tcp/10.77.1.1:7447")];
    let (listener, talker) = (listener(&other), on(&one, "counting_talker", "--ros-args -p rate:=100"));
    listener.output("of a number", |line| line.starts_with("heard").then_some(()));

    for cut in [Duration::from_secs(1), Duration::from_secs(5)] {
        one.run(&format!("ip link set {cable} down"));
        std::thread::sleep(cut);
        let before = heard(&listener).last().copied();
        let returned = Instant::now();
        one.run(&format!("ip link set {cable} up"));
        until("numbers are heard again", || heard(&listener).last().copied() > before);
        println!("flows again {:?} after a cut of {cut:?}", returned.elapsed());
    }

    end([talker, listener]);
    end(relays);
}

#[test]
fn in_a_ring_of_three_hosts_none_hears_a_number_twice() {
    let (Some(mut a), Some(mut b), Some(mut c)) = (Machine::new(), Machine::new(), Machine::new()) else {
        return;
    };
    a.cable("10.77.1.1", &mut b, "10.77.1.2");
    b.cable("10.77.2.1", &mut c, "10.77.2.2");
    c.cable("10.77.3.1", &mut a, "10.77.3.2");
    let listen = "--listen tcp/0.0.0.0:7447 --connect";
    let relays = [
        relay(&a, &format!("{listen} tcp/10.77.1.2:7447")),
        relay(&b, &format!("{listen} tcp/10.77.2.2:7447")),
        relay(&c, &format!("{listen} tcp/10.77.3.2:7447")),
    ];
    let listeners = [listener(&a), listener(&b), listener(&c)];
    let talker = on(&a, "counting_talker", "--ros-args -p rate:=200");

    for listener in &listeners {
        until("enough is heard", || heard(listener).len() > 200);
        assert_in_order(&heard(listener));
    }

    end([talker]);
    end(listeners);
    end(relays);
}

#[test]
fn what_is_denied_to_one_peer_comes_from_another_one() {
    let (Some(mut a), Some(mut b), Some(mut c)) = (Machine::new(), Machine::new(), Machine::new()) else {
        return;
    };
    let (open, _) = a.cable("10.77.1.1", &mut b, "10.77.1.2");
    let (closed, _) = a.cable("10.77.2.1", &mut c, "10.77.2.2");
    assert_ne!(open, closed);
    let relays = [
        relay(&a, &format!("--listen tcp/0.0.0.0:7447 --deny-in /count@interface:{closed}")),
        relay(&b, "--connect tcp/10.77.1.1:7447"),
        relay(&c, "--connect tcp/10.77.2.1:7447"),
    ];
    let counts = listener(&a);
    let others = on(&a, "noting_listener", "--ros-args -r count:=/other -r __node:=others");
    let denied = on(&c, "counting_talker", "--ros-args -p rate:=100");
    let allowed = on(&c, "counting_talker", "--ros-args -p rate:=100 -r count:=/other -r __node:=second");

    // What is not denied comes over the same cable, and nothing else; what is denied comes over the other one.
    until("the other topic is heard", || heard(&others).len() > 20);
    assert_eq!(heard(&counts), [0; 0]);
    let from_another = on(&b, "counting_talker", "--ros-args -p rate:=100");
    until("the other peer is heard", || heard(&counts).len() > 20);
    assert_in_order(&heard(&counts));

    end([denied, allowed, from_another, counts, others]);
    end(relays);
}

#[test]
fn what_is_allowed_to_one_peer_does_not_come_from_another_one() {
    let (Some(mut a), Some(mut b), Some(mut c)) = (Machine::new(), Machine::new(), Machine::new()) else {
        return;
    };
    let (open, _) = a.cable("10.77.1.1", &mut b, "10.77.1.2");
    a.cable("10.77.2.1", &mut c, "10.77.2.2");
    let relays = [
        relay(&a, &format!("--listen tcp/0.0.0.0:7447 --allow-in /count@interface:{open}")),
        relay(&b, "--connect tcp/10.77.1.1:7447"),
        relay(&c, "--connect tcp/10.77.2.1:7447"),
    ];
    let counts = listener(&a);
    let (not, beside) = (on(&c, "counting_talker", "--ros-args -p rate:=100"), listener(&c));
    until("the other peer is far ahead", || heard(&beside).len() > 20);
    let yes = on(&b, "counting_talker", "--ros-args -p rate:=100");

    until("who is allowed is heard", || heard(&counts).len() > 100);
    // Numbers of both would be out of order.
    assert_in_order(&heard(&counts));

    end([not, yes, beside, counts]);
    end(relays);
}

#[test]
fn what_is_killed_leaves_nothing() {
    let Some((one, other, _)) = two_machines() else { return };
    let first = relay(&one, "--listen tcp/0.0.0.0:7447");
    let second = relay(&other, "--connect tcp/10.77.1.1:7447");
    let (listener, talker) = (listener(&other), on(&one, "counting_talker", ""));
    listener.output("of a number", |line| line.starts_with("heard").then_some(()));

    first.kill();
    second.kill();
    end([talker, listener]);

    for machine in [&one, &other] {
        assert_eq!(machine.shared_memory(), [""; 0]);
    }
}
