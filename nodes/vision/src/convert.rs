//! Pictures of any of ROS's encodings as `bgr8`.

use std::collections::HashMap;
use std::sync::OnceLock;

use opencv::core::{CV_8UC1, CV_8UC2};
use opencv::imgproc;
use vc_msgs::sensor_msgs::msg::ImageView;
use vc_picture::{Encoding, Picture, PictureError, PictureMut};

use crate::VisionError;
use crate::mat::{self, Kept};
use crate::scratch::write_bgr;

/// How the bytes of a picture are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// 8 bits a channel.
    Plain(Encoding),
    /// 16 bits a channel, scaled to 8.
    Deep(Encoding),
    /// One channel behind a colour mosaic, 8 or 16 bits, and OpenCV's conversion.
    Mosaic { conversion: i32, bytes: usize },
    /// Two bytes a pixel, two pixels sharing their colour, and OpenCV's conversion.
    Yuv422(i32),
    /// Brightness, and after it colour at half the size, and OpenCV's conversion.
    Yuv420(i32),
    /// Distance in millimetres, 16 bits.
    Millimetres,
    /// Distance in metres, 32-bit floating point.
    Metres,
}

fn layouts() -> &'static HashMap<&'static str, Layout> {
    static LAYOUTS: OnceLock<HashMap<&'static str, Layout>> = OnceLock::new();
    use Encoding::{Bgr8, Bgra8, Mono8, Rgb8, Rgba8};
    use Layout::{Deep, Metres, Millimetres, Mosaic, Plain, Yuv420, Yuv422};
    LAYOUTS.get_or_init(|| {
        let mut known = HashMap::from([
            ("bgr8", Plain(Bgr8)),
            ("rgb8", Plain(Rgb8)),
            ("mono8", Plain(Mono8)),
            ("bgra8", Plain(Bgra8)),
            ("rgba8", Plain(Rgba8)),
            ("8UC1", Plain(Mono8)),
            ("8UC3", Plain(Bgr8)),
            ("8UC4", Plain(Bgra8)),
            ("bgr16", Deep(Bgr8)),
            ("rgb16", Deep(Rgb8)),
            ("mono16", Deep(Mono8)),
            ("bgra16", Deep(Bgra8)),
            ("rgba16", Deep(Rgba8)),
            ("16UC3", Deep(Bgr8)),
            ("16UC4", Deep(Bgra8)),
            ("16UC1", Millimetres),
            ("32FC1", Metres),
            ("uyvy", Yuv422(imgproc::COLOR_YUV2BGR_UYVY)),
            ("yuv422", Yuv422(imgproc::COLOR_YUV2BGR_UYVY)),
            ("yuyv", Yuv422(imgproc::COLOR_YUV2BGR_YUY2)),
            ("yuv422_yuy2", Yuv422(imgproc::COLOR_YUV2BGR_YUY2)),
            ("nv21", Yuv420(imgproc::COLOR_YUV2BGR_NV21)),
        ]);
        // OpenCV names a mosaic by its second row's second and third pixel, ROS by its first four.
        let mosaics = [
            ("bayer_rggb8", "bayer_rggb16", imgproc::COLOR_BayerBG2BGR),
            ("bayer_bggr8", "bayer_bggr16", imgproc::COLOR_BayerRG2BGR),
            ("bayer_gbrg8", "bayer_gbrg16", imgproc::COLOR_BayerGR2BGR),
            ("bayer_grbg8", "bayer_grbg16", imgproc::COLOR_BayerGB2BGR),
        ];
        for (narrow, wide, conversion) in mosaics {
            known.insert(narrow, Mosaic { conversion, bytes: 1 });
            known.insert(wide, Mosaic { conversion, bytes: 2 });
        }
        known
    })
}

/// Converts pictures, with its scratch memory.
#[derive(Debug, Default)]
pub struct Converter {
    /// A picture with 8 bits a channel made of one with more.
    narrowed: Vec<u8>,
}

