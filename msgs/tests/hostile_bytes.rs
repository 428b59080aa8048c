//! Bytes that are not what they should be: always an answer, never a panic, and no memory for what is not there.

mod samples;

use allocation_counter::measure;
use vc_msgs::{
    DecodeError, EncodeError, Message, diagnostic_msgs::msg::DiagnosticArray, sensor_msgs::msg::*,
};
use vc_msgs::{
    rcl_interfaces::msg::ParameterDescriptor, std_msgs::msg::String as Text, tf2_msgs::msg::TFMessage,
};

fn encoded(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![0; message.cdr_size()];
    assert_eq!(message.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

/// Every beginning of the bytes is refused; every flipped bit is answered, and what is read can be written again.
fn survives<M: Message>(message: &M) {
    let bytes = encoded(message);
    for len in 0..bytes.len() {
        assert!(M::view(&bytes[..len]).is_err(), "{} of {} bytes of {}", len, bytes.len(), M::TYPE_NAME);
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(view) = M::view(&flipped) {
            let _ = format!("{view:?}");
            let read = M::from_view(&view);
            assert_eq!(M::decode(&encoded(&read)).map(|_| ()), Ok(()), "{read:?}");
        }
    }
    let mut longer = bytes.clone();
    longer.extend([0xFF; 3]);
    assert_eq!(M::decode(&longer).as_ref(), Ok(message));
}

#[test]
fn every_truncation_and_every_flipped_bit_is_answered() {
    survives(&samples::image());
    survives(&samples::cloud());
    survives(&samples::joints());
    survives(&samples::diagnostics());
    survives(&samples::descriptor());
    survives(&samples::value());
    survives(&samples::odometry());
    survives(&samples::camera());
    survives(&samples::empty());
}

#[test]
fn every_room_that_is_too_small_is_refused_and_told_the_size_needed() {
    let message = samples::diagnostics();
    let needed = message.cdr_size();

    for room in 0..needed {
        assert_eq!(message.encode(&mut vec![0; room]), Err(EncodeError::TooSmall { needed, room }));
    }
}

/// A header, `before`, then a count that nothing follows.
fn announcing(before: &[u32], count: u32) -> Vec<u8> {
    let words = before.iter().chain([&count]).flat_map(|word| word.to_le_bytes());
    [0, 1, 0, 0].into_iter().chain(words).collect()
}

fn refused_without_memory<M: Message>(bytes: &[u8]) {
    let spent = measure(|| {
        assert!(matches!(
            M::decode(bytes),
            Err(DecodeError::Truncated { .. } | DecodeError::OverBound { .. })
        ));
    });
    assert_eq!(spent.count_total, 0, "{}", M::TYPE_NAME);
}

#[test]
fn a_length_nobody_sent_costs_no_memory_and_no_time() {
    for count in [u32::MAX, u32::MAX / 2, 1 << 20] {
        refused_without_memory::<Text>(&announcing(&[], count));
        refused_without_memory::<TFMessage>(&announcing(&[], count));
        // A stamp and an empty frame name stand before the sequence of a message with a header.
        refused_without_memory::<DiagnosticArray>(&announcing(&[0, 0, 0], count));
        refused_without_memory::<JointState>(&announcing(&[0, 0, 0], count));
        refused_without_memory::<CompressedImage>(&announcing(&[0, 0, 0, 0], count));
        refused_without_memory::<PointCloud2>(&announcing(&[0, 0, 0, 1, 1], count));
    }
}

#[test]
fn a_view_and_an_encoding_allocate_nothing() {
    let (cloud, joints) = (samples::cloud(), samples::joints());
    let (cloud_bytes, joint_bytes) = (encoded(&cloud), encoded(&joints));
    let mut out = vec![0; 4096];

    let spent = measure(|| {
        let view = PointCloud2::view(&cloud_bytes).unwrap();
        assert_eq!(view.fields().iter().filter(|field| field.datatype() == 7).count(), 3);
        let view = JointState::view(&joint_bytes).unwrap();
        assert_eq!(view.name().get(2), Some("knee"));
        assert!(cloud.encode(&mut out).is_ok() && joints.encode(&mut out).is_ok());
    });

    assert_eq!(spent.count_total, 0);
}

#[test]
fn bounds_hold_in_both_directions() {
    let mut descriptor = samples::descriptor();
    let range = descriptor.floating_point_range[0].clone();
    descriptor.floating_point_range.push(range);

    let error = descriptor.encode(&mut [0; 512]);
    assert_eq!(error, Err(EncodeError::OverBound { field: "floating_point_range", len: 2, bound: 1 }));

    let mut bytes = encoded(&samples::descriptor());
    bytes.extend([0; 64]);
    let count = bytes.windows(4).rposition(|word| word == 1_u32.to_le_bytes()).unwrap();
    bytes[count] = 2;
    assert!(matches!(
        ParameterDescriptor::view(&bytes),
        Err(DecodeError::OverBound { len: 2, bound: 1, .. })
    ));
}

#[test]
fn other_encapsulations_are_refused_by_name() {
    for found in [[0, 2], [0, 3], [0, 6], [1, 0]] {
        let bytes = [found[0], found[1], 0, 0, 0];
        assert_eq!(Text::decode(&bytes), Err(DecodeError::Encapsulation { found }));
    }
    assert_eq!(Text::decode(&[]), Err(DecodeError::Encapsulation { found: [0, 0] }));
}
