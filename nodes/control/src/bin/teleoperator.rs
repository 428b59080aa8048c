//! Drives after the thing on `box`, and publishes velocities on `velocity`.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_control::chase::chase;
use vc_control::numbers;
use vc_gate::{Gate, arrays};
use vc_msgs::std_msgs::msg::Float64MultiArray;

fn main() -> NodeResult {
    let block = Block::new("teleoperator", "Drives after a thing that a picture shows.");
    let text = "[left, top, width, height] of the thing in the picture, in pixels.";
    let place = block.input::<Float64MultiArray>("box", text).required();
    let text = "[linear, angular]: `linear`, and `turn`, which is negative for a thing left of `middle`.";
    let velocity = block.output::<Float64MultiArray>("velocity", text);
    let gate = Gate::declare(&block);
    let linear =
        block.parameter("linear", 5.0, "How fast it drives.").range(-100.0..=100.0).unit("m/s").live();
    let turn = block.parameter("turn", 0.5, "How fast it turns.").range(-100.0..=100.0).unit("rad/s").live();
    let text = "The column of the picture that counts as straight ahead.";
    let middle = block.parameter("middle", 320.0, text).range(0.0..=65_535.0).unit("px").live();
    let package = StandsFor::package("Teleoperator", &["7b4d0c2230810f32"]).input("Inp", "box");
    let package = package.input("Enable", "enable").output("Out", "velocity").frequency("max_rate");
    block.stands_for(package.parameter("Linear", "linear"));
    let package = StandsFor::package2("Teleoperator").input("0", "box").input("E", "enable");
    block.stands_for(package.output("0", "velocity").frequency("max_rate").parameter("1", "linear"));

    let mut node = block.open()?;
    let (linear, turn, middle) = (node.live(&linear), node.live(&turn), node.live(&middle));
    let gate = gate.open(&mut node)?;
    numbers::of_each(&mut node, &gate, &place, &velocity, move |numbers, _| {
        Ok(chase(arrays::first(&numbers)?, middle.get(), linear.get(), turn.get()))
    })?;
    node.run()
}
