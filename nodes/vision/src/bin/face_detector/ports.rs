//! What the block `face_detector` declares.

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc::words::StandsFor;
use vc_gate::Gate;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64MultiArray;
use vc_picture::message;

use crate::faces::{Care, FRONTAL_FACE};

/// The ports and parameters.
#[derive(Debug)]
pub(crate) struct Ports {
    pub(crate) image: Input<Image>,
    pub(crate) gate: Gate,
    pub(crate) marked: Output<Image>,
    pub(crate) face: Output<Float64MultiArray>,
    pub(crate) faces: Output<Float64MultiArray>,
    pub(crate) cascade: ParameterHandle<String>,
    scale: ParameterHandle<f64>,
    neighbours: ParameterHandle<i64>,
    least: ParameterHandle<i64>,
}

impl Ports {
    /// Declares them.
    pub(crate) fn declare(block: &Block) -> Self {
        let face = "[left, top, width, height] of the largest face, in pixels; without one, the picture's middle and \
                    no size.";
        let faces = "The same of each face, the largest first: n rows of four.";
        let scale = "From each size looked for to the next.";
        let ports = Self {
            // It is slower than a camera: of what waits, the newest is worth looking at.
            image: block.input("image", message::TAKEN).required().qos(Qos::DEFAULT.keep_last(1)),
            gate: Gate::declare(block),
            marked: block.output("marked", "The picture, `bgr8`, with a green box around each face."),
            face: block.output("face", face),
            faces: block.output("faces", faces),
            cascade: block.parameter(
                "cascade",
                FRONTAL_FACE.to_owned(),
                "What is looked for: one of OpenCV's cascades.",
            ),
            scale: block.parameter("scale", 1.1, scale).range(1.01..=4.0).live(),
            neighbours: block
                .parameter("neighbours", 3, "Neighbouring finds that make a face.")
                .range(0..=100)
                .live(),
            least: block
                .parameter("least", 0, "The least side looked for. 0: the cascade's own.")
                .range(0..=8192)
                .unit("px")
                .live(),
        };
        stands_for(block);
        ports
    }

    /// How closely is looked, as it changes.
    pub(crate) fn care(&self, node: &mut Node) -> impl Fn() -> Care + 'static {
        let (scale, neighbours, least) =
            (node.live(&self.scale), node.live(&self.neighbours), node.live(&self.least));
        let small = |number: i64| i32::try_from(number).unwrap_or_default();
        move || Care { scale: scale.get(), neighbours: small(neighbours.get()), least: small(least.get()) }
    }
}

/// The original has one output, of which a constant says what it is.
fn stands_for(block: &Block) {
    for (value, ours) in [("image", "marked"), ("box", "face"), ("array", "face")] {
        let package = StandsFor::package("FaceDetector", &["09df5f80ee4695e0"]).input("Img", "image");
        let package = package.input("Enable", "enable").output("Out", ours);
        block.stands_for(package.when("BoxOrImage", value));
        let package = StandsFor::package2("FaceDetector").input("0", "image").input("E", "enable");
        block.stands_for(package.output("0", ours).when("1", value).frequency("max_rate"));
    }
}
