//! What may be held at once, and what is said beyond.

use vc_msgs::std_msgs::msg::{UInt8MultiArray, UInt64};

use vc::topic::{MAX_HELD_SAMPLES, MAX_LOANS};

use super::Isolated;

pub fn held_samples_have_a_limit_that_is_told<W: Isolated>() {
    let world = W::isolated();
    let mut reader = world.reader::<UInt64>("count");
    let writer = world.writer::<UInt64>("count");
    let mut held = Vec::new();
    for data in 1..=MAX_HELD_SAMPLES as u64 {
        writer.publish(&UInt64 { data }).unwrap();
        held.push(reader.next());
    }

    writer.publish(&UInt64 { data: 99 }).unwrap();
    let error = reader.take().unwrap_err().to_string();

    assert!(error.contains("/count") && error.contains("8 samples are held"), "{error}");
    for (sample, data) in held.iter().zip(1..) {
        assert_eq!(sample.view().unwrap().data(), data, "held samples stay as they are");
    }
    // Letting one go is enough, and nothing is lost.
    held.remove(0);
    assert_eq!(reader.next().view().unwrap().data(), 99);
}

pub fn loans_have_a_limit_that_is_told<W: Isolated>() {
    let world = W::isolated();
    let writer = world.writer::<UInt8MultiArray>("data");
    let fields = UInt8MultiArray::default();
    let mut loans: Vec<_> = (0..MAX_LOANS).map(|_| writer.loan(&fields, 10).unwrap()).collect();

    let error = writer.loan(&fields, 10).err().unwrap().to_string();

    assert!(error.contains("/data") && error.contains("4 loans are held"), "{error}");
    loans.pop();
    writer.publish(&fields).unwrap();
}
