//! Messages with something in every kind of field.

use vc_msgs::{
    diagnostic_msgs::msg::{DiagnosticArray, DiagnosticStatus, KeyValue},
    nav_msgs::msg::Odometry,
    rcl_interfaces::msg::{FloatingPointRange, ParameterDescriptor, ParameterValue},
    sensor_msgs::msg::{CameraInfo, Image, JointState, PointCloud2, PointField},
    std_msgs::msg::Empty,
};

pub(crate) fn image() -> Image {
    let mut image = Image { height: 2, width: 3, encoding: "mono8".into(), step: 3, ..Image::default() };
    image.data = (1..7).collect();
    image.header.frame_id = "eye".into();
    image.header.stamp.sec = -1;
    image
}

pub(crate) fn cloud() -> PointCloud2 {
    let field = |name: &str, offset| PointField { name: name.into(), offset, datatype: 7, count: 1 };
    PointCloud2 {
        height: 1,
        width: 2,
        fields: vec![field("x", 0), field("y", 4), field("", 8)],
        point_step: 12,
        row_step: 24,
        data: vec![9; 24],
        is_dense: true,
        ..PointCloud2::default()
    }
}

pub(crate) fn joints() -> JointState {
    JointState {
        name: vec!["hüfte".into(), String::new(), "knee".into()],
        position: vec![0.5, -1.0, f64::MAX],
        velocity: Vec::new(),
        effort: vec![1.0],
        ..JointState::default()
    }
}

pub(crate) fn diagnostics() -> DiagnosticArray {
    let pair = |key: &str| KeyValue { key: key.into(), value: "on".into() };
    let status = DiagnosticStatus {
        level: DiagnosticStatus::WARN,
        name: "motor".into(),
        values: vec![pair("heat"), pair("")],
        ..DiagnosticStatus::default()
    };
    DiagnosticArray { status: vec![status, DiagnosticStatus::default()], ..DiagnosticArray::default() }
}

pub(crate) fn descriptor() -> ParameterDescriptor {
    ParameterDescriptor {
        name: "rate".into(),
        read_only: true,
        floating_point_range: vec![FloatingPointRange { from_value: 0.1, to_value: 9.0, step: 0.0 }],
        ..ParameterDescriptor::default()
    }
}

pub(crate) fn value() -> ParameterValue {
    ParameterValue {
        byte_array_value: vec![1, 2, 3],
        bool_array_value: vec![true, false, true],
        integer_array_value: vec![-1, i64::MAX],
        string_array_value: vec!["a".into(), "b".into()],
        ..ParameterValue::default()
    }
}

pub(crate) fn odometry() -> Odometry {
    let mut odometry = Odometry { child_frame_id: "base".into(), ..Odometry::default() };
    odometry.pose.covariance[35] = 0.25;
    odometry.twist.twist.linear.x = -3.5;
    odometry
}

pub(crate) fn camera() -> CameraInfo {
    CameraInfo { d: vec![0.1; 5], k: [2.0; 9], distortion_model: "plumb_bob".into(), ..CameraInfo::default() }
}

pub(crate) fn empty() -> Empty {
    Empty::default()
}
