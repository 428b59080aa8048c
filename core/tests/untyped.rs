//! What other languages build on: ports by their place, loans without lifetimes, samples that may be kept, patience.
#![expect(clippy::unwrap_used, reason = "a panic is a test's answer")]

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use vc::args::Args;
use vc::domain::Domain;
use vc::prelude::*;
use vc::topic::{Raw, wait_for_news};
use vc::words::Manifest;
use vc_msgs::std_msgs::msg::UInt8MultiArray as Bytes;

/// Far from what people use, and from one another.
fn domain(test: u32) -> Domain {
    Domain::new(0x5000_0000 + std::process::id() * 16 + test)
}

/// A block with an output `out` and inputs `in` and `other`.
fn manifest() -> Manifest {
    let block = Block::new("untyped", "Has ports.");
    let _ = (block.output::<Bytes>("out", "Bytes."), block.input::<Bytes>("in", "Bytes."));
    let _ = block.input::<Bytes>("other", "Bytes.");
    block.manifest()
}

struct Untyped {
    // Ports before the node they belong to.
    publisher: Publisher<Raw, Shared>,
    inputs: [Subscriber<Raw, Shared>; 2],
    stop: Stop,
    node: Node,
}

fn open(domain: Domain, line: &str) -> Untyped {
    let block = Block::from_manifest(manifest());
    let (output, inputs) = (block.output_at(0).unwrap(), [0, 1].map(|at| block.input_at(at).unwrap()));
    assert!(block.output_at(1).is_none() && block.input_at(2).is_none());
    let args = Args::parse(line.split_whitespace().map(str::to_owned)).unwrap();
    let mut node = Node::open(block.manifest(), &args, domain, Stop::new().unwrap()).unwrap();
    assert_eq!(node.has_target(&output), line.contains("out:="));
    let publisher = node.shared_publisher(&output).unwrap();
    let inputs = inputs.map(|input| node.shared_subscriber(&input).unwrap());
    Untyped { publisher, inputs, stop: node.stopper(), node }
}

#[test]
fn a_loan_without_a_lifetime_outlives_its_publisher() {
    let domain = domain(1);
    let Untyped { publisher, node, .. } = open(domain, "");
    let mut loan = publisher.loan_detached(100).unwrap();
    loan.cdr_mut().fill(1);

    // The pool grows, and what lay in the old one goes; then everything goes.
    publisher.publish_cdr(&vec![2; 100_000], 0).unwrap();
    drop((publisher, node));

    loan.cdr_mut().fill(3);
    assert!(loan.cdr_mut().iter().all(|byte| *byte == 3));
}

#[test]
fn a_loan_is_sent_by_its_own_publisher_only() {
    let domain = domain(2);
    let (one, mut other) =
        (open(domain, "--ros-args -r out:=/x"), open(domain, "--ros-args -r out:=/x -r in:=/x"));
    let mut loan = one.publisher.loan_detached(8).unwrap();
    loan.cdr_mut().fill(7);
    let foreign = one.publisher.loan_detached(8).unwrap();

    one.publisher.send_detached(loan, 5).unwrap();
    let error = other.publisher.send_detached(foreign, 5).unwrap_err().to_string();

    assert_eq!(error, "cannot send on topic `/x`: the loan is another publisher's");
    let sample = other.inputs[0].recv_timeout(Duration::from_secs(60)).unwrap().unwrap();
    assert_eq!((sample.cdr(), sample.envelope().source_time_ns), ([7; 8].as_slice(), 5));
    // It may be kept, and go to another thread, after everything else is gone.
    drop((one, other));
    thread::spawn(move || assert_eq!(sample.cdr(), [7; 8])).join().unwrap();
}

#[test]
fn patience_ends_and_news_are_seen_on_each_input() {
    let domain = domain(3);
    let mut reader = open(domain, "--ros-args -r in:=/a -r other:=/b");
    let writer = open(domain, "--ros-args -r out:=/b");
    let short = Duration::from_millis(20);
    let began = Instant::now();

    assert!(reader.inputs[0].recv_timeout(short).unwrap().is_none());
    assert!(!wait_for_news::<Raw, Shared>(&[], &reader.stop, Some(short)).unwrap());
    assert!(began.elapsed() >= 2 * short);

    writer.publisher.publish_cdr(&[1; 8], 0).unwrap();
    while reader.inputs[1].take().unwrap().is_none() {
        let both = [&reader.inputs[0], &reader.inputs[1]];
        assert!(wait_for_news(&both, &reader.stop, None).unwrap());
    }

    // The request to stop ends all patience.
    reader.stop.stop();
    assert!(reader.inputs[0].recv_timeout(Duration::from_secs(3600)).unwrap().is_none());
    while wait_for_news(&[&reader.inputs[1]], &reader.stop, None).unwrap() {}
    drop((writer, reader.node));
}

#[test]
fn samples_of_callbacks_may_be_kept() {
    let domain = domain(4);
    let block = Block::from_manifest(manifest());
    let (input, args) = (block.input_at(0).unwrap(), ["--ros-args", "-r", "in:=/x"].map(str::to_owned));
    let args = Args::parse(args).unwrap();
    let mut node = Node::open(block.manifest(), &args, domain, Stop::new().unwrap()).unwrap();
    let writer = open(domain, "--ros-args -r out:=/x");
    let stop = node.stopper();
    let (keep, kept) = mpsc::channel();
    node.on_shared_sample(&input, move |sample| {
        if sample.cdr()[0] == 3 {
            stop.stop();
        }
        keep.send(sample)
    })
    .unwrap();

    for byte in 1..=3 {
        writer.publisher.publish_cdr(&[byte; 8], 0).unwrap();
    }
    node.run().unwrap();

    let kept: Vec<_> = kept.try_iter().collect();
    assert_eq!(kept.iter().map(|sample| sample.cdr()[0]).collect::<Vec<_>>(), [1, 2, 3]);
}
