//! Tells the distances of the laser scans on `scan` as numbers, on `ranges`.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_control::ControlError;
use vc_gate::{Complaint, Gate, SensorQos, arrays};
use vc_msgs::sensor_msgs::msg::LaserScan;
use vc_msgs::std_msgs::msg::Float64MultiArray;

fn main() -> NodeResult {
    let block = Block::new("laser_scan", "Tells the distances that a laser scanner measures.");
    let scan = block.input::<LaserScan>("scan", "What a ROS driver of a laser scanner says.");
    let text = "Every distance of a scan, in m, in its order; inf and NaN as the driver has them.";
    let ranges = block.output::<Float64MultiArray>("ranges", text);
    let (gate, qos) = (Gate::declare(&block), SensorQos::declare(&block));
    for (package, code) in [("ROS2LaserScan", "47e883282d06b44d"), ("LaserROS1", "f7b826d0f02e39c1")] {
        let package = StandsFor::package(package, &[code]).input("Enable", "enable").output("Out", "ranges");
        block.stands_for(package.topic("ROSTopic", "scan").frequency("max_rate"));
    }

    let mut node = block.open()?;
    qos.apply(&mut node, &scan);
    let (out, mut complaint) = (node.publisher(&ranges)?, Complaint::default());
    let mut shape = Float64MultiArray::default();
    gate.open(&mut node)?.on(&mut node, &scan, move |sample: &Sample<LaserScan>| {
        let Some(scan) = complaint.hear(sample.view().map_err(ControlError::from)) else { return Ok(()) };
        let distances = scan.ranges();
        if shape.layout.dim.first().is_none_or(|side| side.size as usize != distances.len()) {
            shape.layout = arrays::layout(&[distances.len()]);
        }
        let mut slot = out.loan(&shape, distances.len())?;
        slot.region_mut().iter_mut().zip(distances.iter()).for_each(|(to, from)| *to = f64::from(from));
        slot.send_at(sample.envelope().source_time_ns)
    })?;
    node.run()
}