impl Converter {
    /// Writes the picture in a message into `room`, which is `bgr8` and of its size.
    ///
    /// Known are ROS's colour encodings with 8 and 16 bits a channel, Bayer mosaics, `uyvy`, `yuyv` and `nv21`, and
    /// OpenCV's type names for such. 16 bits are scaled to 8 and rounded. Distances, `16UC1` in millimetres and
    /// `32FC1` in metres, become grey: black where it is unknown, else brighter with distance, white from `far`
    /// metres on.
    ///
    /// # Errors
    /// [`VisionError::Encoding`] for any other encoding, [`VisionError::Picture`] if the numbers do not fit each
    /// other or the room, [`VisionError::Odd`] if pixels that share their colour do not come in pairs.
    pub fn convert(
        &mut self,
        image: &ImageView<'_>,
        far: f64,
        room: &mut PictureMut<'_>,
    ) -> Result<(), VisionError> {
        let name = image.encoding();
        let layout = layouts().get(name).copied();
        let layout = layout.ok_or_else(|| VisionError::Encoding { name: name.chars().take(40).collect() })?;
        let raw = Raw { image, width: image.width(), height: image.height() };
        raw.fits(room)?;
        match layout {
            Layout::Plain(encoding) => write_bgr(raw.plain(encoding)?, room),
            Layout::Deep(encoding) => {
                let row = raw.row(2 * encoding.channels())?;
                self.narrow(raw.rows(row)?.flat_map(|row| samples(row, image.is_bigendian() != 0)));
                write_bgr(raw.narrowed(encoding, &self.narrowed)?, room)
            }
            Layout::Mosaic { conversion, bytes: 1 } => {
                let row = raw.row(1)?;
                Raw::convert(room, conversion, &raw.bytes(row, raw.height, CV_8UC1)?)
            }
            Layout::Mosaic { conversion, .. } => {
                let row = raw.row(2)?;
                self.narrow(raw.rows(row)?.flat_map(|row| samples(row, image.is_bigendian() != 0)));
                let (rows, columns) = (raw.height, raw.width);
                let step = columns as usize;
                Raw::convert(
                    room,
                    conversion,
                    &Bytes { data: &self.narrowed, rows, columns, kind: CV_8UC1, step },
                )
            }
            Layout::Yuv422(conversion) => {
                raw.pairs(1)?;
                Raw::convert(room, conversion, &raw.bytes(raw.row(2)?, raw.height, CV_8UC2)?)
            }
            Layout::Yuv420(conversion) => {
                raw.pairs(2)?;
                let rows = raw.height.saturating_add(raw.height / 2);
                Raw::convert(room, conversion, &raw.bytes(raw.row(1)?, rows, CV_8UC1)?)
            }
            Layout::Millimetres => {
                let scale = 0.001 * 255.0 / far;
                let rows = raw.rows(raw.row(2)?)?;
                let distances = rows.flat_map(|row| samples(row, image.is_bigendian() != 0));
                self.narrowed.clear();
                self.narrowed.extend(distances.map(|distance| grey_of(f64::from(distance) * scale)));
                write_bgr(raw.narrowed(Encoding::Mono8, &self.narrowed)?, room)
            }
            Layout::Metres => {
                let scale = 255.0 / far;
                let rows = raw.rows(raw.row(4)?)?;
                let distances = rows.flat_map(|row| floats(row, image.is_bigendian() != 0));
                self.narrowed.clear();
                self.narrowed.extend(distances.map(|distance| grey_of(f64::from(distance) * scale)));
                write_bgr(raw.narrowed(Encoding::Mono8, &self.narrowed)?, room)
            }
        }
    }

    fn narrow(&mut self, samples: impl Iterator<Item = u16>) {
        self.narrowed.clear();
        // 65535 / 255 = 257, which is odd: nothing lies half way.
        self.narrowed
            .extend(samples.map(|sample| u8::try_from((u32::from(sample) + 128) / 257).unwrap_or(255)));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped; what is no number becomes 0"
)]
fn grey_of(level: f64) -> u8 {
    if level.is_finite() { level.round().clamp(0.0, 255.0) as u8 } else { 0 }
}

