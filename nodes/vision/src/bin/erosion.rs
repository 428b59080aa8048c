//! Lets bright places of the pictures on `image` shrink, and publishes them on `eroded`.

use vc::prelude::*;
use vc_picture::filter::Ports;
use vc_vision::morphology::{Operation, Settings};

fn main() -> NodeResult {
    let block = Block::new("erosion", "Lets bright places shrink: each pixel becomes the darkest around it.");
    let ports = Ports::declare(&block, "eroded", "The grey levels after it; of the input's size.");
    let settings = Settings::declare(&block);
    let package = ports.package("Erosion", "d2a4ca481c2d81d6");
    block.stands_for(package.parameter("Kernel", "kernel").parameter("Iterations", "iterations"));
    block.stands_for(ports.package2("Erosion").parameter("1", "kernel").parameter("2", "iterations"));

    let mut node = block.open()?;
    settings.attach(&mut node, &ports, Operation::Erode)?;
    node.run()
}
