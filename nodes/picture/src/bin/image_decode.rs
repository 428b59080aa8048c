//! Makes pictures of the JPEG or PNG on `compressed`, and publishes them on `image`. Links no OpenCV.

use vc::prelude::*;
use vc_gate::{Gate, SensorQos};
use vc_msgs::sensor_msgs::msg::{CompressedImage, Image};
use vc_picture::decode::Unpacker;

fn main() -> NodeResult {
    let block = Block::new("image_decode", "Makes pictures of JPEG or PNG.");
    let text = "JPEG or PNG, as ROS's `compressed` transport has them; at most 67 million pixels.";
    let compressed = block.input::<CompressedImage>("compressed", text).required();
    let image = block.output::<Image>("image", "The pictures, `bgr8`, or `mono8` where they are grey.");
    let (gate, qos) = (Gate::declare(&block), SensorQos::declare(&block));

    let mut node = block.open()?;
    qos.apply(&mut node, &compressed);
    let mut unpacker = Unpacker::new(node.publisher(&image)?);
    gate.open(&mut node)?.on(&mut node, &compressed, move |sample| unpacker.unpack(sample))?;
    node.run()
}
