//! What every user of a message does: fill, write, look, copy.

use vc_msgs::{
    InPlace, Message,
    sensor_msgs::msg::{Image, LaserScan, PointField},
    std_msgs::msg::{Float64, Header, String as Text},
};

fn encoded(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![0xAA; message.cdr_size()];
    assert_eq!(message.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

fn image() -> Image {
    let mut image = Image {
        height: 2,
        width: 3,
        encoding: "mono8".into(),
        step: 3,
        data: (1..7).collect(),
        ..Image::default()
    };
    image.header.frame_id = "eye".into();
    image.header.stamp.sec = -1;
    image
}

#[test]
fn a_string_has_the_bytes_ros_writes() {
    let bytes = encoded(&Text { data: "hello".into() });
    assert_eq!(bytes, b"\x00\x01\x00\x00\x06\x00\x00\x00hello\x00");
}

#[test]
fn a_view_borrows_what_the_owned_message_holds() {
    let image = image();
    let bytes = encoded(&image);

    let view = Image::view(&bytes).unwrap();

    assert_eq!((view.height(), view.width(), view.encoding()), (2, 3, "mono8"));
    assert_eq!(view.header().frame_id(), "eye");
    assert_eq!(view.data(), [1, 2, 3, 4, 5, 6]);
    assert!(bytes.as_ptr_range().contains(&view.data().as_ptr()));
    assert_eq!(Image::from_view(&view), image);
    assert_eq!(Image::decode(&bytes), Ok(image));
}

#[test]
fn writing_in_place_gives_the_same_bytes() {
    let whole = image();
    let empty = Image { data: Vec::new(), ..whole.clone() };
    let mut bytes = vec![0; empty.cdr_size_in_place(6)];

    let region = empty.encode_in_place(6, &mut bytes).unwrap();
    bytes[region].copy_from_slice(&whole.data);

    assert_eq!(bytes, encoded(&whole));
}

#[test]
fn a_region_in_the_middle_leaves_the_fields_behind_it_in_place() {
    let whole = LaserScan { ranges: vec![1.0, 2.0, 3.0], intensities: vec![4.0; 3], ..LaserScan::default() };
    let mut bytes = vec![0; whole.cdr_size_in_place(3)];

    let region = whole.encode_in_place(3, &mut bytes).unwrap();
    assert_eq!(region.len(), 12);
    bytes[region].copy_from_slice(&[0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]);

    assert_eq!(bytes, encoded(&whole));
}

#[test]
fn names_hashes_texts_and_constants_are_there() {
    assert_eq!(Image::TYPE_NAME, "sensor_msgs/msg/Image");
    assert_eq!(Float64::TYPE_HASH.len(), 71);
    assert_eq!(Header::TYPE_HASH, "RIHS01_f49fb3ae2cf070f793645ff749683ac6b06203e41c891e17701b1cb597ce6a01");
    let line = "=".repeat(80);
    assert_eq!(
        Header::SCHEMA,
        format!(
            "builtin_interfaces/Time stamp\nstring frame_id\n{line}\nMSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec\n"
        )
    );
    assert_eq!(PointField::FLOAT32, 7);
    assert_eq!((Image::DEFAULT_DEPTH, Header::DEFAULT_DEPTH), (4, 10));
}
