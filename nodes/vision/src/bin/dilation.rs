//! Lets bright places of the pictures on `image` grow, and publishes them on `dilated`.

use vc::prelude::*;
use vc_picture::filter::Ports;
use vc_vision::morphology::{Operation, Settings};

fn main() -> NodeResult {
    let block =
        Block::new("dilation", "Lets bright places grow: each pixel becomes the brightest around it.");
    let ports = Ports::declare(&block, "dilated", "The grey levels after it; of the input's size.");
    let settings = Settings::declare(&block);
    let mut package = ports.package("Dilation", "74d9231acfa91e0a");
    // The code of launch/examples.
    package.code.push("dee284920f16c87c".to_owned());
    block.stands_for(package.parameter("Kernel", "kernel").parameter("Iterations", "iterations"));
    block.stands_for(ports.package2("Dilation").parameter("1", "kernel").parameter("2", "iterations"));

    let mut node = block.open()?;
    settings.attach(&mut node, &ports, Operation::Dilate)?;
    node.run()
}
