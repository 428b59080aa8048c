//! Finds things in the pictures on `image` by a network, and publishes them on `marked` and `objects`.

mod labels;
mod model;
mod objects;
mod ports;

use vc::prelude::*;
use vc_gate::arrays;
use vc_picture::{Picture, message};
use vc_vision::marks::Marked;

use crate::ports::Ports;

fn main() -> NodeResult {
    let block = Block::new("object_detector", "Finds things in pictures by a neural network of your own.");
    let ports = Ports::declare(&block);

    let mut node = block.open()?;
    let failed = |source| Error::Callback { port: "model".to_owned(), source };
    let (mut objects, names) = ports.network(&node).map_err(|error| failed(error.into()))?;
    let out = node.publisher(&ports.objects)?;
    let mut marked = Marked::new(node.publisher(&ports.marked)?, "marked");
    let limits = ports.limits(&mut node);
    let look = move |picture: Picture<'_>| objects.all(picture, limits());
    message::each(&mut node, &ports.gate, &ports.image, look, move |found, seen| {
        let rows: Vec<f64> = found.iter().flat_map(objects::Object::row).collect();
        out.publish(&arrays::shaped(&[found.len(), 6], &rows))?;
        marked
            .publish(seen, |canvas| found.iter().try_for_each(|object| labels::draw(canvas, object, &names)))
    })?;
    node.run()
}
