//! Pictures in the layout that an algorithm wants, with memory that is kept from picture to picture.

use opencv::boxed_ref::{BoxedRef, BoxedRefMut};
use opencv::core::{_InputArray, _OutputArray, Mat, ToInputArray, ToOutputArray};
use opencv::imgproc;
use vc_picture::{Encoding, Picture, PictureMut};

use crate::VisionError;
use crate::mat::{self, Kept};

/// A picture to read: as it lies, or as it was converted.
#[derive(Debug)]
pub enum Seen<'a> {
    /// In the sample's memory.
    AsItLies(BoxedRef<'a, Mat>),
    /// In memory of the block's own.
    Converted(&'a Mat),
}

impl ToInputArray for Seen<'_> {
    fn input_array(&self) -> opencv::Result<BoxedRef<'_, _InputArray>> {
        match self {
            Self::AsItLies(mat) => mat.input_array(),
            Self::Converted(mat) => mat.input_array(),
        }
    }
}

/// The grey levels of `picture` by ITU-R BT.601's weights; `scratch` holds them if it is in colour.
///
/// # Errors
/// [`VisionError`] if OpenCV cannot read it.
pub fn grey<'a>(picture: Picture<'a>, scratch: &'a mut Mat) -> Result<Seen<'a>, VisionError> {
    let conversion = match picture.encoding() {
        Encoding::Mono8 => return Ok(Seen::AsItLies(mat::view(picture)?)),
        Encoding::Bgr8 => imgproc::COLOR_BGR2GRAY,
        Encoding::Rgb8 => imgproc::COLOR_RGB2GRAY,
        Encoding::Bgra8 => imgproc::COLOR_BGRA2GRAY,
        Encoding::Rgba8 => imgproc::COLOR_RGBA2GRAY,
    };
    convert(picture, scratch, conversion)
}

/// `picture` as blue, green, red; `scratch` holds it if it is laid out otherwise.
///
/// # Errors
/// [`VisionError`] if OpenCV cannot read it.
pub fn bgr<'a>(picture: Picture<'a>, scratch: &'a mut Mat) -> Result<Seen<'a>, VisionError> {
    match to_bgr(picture.encoding()) {
        None => Ok(Seen::AsItLies(mat::view(picture)?)),
        Some(conversion) => convert(picture, scratch, conversion),
    }
}

fn convert<'a>(picture: Picture<'a>, scratch: &'a mut Mat, conversion: i32) -> Result<Seen<'a>, VisionError> {
    imgproc::cvt_color_def(&mat::view(picture)?, scratch, conversion)?;
    Ok(Seen::Converted(scratch))
}

fn to_bgr(encoding: Encoding) -> Option<i32> {
    match encoding {
        Encoding::Bgr8 => None,
        Encoding::Rgb8 => Some(imgproc::COLOR_RGB2BGR),
        Encoding::Mono8 => Some(imgproc::COLOR_GRAY2BGR),
        Encoding::Bgra8 => Some(imgproc::COLOR_BGRA2BGR),
        Encoding::Rgba8 => Some(imgproc::COLOR_RGBA2BGR),
    }
}

/// Writes `picture` into `room`, which is `bgr8` and of its size.
///
/// # Errors
/// [`VisionError::Moved`] if OpenCV did not write where it was told to.
pub fn write_bgr(picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), VisionError> {
    let Some(conversion) = to_bgr(picture.encoding()) else {
        room.rows_mut().zip(picture.rows()).for_each(|(to, from)| to.copy_from_slice(from));
        return Ok(());
    };
    let mut out = mat::view_mut(room)?;
    let kept = Kept::of(&out);
    imgproc::cvt_color_def(&mat::view(picture)?, &mut out, conversion)?;
    kept.check(&out, "cvtColor")
}

/// Where an algorithm writes a picture of one channel.
#[derive(Debug)]
pub enum Target<'a> {
    /// Into the loan's memory.
    Room(BoxedRefMut<'a, Mat>),
    /// Into memory of the block's own.
    Scratch(&'a mut Mat),
}

impl ToOutputArray for Target<'_> {
    fn output_array(&mut self) -> opencv::Result<BoxedRefMut<'_, _OutputArray>> {
        match self {
            Self::Room(mat) => mat.output_array(),
            Self::Scratch(mat) => mat.output_array(),
        }
    }
}

/// Has `call` make a picture of one channel and writes it into `room`: there itself, if that is `mono8`; else into
/// `scratch` and from there into each channel of a `bgr8` room.
///
/// # Errors
/// [`VisionError::Output`] if the room is neither, [`VisionError::Moved`] if OpenCV did not write where it was told to.
pub fn write_grey(
    room: &mut PictureMut<'_>,
    scratch: &mut Mat,
    call: &'static str,
    make: impl FnOnce(&mut Target<'_>) -> opencv::Result<()>,
) -> Result<(), VisionError> {
    let encoding = room.encoding();
    let mut out = mat::view_mut(room)?;
    let kept = Kept::of(&out);
    match encoding {
        Encoding::Mono8 => {
            let mut target = Target::Room(out);
            make(&mut target)?;
            let Target::Room(out) = target else { return Err(VisionError::Moved { call }) };
            kept.check(&out, call)
        }
        Encoding::Bgr8 => {
            make(&mut Target::Scratch(scratch))?;
            imgproc::cvt_color_def(scratch, &mut out, imgproc::COLOR_GRAY2BGR)?;
            kept.check(&out, "cvtColor")
        }
        _ => Err(VisionError::Output { encoding }),
    }
}
