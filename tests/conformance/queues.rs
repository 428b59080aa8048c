//! How long a queue is where not all who use a topic on one host asked for the same.

use vc::args::Args;
use vc::prelude::*;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::conformance::{Isolated, OneThread};

/// Which of 100 numbers a reader with a queue of 100 finds, if a writer with one of 10 makes the topic, told of a longer one
/// or not.
fn found(told: Option<u32>) -> Vec<u64> {
    let world = OneThread::isolated();
    let longest = told.map(|depth| ("/count".to_owned(), depth));
    let args = Args { longest: longest.into_iter().collect(), ..Args::default() };
    let block = Block::new("writer", "Writes.");
    let output = block.output::<UInt64>("count", "Numbers.");
    let mut writer = Node::open(block.manifest(), &args, world.writing(), Stop::new().unwrap()).unwrap();
    let numbers = writer.publisher(&output).unwrap();
    let mut reader = world.reader_with::<UInt64>("count", Qos::DEFAULT.keep_last(100)).unwrap();

    (1..=100).for_each(|data| numbers.publish(&UInt64 { data }).unwrap());

    reader.sequences()
}

#[test]
fn whoever_makes_a_topic_makes_room_for_the_longest_queue_it_was_told_of() {
    assert_eq!(found(Some(100)), (1..=100).collect::<Vec<_>>());
}

#[test]
fn where_there_is_less_room_a_queue_is_as_long_as_there_is() {
    assert_eq!(found(None), (85..=100).collect::<Vec<_>>());
    assert_eq!(found(Some(20)), (81..=100).collect::<Vec<_>>());
}
