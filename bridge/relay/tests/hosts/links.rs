//! Links that are slow, lossy, narrow, or carry one way only: what was sent is what was heard and what was counted as lost.

use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;
use vc::prelude::*;
use vc_tests::harness::{Machine, RoughCable, Roughness, given, status_field, until};

use crate::rig::Host;
use crate::traffic::{Account, Topic, Traffic};

/// Numbers, as commands are.
const SMALL: Topic = Topic { name: "/small", bytes: 8, rate: 50.0, qos: Qos::DEFAULT };
/// More of them are under way than [`NARROW`] carries.
const PICTURES: Topic = Topic { name: "/pictures", bytes: 300_000, rate: 20.0, qos: Qos::DEFAULT };
/// Each of them takes [`NARROW`] more than a second.
const LARGE: Topic = Topic { name: "/large", bytes: 1_500_000, rate: 5.0, qos: Qos::SENSOR_DATA };
/// As scanners send them, and none may be dropped on the way.
const CLOUDS: Topic = Topic { name: "/clouds", bytes: 1_000_000, rate: 10.0, qos: Qos::DEFAULT };
/// Numbers of which a queue holds less than a second: who is held up longer loses some.
const STEADY: Topic = Topic { name: "/steady", bytes: 8, rate: 20.0, qos: Qos::DEFAULT.keep_last(16) };

const NARROW: Roughness = Roughness { delay_ms: 5, megabits: 10.0, ..Roughness::GOOD };

const LISTENS: &str = "--listen tcp/0.0.0.0:7447 --wire-domain 7";
const CONNECTS: &str = "--connect tcp/10.77.1.1:7447 --wire-domain 7";

/// Two hosts and the cable between them.
pub(crate) fn joined() -> Option<(Host, Host, RoughCable)> {
    let (mut one, mut other) = (Machine::new()?, Machine::new()?);
    let cable = RoughCable::lay(&mut one, "10.77.1.1", &mut other, "10.77.1.2")?;
    let (one, other) = (Rc::new(one), Rc::new(other));
    Some((Host::on(&one, LISTENS), Host::on(&other, CONNECTS), cable))
}

/// Ends the traffic, and holds what the relays have counted against what the nodes have.
#[track_caller]
fn end(traffic: Traffic, from: &Host, to: &Host) -> Account {
    traffic.hush();
    let name = traffic.topic.name;
    let (left, came) = (from.topic(name, "out"), to.topic(name, "in"));
    println!(
        "{name}: left {} {}, came {} {}",
        left["samples"], left["losses"], came["samples"], came["losses"]
    );
    let account = traffic.end();
    assert_eq!(account.between_relays, 0, "no relay was away");
    let (samples, lost) = counts(&came);
    assert!((account.within..=account.said).contains(&(samples + lost)), "{account:?} {came}");
    assert!(account.received <= samples && samples <= counts(&left).0, "{account:?} {left} {came}");
    account
}

/// What a relay has counted of a topic: carried, and lost by any cause.
fn counts(topic: &Value) -> (u64, u64) {
    let losses = topic["losses"].as_object().unwrap().values().map(|count| count.as_u64().unwrap());
    (topic["samples"].as_u64().unwrap(), losses.sum())
}

#[test]
fn a_slow_and_lossy_link_loses_nothing_that_is_reliable() {
    let Some((one, other, mut cable)) = joined() else { return };
    let rough = Roughness { delay_ms: 50, loss_percent: 5.0, reorder_percent: 10.0, ..Roughness::GOOD };
    cable.both(rough);
    let traffic = Traffic::start(SMALL, &one, &other);

    traffic.flows(400);

    let frames = cable.counts();
    println!("{frames}");
    assert!(frames["there"]["lost"].as_u64() > Some(0) && frames["there"]["overtook"].as_u64() > Some(0));
    cable.both(Roughness::GOOD);
    traffic.hush();
    assert_eq!(
        [&one.topic("/small", "out"), &other.topic("/small", "in")].map(|topic| counts(topic).1),
        [0, 0]
    );
    end(traffic, &one, &other);
    one.end();
    other.end();
}

#[test]
fn ages_include_the_way_between_hosts() {
    let Some((one, other, mut cable)) = joined() else { return };
    cable.both(Roughness { delay_ms: 50, ..Roughness::GOOD });
    let traffic = Traffic::start(SMALL, &one, &other);

    // As soon as the other's clock is known. Both hosts have one clock here, and the way takes as long both ways.
    until("ages include the way", || {
        traffic.last().is_some_and(|heard| heard.age > Duration::from_millis(40))
    });

    let heard = traffic.last().unwrap();
    let truth = Duration::from_nanos((heard.came_at - heard.sent_at).try_into().unwrap());
    println!("{:.1?} old, taken for {:.1?}", truth, heard.age);
    assert!(heard.age.abs_diff(truth) < Duration::from_millis(40), "{truth:?} {heard:?}");
    end(traffic, &one, &other);
    one.end();
    other.end();
}

