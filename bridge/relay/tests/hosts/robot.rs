//! A circuit of VisualCircuit's ROS blocks drives a robot that others have written, across the relay: what its camera sees
//! decides how it turns, until the thing is ahead.

use vc::prelude::*;
use vc_msgs::std_msgs::msg::Float64MultiArray;
use vc_tests::harness::{Program, Signal};

use crate::peers::World;
use crate::rig::Listener;

const CIRCUIT: &str = "launch:
  - node: {exec: ros_camera, remap: [{from: image, to: /camera/image_raw}]}
  - node: {exec: contour_detector}
  - node: {exec: teleoperator, param: [{name: middle, value: 80.0}, {name: linear, value: 0.0}, {name: turn, value: 0.4}]}
  - node: {exec: motor_driver, remap: [{from: cmd_vel, to: /cmd_vel}]}
  - node: {exec: laser_scan, remap: [{from: scan, to: /scan}, {from: ranges, to: /ranges}]}
  - node: {exec: odometer, remap: [{from: odometry, to: /odom}, {from: position, to: /position}]}
  - node: {exec: imu, remap: [{from: imu, to: /imu/data}, {from: attitude, to: /attitude}]}
  - wire: {from: ros_camera/picture, to: contour_detector/image}
  - wire: {from: contour_detector/contour, to: teleoperator/box}
  - wire: {from: teleoperator/velocity, to: motor_driver/velocity}
";

/// Where the thing is, in rad from where the robot looks at first.
const THING: f64 = 0.6;

#[test]
fn a_circuit_turns_a_robot_of_zenoh_ros2_sdk_to_what_its_camera_sees() {
    let Some(world) = World::new() else { return };
    let Some(robot) = world.sdk("robot", &[]) else { return };
    let listen = |topic: &str| Listener::<Float64MultiArray>::new(&world.host, topic, Qos::DEFAULT);
    let (mut ranges, mut position, mut attitude) =
        (listen("/ranges"), listen("/position"), listen("/attitude"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("robot.launch.yaml");
    std::fs::write(&file, CIRCUIT).unwrap();
    let circuit = Program::new("vclaunch").domain(&world.host.domain).arg("run").arg(&file);
    let circuit = circuit.arg("--log-dir").arg(folder.path().join("log")).start();

    assert_eq!(ranges.hear().data, [1.0, 2.0, 3.0, f64::INFINITY, 5.0]);
    // As it does when the thing is ahead: it turns to and fro.
    let yaw = |line: &str| line.strip_prefix("yaw ")?.split(' ').next()?.parse::<f64>().ok();
    robot.output("of the thing ahead", |line| yaw(line).filter(|yaw| *yaw > THING - 0.1));
    let mut at = position.hear().data;
    while (at[2] - THING).abs() > 0.2 {
        at = position.hear().data;
    }
    assert_eq!((at[0], at[1]), (1.5, -2.5));
    let mut turned = attitude.hear().data;
    while (turned[2] - THING.to_degrees()).abs() > 12.0 {
        turned = attitude.hear().data;
    }
    assert!(turned[..2].iter().all(|angle| angle.abs() < 1e-6), "{turned:?}");

    circuit.signal(Signal::INT);
    circuit.wait().succeeded();
    robot.kill();
    drop((ranges, position, attitude));
    world.host.end();
}
