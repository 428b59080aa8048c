//! Weeks in small: two hosts and topics of several sizes both ways, while one relay is killed and the link cut and roughened
//! at random. What was sent is what was heard and what was counted; nothing grows.
//!
//! `VC_SOAK_SECONDS` says how long; `VC_SOAK_CUTS=1` that the link is cut too, each of which takes a while.

use std::fs;
use std::time::{Duration, Instant};

use vc::prelude::*;
use vc_tests::harness::{
    Random, RoughCable, Roughness, given, leftovers, memory_touched, seed, status_field,
};

use crate::links::joined;
use crate::rig::Host;
use crate::traffic::{Topic, Traffic};

const OUT: [Topic; 4] = [
    Topic { name: "/numbers", bytes: 8, rate: 100.0, qos: Qos::DEFAULT },
    Topic { name: "/scans", bytes: 4_000, rate: 20.0, qos: Qos::SENSOR_DATA },
    Topic { name: "/pictures", bytes: 200_000, rate: 10.0, qos: Qos::SENSOR_DATA },
    Topic { name: "/clouds", bytes: 1_000_000, rate: 2.0, qos: Qos::DEFAULT },
];
const BACK: Topic = Topic { name: "/commands", bytes: 48, rate: 20.0, qos: Qos::DEFAULT };

/// What a relay and both hosts take, at a moment when all flows.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    rss_kib: u64,
    descriptors: u64,
    threads: u64,
    shared_files: u64,
    shared_kib: u64,
}

impl Taken {
    fn by(one: &Host, other: &Host) -> Self {
        let pid = one.relay().pid();
        let entries = |what: &str| fs::read_dir(format!("/proc/{pid}/{what}")).unwrap().count() as u64;
        let domains = [one, other].map(|host| host.domain.domain());
        Self {
            rss_kib: status_field(&pid.to_string(), "VmRSS").unwrap(),
            descriptors: entries("fd"),
            threads: entries("task"),
            shared_files: domains.iter().map(|domain| leftovers(*domain).len() as u64).sum(),
            shared_kib: domains.iter().map(|domain| memory_touched(*domain) / 1024).sum(),
        }
    }

    fn figures(&self) -> [(&'static str, u64, u64); 5] {
        // By how much each may differ with what is under way at the moment.
        [
            ("RSS in KiB", self.rss_kib, 16 << 10),
            ("descriptors", self.descriptors, 4),
            ("threads", self.threads, 16),
            ("files in shared memory", self.shared_files, 8),
            ("KiB of shared memory", self.shared_kib, 16 << 10),
        ]
    }
}

/// Something happens; of `kinds` kinds, the last of which are cuts.
fn happens(kinds: u64, chance: &mut Random, other: &mut Host, cable: &mut RoughCable) -> &'static str {
    let a_while = Duration::from_millis(100 + chance.below(1500));
    let rough = Roughness { delay_ms: 20, loss_percent: 2.0, reorder_percent: 5.0, ..Roughness::GOOD };
    let cut = |cable: &mut RoughCable, there, back| {
        cable.ways(there, back);
        std::thread::sleep(a_while * 2);
        cable.both(Roughness::GOOD);
    };
    match chance.below(kinds) {
        0 => {
            other.kill();
            other.start();
            "a relay was killed and started"
        }
        1 => {
            other.stop();
            std::thread::sleep(a_while);
            other.start();
            "a relay was stopped, and started later"
        }
        2 => {
            cable.both(rough);
            std::thread::sleep(a_while);
            cable.both(Roughness::GOOD);
            "the link was bad"
        }
        3 => {
            cut(cable, Roughness::CUT, Roughness::CUT);
            "the link was cut"
        }
        4 => {
            cut(cable, Roughness::CUT, Roughness::GOOD);
            "the link was cut one way"
        }
        _ => {
            cut(cable, Roughness::GOOD, Roughness::CUT);
            "the link was cut the other way"
        }
    }
}

#[test]
fn nothing_grows_and_all_counts_add_up_whatever_happens() {
    let seconds = given("VC_SOAK_SECONDS").unwrap_or(15);
    let kinds = if std::env::var_os("VC_SOAK_CUTS").is_some() { 6 } else { 3 };
    let Some((one, mut other, mut cable)) = joined() else { return };
    let (seed, began) = (seed(), Instant::now());
    println!("VC_TEST_SEED={seed} VC_SOAK_SECONDS={seconds}");
    let mut chance = Random::new(seed);
    let mut traffic: Vec<Traffic> = OUT.iter().map(|topic| Traffic::start(*topic, &one, &other)).collect();
    traffic.push(Traffic::start(BACK, &other, &one));

    let (mut taken, mut happened) = (Vec::new(), std::collections::BTreeMap::<_, u32>::new());
    while began.elapsed() < Duration::from_secs(seconds) || taken.len() < 6 {
        let what = happens(kinds, &mut chance, &mut other, &mut cable);
        *happened.entry(what).or_default() += 1;
        let again = Instant::now();
        for topic in &traffic {
            topic.flows(3);
        }
        println!("{what}: all flows again after {:?}", again.elapsed());
        taken.push(Taken::by(&one, &other));
    }

    println!("{happened:?}, in {:?}", began.elapsed());
    let third = taken.len() / 3;
    let (early, late) = (&taken[..third], &taken[taken.len() - third..]);
    for at in 0..early[0].figures().len() {
        let of = |taken: &[Taken]| -> Vec<u64> { taken.iter().map(|taken| taken.figures()[at].1).collect() };
        let (name, _, slack) = early[0].figures()[at];
        let (most_before, least_after) =
            (of(early).into_iter().max().unwrap(), of(late).into_iter().min().unwrap());
        println!(
            "{name}: {} at first, {most_before} at most in the first third; {} at last",
            taken[0].figures()[at].1,
            taken[taken.len() - 1].figures()[at].1
        );
        assert!(least_after <= most_before + slack, "{name} grows: {:?}", of(&taken));
    }
    for topic in traffic {
        let account = topic.end();
        assert!(account.received > 0);
    }
    one.end();
    other.end();
}
