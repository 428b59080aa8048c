//! What a tool sees of a host's topics, and how it carries samples in and out.
#![expect(clippy::unwrap_used, reason = "a panic is a test's answer")]

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use vc::args::Args;
use vc::domain::Domain;
use vc::host::{Host, HostGraph};
use vc::prelude::*;
use vc::topic::{Raw, Relayed};
use vc::words::{NodeName, TopicName, TypeInfo};
use vc_msgs::std_msgs::msg::String as Text;

/// Far from what people use, and from one another.
fn domain(test: u32) -> Domain {
    Domain::new(0x4000_0000 + std::process::id() * 16 + test)
}

fn string() -> TypeInfo {
    TypeInfo { name: Text::TYPE_NAME.to_owned(), hash: Text::TYPE_HASH.to_owned() }
}

fn topic() -> TopicName {
    TopicName::absolute("/chatter").unwrap()
}

fn talker(domain: Domain, qos: Qos) -> (Node, Publisher<Text>) {
    let block = Block::new("talker", "Talks.");
    let output = block.output::<Text>("chatter", "Words.").qos(qos);
    let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
    let publisher = node.publisher(&output).unwrap();
    (node, publisher)
}

fn listener(domain: Domain, qos: Qos) -> (Node, Subscriber<Text>) {
    let block = Block::new("listener", "Listens.");
    let input = block.input::<Text>("chatter", "Words.").qos(qos);
    let mut node = Node::open(block.manifest(), &Args::default(), domain, Stop::new().unwrap()).unwrap();
    let subscriber = node.subscriber(&input).unwrap();
    (node, subscriber)
}

/// Waits as a relay does: asleep until something may have changed.
fn look_until(host: &mut Host, what: &str, condition: impl Fn(&HostGraph) -> bool) -> HostGraph {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let graph = host.look().unwrap();
        if condition(&graph) {
            return graph;
        }
        assert!(Instant::now() < end, "gave up waiting until {what}: {graph:?}");
        let pause = Timespec::try_from(Duration::from_millis(20)).unwrap();
        let host = host.as_fd();
        poll(&mut [PollFd::new(&host, PollFlags::IN)], Some(&pause)).unwrap();
    }
}

#[test]
fn a_tool_sees_nodes_topics_types_and_quality_of_service() {
    let domain = domain(0);
    let mut host = Host::join(domain, "relay", Stop::new().unwrap()).unwrap();
    assert_eq!(host.look().unwrap(), HostGraph::default());

    let (talker, publisher) = talker(domain, Qos::LATCHED);
    let (listener, subscriber) = listener(domain, Qos::SENSOR_DATA);
    let graph = look_until(&mut host, "both are seen", |graph| {
        graph.topics.values().any(|topic| !topic.publishers.is_empty() && !topic.subscribers.is_empty())
    });

    assert_eq!(graph.nodes.len(), 2);
    let seen = &graph.topics[&topic()];
    assert_eq!(seen.carried, string());
    let [writer] = seen.publishers.as_slice() else { panic!("{seen:?}") };
    assert_eq!((writer.id, writer.qos), (publisher.gid(), Qos::LATCHED));
    assert_eq!(writer.node, Some(NodeName::parse("/talker").unwrap()));
    let [reader] = seen.subscribers.as_slice() else { panic!("{seen:?}") };
    assert_eq!((reader.name.as_str(), reader.qos), ("chatter", Qos::SENSOR_DATA));

    drop((publisher, talker));
    look_until(&mut host, "the talker has gone", |graph| graph.topics[&topic()].publishers.is_empty());
    drop((subscriber, listener));
    let graph = look_until(&mut host, "all have gone", |graph| graph.nodes.is_empty());
    assert_eq!(graph, HostGraph::default());
    drop(host);
    assert!(!domain.folder().exists());
}

#[test]
fn a_change_wakes_whoever_waits_for_one() {
    let domain = domain(1);
    let mut host = Host::join(domain, "relay", Stop::new().unwrap()).unwrap();
    host.look().unwrap();
    let wakes = |host: &Host| {
        let host = host.as_fd();
        let minute = Timespec::try_from(Duration::from_secs(60)).unwrap();
        poll(&mut [PollFd::new(&host, PollFlags::IN)], Some(&minute)).unwrap() == 1
    };

    let (node, publisher) = talker(domain, Qos::DEFAULT);
    assert!(wakes(&host), "a publisher came");
    look_until(&mut host, "it is seen", |graph| graph.topics.contains_key(&topic()));
    // What belongs to its coming is behind us.
    std::thread::sleep(Duration::from_millis(50));
    host.look().unwrap();
    drop((publisher, node));
    assert!(wakes(&host), "a publisher went");
}

