//! Finds the largest bright patch of the pictures on `image`, and publishes where it lies on `contour`.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_gate::{Gate, arrays};
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64MultiArray;
use vc_picture::message;
use vc_vision::contour::{Contours, USUAL_LEVEL};

fn main() -> NodeResult {
    let block = Block::new("contour_detector", "Finds the largest bright patch of pictures.");
    let image = block.input::<Image>("image", message::TAKEN).required();
    let text = "[x, y, width, height, angle]: centre of mass; sides of the smallest rectangle around it; degrees \
                clockwise that its width is turned from the rows, 0 to below 90. Nothing where all is dark.";
    let contour = block.output::<Float64MultiArray>("contour", text);
    let gate = Gate::declare(&block);
    let level = block
        .parameter("level", USUAL_LEVEL, "What is above this is bright.")
        .range(0.0..=255.0)
        .unit("grey levels")
        .live();
    let package = StandsFor::package("ContourDetector", &["3600287171c825d4"]).input("Img", "image");
    block.stands_for(package.input("Enable", "enable").output("Out", "contour").frequency("max_rate"));
    let package = StandsFor::package2("ContourDetector").input("0", "image").input("E", "enable");
    block.stands_for(package.output("0", "contour").frequency("max_rate"));

    let mut node = block.open()?;
    let (out, level) = (node.publisher(&contour)?, node.live(&level));
    let mut contours = Contours::default();
    message::each(
        &mut node,
        &gate,
        &image,
        move |picture| contours.largest(picture, level.get()),
        move |found, _| found.map_or(Ok(()), |found| out.publish(&arrays::array(&found.to_array()))),
    )?;
    node.run()
}
