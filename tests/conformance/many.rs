//! Many ends, and many topics in one input.

use std::sync::atomic::{AtomicBool, Ordering};

use vc::prelude::*;
use vc::topic::{MAX_PUBLISHERS, MAX_SUBSCRIBERS};
use vc_msgs::std_msgs::msg::UInt64;

use super::Isolated;

pub fn sixteen_publishers_are_heard_by_sixteen_subscribers<W: Isolated>() {
    let world = W::isolated();
    let mut readers: Vec<_> = (0..16).map(|_| world.reader::<UInt64>("count")).collect();
    let writers: Vec<_> = (0..16).map(|_| world.writer::<UInt64>("count")).collect();

    for round in 0..3 {
        for (writer, data) in writers.iter().zip(0..) {
            writer.publish(&UInt64 { data: round * 16 + data }).unwrap();
        }
        for reader in &mut readers {
            let mut seen: Vec<u64> = (0..16).map(|_| reader.next().view().unwrap().data()).collect();
            seen.sort_unstable();
            assert_eq!(seen, (round * 16..round * 16 + 16).collect::<Vec<_>>());
        }
    }

    for reader in &readers {
        assert_eq!((reader.counted().len(), reader.received_and_lost()), (16, (48, 0)));
    }
}

pub fn one_more_than_there_is_room_for_is_refused<W: Isolated>() {
    let world = W::isolated();
    let mut readers: Vec<_> = (0..MAX_SUBSCRIBERS).map(|_| world.reader::<UInt64>("count")).collect();
    let mut writers: Vec<_> = (0..MAX_PUBLISHERS).map(|_| world.writer::<UInt64>("count")).collect();

    let reading = world.reader_with::<UInt64>("count", Qos::DEFAULT).unwrap_err().to_string();
    let writing = world.writer_with::<UInt64>("count", Qos::DEFAULT).unwrap_err().to_string();

    assert!(reading.contains("`/count`") && reading.contains("16"), "{reading}");
    assert!(writing.contains("`/count`") && writing.contains("16"), "{writing}");
    // Who leaves makes room.
    drop((readers.pop(), writers.pop()));
    let mut reader = world.reader::<UInt64>("count");
    let writer = world.writer::<UInt64>("count");
    writer.publish(&UInt64 { data: 5 }).unwrap();
    assert_eq!(reader.next().view().unwrap().data(), 5);
}

pub fn several_topics_come_together_in_one_input<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader_of::<UInt64>(&["left", "middle", "right"]);
    let writers = ["left", "middle", "right"].map(|topic| world.writer::<UInt64>(topic));

    for (writer, data) in writers.iter().zip(1..) {
        writer.publish(&UInt64 { data }).unwrap();
    }

    let mut seen: Vec<u64> = (0..3).map(|_| reader.next().view().unwrap().data()).collect();
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3]);
    let mut topics: Vec<String> = reader.counted().into_iter().map(|source| source.topic).collect();
    topics.sort();
    assert_eq!(topics, ["/left", "/middle", "/right"]);
}

pub fn a_flooded_topic_starves_no_other<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader_of::<UInt64>(&["flood", "drop"]);
    let (flood, drops) = (world.shared_writer::<UInt64>("flood", Qos::DEFAULT), world.writer("drop"));
    let (flood, over) = (&flood.publisher, AtomicBool::new(false));
    for data in 1..=3 {
        drops.publish(&UInt64 { data }).unwrap();
    }

    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                flood.publish(&UInt64 { data: 0 }).unwrap();
            }
        });
        let mut heard = 0;
        for _ in 0..10_000 {
            heard += u64::from(reader.next().view().unwrap().data() != 0);
            if heard == 3 {
                break;
            }
        }
        over.store(true, Ordering::Relaxed);
        assert_eq!(heard, 3, "among 10 000 samples");
    });
}
