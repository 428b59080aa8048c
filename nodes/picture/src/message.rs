//! Pictures in `sensor_msgs/msg/Image`.

use vc::prelude::*;
use vc_gate::{Complaint, Gate};
use vc_msgs::sensor_msgs::msg::{Image, ImageView};

use crate::{Encoding, Picture, PictureError, PictureMut};

/// How blocks describe an input of pictures.
pub const TAKEN: &str = "Pictures, `bgr8`, `rgb8`, `mono8`, `bgra8` or `rgba8`.";

/// The picture in a message, where it lies.
///
/// # Errors
/// [`PictureError`] if the layout is not known or the numbers do not fit each other.
pub fn read<'a>(image: &ImageView<'a>) -> Result<Picture<'a>, PictureError> {
    let encoding = image.encoding().parse::<Encoding>()?;
    Picture::new((image.width(), image.height()), encoding, image.step(), image.data())
}

/// Every field of a message but its pixels: rows without padding.
///
/// # Errors
/// [`PictureError::Step`] if a row has more bytes than the message can count.
pub fn layout(
    (width, height): (u32, u32),
    encoding: Encoding,
    frame_id: &str,
) -> Result<Image, PictureError> {
    let needed = u64::from(width) * encoding.channels() as u64;
    let step =
        u32::try_from(needed).map_err(|_| PictureError::Step { step: u32::MAX, width, encoding, needed })?;
    let mut image = Image { height, width, step, encoding: encoding.name().to_owned(), ..Image::default() };
    frame_id.clone_into(&mut image.header.frame_id);
    Ok(image)
}

/// Stamps a message with the time its picture was taken, in nanoseconds since the Unix epoch.
pub fn stamp(image: &mut Image, time_ns: i64) {
    (image.header.stamp.sec, image.header.stamp.nanosec) = from_time(time_ns);
}

/// Takes a slot of shared memory for a picture of `layout`.
///
/// # Errors
/// As [`Publisher::loan`].
pub fn loan<'a>(images: &'a Publisher<Image>, layout: &Image) -> Result<Loan<'a, Image>, Error> {
    images.loan(layout, layout.step as usize * layout.height as usize)
}

/// The pixels of a slot, to be written.
///
/// # Errors
/// [`PictureError`] if `layout` is not the slot's.
pub fn pixels<'a>(slot: &'a mut Loan<'_, Image>, layout: &Image) -> Result<PictureMut<'a>, PictureError> {
    let encoding = layout.encoding.parse::<Encoding>()?;
    PictureMut::new((layout.width, layout.height), encoding, layout.step, slot.region_mut())
}

/// Opens `input` behind `gate`: `measure` says something of each picture, and `tell` does something with that, and
/// with the sample. What is no picture, or cannot be measured, is skipped, counted, and told once.
///
/// # Errors
/// [`Error`] if a topic cannot be opened.
pub fn each<M, E: std::error::Error + From<PictureError> + 'static>(
    node: &mut Node,
    gate: &Gate,
    input: &Input<Image>,
    mut measure: impl FnMut(Picture<'_>) -> Result<M, E> + 'static,
    mut tell: impl FnMut(M, &Seen<'_>) -> Result<(), Error> + 'static,
) -> Result<(), Error> {
    let gate = gate.open(node)?;
    let mut complaint = Complaint::default();
    gate.on(node, input, move |sample: &Sample<Image>| {
        let image = sample.view().map_err(PictureError::from);
        let seen = image.and_then(|image| Ok((image, read(&image)?))).map_err(E::from);
        let measured = seen.and_then(|(image, picture)| Ok((image, picture, measure(picture)?)));
        let Some((image, picture, measured)) = complaint.hear(measured) else { return Ok(()) };
        tell(measured, &Seen { image, picture, source_time_ns: sample.envelope().source_time_ns })
    })
}

/// A picture, and the message it came in.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The message.
    pub image: ImageView<'a>,
    /// The picture in it.
    pub picture: Picture<'a>,
    /// When it was taken, in nanoseconds since the Unix epoch.
    pub source_time_ns: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_says_is_checked() {
        let mut image = layout((4, 2), Encoding::Bgr8, "eye").unwrap();
        assert_eq!((image.step, image.header.frame_id.as_str()), (12, "eye"));
        stamp(&mut image, 1_500_000_000);
        assert_eq!((image.header.stamp.sec, image.header.stamp.nanosec), (1, 500_000_000));

        let seen = |image: &Image| {
            let mut bytes = vec![0; image.cdr_size()];
            image.encode(&mut bytes).unwrap();
            read(&Image::view(&bytes).unwrap()).map(|picture| picture.row_bytes())
        };
        assert!(matches!(seen(&image), Err(PictureError::Short { needed: 24, found: 0, .. })));
        image.data = vec![0; 24];
        assert_eq!(seen(&image), Ok(12));
        image.encoding = "bayer_rggb8".to_owned();
        assert!(seen(&image).unwrap_err().to_string().contains("`bayer_rggb8`"));
    }

    #[test]
    fn rows_too_long_to_count_are_refused() {
        assert!(layout((u32::MAX, 1), Encoding::Bgr8, "").is_err());
    }
}
