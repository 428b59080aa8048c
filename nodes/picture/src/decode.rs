//! JPEG and PNG to pixels.

use std::io::Cursor;

use jpeg_decoder::PixelFormat;
use png::{ColorType, Transformations};
use vc::prelude::*;
use vc_gate::Complaint;
use vc_msgs::sensor_msgs::msg::{CompressedImage, Image};

use crate::filter::copy_header;
use crate::{Encoding, PictureError, PictureMut, message};

/// The most pixels a picture may have: a few bytes can promise any number, and memory is only taken up to here.
pub const MOST_PIXELS: u64 = 1 << 26;

/// Why bytes were not decoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Neither.
    #[error("the bytes are neither JPEG nor PNG; they begin with {begin:02x?}")]
    Format {
        /// The first of them.
        begin: Vec<u8>,
    },
    /// More than is wanted.
    #[error("picture of {width}x{height} pixels is larger than the {MOST_PIXELS} pixels that are decoded")]
    Large {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Another kind of colours.
    #[error("JPEG with colours as {colours} is not decoded")]
    Colours {
        /// What they are.
        colours: &'static str,
    },
    /// Not even such a message, or no picture in it.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The JPEG decoder's report.
    #[error("cannot decode as JPEG")]
    Jpeg(#[from] jpeg_decoder::Error),
    /// The PNG decoder's report.
    #[error("cannot decode as PNG")]
    Png(#[from] png::DecodingError),
}

/// A picture as it was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    size: (u32, u32),
    /// How many numbers a pixel has: grey, grey and alpha, red green blue, or these and alpha.
    channels: usize,
    pixels: Vec<u8>,
}

/// Decodes JPEG or PNG, whichever it is. Of more than 8 bits a channel the upper 8 are taken.
///
/// # Errors
/// [`DecodeError`] if it is neither, broken, or too large.
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    match bytes {
        [0xFF, 0xD8, ..] => jpeg(bytes),
        [0x89, b'P', b'N', b'G', ..] => png(bytes),
        _ => Err(DecodeError::Format { begin: bytes.iter().take(4).copied().collect() }),
    }
}

impl Decoded {
    /// Pixels in a row, and rows.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The layout it is written in: `mono8` if it is grey, else `bgr8`. Alpha is left out.
    pub fn encoding(&self) -> Encoding {
        if self.channels <= 2 { Encoding::Mono8 } else { Encoding::Bgr8 }
    }

    /// Writes it into `room`, which has its size and its encoding.
    pub fn write(&self, room: &mut PictureMut<'_>) {
        let row = self.size.0 as usize * self.channels;
        for (to, from) in room.rows_mut().zip(self.pixels.chunks_exact(row)) {
            match self.channels {
                1 => to.copy_from_slice(from),
                2 => to.iter_mut().zip(from.chunks_exact(2)).for_each(|(to, from)| *to = from[0]),
                channels => {
                    for (to, from) in to.chunks_exact_mut(3).zip(from.chunks_exact(channels)) {
                        (to[0], to[1], to[2]) = (from[2], from[1], from[0]);
                    }
                }
            }
        }
    }
}

/// The work of the block `image_decode`.
#[derive(Debug)]
pub struct Unpacker {
    out: Publisher<Image>,
    layout: Image,
    complaint: Complaint,
}

impl Unpacker {
    /// Publishes on `out`.
    pub fn new(out: Publisher<Image>) -> Self {
        Self { out, layout: Image::default(), complaint: Complaint::default() }
    }

    /// Publishes the picture in a message. What is none is skipped, counted, and told once.
    ///
    /// # Errors
    /// [`Error`] if shared memory or the topic fails.
    pub fn unpack(&mut self, sample: &Sample<CompressedImage>) -> Result<(), Error> {
        let seen = sample.view().map_err(|error| DecodeError::from(PictureError::from(error)));
        let decoded = seen.and_then(|message| Ok((message, decode(message.data())?)));
        let Some((message, decoded)) = self.complaint.hear(decoded) else { return Ok(()) };
        let (size, encoding) = (decoded.size(), decoded.encoding());
        if (self.layout.width, self.layout.height) != size || self.layout.encoding != encoding.name() {
            let layout = message::layout(size, encoding, "").map_err(DecodeError::from);
            let Some(layout) = self.complaint.hear(layout) else { return Ok(()) };
            self.layout = layout;
        }
        copy_header(&mut self.layout.header, &message.header());
        let mut slot = message::loan(&self.out, &self.layout)?;
        let room = message::pixels(&mut slot, &self.layout).map_err(DecodeError::from);
        match self.complaint.hear(room.map(|mut room| decoded.write(&mut room))) {
            Some(()) => slot.send_at(sample.envelope().source_time_ns),
            None => Ok(()),
        }
    }
}

fn checked(width: u32, height: u32) -> Result<(u32, u32), DecodeError> {
    let fits = u64::from(width) * u64::from(height) <= MOST_PIXELS;
    if fits { Ok((width, height)) } else { Err(DecodeError::Large { width, height }) }
}

