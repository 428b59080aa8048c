//! Whatever is written is read back, owned and borrowed, in place or not.

use proptest::{collection::vec, prelude::*};
use vc_msgs::{
    InPlace, Message,
    builtin_interfaces::msg::Time,
    cdr::as_elements_mut,
    diagnostic_msgs::msg::{DiagnosticArray, DiagnosticStatus, KeyValue},
    rcl_interfaces::msg::ParameterValue,
    sensor_msgs::msg::{Image, JointState, LaserScan, PointCloud2, PointField},
    std_msgs::msg::Header,
};

fn encoded(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![0xAA; message.cdr_size()];
    assert_eq!(message.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

fn comes_back<M: Message>(message: &M) {
    assert_eq!(M::decode(&encoded(message)).as_ref(), Ok(message));
}

prop_compose! {
    fn header()(sec: i32, nanosec: u32, frame_id in ".{0,12}") -> Header {
        Header { stamp: Time { sec, nanosec }, frame_id }
    }
}

prop_compose! {
    fn status()(level: u8, name in ".{0,5}", hardware_id in ".{0,9}", values in vec(("\\w{0,3}", ".{0,5}"), 0..4)) -> DiagnosticStatus {
        let values = values.into_iter().map(|(key, value)| KeyValue { key, value }).collect();
        DiagnosticStatus { level, name, message: String::new(), hardware_id, values }
    }
}

proptest! {
    #[test]
    fn messages_in_sequences_of_messages(header in header(), status in vec(status(), 0..4)) {
        comes_back(&DiagnosticArray { header, status });
    }

    #[test]
    fn numbers_behind_strings_of_any_length(
        header in header(),
        name in vec(".{0,7}", 0..5),
        position in vec(-1e9..1e9_f64, 0..5),
        velocity in vec(-1e9..1e9_f64, 0..5),
    ) {
        comes_back(&JointState { header, name, position, velocity, effort: Vec::new() });
    }

    #[test]
    fn sequences_of_every_width(
        bytes in vec(any::<u8>(), 0..9),
        bools in vec(any::<bool>(), 0..9),
        integers in vec(any::<i64>(), 0..4),
        strings in vec(".{0,4}", 0..4),
        kind: u8,
        flag: bool,
    ) {
        comes_back(&ParameterValue {
            r#type: kind,
            bool_value: flag,
            byte_array_value: bytes,
            bool_array_value: bools,
            integer_array_value: integers,
            string_array_value: strings,
            ..ParameterValue::default()
        });
    }

    #[test]
    fn an_image_written_in_place_is_the_same_image(header in header(), encoding in ".{0,9}", data in vec(any::<u8>(), 0..99)) {
        let whole = Image { header, encoding, data, ..Image::default() };
        let bytes = encoded(&whole);

        let mut built = vec![0xAA; whole.cdr_size_in_place(whole.data.len())];
        let region = whole.encode_in_place(whole.data.len(), &mut built).unwrap();
        built[region].copy_from_slice(&whole.data);

        prop_assert_eq!(built, bytes);
    }

    #[test]
    fn fields_behind_the_region_are_where_they_belong(
        header in header(),
        names in vec(".{0,5}", 0..4),
        data in vec(any::<u8>(), 0..99),
        is_dense: bool,
    ) {
        let fields = names.into_iter().map(|name| PointField { name, ..PointField::default() }).collect();
        let whole = PointCloud2 { header, fields, data, is_dense, ..PointCloud2::default() };

        let mut built = vec![0xAA; whole.cdr_size_in_place(whole.data.len())];
        let region = whole.encode_in_place(whole.data.len(), &mut built).unwrap();
        built[region].copy_from_slice(&whole.data);

        prop_assert_eq!(PointCloud2::decode(&built), Ok(whole));
    }

    #[test]
    fn a_scan_is_written_and_read_as_numbers_where_it_lies(
        header in header(),
        ranges in vec(0.0..30.0_f32, 0..64),
        intensities in vec(0.0..1.0_f32, 0..3),
    ) {
        let whole = LaserScan { header, ranges, intensities, ..LaserScan::default() };
        let size = whole.cdr_size_in_place(whole.ranges.len());
        // The body begins at a multiple of 64, as it does in shared memory.
        let mut memory = vec![0_u8; size + 128];
        let start = memory.as_ptr().align_offset(64) + 60;
        let bytes = &mut memory[start..start + size];

        let region = whole.encode_in_place(whole.ranges.len(), bytes).unwrap();
        as_elements_mut::<f32>(&mut bytes[region]).unwrap().copy_from_slice(&whole.ranges);

        let view = LaserScan::view(bytes).unwrap();
        prop_assert_eq!(view.ranges().as_slice(), Some(&whole.ranges[..]));
        prop_assert_eq!(LaserScan::from_view(&view), whole);
    }

    #[test]
    fn any_bytes_at_all_are_answered(bytes in vec(any::<u8>(), 0..256)) {
        let bytes: Vec<u8> = [0, 1, 0, 0].into_iter().chain(bytes).collect();
        let _ = (DiagnosticArray::decode(&bytes), PointCloud2::decode(&bytes), ParameterValue::decode(&bytes));
    }
}
