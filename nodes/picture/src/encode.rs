//! Pixels to JPEG and PNG, of every layout known.

use std::borrow::Cow;

use crate::{Encoding, Picture, PictureError};
use jpeg_encoder::{ColorType, Encoder};

/// Why a picture was not encoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// JPEG counts pixels in 16 bits.
    #[error("picture of {width}x{height} pixels is larger than JPEG can hold")]
    Large {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Not a picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The JPEG encoder's report.
    #[error("cannot encode as JPEG")]
    Jpeg(#[from] jpeg_encoder::EncodingError),
    /// The PNG encoder's report.
    #[error("cannot encode as PNG")]
    Png(#[from] png::EncodingError),
}

/// How the block `image_encode` makes pictures small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// JPEG of this quality, 1 to 100.
    Jpeg(u8),
    /// PNG.
    Png,
}

impl Compression {
    /// The one of this name; `quality` is JPEG's. Another name than `png` means JPEG: the parameter allows no such.
    pub fn named(name: &str, quality: i64) -> Self {
        if name == "png" { Self::Png } else { Self::Jpeg(u8::try_from(quality).unwrap_or(80)) }
    }

    /// The picture, and what ROS's transport says of how it is compressed: `bgr8; jpeg compressed bgr8`.
    ///
    /// # Errors
    /// [`EncodeError`]
    pub fn encode(self, picture: Picture<'_>) -> Result<(Vec<u8>, String), EncodeError> {
        let (bytes, name) = match self {
            Self::Jpeg(quality) => (jpeg(picture, quality)?, "jpeg"),
            Self::Png => (png(picture)?, "png"),
        };
        let encoding = picture.encoding();
        let colours = if encoding == Encoding::Mono8 { "" } else { "bgr8" };
        Ok((bytes, format!("{encoding}; {name} compressed {colours}")))
    }
}

/// The picture as JPEG of `quality` 1 to 100. Alpha is left out. Copies the pixels only if their rows are padded.
///
/// # Errors
/// [`EncodeError`]
pub fn jpeg(picture: Picture<'_>, quality: u8) -> Result<Vec<u8>, EncodeError> {
    let side = |pixels| {
        u16::try_from(pixels)
            .map_err(|_| EncodeError::Large { width: picture.width(), height: picture.height() })
    };
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let colours = match picture.encoding() {
        Encoding::Bgr8 => ColorType::Bgr,
        Encoding::Rgb8 => ColorType::Rgb,
        Encoding::Mono8 => ColorType::Luma,
        Encoding::Bgra8 => ColorType::Bgra,
        Encoding::Rgba8 => ColorType::Rgba,
    };
    let pixels = if picture.is_packed() {
        Cow::Borrowed(picture.data())
    } else {
        Cow::Owned(picture.rows().flatten().copied().collect())
    };
    let mut bytes = Vec::with_capacity(pixels.len() / 16);
    Encoder::new(&mut bytes, quality.clamp(1, 100)).encode(&pixels, width, height, colours)?;
    Ok(bytes)
}

/// The picture as PNG, without loss.
///
/// # Errors
/// [`EncodeError`]
pub fn png(picture: Picture<'_>) -> Result<Vec<u8>, EncodeError> {
    let large = || EncodeError::Large { width: picture.width(), height: picture.height() };
    let width = u32::try_from(picture.width()).map_err(|_| large())?;
    let height = u32::try_from(picture.height()).map_err(|_| large())?;
    let (colours, blue_first) = match picture.encoding() {
        Encoding::Bgr8 => (png::ColorType::Rgb, true),
        Encoding::Rgb8 => (png::ColorType::Rgb, false),
        Encoding::Mono8 => (png::ColorType::Grayscale, false),
        Encoding::Bgra8 => (png::ColorType::Rgba, true),
        Encoding::Rgba8 => (png::ColorType::Rgba, false),
    };
    let mut pixels: Vec<u8> = Vec::with_capacity(picture.row_bytes() * picture.height());
    picture.rows().for_each(|row| pixels.extend_from_slice(row));
    if blue_first {
        pixels.chunks_exact_mut(picture.encoding().channels()).for_each(|pixel| pixel.swap(0, 2));
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colours);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red above, blue below, by layout, with `padding` bytes after each row.
    fn flag(encoding: Encoding, padding: usize) -> (Vec<u8>, u32) {
        let pixel = |red: bool| -> Vec<u8> {
            match encoding {
                Encoding::Bgr8 => vec![if red { 0 } else { 255 }, 0, if red { 255 } else { 0 }],
                Encoding::Rgb8 => vec![if red { 255 } else { 0 }, 0, if red { 0 } else { 255 }],
                Encoding::Bgra8 => vec![if red { 0 } else { 255 }, 0, if red { 255 } else { 0 }, 255],
                Encoding::Rgba8 => vec![if red { 255 } else { 0 }, 0, if red { 0 } else { 255 }, 255],
                Encoding::Mono8 => vec![if red { 76 } else { 29 }],
            }
        };
        let row = |y: usize| [pixel(y < 16).repeat(32), vec![0xEE; padding]].concat();
        ((0..32).flat_map(row).collect(), u32::try_from(32 * encoding.channels() + padding).unwrap())
    }

    fn each_flag(check: impl Fn(Picture<'_>, Encoding)) {
        for encoding in Encoding::ALL {
            for padding in [0, 5] {
                let (data, step) = flag(encoding, padding);
                check(Picture::new((32, 32), encoding, step, &data).unwrap(), encoding);
            }
        }
    }

    #[test]
    fn a_png_holds_the_very_pixels() {
        each_flag(|picture, encoding| {
            let bytes = png(picture).unwrap();

            let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            let (top, bottom) =
                (&pixels[..encoding.channels()], &pixels[pixels.len() - encoding.channels()..]);
            let grey = encoding == Encoding::Mono8;
            assert_eq!(&top[..top.len().min(3)], if grey { &[76][..] } else { &[255, 0, 0] }, "{encoding}");
            assert_eq!(
                &bottom[..top.len().min(3)],
                if grey { &[29][..] } else { &[0, 0, 255] },
                "{encoding}"
            );
        });
    }

    #[test]
    fn a_jpeg_shows_the_colours() {
        each_flag(|picture, encoding| {
            let bytes = jpeg(picture, 90).unwrap();

            let pixels = jpeg_decoder::Decoder::new(&bytes[..]).decode().unwrap();
            let channels = encoding.channels().min(3);
            let near = |at: usize, truth: &[u8]| {
                pixels[at..at + channels].iter().zip(truth).all(|(a, b)| a.abs_diff(*b) < 12)
            };
            let (top, bottom) =
                if channels == 1 { (&[76][..], &[29][..]) } else { (&[255, 0, 0][..], &[0, 0, 255][..]) };
            assert!(near(5 * channels, top), "{encoding}");
            assert!(near(pixels.len() - 6 * channels, bottom), "{encoding}");
        });
    }

    #[test]
    fn what_jpeg_cannot_hold_is_refused() {
        let data = vec![0; 70_000];
        let wide = Picture::new((70_000, 1), Encoding::Mono8, 70_000, &data).unwrap();

        assert!(matches!(jpeg(wide, 80), Err(EncodeError::Large { width: 70_000, .. })));
        assert!(png(wide).is_ok());
    }
}