fn jpeg(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.read_info()?;
    let Some(info) = decoder.info() else { return Err(DecodeError::Colours { colours: "nothing known" }) };
    let size = checked(info.width.into(), info.height.into())?;
    let channels = match info.pixel_format {
        PixelFormat::L8 => 1,
        PixelFormat::RGB24 => 3,
        PixelFormat::L16 => return Err(DecodeError::Colours { colours: "grey of 16 bits" }),
        PixelFormat::CMYK32 => return Err(DecodeError::Colours { colours: "inks (CMYK)" }),
    };
    Ok(Decoded { size, channels, pixels: decoder.decode()? })
}

fn png(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let info = decoder.read_header_info()?;
    let size = checked(info.width, info.height)?;
    let mut reader = decoder.read_info()?;
    let needed = reader.output_buffer_size().ok_or(DecodeError::Large { width: size.0, height: size.1 })?;
    let mut pixels = vec![0; needed];
    let frame = reader.next_frame(&mut pixels)?;
    pixels.truncate(frame.buffer_size());
    let channels = match frame.color_type {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb | ColorType::Indexed => 3,
        ColorType::Rgba => 4,
    };
    Ok(Decoded { size, channels, pixels })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Picture, encode};

    fn written(decoded: &Decoded) -> Vec<u8> {
        let (size, encoding) = (decoded.size(), decoded.encoding());
        let step = size.0 * u32::try_from(encoding.channels()).unwrap();
        let mut out = vec![9; (step * size.1) as usize];
        decoded.write(&mut PictureMut::new(size, encoding, step, &mut out).unwrap());
        out
    }

    /// Four pixels: dark, blue, green, red, in a layout.
    fn pixels(encoding: Encoding) -> Vec<u8> {
        let bgr = [[1, 2, 3], [200, 0, 0], [0, 210, 0], [0, 0, 220]];
        let lay = |[blue, green, red]: [u8; 3]| match encoding {
            Encoding::Bgr8 => vec![blue, green, red],
            Encoding::Rgb8 => vec![red, green, blue],
            Encoding::Bgra8 => vec![blue, green, red, 7],
            Encoding::Rgba8 => vec![red, green, blue, 7],
            Encoding::Mono8 => vec![green],
        };
        bgr.into_iter().flat_map(lay).collect()
    }

    #[test]
    fn png_comes_back_pixel_by_pixel() {
        for encoding in Encoding::ALL {
            let (data, step) = (pixels(encoding), u32::try_from(2 * encoding.channels()).unwrap());
            let bytes = encode::png(Picture::new((2, 2), encoding, step, &data).unwrap()).unwrap();

            let decoded = decode(&bytes).unwrap();

            assert_eq!(decoded.size(), (2, 2));
            let layout = if encoding == Encoding::Mono8 { encoding } else { Encoding::Bgr8 };
            assert_eq!((decoded.encoding(), written(&decoded)), (layout, pixels(layout)), "{encoding}");
        }
    }

    #[test]
    fn jpeg_comes_back_nearly() {
        for encoding in Encoding::ALL {
            let flat: Vec<u8> =
                pixels(encoding)[encoding.channels()..2 * encoding.channels()].repeat(32 * 32);
            let step = u32::try_from(32 * encoding.channels()).unwrap();
            let bytes = encode::jpeg(Picture::new((32, 32), encoding, step, &flat).unwrap(), 95).unwrap();

            let found = written(&decode(&bytes).unwrap());

            let truth = if encoding == Encoding::Mono8 { vec![0] } else { vec![200, 0, 0] };
            let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) < 8;
            assert!(found.iter().zip(truth.iter().cycle()).all(near), "{encoding}: {:?}", &found[..3]);
        }
    }

    #[test]
    fn a_promise_of_many_pixels_takes_no_memory() {
        let data = [0; 16];
        let mut bytes = encode::png(Picture::new((4, 4), Encoding::Mono8, 4, &data).unwrap()).unwrap();
        bytes[16..20].copy_from_slice(&u32::MAX.to_be_bytes()[..]);
        bytes[16] = 0x7F;
        assert!(decode(&bytes).is_err());

        let mut bytes = encode::jpeg(Picture::new((4, 4), Encoding::Mono8, 4, &data).unwrap(), 80).unwrap();
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[frame + 5..frame + 9].fill(0xFF);
        assert!(matches!(decode(&bytes), Err(DecodeError::Large { width: 65_535, height: 65_535 })));
    }

    #[test]
    fn what_is_neither_is_told_by_its_beginning() {
        let told = decode(b"GIF89a").unwrap_err().to_string();
        assert!(told.contains("47, 49, 46, 38"), "{told}");
        assert!(decode(&[]).is_err());
    }

    proptest! {
        #[test]
        fn broken_bytes_are_answered(
            is_jpeg in any::<bool>(), cut in 0_usize..400, changes in prop::collection::vec((0_usize..400, any::<u8>()), 0..6),
        ) {
            let data: Vec<u8> = (0..=255).cycle().take(16 * 16 * 3).collect();
            let picture = Picture::new((16, 16), Encoding::Bgr8, 48, &data).unwrap();
            let mut bytes = if is_jpeg { encode::jpeg(picture, 50).unwrap() } else { encode::png(picture).unwrap() };
            for (at, value) in changes {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            bytes.truncate(bytes.len() - cut % bytes.len());

            if let Ok(decoded) = decode(&bytes) {
                written(&decoded);
            }
        }
    }
}
