//! What those get who come late.

use std::sync::atomic::{AtomicBool, Ordering};

use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_words::Durability;

use super::{Isolated, reader, reader_with, writer, writer_with};

const KEPT: Qos = Qos { durability: Durability::TransientLocal, ..Qos::DEFAULT };

pub fn a_volatile_topic_gives_nothing_old<W: Isolated>() {
    let world = W::isolated();
    let writer = writer::<UInt64>(&world, "count");
    (1..=5).for_each(|data| writer.publish(&UInt64 { data }).unwrap());

    let mut reader = reader::<UInt64>(&world, "count");
    assert!(reader.sequences().is_empty());
    writer.publish(&UInt64 { data: 6 }).unwrap();

    assert_eq!(reader.next_sequences(1), [6]);
    assert_eq!((reader.sequences(), reader.received_and_lost()), (vec![], (1, 0)));
}

/// The publisher's node does nothing at all when the reader comes: nobody calls any of its functions.
pub fn an_idle_publisher_gives_what_it_kept<W: Isolated>() {
    let world = W::isolated();
    let qos = KEPT.keep_last(3);
    let writer = writer_with::<UInt64>(&world, "map", qos).unwrap();
    let mut early = reader_with::<UInt64>(&world, "map", qos).unwrap();
    for data in 1..=10 {
        writer.publish(&UInt64 { data }).unwrap();
        assert_eq!(early.next_sequences(1), [data]);
    }

    let mut late = reader_with::<UInt64>(&world, "map", qos).unwrap();
    assert_eq!(late.next_sequences(3), [8, 9, 10]);
    let mut later = reader_with::<UInt64>(&world, "map", qos).unwrap();
    assert_eq!(later.next_sequences(3), [8, 9, 10]);
    for data in 11..=12 {
        writer.publish(&UInt64 { data }).unwrap();
    }

    for reader in [&mut early, &mut late, &mut later] {
        assert_eq!(reader.next_sequences(2), [11, 12]);
        assert_eq!((reader.sequences(), reader.received_and_lost().1), (vec![], 0));
    }
}

pub fn no_more_is_given_than_the_subscriber_asks_for<W: Isolated>() {
    let world = W::isolated();
    let writer = writer_with::<UInt64>(&world, "map", KEPT.keep_last(10)).unwrap();
    (1..=5).for_each(|data| writer.publish(&UInt64 { data }).unwrap());

    let mut late = reader_with::<UInt64>(&world, "map", KEPT.keep_last(1)).unwrap();

    assert_eq!(late.next_sequences(1), [5]);
    assert!(late.sequences().is_empty());
}

pub fn a_sample_sent_while_joining_arrives_once<W: Isolated>() {
    let world = W::isolated();
    let qos = KEPT.keep_last(16);
    let writer = writer_with::<UInt64>(&world, "map", qos).unwrap();
    let publisher = &writer.publisher;
    let over = AtomicBool::new(false);
    publisher.publish(&UInt64 { data: 1 }).unwrap();

    std::thread::scope(|scope| {
        scope.spawn(|| {
            for data in 2.. {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                publisher.publish(&UInt64 { data }).unwrap();
                std::thread::yield_now();
            }
        });
        for _ in 0..20 {
            let mut reader = reader_with::<UInt64>(&world, "map", qos).unwrap();
            let sequences = reader.next_sequences(30);
            let (received, lost) = reader.received_and_lost();
            assert!(sequences.is_sorted_by(|a, b| a < b), "{sequences:?}");
            // What the reader was too slow for is counted; nothing else may be missing.
            assert_eq!(sequences[29] - sequences[0] + 1, received + lost, "{sequences:?}");
        }
        over.store(true, Ordering::Relaxed);
    });
}

pub fn a_transient_local_subscriber_hears_a_volatile_publisher<W: Isolated>() {
    let world = W::isolated();
    let writer = writer::<UInt64>(&world, "map");
    let mut reader = reader_with::<UInt64>(&world, "map", KEPT).unwrap();

    writer.publish(&UInt64 { data: 1 }).unwrap();

    assert_eq!(reader.next_sequences(1), [1]);
    assert!(reader.sequences().is_empty());
}

pub fn a_volatile_subscriber_hears_a_transient_local_publisher_live<W: Isolated>() {
    let world = W::isolated();
    let writer = writer_with::<UInt64>(&world, "map", KEPT).unwrap();
    writer.publish(&UInt64 { data: 1 }).unwrap();
    let mut reader = reader::<UInt64>(&world, "map");

    writer.publish(&UInt64 { data: 2 }).unwrap();

    assert_eq!(reader.next_sequences(1), [2]);
    assert!(reader.sequences().is_empty());
}
