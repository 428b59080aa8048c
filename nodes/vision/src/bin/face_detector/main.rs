//! Finds the faces of the pictures on `image`, and publishes them on `marked`, `face` and `faces`.

mod faces;
mod ports;

use std::path::Path;

use vc::prelude::*;
use vc_gate::arrays;
use vc_picture::message;
use vc_vision::marks::{Marked, draw_box};

use crate::faces::{Faces, row};
use crate::ports::Ports;

const GREEN: (f64, f64, f64) = (0.0, 255.0, 0.0);

fn main() -> NodeResult {
    let block = Block::new("face_detector", "Finds the faces of people who look at the camera.");
    let ports = Ports::declare(&block);

    let mut node = block.open()?;
    let failed = |source| Error::Callback { port: "cascade".to_owned(), source };
    let mut faces =
        Faces::open(Path::new(&node.get(&ports.cascade))).map_err(|error| failed(error.into()))?;
    let (face, all) = (node.publisher(&ports.face)?, node.publisher(&ports.faces)?);
    let mut marked = Marked::new(node.publisher(&ports.marked)?, "marked");
    let care = ports.care(&mut node);
    let look = move |picture: vc_picture::Picture<'_>| faces.all(picture, care());
    message::each(&mut node, &ports.gate, &ports.image, look, move |found, seen| {
        let (width, height) = seen.picture.size();
        let middle = [f64::from(width) / 2.0, f64::from(height) / 2.0, 0.0, 0.0];
        face.publish(&arrays::array(&found.first().map_or(middle, row)))?;
        let rows: Vec<f64> = found.iter().flat_map(row).collect();
        all.publish(&arrays::shaped(&[found.len(), 4], &rows))?;
        marked.publish(seen, |canvas| found.iter().try_for_each(|face| draw_box(canvas, *face, GREEN)))
    })?;
    node.run()
}
