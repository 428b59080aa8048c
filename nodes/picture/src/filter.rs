//! A block that makes a picture of each picture.

use vc::prelude::*;
use vc::words::StandsFor;
use vc_gate::{Complaint, Gate};
use vc_msgs::sensor_msgs::msg::{Image, ImageView};
use vc_msgs::std_msgs::msg::{Header, HeaderView};

use crate::{Encoding, Picture, PictureError, PictureMut, message};

/// What makes one picture of another.
pub trait Filter {
    /// Why nothing is made of a picture.
    type Error: std::error::Error + From<PictureError> + 'static;

    /// Pixels in a row and rows of what becomes of `picture`: as many as it has, if not said.
    ///
    /// # Errors
    /// If nothing can be made of it.
    fn size(&self, picture: Picture<'_>) -> Result<(u32, u32), Self::Error> {
        Ok(picture.size())
    }

    /// The layout of what becomes of `picture`: its own, if not said.
    fn encoding(&self, picture: Picture<'_>) -> Encoding {
        picture.encoding()
    }

    /// Writes what becomes of `picture` into `room`, which has the size and the layout promised.
    ///
    /// # Errors
    /// If nothing can be made of it.
    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), Self::Error>;
}

/// The ports of such a block: input `image`, one output, and the [`Gate`].
#[derive(Debug)]
pub struct Ports {
    image: Input<Image>,
    result: Output<Image>,
    name: String,
    gate: Gate,
}

impl Ports {
    /// Declares them; the output as `name`.
    pub fn declare(block: &Block, name: &str, description: &str) -> Self {
        Self {
            image: block.input("image", message::TAKEN).required(),
            result: block.output(name, description),
            name: name.to_owned(),
            gate: Gate::declare(block),
        }
    }

    /// The package of VisualCircuit whose ports these are: `Img`, `Enable`, `Out`.
    pub fn package(&self, name: &str, code: &str) -> StandsFor {
        let package = StandsFor::package(name, &[code]).input("Img", "image").input("Enable", "enable");
        package.output("Out", &self.name).frequency("max_rate")
    }

    /// The same of `VisualCircuit2`.
    pub fn package2(&self, name: &str) -> StandsFor {
        let package = StandsFor::package2(name).input("0", "image").input("E", "enable");
        package.output("0", &self.name).frequency("max_rate")
    }

    /// Opens the ports: what becomes of each picture is written into shared memory straight from the picture's.
    /// `refresh` comes before each of them, to tell the filter of parameters that have changed. What cannot be
    /// worked on is skipped, counted, and told once.
    ///
    /// # Errors
    /// [`Error`] if a topic cannot be opened.
    pub fn attach<F: Filter + 'static>(
        &self,
        node: &mut Node,
        filter: F,
        mut refresh: impl FnMut(&mut F) + 'static,
    ) -> Result<(), Error> {
        let gate = self.gate.open(node)?;
        let out = node.publisher(&self.result)?;
        let mut worker = Worker { filter, out, layout: Image::default(), complaint: Complaint::default() };
        gate.on(node, &self.image, move |sample| {
            refresh(&mut worker.filter);
            worker.work(sample)
        })
    }
}

struct Worker<F> {
    filter: F,
    out: Publisher<Image>,
    /// Every field of the message that goes out, but its pixels.
    layout: Image,
    complaint: Complaint,
}

impl<F: Filter> Worker<F> {
    fn work(&mut self, sample: &Sample<Image>) -> Result<(), Error> {
        let seen = sample.view().map_err(|error| F::Error::from(PictureError::from(error)));
        let planned = seen.and_then(|image| Ok((image, self.plan(&image)?)));
        let Some((image, picture)) = self.complaint.hear(planned) else { return Ok(()) };
        copy_header(&mut self.layout.header, &image.header());
        let mut slot = message::loan(&self.out, &self.layout)?;
        let made = message::pixels(&mut slot, &self.layout)
            .map_err(F::Error::from)
            .and_then(|mut room| self.filter.apply(picture, &mut room));
        match self.complaint.hear(made) {
            Some(()) => slot.send_at(sample.envelope().source_time_ns),
            None => Ok(()),
        }
    }

    /// The picture in a message; what goes out is laid out for it.
    fn plan<'a>(&mut self, image: &ImageView<'a>) -> Result<Picture<'a>, F::Error> {
        let picture = message::read(image)?;
        let (size, encoding) = (self.filter.size(picture)?, self.filter.encoding(picture));
        if (self.layout.width, self.layout.height) != size || self.layout.encoding != encoding.name() {
            self.layout = message::layout(size, encoding, "")?;
        }
        Ok(picture)
    }
}

/// Gives a message the stamp and the frame id of the one it was made of.
pub fn copy_header(to: &mut Header, from: &HeaderView<'_>) {
    (to.stamp.sec, to.stamp.nanosec) = (from.stamp().sec(), from.stamp().nanosec());
    if to.frame_id != from.frame_id() {
        from.frame_id().clone_into(&mut to.frame_id);
    }
}
