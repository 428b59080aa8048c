//! A topic has one type, and whoever comes with another is told both.

use vc::prelude::*;
use vc_msgs::std_msgs::msg::{String as Text, UInt64};

use super::Isolated;

/// A `std_msgs/msg/UInt64` of somebody who changed its fields.
mod changed {
    vc_msgs::cdr::message! {
        /// Same name, other fields.
        #[serde(crate = "vc_msgs::cdr::serde")]
        UInt64, UInt64View<'a>: "std_msgs/msg/UInt64", "RIHS01_0badc0de00000000000000000000000000000000000000000000000000000000", "uint32 data\n" => {
            /// `uint32 data`
            data: u32 => u32,
        }
    }
}

pub fn another_type_is_named_with_both_types<W: Isolated>() {
    let world = W::isolated();
    let writer = world.writer::<UInt64>("count");
    let mut good = world.reader::<UInt64>("count");

    let reading = world.reader_with::<Text>("count", Qos::DEFAULT).unwrap_err();
    let writing = world.writer_with::<Text>("count", Qos::DEFAULT).unwrap_err();

    for error in [&reading, &writing] {
        assert!(matches!(error, Error::TypeMismatch { .. }), "{error}");
        let text = error.to_string();
        for part in
            ["`/count`", "port `count`", "std_msgs/msg/UInt64 (RIHS01_", "std_msgs/msg/String (RIHS01_"]
        {
            assert!(text.contains(part), "no {part} in: {text}");
        }
        assert!(!text.contains("same name"), "{text}");
    }
    writer.publish(&UInt64 { data: 1 }).unwrap();
    assert_eq!(good.next_sequences(1), [1], "the others go on");
}

pub fn the_same_name_with_other_fields_is_told<W: Isolated>() {
    let world = W::isolated();
    let _writer = world.writer::<UInt64>("count");

    let error = world.reader_with::<changed::UInt64>("count", Qos::DEFAULT).unwrap_err();

    let text = error.to_string();
    assert!(text.contains("std_msgs/msg/UInt64 (RIHS01_0badc0de)"), "{text}");
    assert!(text.ends_with("(same name, other fields)"), "{text}");
}
