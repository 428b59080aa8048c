//! Tells how the robot of the messages on `imu` is turned and turns, on `attitude`.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_control::attitude::angles;
use vc_control::numbers;
use vc_gate::{Gate, SensorQos};
use vc_msgs::sensor_msgs::msg::Imu;
use vc_msgs::std_msgs::msg::Float64MultiArray;

fn main() -> NodeResult {
    let block = Block::new("imu", "Tells how a robot is turned, and how fast it turns.");
    let imu = block.input::<Imu>("imu", "What a ROS driver of an inertial measurement unit says.");
    let text = "[roll, pitch, yaw, wx, wy, wz]: degrees, NaN where the driver knows no orientation; rad/s.";
    let attitude = block.output::<Float64MultiArray>("attitude", text);
    let (gate, qos) = (Gate::declare(&block), SensorQos::declare(&block));
    let package = StandsFor::package("IMU", &["b0388c55142e0d6f"]).input("Enable", "enable");
    block.stands_for(package.output("Out", "attitude").topic("ROSTopic", "imu").frequency("max_rate"));

    let mut node = block.open()?;
    qos.apply(&mut node, &imu);
    let gate = gate.open(&mut node)?;
    numbers::of_each(&mut node, &gate, &imu, &attitude, |imu, _| {
        let ([roll, pitch, yaw], turning) = (angles(&imu.orientation()), imu.angular_velocity());
        let degrees = f64::to_degrees;
        Ok([degrees(roll), degrees(pitch), degrees(yaw), turning.x(), turning.y(), turning.z()])
    })?;
    node.run()
}
