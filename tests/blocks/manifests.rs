//! What the blocks say of themselves fits together, and every stock package of VisualCircuit has its native block.

use std::collections::BTreeSet;

use vc_tests::harness::Program;
use vc_words::{Manifest, StandsFor};

use crate::docs::all_blocks;
use crate::rig::manifest;

/// The stock packages, with the digest of their code.
const PACKAGES: &[(&str, &str)] = &[
    ("Blur", "9db32b8059f21c97"),
    ("Camera", "779aa4ec75f3a8f4"),
    ("ColorFilter", "6fe1a4b3f857040c"),
    ("ContourDetector", "3600287171c825d4"),
    ("Cropper", "43f18d3f97d374b2"),
    ("Dilation", "74d9231acfa91e0a"),
    ("EdgeDetector", "eb7f2c295b2391e0"),
    ("Erosion", "d2a4ca481c2d81d6"),
    ("FaceDetector", "09df5f80ee4695e0"),
    ("IMU", "b0388c55142e0d6f"),
    ("ImageRead", "9d7064aaa83a96b2"),
    ("LaserROS1", "f7b826d0f02e39c1"),
    ("MotorDriver", "1fd6628b01435a97"),
    ("ObjectDetector", "727c38e8fab3e8bd"),
    ("ObjectDetector", "9f8915af9892b667"),
    ("Odometer", "5dd6d38ce63ba4d3"),
    ("PID", "46cea0f7e088d3ef"),
    ("ROS2Camera", "9d45f924364ae8f2"),
    ("ROS2LaserScan", "47e883282d06b44d"),
    ("ROS2MotorDriver", "4e104402858de63b"),
    ("ROSCamera", "c435a43cca5c0f3a"),
    ("Screen", "9e3c232f1ebb41a5"),
    ("Teleoperator", "7b4d0c2230810f32"),
    ("Threshold", "3f8fb7196c92621a"),
    ("VideoStreamer", "c5e74a78e231f23c"),
];

/// Packages that `VisualCircuit2` did not have.
const NEW_IN_V3: &[&str] = &["IMU", "LaserROS1", "ROS2Camera", "ROS2LaserScan", "ROS2MotorDriver"];

#[test]
fn every_stock_package_has_its_block() {
    let all: Vec<StandsFor> = all_blocks().flat_map(|block| manifest(block).stands_for).collect();

    for (package, digest) in PACKAGES {
        let of_v3 =
            |entry: &&StandsFor| entry.package == *package && entry.code.iter().any(|code| code == digest);
        assert!(all.iter().any(|entry| of_v3(&entry)), "{package} {digest}");
        let of_v2 = all.iter().any(|entry| entry.package == *package && entry.code.is_empty());
        assert_eq!(of_v2, !NEW_IN_V3.contains(package), "{package} of VisualCircuit2");
    }
    let known: BTreeSet<&str> = PACKAGES.iter().map(|(package, _)| *package).collect();
    let named: BTreeSet<&str> = all.iter().map(|entry| entry.package.as_str()).collect();
    assert_eq!(named, known);
}

#[test]
fn what_a_block_stands_for_names_its_own_ports_and_parameters() {
    for block in all_blocks() {
        let said = manifest(block);
        for entry in &said.stands_for {
            check(&said, entry);
        }
    }
}

fn check(block: &Manifest, entry: &StandsFor) {
    let place = format!("{} for {}", block.block, entry.package);
    for input in entry.inputs.values() {
        assert!(block.input(input).is_some(), "{place}: no input {input}");
    }
    for output in entry.outputs.values() {
        assert!(block.output(output).is_some(), "{place}: no output {output}");
    }
    for parameter in entry.parameters.values().chain(&entry.frequency) {
        assert!(block.parameter(parameter).is_some(), "{place}: no parameter {parameter}");
    }
    for port in entry.topics.values() {
        assert!(block.input(port).is_some() || block.output(port).is_some(), "{place}: no port {port}");
    }
    for (parameter, value) in &entry.preset {
        let descriptor =
            block.parameter(parameter).unwrap_or_else(|| panic!("{place}: no parameter {parameter}"));
        descriptor.check(value.clone()).unwrap_or_else(|error| panic!("{place}: {error}"));
    }
}

#[test]
fn every_block_can_be_paused_and_paced() {
    for block in all_blocks() {
        let said = manifest(block);
        assert!(said.input("enable").is_some_and(|port| port.optional), "{block}");
        let paced = ["max_rate", "rate"].iter().filter_map(|name| said.parameter(name)).any(|rate| rate.live);
        assert!(paced, "{block}");
        let ports = said.inputs.iter().chain(&said.outputs);
        assert!(ports.into_iter().all(|port| port.description.len() > 10), "{block}");
    }
}

/// OpenCV's libraries that a block needs, which are most of its start-up; none, if it is not listed.
const OPENCV: &[(&str, &[&str])] = &[
    ("blur", &["core", "imgproc"]),
    ("color_filter", &["core", "imgproc"]),
    ("contour_detector", &["core", "imgproc"]),
    ("dilation", &["core", "imgproc"]),
    ("edge_detector", &["core", "imgproc"]),
    ("erosion", &["core", "imgproc"]),
    ("face_detector", &["core", "imgproc", "objdetect"]),
    ("object_detector", &["core", "dnn", "imgproc"]),
    ("ros_camera", &["core", "imgproc"]),
    ("threshold", &["core", "imgproc"]),
];

#[test]
fn a_block_links_only_what_it_uses_of_opencv() {
    for block in all_blocks() {
        let expected = OPENCV.iter().find(|(name, _)| *name == block).map_or(&[][..], |(_, modules)| modules);
        let program = std::fs::read(Program::path(block)).unwrap();
        let names = program.split(|byte| *byte == 0).filter_map(|text| std::str::from_utf8(text).ok());
        let linked: BTreeSet<&str> = names
            .filter_map(|name| name.strip_prefix("libopencv_")?.split_once(".so").map(|(module, _)| module))
            .collect();
        assert!(linked.iter().eq(expected.iter()), "{block} links {linked:?}, not {expected:?}");
    }
}
