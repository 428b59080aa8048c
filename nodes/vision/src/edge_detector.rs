//! The block `edge_detector`.

use vc::parameter::ParameterHandle;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::{Complaint, Encoding, message};

use crate::VisionError;
use crate::edges::Edges;

/// The largest gradient there is: Sobel's weights on a step from 0 to 255, in both directions.
const LARGEST_GRADIENT: f64 = 2040.0;

/// What the block declares.
#[derive(Debug)]
pub struct EdgeDetector {
    image: Input<Image>,
    edges: Output<Image>,
    lower: ParameterHandle<f64>,
    upper: ParameterHandle<f64>,
    encoding: ParameterHandle<String>,
}

/// Why no edges are published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EdgeDetectorError {
    /// The picture.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// The topic.
    #[error(transparent)]
    Topic(#[from] Error),
}

impl EdgeDetector {
    /// The block and its declaration.
    pub fn declare() -> (Block, Self) {
        let block = Block::new("edge_detector", "Marks edges with Canny's detector.");
        let detector = Self {
            image: block.input("image", "Pictures, `bgr8`, `rgb8`, `mono8`, `bgra8` or `rgba8`.").required(),
            edges: block
                .output("edges", "255 on an edge, 0 elsewhere; `bgr8` or `mono8`, of the input's size."),
            lower: block
                .parameter("lower", 127.0, "An edge goes on while the gradient is above this.")
                .range(0.0..=LARGEST_GRADIENT)
                .unit("grey levels")
                .live(),
            upper: block
                .parameter("upper", 255.0, "An edge starts where the gradient is above this.")
                .range(0.0..=LARGEST_GRADIENT)
                .unit("grey levels")
                .live(),
            encoding: block
                .parameter("encoding", Encoding::Bgr8.name().to_owned(), "Layout of the output.")
                .choices([Encoding::Bgr8.name(), Encoding::Mono8.name()]),
        };
        (block, detector)
    }

    /// Opens the ports: each picture's edges are written into shared memory straight from the picture's. What is no
    /// picture, or of another layout than those declared, is skipped and told once.
    ///
    /// # Errors
    /// [`Error`] if a topic cannot be opened.
    pub fn attach(&self, node: &mut Node) -> Result<(), Error> {
        let encoding = node.get(&self.encoding).parse().unwrap_or(Encoding::Bgr8);
        let (lower, upper) = (node.live(&self.lower), node.live(&self.upper));
        let mut edges = Edges::new(lower.get(), upper.get());
        let (out, mut layout) = (node.publisher(&self.edges)?, Image::default());
        let mut complaint = Complaint::default();
        node.on(&self.image, move |image: Received<'_, Image>| {
            let Some(picture) = complaint.hear(message::read(&image.view())) else { return Ok(()) };
            if (layout.width, layout.height) != (image.width(), image.height()) {
                layout = message::layout((image.width(), image.height()), encoding, "")
                    .map_err(VisionError::from)?;
            }
            let header = image.header();
            (layout.header.stamp.sec, layout.header.stamp.nanosec) =
                (header.stamp().sec(), header.stamp().nanosec());
            if layout.header.frame_id != header.frame_id() {
                header.frame_id().clone_into(&mut layout.header.frame_id);
            }
            let mut slot = message::loan(&out, &layout)?;
            edges.set_thresholds(lower.get(), upper.get());
            edges.detect(picture, &mut message::pixels(&mut slot, &layout).map_err(VisionError::from)?)?;
            Ok::<_, EdgeDetectorError>(slot.send_at(image.envelope().source_time_ns)?)
        })
    }
}
