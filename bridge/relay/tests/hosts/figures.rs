//! What two relays add to zenoh alone, printed. Each sample waits for the one before, and must be the one that was sent.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_session::{Environment, Settings};
use zenoh::Wait;
use zenoh::qos::CongestionControl;

use crate::rig::{Listener, Talker, free_address, pair};

const SIZES: [usize; 3] = [64, 1024, 65_536];
const ROUNDS: usize = 500;

/// In µs: the middle one, and the one that 99 of 100 are below.
fn summary(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e6;
    format!("{:7.0} / {:7.0}", at(50), at(99))
}

/// From `put` to the callback, between two sessions of zenoh alone.
fn raw(bytes: usize) -> Vec<Duration> {
    let address = free_address();
    let environment = Environment::default();
    let listens = Settings { listen: vec![address.clone()], ..Settings::default() };
    let connects = Settings { listen: vec![free_address()], connect: vec![address], ..Settings::default() };
    let ((from, _), (to, _)) = (listens.open(&environment).unwrap(), connects.open(&environment).unwrap());
    let (heard, hear) = mpsc::channel();
    let arrived = move |sample: zenoh::sample::Sample| {
        let _ = heard.send((Instant::now(), sample.payload().len()));
    };
    let _subscriber = to.declare_subscriber("figures").callback(arrived).wait().unwrap();
    let publisher =
        from.declare_publisher("figures").congestion_control(CongestionControl::Block).wait().unwrap();
    vc_tests::harness::until("they are joined", || {
        publisher.put(vec![0u8; 1]).wait().unwrap();
        hear.recv_timeout(Duration::from_millis(100)).is_ok()
    });
    while hear.recv_timeout(Duration::from_millis(100)).is_ok() {}
    let round = |_| {
        let (began, payload) = (Instant::now(), vec![7u8; bytes]);
        publisher.put(payload).wait().unwrap();
        let (arrived, length) = hear.recv().unwrap();
        assert_eq!(length, bytes);
        arrived - began
    };
    (0..ROUNDS).map(round).collect()
}

/// From a node's `send` to the other node's having it, over two relays.
fn relayed(bytes: usize) -> Vec<Duration> {
    let (one, other) = pair();
    let talker = Talker::<Image>::new(&one, "figures", Qos::DEFAULT);
    let mut listener = Listener::<Image>::new(&other, "figures", Qos::DEFAULT);
    let send = |step: u32| {
        let mut loan = talker.publisher.loan(&Image { step, ..Image::default() }, bytes).unwrap();
        loan.region_mut().fill(7);
        loan.send().unwrap();
    };
    vc_tests::harness::until("they are joined", || {
        send(0);
        std::thread::sleep(Duration::from_millis(5));
        listener.subscriber.take().unwrap().is_some()
    });
    let round = |step: u32| {
        let began = Instant::now();
        send(step);
        loop {
            let sample = listener.subscriber.recv().unwrap().unwrap();
            // What was sent to join them may still be on its way.
            let (heard, length) = (sample.view().unwrap().step(), sample.view().unwrap().data().len());
            if heard == step {
                assert_eq!(length, bytes);
                return began.elapsed();
            }
            assert_eq!(heard, 0);
        }
    };
    let times = (1..=u32::try_from(ROUNDS).unwrap()).map(round).collect();
    drop((talker, listener));
    one.end();
    other.end();
    times
}

#[test]
fn what_two_relays_add_to_zenoh_alone() {
    println!("one way over loopback, µs, p50 / p99 of {ROUNDS}:");
    for bytes in SIZES {
        println!("{bytes:6} B  zenoh alone {}   two relays {}", summary(raw(bytes)), summary(relayed(bytes)));
    }
}
