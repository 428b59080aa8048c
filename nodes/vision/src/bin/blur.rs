//! Blurs the pictures on `image`, and publishes them on `blurred`.

use vc::prelude::*;
use vc::words::ParameterValue;
use vc_gate::{possible, renew};
use vc_picture::filter::Ports;
use vc_vision::blur::{Blur, Kind};

fn main() -> NodeResult {
    let block = Block::new("blur", "Blurs pictures: each pixel becomes a mixture of those around it.");
    let ports = Ports::declare(&block, "blurred", "The blurred picture, of the input's size and layout.");
    let kind = block
        .parameter("kind", "gaussian".to_owned(), "By Gaussian weights, all alike, or the middle one.")
        .choices(Kind::NAMES)
        .live();
    let kernel = block
        .parameter(
            "kernel",
            vec![5, 5],
            "Width and height of the window, each 1 to 255; odd for all but averaging. The median's is a square.",
        )
        .unit("px")
        .live();
    let package = ports.package("Blur", "9db32b8059f21c97");
    block.stands_for(package.parameter("BlurType", "kind").parameter("Kernel", "kernel"));
    for (theirs, ours) in [("Averaging", "median"), ("Median", "averaging"), ("Gaussian", "gaussian")] {
        let package =
            ports.package2("Blur").when("1", theirs).preset("kind", ParameterValue::String(ours.to_owned()));
        block.stands_for(package.parameter("2", "kernel"));
    }

    let mut node = block.open()?;
    let (a, b) = (node.live(&kind), node.live(&kernel));
    let kind = node.live_if(&kind, move |kind| possible(Blur::parse(kind, &b.get())))?;
    let kernel = node.live_if(&kernel, move |kernel| possible(Blur::parse(&a.get(), kernel)))?;
    ports.attach(&mut node, Blur::default(), move |blur| {
        renew(blur, Blur::parse(&kind.get(), &kernel.get()));
    })?;
    node.run()
}
