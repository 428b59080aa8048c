//! Marks the edges of the pictures on `image` with Canny's detector, and publishes them on `edges`.

use vc::prelude::*;
use vc_picture::Encoding;
use vc_picture::filter::Ports;
use vc_vision::edges::{Edges, LARGEST_GRADIENT};

fn main() -> NodeResult {
    let block = Block::new("edge_detector", "Marks edges with Canny's detector.");
    let ports = Ports::declare(&block, "edges", "255 on an edge, 0 elsewhere; of the input's size.");
    let lower = block
        .parameter("lower", 127.0, "An edge goes on while the gradient is above this.")
        .range(0.0..=LARGEST_GRADIENT)
        .unit("grey levels")
        .live();
    let upper = block
        .parameter("upper", 255.0, "An edge starts where the gradient is above this.")
        .range(0.0..=LARGEST_GRADIENT)
        .unit("grey levels")
        .live();
    let encoding = Encoding::parameter(&block);
    let mut package = ports.package("EdgeDetector", "eb7f2c295b2391e0");
    // The code of launch/examples.
    package.code.push("9c9431a4eb858d4c".to_owned());
    block.stands_for(package.parameter("Lower", "lower").parameter("Upper", "upper"));
    let package = ports.package2("EdgeDetector");
    block.stands_for(package.parameter("1", "lower").parameter("2", "upper"));

    let mut node = block.open()?;
    let (lower, upper, encoding) = (node.live(&lower), node.live(&upper), node.live(&encoding));
    ports.attach(&mut node, Edges::new(lower.get(), upper.get()), move |edges| {
        (edges.lower, edges.upper, edges.encoding) = (lower.get(), upper.get(), Encoding::chosen(&encoding));
    })?;
    node.run()
}
