//! What the block `object_detector` declares.

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc::words::{ParameterValue, StandsFor};
use vc_gate::Gate;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64MultiArray;
use vc_picture::message;

use crate::model::{Files, ModelError};
use crate::objects::{Limits, Objects};

/// The ports and parameters.
#[derive(Debug)]
pub(crate) struct Ports {
    pub(crate) image: Input<Image>,
    pub(crate) gate: Gate,
    pub(crate) marked: Output<Image>,
    pub(crate) objects: Output<Float64MultiArray>,
    model: ParameterHandle<String>,
    config: ParameterHandle<String>,
    names: ParameterHandle<String>,
    width: ParameterHandle<i64>,
    height: ParameterHandle<i64>,
    confidence: ParameterHandle<f64>,
    overlap: ParameterHandle<f64>,
}

impl Ports {
    /// Declares them.
    pub(crate) fn declare(block: &Block) -> Self {
        let text = |name: &str, text: &str| block.parameter(name, String::new(), text);
        let side = |name: &str, text: &str| block.parameter(name, 320, text).range(32..=4096).unit("px");
        let share = |name: &str, text: &str| block.parameter(name, 0.3, text).range(0.0..=1.0).live();
        let objects = "[class, confidence, left, top, width, height] of each object, the surest first: n rows of six. \
                       Confidence is 0 to 1, the place is in pixels.";
        let ports = Self {
            // It is slower than a camera: of what waits, the newest is worth looking at.
            image: block.input("image", message::TAKEN).required().qos(Qos::DEFAULT.keep_last(1)),
            gate: Gate::declare(block),
            marked: block
                .output("marked", "The picture, `bgr8`, with a box around each object, and what it is."),
            objects: block.output("objects", objects),
            model: text(
                "model",
                "The network: a .weights file of Darknet, an .onnx file, or a folder with one.",
            ),
            config: text("config", "Darknet's .cfg file. Empty: the one beside the network."),
            names: text(
                "names",
                "What the network knows, one name a line. Empty: the .names or .txt file beside it.",
            ),
            width: side("width", "The width that the network gets pictures in, a multiple of 32."),
            height: side("height", "The height that the network gets pictures in, a multiple of 32."),
            confidence: share("confidence", "The least confidence that counts."),
            overlap: share("overlap", "The largest common share of two boxes that are two objects."),
        };
        stands_for(block);
        ports
    }

    /// The network, and the names of what it knows.
    ///
    /// # Errors
    /// [`ModelError`] if there is none.
    pub(crate) fn network(&self, node: &Node) -> Result<(Objects, Vec<String>), ModelError> {
        let files = Files::find(&node.get(&self.model), &node.get(&self.config), &node.get(&self.names))?;
        let side = |side| i32::try_from(node.get(side)).unwrap_or(320);
        Ok((Objects::open(&files, (side(&self.width), side(&self.height)))?, files.names()?))
    }

    /// What counts as found, as it changes.
    #[expect(clippy::cast_possible_truncation, reason = "shares need no more digits")]
    pub(crate) fn limits(&self, node: &mut Node) -> impl Fn() -> Limits + 'static {
        let (confidence, overlap) = (node.live(&self.confidence), node.live(&self.overlap));
        move || Limits { confidence: confidence.get() as f32, overlap: overlap.get() as f32 }
    }
}

/// The original has its network beside the project.
fn stands_for(block: &Block) {
    let folder = || ParameterValue::String("utils/models/yolov3".to_owned());
    let package = StandsFor::package("ObjectDetector", &["9f8915af9892b667", "727c38e8fab3e8bd"]);
    let package = package.input("Img", "image").input("Enable", "enable").output("Out", "marked");
    block.stands_for(package.preset("model", folder()));
    let package = StandsFor::package2("ObjectDetector").input("0", "image").input("E", "enable");
    block.stands_for(package.output("0", "marked").frequency("max_rate").preset("model", folder()));
}
