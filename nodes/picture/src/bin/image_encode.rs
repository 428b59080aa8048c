//! Makes JPEG or PNG of the pictures on `image`, and publishes them on `compressed`. Links no OpenCV.

use vc::prelude::*;
use vc_gate::Gate;
use vc_msgs::sensor_msgs::msg::{CompressedImage, Image};
use vc_picture::encode::Compression;
use vc_picture::filter::copy_header;
use vc_picture::message;

fn main() -> NodeResult {
    let block = Block::new("image_encode", "Makes JPEG or PNG of pictures, for links that are thin.");
    let image = block.input::<Image>("image", message::TAKEN).required();
    let text = "The same pictures, as ROS's `compressed` transport has them.";
    let compressed = block.output::<CompressedImage>("compressed", text);
    let gate = Gate::declare(&block);
    let text = "JPEG is small, PNG is without loss and many times slower.";
    let format = block.parameter("format", "jpeg".to_owned(), text).choices(["jpeg", "png"]).live();
    let quality = block.parameter("quality", 80, "Of JPEG: 100 is the best.").range(1..=100).unit("%").live();

    let mut node = block.open()?;
    let (out, mut message) = (node.publisher(&compressed)?, CompressedImage::default());
    let (format, quality) = (node.live(&format), node.live(&quality));
    let encode = move |picture: vc_picture::Picture<'_>| {
        Compression::named(&format.get(), quality.get()).encode(picture)
    };
    message::each(&mut node, &gate, &image, encode, move |(bytes, format), seen| {
        copy_header(&mut message.header, &seen.image.header());
        message.format = format;
        let mut slot = out.loan(&message, bytes.len())?;
        slot.region_mut().copy_from_slice(&bytes);
        slot.send_at(seen.source_time_ns)
    })?;
    node.run()
}
