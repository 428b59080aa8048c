//! Pictures with something drawn on them.

use opencv::boxed_ref::BoxedRefMut;
use opencv::core::{Mat, Rect, Scalar};
use opencv::imgproc;
use vc::prelude::*;
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::filter::copy_header;
use vc_picture::message::Seen;
use vc_picture::{Encoding, message};

use crate::VisionError;
use crate::mat;
use crate::scratch::write_bgr;

/// The output of a block that shows what it found: the picture it was found in, `bgr8`, and marks on it.
#[derive(Debug)]
pub struct Marked {
    out: Publisher<Image>,
    layout: Image,
    port: &'static str,
}

/// The matrix to draw on.
pub type Canvas<'a> = BoxedRefMut<'a, Mat>;

impl Marked {
    /// The output `port`, opened.
    pub fn new(out: Publisher<Image>, port: &'static str) -> Self {
        Self { out, layout: Image::default(), port }
    }

    /// Publishes a picture with what `draw` draws on it. The picture is copied, once, into the shared memory that is sent;
    /// if nobody listens, nothing is done.
    ///
    /// # Errors
    /// [`Error`] if the topic fails, or OpenCV.
    pub fn publish(
        &mut self,
        seen: &Seen<'_>,
        draw: impl FnOnce(&mut Canvas<'_>) -> opencv::Result<()>,
    ) -> Result<(), Error> {
        if !self.out.has_subscribers() {
            return Ok(());
        }
        let port = self.port;
        let failed = |error: VisionError| Error::Callback { port: port.to_owned(), source: error.into() };
        if (self.layout.width, self.layout.height) != seen.picture.size() {
            let layout = message::layout(seen.picture.size(), Encoding::Bgr8, "");
            self.layout = layout.map_err(|error| failed(error.into()))?;
        }
        copy_header(&mut self.layout.header, &seen.image.header());
        let mut slot = message::loan(&self.out, &self.layout)?;
        let mut room = message::pixels(&mut slot, &self.layout).map_err(|error| failed(error.into()))?;
        write_bgr(seen.picture, &mut room).map_err(failed)?;
        draw(&mut mat::view_mut(&mut room).map_err(failed)?).map_err(|error| failed(error.into()))?;
        slot.send_at(seen.source_time_ns)
    }
}

/// Draws a box, 2 pixels thick, in `(blue, green, red)`.
///
/// # Errors
/// OpenCV's own.
pub fn draw_box(canvas: &mut Canvas<'_>, place: Rect, colour: (f64, f64, f64)) -> opencv::Result<()> {
    let colour = Scalar::new(colour.0, colour.1, colour.2, 0.0);
    imgproc::rectangle(canvas, place, colour, 2, imgproc::LINE_8, 0)
}
