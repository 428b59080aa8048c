//! What crosses, and what does not.

use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::{String as Text, UInt64};
use vc_tests::harness::until;

use crate::rig::{Host, Listener, Talker, free_address, join, pair};

/// Says as many numbers at once as a queue holds, so often, and hears all of them each time.
fn bursts_cross_whole(qos: Qos, bursts: u64) {
    let (one, other) = pair();
    let talker = Talker::<UInt64>::new(&one, "count", qos);
    let mut listener = Listener::<UInt64>::new(&other, "count", qos);
    let from = join(&talker, &mut listener);

    for burst in 0..bursts {
        let numbers: Vec<u64> =
            (1..=qos.depth.into()).map(|n| from + burst * u64::from(qos.depth) + n).collect();
        for data in &numbers {
            talker.publisher.publish(&UInt64 { data: *data }).unwrap();
        }
        let heard: Vec<u64> = numbers.iter().map(|_| listener.hear().data).collect();
        assert_eq!(heard, numbers);
    }

    drop((talker, listener));
    one.end();
    other.end();
}

#[test]
fn what_is_said_on_one_host_is_heard_on_the_other_in_order_and_without_loss() {
    bursts_cross_whole(Qos::DEFAULT, 100);
}

#[test]
fn a_burst_that_long_queues_hold_crosses_whole() {
    bursts_cross_whole(Qos::DEFAULT.keep_last(256), 5);
}

#[test]
fn a_sample_keeps_its_time_and_count_and_tells_where_it_is_from() {
    let (one, other) = pair();
    let talker = Talker::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let mut listener = Listener::<UInt64>::new(&other, "count", Qos::DEFAULT);
    let said = join(&talker, &mut listener);

    talker.publisher.publish_cdr(&[0, 1, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0], 1234).unwrap();

    let mut sample = None;
    until("it is heard", || {
        sample = listener.subscriber.take().unwrap();
        sample.is_some()
    });
    let sample = sample.unwrap();
    assert_eq!((sample.envelope().sequence, sample.envelope().source_time_ns), (said + 1, 1234));
    assert!(sample.envelope().is_relayed());
    assert_eq!(sample.view().unwrap().data(), 7);

    drop((sample, talker, listener));
    one.end();
    other.end();
}

#[test]
fn nothing_comes_back_or_twice() {
    let (one, other) = pair();
    // Both say and hear the same topic: what would go in a circle, would go for ever.
    let here = Talker::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let mut heard_here = Listener::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let there_too = Talker::<UInt64>::new(&other, "count", Qos::DEFAULT);
    let mut beyond = Listener::<UInt64>::new(&other, "count", Qos::DEFAULT);
    let said = join(&here, &mut beyond);
    for data in said + 1..=said + 5 {
        here.publisher.publish(&UInt64 { data }).unwrap();
    }

    let there: Vec<u64> = (0..5).map(|_| beyond.hear().data).collect();
    let mut last = 0;
    while last < said + 5 {
        let heard = heard_here.hear().data;
        assert!(heard > last, "{heard} after {last}: heard twice");
        last = heard;
    }

    assert_eq!(there, (said + 1..=said + 5).collect::<Vec<_>>());
    assert!(beyond.subscriber.take().unwrap().is_none());
    assert!(heard_here.subscriber.take().unwrap().is_none());
    drop((here, heard_here, there_too, beyond));
    one.end();
    other.end();
}

#[test]
fn a_late_joiner_gets_what_was_kept_on_the_other_host() {
    let (one, other) = pair();
    let talker = Talker::<Text>::new(&one, "map", Qos::LATCHED);
    talker.publisher.publish(&Text { data: "the map".into() }).unwrap();

    let mut listener = Listener::<Text>::new(&other, "map", Qos::LATCHED);
    assert_eq!(listener.hear().data, "the map");
    let mut later = Listener::<Text>::new(&other, "map", Qos::LATCHED);
    assert_eq!(later.hear().data, "the map");

    talker.publisher.publish(&Text { data: "another".into() }).unwrap();
    assert_eq!((listener.hear().data.as_str(), later.hear().data.as_str()), ("another", "another"));
    drop((talker, listener, later));
    one.end();
    other.end();
}

