//! What is sent arrives, in order, once, and what does not arrive is counted.

use vc::prelude::*;
use vc_msgs::std_msgs::msg::{UInt8MultiArray, UInt64};

use super::Isolated;

pub fn samples_arrive_in_order<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");
    let writer = world.writer::<UInt64>("count");

    for round in 0..50 {
        for data in 1..=5 {
            writer.publish(&UInt64 { data: round * 5 + data }).unwrap();
        }
        for data in 1..=5 {
            assert_eq!(reader.next().view().unwrap().data(), round * 5 + data);
        }
    }

    assert_eq!(reader.received_and_lost(), (250, 0));
    assert_eq!(writer.node.counters().outputs()[0].sent, 250);
}

pub fn each_sample_carries_who_sent_it_and_when<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");
    let writer = world.writer::<UInt8MultiArray>("data");

    writer.loan(&UInt8MultiArray::default(), 3).unwrap().send_at(1234).unwrap();
    writer.publish(&UInt8MultiArray::default()).unwrap();

    let (first, second) = (reader.next(), reader.next());
    let sequences = [&first, &second].map(|sample| sample.envelope().sequence);
    assert_eq!((sequences, first.envelope().source_time_ns), ([1, 2], 1234));
    assert_eq!(first.envelope().publisher(), second.envelope().publisher());
    assert!((vc::clock::now() - second.envelope().source_time_ns) >= 0);
}

pub fn a_full_queue_keeps_the_newest<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader_with::<UInt64>("count", Qos::DEFAULT.keep_last(3)).unwrap();
    let writer = world.writer::<UInt64>("count");

    for data in 1..=10 {
        writer.publish(&UInt64 { data }).unwrap();
    }

    assert_eq!(reader.next_sequences(3), [8, 9, 10]);
    assert!(reader.sequences().is_empty());
}

pub fn a_long_queue_keeps_a_burst<W: Isolated>() {
    let world = W::isolated();
    let long = Qos::DEFAULT.keep_last(256);
    let mut reader = world.reader_with::<UInt64>("count", long).unwrap();
    let writer = world.writer_with::<UInt64>("count", long).unwrap();

    (1..=256).for_each(|data| writer.publish(&UInt64 { data }).unwrap());

    assert_eq!(reader.next_sequences(256), (1..=256).collect::<Vec<_>>());
    assert_eq!(reader.received_and_lost(), (256, 0));
}

pub fn every_loss_is_counted<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader_with::<UInt64>("count", Qos::DEFAULT.keep_last(4)).unwrap();
    let writer = world.writer::<UInt64>("count");
    writer.publish(&UInt64 { data: 0 }).unwrap();
    drop(reader.next());

    for burst in [3, 4, 5, 100] {
        (0..burst).for_each(|data| writer.publish(&UInt64 { data }).unwrap());
        let sent = writer.node.counters().outputs()[0].sent;
        let mut newest = 0;
        while newest < sent {
            newest = reader.next().envelope().sequence;
        }
        let (received, lost) = reader.received_and_lost();
        assert_eq!(received + lost, sent);
    }

    assert!(reader.received_and_lost().1 > 0);
}

pub fn a_loss_before_the_first_look_is_counted_too<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader_with::<UInt64>("count", Qos::DEFAULT.keep_last(4)).unwrap();
    let writer = world.writer::<UInt64>("count");

    (0..10).for_each(|data| writer.publish(&UInt64 { data }).unwrap());

    assert_eq!(reader.next_sequences(4), [7, 8, 9, 10]);
    assert_eq!(reader.received_and_lost(), (4, 6));
}

pub fn a_dropped_loan_is_never_delivered<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");
    let writer = world.writer::<UInt8MultiArray>("data");

    let mut dropped = writer.loan(&UInt8MultiArray::default(), 8).unwrap();
    dropped.region_mut().fill(1);
    drop(dropped);
    writer.publish(&UInt8MultiArray { data: vec![2], ..Default::default() }).unwrap();

    let sample = reader.next();
    assert_eq!((sample.view().unwrap().data().to_vec(), sample.envelope().sequence), (vec![2], 1));
    assert!(reader.sequences().is_empty());
}

pub fn a_loan_is_sent_as_it_was_written<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt8MultiArray>("data");
    let writer = world.writer::<UInt8MultiArray>("data");
    let mut fields = UInt8MultiArray::default();
    fields.layout.data_offset = 9;
    let bytes: Vec<u8> = (0..=255).collect();

    // Two loans at once, sent in the other order.
    let mut early = writer.loan(&fields, bytes.len()).unwrap();
    let late = writer.loan(&fields, 0).unwrap();
    early.region_mut().copy_from_slice(&bytes);
    late.send().unwrap();
    early.send().unwrap();

    assert_eq!(reader.next().view().unwrap().data().len(), 0);
    let sample = reader.next();
    let view = sample.view().unwrap();
    assert_eq!((view.layout().data_offset(), view.data().to_vec()), (9, bytes.clone()));
    let owned = UInt8MultiArray { data: bytes, ..fields };
    let mut encoded = vec![0; owned.cdr_size()];
    owned.encode(&mut encoded).unwrap();
    assert_eq!(sample.cdr(), encoded, "built in place and encoded are the same bytes");
}

pub fn several_threads_keep_one_publishers_order<W: Isolated>() {
    const THREADS: u64 = 4;
    const EACH: u64 = 200;
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");
    let writer = world.shared_writer::<UInt64>("count", Qos::DEFAULT);
    let publisher = &writer.publisher;

    let mut last = [None; THREADS as usize];
    let mut previous = 0;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for at in 0..EACH {
                    publisher.publish(&UInt64 { data: thread << 32 | at }).unwrap();
                }
            });
        }
        let mut accounted = 0;
        while accounted < THREADS * EACH {
            let sample = reader.next();
            let (sequence, data) = (sample.envelope().sequence, sample.view().unwrap().data());
            assert!(sequence > previous, "{sequence} after {previous}");
            let (thread, at) = ((data >> 32) as usize, data & 0xffff_ffff);
            assert!(last[thread] < Some(at), "thread {thread}: {at} after {:?}", last[thread]);
            (previous, last[thread]) = (sequence, Some(at));
            let (received, lost) = reader.received_and_lost();
            accounted = received + lost;
        }
    });

    assert_eq!(previous, THREADS * EACH);
}

pub fn two_domains_do_not_meet<W: Isolated>() {
    let (one, other) = (W::isolated(), W::isolated());
    let mut readers = [one.reader::<UInt64>("count"), other.reader::<UInt64>("count")];
    let writers = [one.writer::<UInt64>("count"), other.writer::<UInt64>("count")];

    for (data, writer) in [(1, &writers[0]), (2, &writers[1])] {
        writer.publish(&UInt64 { data }).unwrap();
    }

    for (data, reader) in [1, 2].into_iter().zip(&mut readers) {
        assert_eq!(reader.next().view().unwrap().data(), data);
        assert!(reader.sequences().is_empty());
    }
}
