//! Keeps what has one of some colours of the pictures on `image`, and publishes it on `filtered`.

use vc::prelude::*;
use vc_gate::possible;
use vc_picture::filter::Ports;
use vc_vision::color_filter::ColorFilter;

fn main() -> NodeResult {
    let block = Block::new("color_filter", "Keeps the pixels of some colours and makes the others black.");
    let ports = Ports::declare(&block, "filtered", "The pixels kept, `bgr8`, of the input's size.");
    let text = "Least hue (0 to 179, 2 degrees each), saturation and value (0 to 255) kept.";
    let lower = block.parameter("lower", vec![40, 50, 0], text).live();
    let text = "Largest hue, saturation and value kept.";
    let upper = block.parameter("upper", vec![140, 255, 255], text).live();
    let package = ports.package("ColorFilter", "6fe1a4b3f857040c");
    block.stands_for(package.parameter("LowerHSV", "lower").parameter("UpperHSV", "upper"));
    block.stands_for(ports.package2("ColorFilter").parameter("1", "lower").parameter("2", "upper"));

    let mut node = block.open()?;
    let lower = node.live_if(&lower, |lower| possible(ColorFilter::bound(lower)))?;
    let upper = node.live_if(&upper, |upper| possible(ColorFilter::bound(upper)))?;
    ports.attach(&mut node, ColorFilter::default(), move |filter| {
        let _both_are_bounds = filter.set_bounds(&lower.get(), &upper.get());
    })?;
    node.run()
}
