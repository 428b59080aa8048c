//! Divides the pictures on `image` into bright and dark, and publishes them on `binary`.

use vc::prelude::*;
use vc_picture::Encoding;
use vc_picture::filter::Ports;
use vc_vision::threshold::Threshold;

fn main() -> NodeResult {
    let block = Block::new("threshold", "Divides pictures into bright and dark by their grey levels.");
    let ports = Ports::declare(&block, "binary", "`upper` where it is bright, else 0; of the input's size.");
    let lower = block
        .parameter("lower", 127.0, "What is above this is bright.")
        .range(0.0..=255.0)
        .unit("grey levels")
        .live();
    let upper = block
        .parameter("upper", 255.0, "What bright pixels become.")
        .range(0.0..=255.0)
        .unit("grey levels")
        .live();
    let encoding = Encoding::parameter(&block);
    // The constants of the package are named otherwise than its ports, which is what the original dies of.
    let package = ports.package("Threshold", "3f8fb7196c92621a");
    let package = package.parameter("LowerThreshold", "lower").parameter("Lower Threshold", "lower");
    block.stands_for(package.parameter("UpperThreshold", "upper").parameter("Upper Threshold", "upper"));
    block.stands_for(ports.package2("Threshold").parameter("1", "lower"));

    let mut node = block.open()?;
    let (lower, upper, encoding) = (node.live(&lower), node.live(&upper), node.live(&encoding));
    ports.attach(&mut node, Threshold::new(127.0, 255.0, Encoding::Bgr8), move |at| {
        (at.lower, at.upper, at.encoding) = (lower.get(), upper.get(), Encoding::chosen(&encoding));
    })?;
    node.run()
}