#[test]
fn what_is_reliable_and_too_much_for_a_link_waits_and_is_then_overwritten_and_counted() {
    let Some((one, other, mut cable)) = joined() else { return };
    cable.both(NARROW);
    let traffic = Traffic::start(PICTURES, &one, &other);
    let memory = || status_field(&one.relay().pid().to_string(), "VmRSS").unwrap();
    let before = memory();

    traffic.flows(20);

    let grown = memory().saturating_sub(before);
    println!("the sender's relay takes {grown} KiB more than at first");
    assert!(grown < 64 << 10, "{grown} KiB wait");
    cable.both(Roughness::GOOD);
    traffic.hush();
    let (left, came) = (one.topic("/pictures", "out"), other.topic("/pictures", "in"));
    assert!(left["losses"]["link slower than the publisher"].as_u64() > Some(0), "{left}");
    // What zenoh took has come.
    assert_eq!(left["samples"], came["samples"], "{left} {came}");
    end(traffic, &one, &other);
    one.end();
    other.end();
}

#[test]
fn pictures_on_a_narrow_link_do_not_hold_up_numbers() {
    let Some((one, other, mut cable)) = joined() else { return };
    cable.both(NARROW);
    let (steady, large) = (Traffic::start(STEADY, &one, &other), Traffic::start(LARGE, &one, &other));

    // Best effort: some come whole, the others are counted.
    large.flows(5);

    let left = one.topic("/steady", "out");
    assert_eq!(counts(&left).1, 0, "numbers were held up: {left}");
    cable.both(Roughness::GOOD);
    end(steady, &one, &other);
    end(large, &one, &other);
    one.end();
    other.end();
}

#[test]
fn a_sample_may_take_a_narrow_link_many_seconds_in_which_a_relay_may_leave() {
    let Some((mut one, mut other, mut cable)) = joined() else { return };
    let huge = Topic { name: "/huge", bytes: 9_000_000, rate: 1.0, qos: Qos::DEFAULT };
    let traffic = Traffic::start(huge, &one, &other);
    cable.both(NARROW);

    traffic.flows(2);

    let came = other.topic("/huge", "in");
    assert_eq!(came["losses"].get("lost before it came here"), None, "{came}");
    for host in [&mut other, &mut one] {
        host.stop();
        host.start();
        let began = Instant::now();
        traffic.flows(1);
        println!("{} B over {} Mbit/s are there after {:?}", huge.bytes, NARROW.megabits, began.elapsed());
    }
    cable.both(Roughness::GOOD);
    traffic.end();
    one.end();
    other.end();
}

#[test]
fn a_link_that_is_cut_one_way_or_both_carries_again_when_it_is_mended() {
    let Some((one, other, mut cable)) = joined() else { return };
    let traffic = Traffic::start(SMALL, &one, &other);
    for (there, back, seconds) in [
        (Roughness::CUT, Roughness::GOOD, 3),
        (Roughness::GOOD, Roughness::CUT, 3),
        (Roughness::CUT, Roughness::CUT, 10),
    ] {
        cable.ways(there, back);
        std::thread::sleep(Duration::from_secs(seconds));
        cable.both(Roughness::GOOD);
        let mended = Instant::now();
        traffic.flows(20);
        println!("flows again {:?} after a cut of {seconds} s", mended.elapsed());
    }
    end(traffic, &one, &other);
    one.end();
    other.end();
}

#[test]
fn a_link_that_is_cut_amid_a_large_picture_carries_again_when_it_is_mended() {
    let Some((one, other, mut cable)) = joined() else { return };
    cable.both(NARROW);
    let traffic = Traffic::start(Topic { qos: Qos::DEFAULT, ..LARGE }, &one, &other);

    cable.both(Roughness::CUT);
    std::thread::sleep(Duration::from_secs(3));
    cable.both(Roughness::GOOD);
    traffic.flows(5);

    end(traffic, &one, &other);
    one.end();
    other.end();
}

/// How long a link is cut, and which of its two ways, by turns.
const CUTS: [(f64, Roughness, Roughness); 7] = [
    (10.0, Roughness::CUT, Roughness::CUT),
    (2.5, Roughness::CUT, Roughness::GOOD),
    (1.7, Roughness::CUT, Roughness::CUT),
    (5.0, Roughness::GOOD, Roughness::CUT),
    (3.3, Roughness::CUT, Roughness::CUT),
    (10.0, Roughness::CUT, Roughness::GOOD),
    (2.0, Roughness::CUT, Roughness::CUT),
];

/// `VC_CUTS` says how often.
#[test]
fn a_link_that_is_cut_amid_megabytes_carries_all_again_when_it_is_mended() {
    let cuts = given("VC_CUTS").unwrap_or(1);
    let Some((one, other, mut cable)) = joined() else { return };
    let relays = || [&one, &other].map(|host| host.relay().pid());
    let (began_as, small, clouds) =
        (relays(), Traffic::start(SMALL, &one, &other), Traffic::start(CLOUDS, &one, &other));
    let mut again = Vec::new();
    for (seconds, there, back) in CUTS.into_iter().cycle().take(cuts) {
        cable.ways(there, back);
        std::thread::sleep(Duration::from_secs_f64(seconds));
        cable.both(Roughness::GOOD);
        let mended = Instant::now();
        clouds.flows(1);
        let large = mended.elapsed();
        small.flows(1);
        println!("{large:.2?} {:.2?} after a cut of {seconds} s", mended.elapsed());
        again.push(mended.elapsed());
        clouds.flows(5);
    }
    again.sort_unstable();
    let of = |percent: usize| again[(again.len() - 1) * percent / 100];
    println!("{cuts} cuts: p50 {:.2?}, p90 {:.2?}, most {:.2?}", of(50), of(90), of(100));
    assert_eq!(relays(), began_as, "a relay began anew");
    end(small, &one, &other);
    end(clouds, &one, &other);
    one.end();
    other.end();
}
