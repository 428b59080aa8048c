//! What those get who come late.

use std::sync::atomic::{AtomicBool, Ordering};

use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_words::Durability;

use super::Isolated;

const KEPT: Qos = Qos { durability: Durability::TransientLocal, ..Qos::DEFAULT };

pub fn a_volatile_topic_gives_nothing_old<W: Isolated>() {
    let world = W::isolated();
    let writer = world.writer::<UInt64>("count");
    (1..=5).for_each(|data| writer.publish(&UInt64 { data }).unwrap());

    let mut reader = world.reader::<UInt64>("count");
    assert!(reader.sequences().is_empty());
    writer.publish(&UInt64 { data: 6 }).unwrap();

    assert_eq!(reader.next_sequences(1), [6]);
    assert_eq!((reader.sequences(), reader.received_and_lost()), (vec![], (1, 0)));
}

/// The publisher's node does nothing at all when the reader comes: nobody calls any of its functions.
pub fn an_idle_publisher_gives_what_it_kept<W: Isolated>() {
    let world = W::isolated();
    let qos = KEPT.keep_last(3);
    let writer = world.writer_with::<UInt64>("map", qos).unwrap();
    let mut early = world.reader_with::<UInt64>("map", qos).unwrap();
    for data in 1..=10 {
        writer.publish(&UInt64 { data }).unwrap();
        assert_eq!(early.next_sequences(1), [data]);
    }

    let mut late = world.reader_with::<UInt64>("map", qos).unwrap();
    assert_eq!(late.next_sequences(3), [8, 9, 10]);
    let mut later = world.reader_with::<UInt64>("map", qos).unwrap();
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
    let writer = world.writer_with::<UInt64>("map", KEPT.keep_last(10)).unwrap();
    (1..=5).for_each(|data| writer.publish(&UInt64 { data }).unwrap());

    let mut late = world.reader_with::<UInt64>("map", KEPT.keep_last(1)).unwrap();

    assert_eq!(late.next_sequences(1), [5]);
    assert!(late.sequences().is_empty());
}

pub fn no_more_is_given_than_the_publisher_keeps<W: Isolated>() {
    let world = W::isolated();
    let few = world.writer_with::<UInt64>("map", KEPT.keep_last(2)).unwrap();
    let more = world.writer_with::<UInt64>("map", KEPT.keep_last(3)).unwrap();
    for data in 1..=5 {
        few.publish(&UInt64 { data }).unwrap();
        more.publish(&UInt64 { data: 10 * data }).unwrap();
    }

    let mut late = world.reader_with::<UInt64>("map", KEPT.keep_last(16)).unwrap();

    let mut seen: Vec<u64> = (0..5).map(|_| late.next().view().unwrap().data()).collect();
    seen.sort_unstable();
    assert_eq!(seen, [4, 5, 30, 40, 50]);
    few.publish(&UInt64 { data: 6 }).unwrap();
    more.publish(&UInt64 { data: 60 }).unwrap();
    let mut seen = [(); 2].map(|()| late.next().view().unwrap().data());
    seen.sort_unstable();
    assert_eq!(seen, [6, 60], "each once");
    assert!(late.sequences().is_empty());
}

pub fn a_publisher_that_comes_after_its_subscriber_is_heard_from_its_first_sample<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader_with::<UInt64>("map", KEPT.keep_last(5)).unwrap();

    // Twice, the second time with another depth: kept by other means than the reader knows of.
    for (depth, data) in [(1, 1), (1, 2), (4, 3)] {
        let writer = world.writer_with::<UInt64>("map", KEPT.keep_last(depth)).unwrap();
        writer.publish(&UInt64 { data }).unwrap();
        assert_eq!(reader.next().view().unwrap().data(), data);
        assert!(reader.sequences().is_empty(), "once");
    }

    assert_eq!(reader.received_and_lost(), (3, 0));
}

pub fn a_sample_sent_while_joining_arrives_once<W: Isolated>() {
    let world = W::isolated();
    let qos = KEPT.keep_last(16);
    let writer = world.shared_writer::<UInt64>("map", qos);
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
            let mut reader = world.reader_with::<UInt64>("map", qos).unwrap();
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
    let writer = world.writer::<UInt64>("map");
    let mut reader = world.reader_with::<UInt64>("map", KEPT).unwrap();

    writer.publish(&UInt64 { data: 1 }).unwrap();

    assert_eq!(reader.next_sequences(1), [1]);
    assert!(reader.sequences().is_empty());
}

pub fn a_volatile_subscriber_hears_a_transient_local_publisher_live<W: Isolated>() {
    let world = W::isolated();
    let writer = world.writer_with::<UInt64>("map", KEPT).unwrap();
    writer.publish(&UInt64 { data: 1 }).unwrap();
    let mut reader = world.reader::<UInt64>("map");

    writer.publish(&UInt64 { data: 2 }).unwrap();

    assert_eq!(reader.next_sequences(1), [2]);
    assert!(reader.sequences().is_empty());
}