#[test]
fn large_pictures_cross_whole() {
    let (one, other) = pair();
    let talker = Talker::<Image>::new(&one, "image", Qos::LATCHED);
    let image = Image {
        height: 1080,
        width: 1920,
        encoding: "bgr8".into(),
        step: 1920 * 3,
        data: (0..1920 * 1080 * 3).map(|at: u32| (at % 251) as u8).collect(),
        ..Image::default()
    };
    talker.publisher.publish(&image).unwrap();

    let mut listener = Listener::<Image>::new(&other, "image", Qos::LATCHED);

    assert!(listener.hear() == image, "another picture than was sent");
    drop((talker, listener));
    one.end();
    other.end();
}

#[test]
fn other_types_are_told_on_both_hosts_and_nothing_is_relayed() {
    let (one, other) = pair();
    let talker = Talker::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let listener = Listener::<Text>::new(&other, "count", Qos::DEFAULT);

    let told = |host: &Host, text: &str| {
        host.relay().error("of the mismatch", |line| line.contains(text).then_some(()));
    };
    told(&one, "topic `/count`: `/talker` here publishes `std_msgs/msg/UInt64`, but `/listener`");
    told(&other, "topic `/count`: `/listener` here expects `std_msgs/msg/String`, but `/talker`");

    drop((talker, listener));
    one.end();
    other.end();
}

#[test]
fn a_denied_topic_stays_where_it_is() {
    let (address, wire) = (free_address(), vc_tests::harness::TestDomain::new().variable());
    let one = Host::new(&format!("--listen {address} --wire-domain {wire} --deny-out /secret/**"));
    let second = free_address();
    let other = Host::new(&format!("--listen {second} --connect {address} --wire-domain {wire}"));
    let secret = Talker::<Text>::new(&one, "/secret/map", Qos::LATCHED);
    let open = Talker::<Text>::new(&one, "/open/map", Qos::LATCHED);
    for talker in [&secret, &open] {
        talker.publisher.publish(&Text { data: "map".into() }).unwrap();
    }

    let mut not = Listener::<Text>::new(&other, "/secret/map", Qos::LATCHED);
    let mut yes = Listener::<Text>::new(&other, "/open/map", Qos::LATCHED);
    yes.hear();
    // The other topic came all the way, whose nodes were there later.
    assert!(not.subscriber.take().unwrap().is_none());

    drop((secret, open, not, yes));
    one.end();
    other.end();
}

#[test]
fn a_limited_topic_keeps_its_rate_and_what_is_left_out_is_no_loss() {
    let (address, second) = (free_address(), free_address());
    let wire = vc_tests::harness::TestDomain::new().variable();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.yaml");
    std::fs::write(&file, "topics: { /count: { max_rate: 20, priority: data_low } }\n").unwrap();
    let one = Host::new(&format!("--config {} --listen {address} --wire-domain {wire}", file.display()));
    let other = Host::new(&format!("--listen {second} --connect {address} --wire-domain {wire}"));
    let talker = Talker::<UInt64>::new(&one, "count", Qos::DEFAULT);
    let mut listener = Listener::<UInt64>::new(&other, "count", Qos::DEFAULT);

    let mut heard: Vec<(u64, std::time::Instant)> = Vec::new();
    until("ten are heard", || {
        talker.publisher.publish(&UInt64 { data: 1 }).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2));
        if let Some(sample) = listener.subscriber.take().unwrap() {
            heard.push((sample.envelope().sequence, std::time::Instant::now()));
        }
        heard.len() >= 10
    });

    let ((first, began), (last, ended)) = (heard[0], heard[9]);
    assert_eq!(last - first, 9, "its count has gaps: {heard:?}");
    // Nine periods of 50 ms, less what the first may have waited on its way.
    assert!(ended - began > std::time::Duration::from_millis(300), "{:?}", ended - began);
    drop((talker, listener));
    one.end();
    other.end();
}
