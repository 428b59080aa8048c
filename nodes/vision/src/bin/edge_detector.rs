//! Marks the edges of the pictures on `image` with Canny's detector, and publishes them on `edges`.

use vc::prelude::*;
use vc_vision::edge_detector::EdgeDetector;

fn main() -> NodeResult {
    let (block, detector) = EdgeDetector::declare();
    let mut node = block.open()?;
    detector.attach(&mut node)?;
    node.run()
}