#[test]
fn samples_are_carried_out_and_in_as_they_are() {
    let domain = domain(2);
    let host = Host::join(domain, "relay", Stop::new().unwrap()).unwrap();
    let (_talker, publisher) = talker(domain, Qos::DEFAULT);
    let (_listener, mut subscriber) = listener(domain, Qos::DEFAULT);
    let mut out = host.subscriber(&topic(), &string(), Qos::DEFAULT).unwrap();
    let back = host.publisher(&topic(), &string(), Qos::DEFAULT).unwrap();

    publisher.publish(&Text { data: "hello".into() }).unwrap();
    let sample = out.recv().unwrap().unwrap();
    assert_eq!(sample.envelope().publisher(), publisher.gid());
    assert!(!sample.envelope().is_relayed());

    let age = Duration::from_secs(3);
    let from = Relayed { publisher: 7, sequence: 41, source_time_ns: 5, age, host: 9 };
    let mut loan = back.loan_cdr(sample.cdr().len()).unwrap();
    loan.cdr_mut().copy_from_slice(sample.cdr());
    loan.send_relayed(&from).unwrap();

    let own = subscriber.recv().unwrap().unwrap();
    assert_eq!((own.envelope().sequence, own.envelope().is_relayed()), (1, false));
    let relayed = subscriber.recv().unwrap().unwrap();
    assert_eq!(relayed.view().unwrap().data(), "hello");
    let envelope = relayed.envelope();
    assert_eq!((envelope.publisher(), envelope.sequence, envelope.source_time_ns), (7, 41, 5));
    assert!(envelope.is_relayed() && envelope.age() >= age);
    // The relay hears its own too, and can tell it by that.
    assert!(out.recv().unwrap().unwrap().envelope().is_relayed());
}

#[test]
fn what_a_relay_keeps_reaches_a_late_joiner() {
    let domain = domain(3);
    let host = Host::join(domain, "relay", Stop::new().unwrap()).unwrap();
    let back = host.publisher(&topic(), &string(), Qos::LATCHED).unwrap();
    let text = Text { data: "map".into() };
    let mut cdr = vec![0; text.cdr_size()];
    text.encode(&mut cdr).unwrap();
    let mut loan = back.loan_cdr(cdr.len()).unwrap();
    loan.cdr_mut().copy_from_slice(&cdr);
    loan.send_relayed(&Relayed {
        publisher: 7,
        sequence: 1,
        source_time_ns: 5,
        age: Duration::ZERO,
        host: 9,
    })
    .unwrap();

    let (_listener, mut subscriber) = listener(domain, Qos::LATCHED);

    assert_eq!(subscriber.recv().unwrap().unwrap().view().unwrap().data(), "map");
}

#[test]
fn samples_may_be_held_by_any_thread() {
    fn any_thread<T: Send + Sync + 'static>() {}
    any_thread::<vc::topic::SampleBytes>();
    any_thread::<Publisher<Raw, vc::topic::Shared>>();
}

#[test]
fn a_topic_is_seen_however_early_somebody_looked() {
    let domain = domain(5);
    let mut host = Host::join(domain, "looks", Stop::new().unwrap()).unwrap();
    for _ in 0..100 {
        let seen = Arc::new(Barrier::new(2));
        let is_open = Arc::new(AtomicBool::new(false));
        let opens = {
            let (seen, is_open) = (Arc::clone(&seen), Arc::clone(&is_open));
            std::thread::spawn(move || {
                let _open = listener(domain, Qos::DEFAULT);
                is_open.store(true, Ordering::Release);
                seen.wait();
            })
        };
        // The topic is there a moment before its first port.
        while !is_open.load(Ordering::Acquire) {
            host.look().unwrap();
        }

        host.look().unwrap();
        let graph = host.look().unwrap();

        seen.wait();
        opens.join().unwrap();
        assert!(graph.topics.contains_key(&topic()), "{graph:?}");
        look_until(&mut host, "the topic is gone", |graph| graph.topics.is_empty());
    }
}
