//! Tells a robot on `cmd_vel` the velocities that come on `velocity`.

use vc::prelude::*;
use vc::words::{ParameterValue, StandsFor};
use vc_control::drive::{Driver, Settings};
use vc_gate::Gate;
use vc_msgs::geometry_msgs::msg::Twist;
use vc_msgs::std_msgs::msg::Float64MultiArray;

fn main() -> NodeResult {
    let text = "Tells a robot how fast to go, and to stand when nobody says so any more.";
    let block = Block::new("motor_driver", text);
    let text = "[forward, left turn] in m/s and rad/s; or linear x, y, z and angular x, y, z.";
    let velocity = block.input::<Float64MultiArray>("velocity", text).required();
    let cmd_vel = block.output::<Twist>("cmd_vel", "The same as robots take it; zero when it shall stand.");
    let (gate, settings) = (Gate::declare(&block), Settings::declare(&block));
    // The originals tell the last velocity for ever, and so often.
    let original = |package: StandsFor, input: &str, hertz: f64| {
        let package = package.input(input, "velocity").preset("timeout", ParameterValue::Double(0.0));
        package.preset("rate", ParameterValue::Double(hertz))
    };
    let package = StandsFor::package("MotorDriver", &["1fd6628b01435a97"]).input("Enable", "enable");
    let package = original(package, "Inp", 30.0).frequency("rate").topic("ROSTopic", "cmd_vel");
    block.stands_for(package);
    let package = StandsFor::package("ROS2MotorDriver", &["4e104402858de63b"]).input("Enable", "enable");
    block.stands_for(original(package, "Vels", 2.0).frequency("max_rate").topic("ROSTopic", "cmd_vel"));
    let package = StandsFor::package2("MotorDriver").input("E", "enable");
    block.stands_for(original(package, "0", 30.0).frequency("rate").topic("1", "cmd_vel"));

    let mut node = block.open()?;
    let gate = gate.open(&mut node)?;
    let driver = Driver::attach(&mut node, &gate, &velocity, &cmd_vel, &settings)?;
    node.run_here()?;
    driver.borrow_mut().end()
}
