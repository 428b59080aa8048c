//! Takes pictures of a ROS camera on `image`, and publishes them as `bgr8` on `picture`.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_gate::{Gate, SensorQos};
use vc_msgs::sensor_msgs::msg::Image;
use vc_vision::ros_camera::RosCamera;

fn main() -> NodeResult {
    let block =
        Block::new("ros_camera", "Makes `bgr8` of the pictures of a ROS camera, whatever their encoding.");
    let text =
        "Pictures in ROS's colour encodings, 8 or 16 bits, Bayer, uyvy, yuyv, nv21; distances 16UC1, 32FC1.";
    let image = block.input::<Image>("image", text);
    let picture = block.output::<Image>("picture", "The same pictures, `bgr8`; distances as grey.");
    let gate = Gate::declare(&block);
    let qos = SensorQos::declare(&block);
    let far =
        block.parameter("far", 10.0, "Distance that is shown white.").range(0.001..=1e6).unit("m").live();
    for (package, code) in [("ROSCamera", "c435a43cca5c0f3a"), ("ROS2Camera", "9d45f924364ae8f2")] {
        let package = StandsFor::package(package, &[code]).input("Enable", "enable").output("Out", "picture");
        block.stands_for(package.topic("ROSTopic", "image").frequency("max_rate"));
    }
    let package = StandsFor::package2("ROSCamera").input("E", "enable").output("0", "picture");
    block.stands_for(package.topic("1", "image").frequency("max_rate"));

    let mut node = block.open()?;
    qos.apply(&mut node, &image);
    let far = node.live(&far);
    let mut camera = RosCamera::new(node.publisher(&picture)?);
    gate.open(&mut node)?.on(&mut node, &image, move |sample| camera.take(sample, far.get()))?;
    node.run()
}