fn samples(row: &[u8], big_endian: bool) -> impl Iterator<Item = u16> {
    row.as_chunks::<2>()
        .0
        .iter()
        .map(move |bytes| if big_endian { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) })
}

fn floats(row: &[u8], big_endian: bool) -> impl Iterator<Item = f32> {
    row.as_chunks::<4>()
        .0
        .iter()
        .map(move |bytes| if big_endian { f32::from_be_bytes(*bytes) } else { f32::from_le_bytes(*bytes) })
}

/// A picture message whose layout is known, but not yet whether its numbers fit.
struct Raw<'a, 'b> {
    image: &'b ImageView<'a>,
    width: u32,
    height: u32,
}

/// Bytes laid out for OpenCV.
struct Bytes<'a> {
    data: &'a [u8],
    rows: u32,
    columns: u32,
    kind: i32,
    step: usize,
}

impl<'a> Raw<'a, '_> {
    fn fits(&self, room: &PictureMut<'_>) -> Result<(), VisionError> {
        let ((width, height), (out_width, out_height)) = ((self.width, self.height), room.size());
        if room.encoding() != Encoding::Bgr8 {
            return Err(VisionError::Output { encoding: room.encoding() });
        }
        if (width, height) == room.size() {
            return Ok(());
        }
        Err(PictureError::Size { width, height, out_width, out_height }.into())
    }

    fn plain(&self, encoding: Encoding) -> Result<Picture<'a>, PictureError> {
        Picture::new((self.width, self.height), encoding, self.image.step(), self.image.data())
    }

    fn narrowed<'c>(&self, encoding: Encoding, pixels: &'c [u8]) -> Result<Picture<'c>, PictureError> {
        let step = u32::try_from(encoding.channels()).unwrap_or(1).saturating_mul(self.width);
        Picture::new((self.width, self.height), encoding, step, pixels)
    }

    /// Bytes of a row's pixels, each of so many; the rows must not overlap.
    fn row(&self, bytes: usize) -> Result<usize, PictureError> {
        let (width, height, step) = (self.width, self.height, self.image.step());
        if width == 0 || height == 0 {
            return Err(PictureError::Empty { width, height });
        }
        let needed = u64::from(width) * bytes as u64;
        if u64::from(step) < needed {
            return Err(PictureError::Step { step, width, encoding: Encoding::Mono8, needed });
        }
        Ok(width as usize * bytes)
    }

    /// The rows' first `bytes` bytes; all of them must be there.
    fn rows(&self, bytes: usize) -> Result<impl Iterator<Item = &'a [u8]> + use<'a>, PictureError> {
        let step = self.image.step() as usize;
        let data = self.bytes(bytes, self.height, CV_8UC1)?.data;
        Ok(data.chunks_exact(step).take(self.height as usize).map(move |row| &row[..bytes]))
    }

    /// So many rows of elements, checked to be there; a row's pixels take `bytes`.
    fn bytes(&self, bytes: usize, rows: u32, kind: i32) -> Result<Bytes<'a>, PictureError> {
        let (data, step) = (self.image.data(), self.image.step());
        let (needed, found) = (u64::from(step) * u64::from(rows), data.len() as u64);
        if found < needed || (step as usize) < bytes {
            return Err(PictureError::Short { height: rows, step, needed, found });
        }
        Ok(Bytes { data, rows, columns: self.width, kind, step: step as usize })
    }

    /// Whether pixels, and rows if `rows` is 2, come in pairs.
    fn pairs(&self, rows: u32) -> Result<(), VisionError> {
        let (width, height) = (self.width, self.height);
        let odd = !width.is_multiple_of(2) || !height.is_multiple_of(rows);
        if odd { Err(VisionError::Odd { width, height }) } else { Ok(()) }
    }

    /// Has OpenCV convert `from` into `room`.
    fn convert(room: &mut PictureMut<'_>, conversion: i32, from: &Bytes<'_>) -> Result<(), VisionError> {
        let seen = mat::view_bytes(from.data, (from.rows, from.columns), from.kind, from.step)?;
        let mut out = mat::view_mut(room)?;
        let kept = Kept::of(&out);
        imgproc::cvt_color_def(&seen, &mut out, conversion)?;
        kept.check(&out, "cvtColor")
    }
}

