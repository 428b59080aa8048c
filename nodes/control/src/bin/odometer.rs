//! Tells where the robot of the messages on `odometry` or `pose` is, on `position`.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_control::position;
use vc_control::turtlesim::msg::Pose;
use vc_gate::{Gate, SensorQos};
use vc_msgs::nav_msgs::msg::Odometry;
use vc_msgs::std_msgs::msg::Float64MultiArray;

fn main() -> NodeResult {
    let block = Block::new("odometer", "Tells where a robot is on the plane, and where it looks.");
    let odometry = block.input::<Odometry>("odometry", "Where a ROS robot says it is.").optional();
    let pose = block.input::<Pose>("pose", "Where ROS's turtle says it is.").optional();
    let text = "[x, y, yaw]: m, m, rad; yaw is NaN where the robot knows no orientation.";
    let place = block.output::<Float64MultiArray>("position", text);
    let (gate, qos) = (Gate::declare(&block), SensorQos::declare(&block));
    let package = StandsFor::package("Odometer", &["5dd6d38ce63ba4d3"]).input("Enable", "enable");
    block.stands_for(package.output("Out", "position").topic("ROSTopic", "pose").frequency("max_rate"));
    let package = StandsFor::package2("Odometer").input("E", "enable").output("0", "position");
    block.stands_for(package.topic("1", "pose").frequency("max_rate"));

    let mut node = block.open()?;
    qos.apply(&mut node, &odometry);
    qos.apply(&mut node, &pose);
    let gate = gate.open(&mut node)?;
    position::tell(&mut node, &gate, (&odometry, &pose), &place)?;
    node.run()
}
