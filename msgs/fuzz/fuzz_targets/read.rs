//! Reads arbitrary bytes as messages of many shapes. What can be read must be writable, and come back the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vc_msgs::{
    Message,
    diagnostic_msgs::msg::DiagnosticArray,
    nav_msgs::msg::{OccupancyGrid, Odometry, Path},
    rcl_interfaces::{msg::ParameterDescriptor, msg::ParameterEvent, srv::DescribeParametersResponse},
    sensor_msgs::msg::{CameraInfo, Image, JointState, LaserScan, MultiEchoLaserScan, PointCloud2},
    std_msgs::msg::{Empty, Float64MultiArray, String as Text},
    tf2_msgs::msg::TFMessage,
    visualization_msgs::msg::{InteractiveMarkerUpdate, MarkerArray},
};

fn read<M: Message>(bytes: &[u8]) {
    let Ok(view) = M::view(bytes) else { return };
    let message = M::from_view(&view);
    let mut written = vec![0; message.cdr_size()];
    assert_eq!(message.encode(&mut written), Ok(written.len()));
    // Written bytes are compared, because a number that is no number does not equal itself.
    let again = M::decode(&written).expect("what we write can be read");
    let mut twice = vec![0; written.len()];
    assert_eq!(again.encode(&mut twice), Ok(written.len()));
    assert_eq!(written, twice);
}

fuzz_target!(|input: &[u8]| {
    let [kind, order, body @ ..] = input else { return };
    let mut bytes = vec![0, order & 1, 0, 0];
    bytes.extend_from_slice(body);
    match kind % 18 {
        0 => read::<DiagnosticArray>(&bytes),
        1 => read::<OccupancyGrid>(&bytes),
        2 => read::<Odometry>(&bytes),
        3 => read::<Path>(&bytes),
        4 => read::<ParameterDescriptor>(&bytes),
        5 => read::<ParameterEvent>(&bytes),
        6 => read::<DescribeParametersResponse>(&bytes),
        7 => read::<CameraInfo>(&bytes),
        8 => read::<Image>(&bytes),
        9 => read::<JointState>(&bytes),
        10 => read::<LaserScan>(&bytes),
        11 => read::<MultiEchoLaserScan>(&bytes),
        12 => read::<PointCloud2>(&bytes),
        13 => read::<Empty>(&bytes),
        14 => read::<Float64MultiArray>(&bytes),
        15 => read::<Text>(&bytes),
        16 => read::<TFMessage>(&bytes),
        _ => {
            read::<MarkerArray>(&bytes);
            read::<InteractiveMarkerUpdate>(&bytes);
        }
    }
});