#[cfg(test)]
mod tests {
    use vc::prelude::Message;
    use vc_msgs::sensor_msgs::msg::Image;

    use super::*;

    fn converted(image: &Image) -> Result<Vec<u8>, VisionError> {
        let mut cdr = vec![0; image.cdr_size()];
        image.encode(&mut cdr).unwrap();
        let (width, height) = (image.width, image.height);
        let mut out = vec![7; (3 * width * height) as usize];
        let mut room = PictureMut::new((width, height), Encoding::Bgr8, 3 * width, &mut out).unwrap();
        Converter::default().convert(&Image::view(&cdr).unwrap(), 10.0, &mut room)?;
        Ok(out)
    }

    fn image(encoding: &str, size: (u32, u32), step: u32, data: Vec<u8>) -> Image {
        Image { width: size.0, height: size.1, step, encoding: encoding.to_owned(), data, ..Image::default() }
    }

    #[test]
    fn a_mosaic_of_one_colour_is_that_colour() {
        let (red, green, blue) = (200, 100, 50);
        let mosaics = [
            ("bayer_rggb8", [red, green, green, blue]),
            ("bayer_bggr8", [blue, green, green, red]),
            ("bayer_gbrg8", [green, blue, red, green]),
            ("bayer_grbg8", [green, red, blue, green]),
        ];
        for (encoding, [a, b, c, d]) in mosaics {
            let rows = [[a, b].repeat(4), [c, d].repeat(4)].concat().repeat(4);
            let out = converted(&image(encoding, (8, 8), 8, rows)).unwrap();
            assert!(out.chunks(3).all(|pixel| pixel == [blue, green, red]), "{encoding}: {out:?}");
        }
    }

    #[test]
    fn distances_are_brighter_the_farther_and_black_where_unknown() {
        let metres = [0.0, 5.0, 10.0, 99.0, f32::NAN, f32::INFINITY, -1.0];
        let little = metres.iter().flat_map(|metres| metres.to_le_bytes()).collect();
        let grey = |out: Vec<u8>| out.chunks(3).map(|pixel| pixel[0]).collect::<Vec<_>>();
        assert_eq!(
            grey(converted(&image("32FC1", (7, 1), 28, little)).unwrap()),
            [0, 128, 255, 255, 0, 0, 0]
        );

        let millimetres = [0_u16, 5000, 10_000, 65_535];
        let big = millimetres.iter().flat_map(|distance| distance.to_be_bytes()).collect();
        let image = Image { is_bigendian: 1, ..image("16UC1", (4, 1), 8, big) };
        assert_eq!(grey(converted(&image).unwrap()), [0, 128, 255, 255]);
    }

    #[test]
    fn numbers_that_do_not_fit_are_told_for_every_encoding() {
        for encoding in layouts().keys() {
            for (size, step, bytes) in
                [((4, 4), 4, 3), ((4, 4), 1, 900), ((4, 4), 64, 100), ((4, 4), 1 << 31, 900)]
            {
                let wrong = image(encoding, size, step, vec![0; bytes]);
                assert!(converted(&wrong).is_err(), "{encoding} {size:?} {step} {bytes}");
            }
            assert!(converted(&image(encoding, (4, 4), 64, vec![9; 64 * 6])).is_ok(), "{encoding}");
        }
        let odd = converted(&image("uyvy", (3, 1), 8, vec![0; 8])).unwrap_err();
        assert!(odd.to_string().contains("odd side"), "{odd}");
        let unknown = converted(&image("jpeg", (3, 1), 8, vec![0; 8])).unwrap_err();
        assert_eq!(unknown.to_string(), "cannot convert pictures of encoding `jpeg`");
    }
}
