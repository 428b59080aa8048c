//! Cuts a region out of the pictures on `image`, and publishes it on `cropped`. Links no OpenCV.

use vc::prelude::*;
use vc_gate::{possible, renew};
use vc_picture::crop::Crop;
use vc_picture::filter::Ports;

fn main() -> NodeResult {
    let block = Block::new("cropper", "Cuts a region out of pictures.");
    let ports = Ports::declare(&block, "cropped", "What of the region lies in the picture, in its layout.");
    let region = block
        .parameter(
            "region",
            vec![0, 0, 320, 240],
            "Left, top, width and height. A picture that has none of it is skipped.",
        )
        .unit("px")
        .live();
    block.stands_for(ports.package("Cropper", "43f18d3f97d374b2").parameter("xywh", "region"));
    block.stands_for(ports.package2("Cropper").parameter("1", "region"));

    let mut node = block.open()?;
    let region = node.live_if(&region, |region| possible(Crop::new(region)))?;
    ports.attach(&mut node, Crop::default(), move |crop| renew(crop, Crop::new(&region.get())))?;
    node.run()
}
