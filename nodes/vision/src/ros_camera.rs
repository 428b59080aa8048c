//! The work of the block `ros_camera`.

use vc::prelude::*;
use vc_gate::Complaint;
use vc_msgs::sensor_msgs::msg::{Image, ImageView};
use vc_picture::filter::copy_header;
use vc_picture::{Encoding, PictureError, message};

use crate::VisionError;
use crate::convert::Converter;

/// Publishes what it takes as `bgr8`, converted straight into shared memory.
#[derive(Debug)]
pub struct RosCamera {
    converter: Converter,
    out: Publisher<Image>,
    layout: Image,
    complaint: Complaint,
}

/// The most pixels a side of a picture may have: what a driver sends is believed up to here.
const LONGEST_SIDE: u32 = 32_768;

impl RosCamera {
    /// A camera that publishes on `out`.
    pub fn new(out: Publisher<Image>) -> Self {
        Self {
            converter: Converter::default(),
            out,
            layout: Image::default(),
            complaint: Complaint::default(),
        }
    }

    /// Publishes one picture. What is none, or of an encoding that cannot be converted, is skipped, counted, and
    /// told once. `far` is as for [`Converter::convert`].
    ///
    /// # Errors
    /// [`Error`] if shared memory or the topic fails.
    pub fn take(&mut self, sample: &Sample<Image>, far: f64) -> Result<(), Error> {
        let seen = sample.view().map_err(|error| VisionError::from(PictureError::from(error)));
        let planned = seen.and_then(|image| self.plan(&image).map(|()| image));
        let Some(image) = self.complaint.hear(planned) else { return Ok(()) };
        copy_header(&mut self.layout.header, &image.header());
        let mut slot = message::loan(&self.out, &self.layout)?;
        let made = message::pixels(&mut slot, &self.layout)
            .map_err(VisionError::from)
            .and_then(|mut room| self.converter.convert(&image, far, &mut room));
        match self.complaint.hear(made) {
            Some(()) => slot.send_at(sample.envelope().source_time_ns),
            None => Ok(()),
        }
    }

    /// Lays out what goes out. Before memory is taken for it, the picture must have as many bytes as it says it has
    /// pixels: no encoding has fewer.
    fn plan(&mut self, image: &ImageView<'_>) -> Result<(), VisionError> {
        let (width, height) = (image.width(), image.height());
        if width > LONGEST_SIDE || height > LONGEST_SIDE {
            return Err(VisionError::Large { width: width as usize, height: height as usize });
        }
        let (needed, found) = (u64::from(width) * u64::from(height), image.data().len() as u64);
        if found < needed {
            return Err(PictureError::Short { height, step: image.step(), needed, found }.into());
        }
        if (self.layout.width, self.layout.height) != (width, height) {
            self.layout = message::layout((width, height), Encoding::Bgr8, "")?;
        }
        Ok(())
    }
}
