//! Quality of service of an input from outside, as parameters.

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc::words::Reliability;

/// The declared parameters `reliability` and `depth` of an input that a ROS driver may feed.
#[derive(Debug)]
pub struct SensorQos {
    reliability: ParameterHandle<String>,
    depth: ParameterHandle<i64>,
}

const BEST_EFFORT: &str = "best_effort";
const RELIABLE: &str = "reliable";

impl SensorQos {
    /// Declares them.
    pub fn declare(block: &Block) -> Self {
        let text = "`best_effort` hears every driver; `reliable` only drivers that offer it, and then every message.";
        Self {
            reliability: block
                .parameter("reliability", BEST_EFFORT.to_owned(), text)
                .choices([BEST_EFFORT, RELIABLE]),
            depth: block.parameter("depth", 5, "Messages kept for a node that is busy.").range(1..=16),
        }
    }

    /// Has `input`, when it is opened, ask for what they say.
    pub fn apply<T>(&self, node: &mut Node, input: &Input<T>) {
        let depth = u32::try_from(node.get(&self.depth)).unwrap_or(1);
        let mut qos = Qos::SENSOR_DATA.keep_last(depth);
        if node.get(&self.reliability) == RELIABLE {
            qos.reliability = Reliability::Reliable;
        }
        node.set_qos(input, qos);
    }
}
