//! A moving scene drawn from a frame number: the source of every demo and test.
//!
//! The same number gives the same bytes on every machine: all is drawn with integers. A counter for people stands
//! at the bottom, one for programs in the first and the last 16 rows ([`counter`]): a picture put together from two
//! frames shows two numbers.

pub mod counter;
mod glyphs;
mod shapes;

use vc_picture::{Encoding, PictureMut};

use self::counter::STRIP_ROWS;
use self::shapes::{Canvas, Paint, sine};

/// The least width and height of a scene.
pub const LEAST: u32 = 64;

/// The largest width and height of a scene.
pub const LARGEST: u32 = 16384;

/// Why a scene is not drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SceneError {
    /// Too small for its counters, or absurdly large.
    #[error("synthetic picture of {width}x{height} pixels: each side must be {LEAST} to {LARGEST}")]
    Size {
        /// Pixels in a row asked for.
        width: u32,
        /// Rows asked for.
        height: u32,
    },
    /// The room given is not the scene's.
    #[error("room for {found_width}x{found_height} `{encoding}`, but the scene is {width}x{height} `bgr8`")]
    Room {
        /// Pixels in a row of the room.
        found_width: usize,
        /// Rows of the room.
        found_height: usize,
        /// Layout of the room.
        encoding: Encoding,
        /// Pixels in a row of the scene.
        width: u32,
        /// Rows of the scene.
        height: u32,
    },
}

/// A scene of one size.
#[derive(Debug)]
pub struct Scene {
    width: u32,
    height: u32,
    /// One row of the background and as many pixels more as there are rows: row `y` starts `y` pixels in.
    background: Vec<u8>,
}

impl Scene {
    /// A scene of `width` × `height` pixels. Allocates one long row; drawing allocates nothing.
    ///
    /// # Errors
    /// [`SceneError::Size`] if a side is not within [`LEAST`] to [`LARGEST`].
    pub fn new(width: u32, height: u32) -> Result<Self, SceneError> {
        let fits = |side| (LEAST..=LARGEST).contains(&side);
        if !(fits(width) && fits(height)) {
            return Err(SceneError::Size { width, height });
        }
        let length = width + height;
        let background = (0..length).flat_map(|x| shade(x, length)).collect();
        Ok(Self { width, height, background })
    }

    /// Draws the scene of number `frame` as `bgr8`: every byte of every row is written once or more.
    ///
    /// # Errors
    /// [`SceneError::Room`] if `out` is not of the scene's size or not `bgr8`.
    pub fn draw(&self, frame: u64, out: &mut PictureMut<'_>) -> Result<(), SceneError> {
        let size = (self.width as usize, self.height as usize);
        if (out.width(), out.height()) != size || out.encoding() != Encoding::Bgr8 {
            return Err(SceneError::Room {
                found_width: out.width(),
                found_height: out.height(),
                encoding: out.encoding(),
                width: self.width,
                height: self.height,
            });
        }
        let bytes = out.row_bytes();
        for (y, row) in out.rows_mut().enumerate() {
            row.copy_from_slice(&self.background[3 * y..3 * y + bytes]);
        }
        let mut canvas = Canvas::new(out);
        draw_shapes(&mut canvas, frame);
        draw_swatches(&mut canvas);
        draw_number(&mut canvas, frame);
        counter::write(&mut canvas, frame);
        Ok(())
    }
}

/// The background's colour at `x` of `length`: night blue, over violet, to teal.
fn shade(x: u32, length: u32) -> [u8; 3] {
    const STOPS: [[u32; 3]; 3] = [[58, 34, 24], [92, 52, 84], [112, 108, 40]];
    let half = length.div_ceil(2);
    let (from, to, at) = if x < half { (0, 1, x) } else { (1, 2, x - half) };
    let mix = |channel: usize| (STOPS[from][channel] * (half - at) + STOPS[to][channel] * at) / half;
    [0, 1, 2].map(|channel| u8::try_from(mix(channel)).unwrap_or(u8::MAX))
}

/// A point that runs forth and back over `span` in `period` frames.
fn swing(frame: u64, period: u32, span: i32) -> i32 {
    let at = phase(frame, period);
    let forth = at.min(period - at);
    i32::try_from(u64::from(forth) * 2 * u64::from(span.unsigned_abs()) / u64::from(period)).unwrap_or(span)
}

/// Where `frame` stands in a repetition of `period` frames.
fn phase(frame: u64, period: u32) -> u32 {
    u32::try_from(frame % u64::from(period)).unwrap_or(0)
}

fn draw_shapes(canvas: &mut Canvas<'_, '_>, frame: u64) {
    let (width, height) = canvas.size();
    let top = STRIP_ROWS;
    let (tall, unit) = (height - 2 * STRIP_ROWS, width.min(height - 2 * STRIP_ROWS));

    // A plate that slides along the upper third, with a window in it.
    let (plate_w, plate_h) = (unit / 3, unit / 5);
    let (x, y) = (swing(frame, 400, width - plate_w), top + tall / 7);
    canvas.rect((x, y), (plate_w, plate_h), &Paint::bgr(214, 178, 46));
    let border = (unit / 40).max(1);
    let inner = (plate_w - 2 * border, plate_h - 2 * border);
    canvas.rect((x + border, y + border), inner, &Paint::bgr(120, 84, 18));

    // A square that turns on the spot, a quarter turn in 90 frames.
    let (centre, radius) = ((width * 3 / 4, top + tall / 2), unit / 5);
    let turn = phase(frame, 360);
    canvas.square(centre, radius, turn, &Paint::bgr(122, 92, 236));
    canvas.square(centre, radius * 3 / 5, 360 - turn, &Paint::bgr(60, 34, 120));

    // A ball that jumps across and back.
    let radius = (unit / 8).max(3);
    let jump = sine(phase(frame, 60) * 3) * (tall / 2) / 1024;
    let ball = (radius + swing(frame, 300, width - 2 * radius), top + tall * 5 / 6 - radius - jump);
    canvas.disc(ball, radius, &Paint::bgr(64, 158, 250));
    canvas.disc(ball, radius * 2 / 3, &Paint::bgr(40, 104, 214));
    canvas.disc((ball.0 - radius / 3, ball.1 - radius / 3), radius / 5, &Paint::bgr(226, 240, 255));

    // Three moons on a circle.
    let orbit = unit / 4;
    for (moon, paint) in
        (0..).zip([Paint::bgr(140, 220, 130), Paint::bgr(240, 240, 240), Paint::bgr(90, 220, 240)])
    {
        let angle = (phase(frame, 180) * 2 + moon * 120) % 360;
        let at = (
            width / 4 + sine((angle + 90) % 360) * orbit / 1024,
            top + tall / 2 + sine(angle) * orbit / 1024,
        );
        canvas.disc(at, (unit / 24).max(2), &paint);
    }
}

/// Three named colours, so that an eye sees when channels are swapped.
fn draw_swatches(canvas: &mut Canvas<'_, '_>) {
    let (width, height) = canvas.size();
    let scale = (width.min(height) / 200).max(1);
    let (side, top) = (11 * scale, STRIP_ROWS + scale);
    let colours =
        [(b'R', Paint::bgr(40, 40, 230)), (b'G', Paint::bgr(60, 200, 50)), (b'B', Paint::bgr(235, 90, 40))];
    for (place, (letter, paint)) in (0..).zip(colours) {
        let x = width - (3 - place) * (side + scale);
        canvas.rect((x, top), (side, side), &paint);
        canvas.glyph((x + 3 * scale, top + 2 * scale), scale, letter, &Paint::bgr(255, 255, 255));
    }
}

/// The frame number for people, on a dark plate at the bottom.
fn draw_number(canvas: &mut Canvas<'_, '_>, frame: u64) {
    let (width, height) = canvas.size();
    let mut digits = [b'0'; 20];
    let mut rest = frame;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    let shown = digits.iter().position(|digit| *digit != b'0').unwrap_or(20).min(14);
    let text = &digits[shown..];
    let count = i32::try_from(text.len()).unwrap_or(20);
    let scale = (width * 2 / 5 / (6 * count)).min(height / 60).max(1);
    let (plate_w, plate_h) = ((6 * count + 3) * scale, 11 * scale);
    let (x, y) = ((width - plate_w) / 2, height - STRIP_ROWS - plate_h - scale);
    canvas.rect((x, y), (plate_w, plate_h), &Paint::bgr(24, 16, 12));
    for (place, digit) in (0..).zip(text) {
        let at = (x + (2 + 6 * place) * scale, y + 2 * scale);
        canvas.glyph(at, scale, *digit, &Paint::bgr(255, 255, 255));
    }
}

#[cfg(test)]
mod tests {
    use super::counter::read_counter;
    use super::*;
    use proptest::prelude::*;

    fn drawn(frame: u64, width: u32, height: u32) -> Vec<u8> {
        let mut data = vec![0xAA; (width * height * 3) as usize];
        let mut out = PictureMut::new((width, height), Encoding::Bgr8, width * 3, &mut data).unwrap();
        Scene::new(width, height).unwrap().draw(frame, &mut out).unwrap();
        data
    }

    fn seen(data: &[u8], width: u32, height: u32) -> Option<(u64, u64)> {
        read_counter(vc_picture::Picture::new((width, height), Encoding::Bgr8, width * 3, data).unwrap())
    }

    #[test]
    fn the_same_number_gives_the_same_bytes_and_the_next_number_others() {
        assert_eq!(drawn(7, 320, 240), drawn(7, 320, 240));
        assert_ne!(drawn(7, 320, 240), drawn(8, 320, 240));
    }

    #[test]
    fn a_torn_picture_shows_two_numbers() {
        let (mut torn, next) = (drawn(41, 320, 240), drawn(42, 320, 240));

        let middle = torn.len() / 2;
        torn[middle..].copy_from_slice(&next[middle..]);

        assert_eq!(seen(&torn, 320, 240), Some((41, 42)));
    }

    #[test]
    fn rows_may_be_padded_and_the_padding_stays() {
        let mut data = vec![0xAA; 1000 * 100];
        let mut out = PictureMut::new((320, 100), Encoding::Bgr8, 1000, &mut data).unwrap();

        Scene::new(320, 100).unwrap().draw(3, &mut out).unwrap();

        assert_eq!(read_counter(out.as_picture()), Some((3, 3)));
        assert!(data.chunks(1000).all(|row| row[960..].iter().all(|byte| *byte == 0xAA)));
    }

    #[test]
    fn sizes_and_rooms_that_do_not_fit_are_refused() {
        assert!(Scene::new(63, 64).is_err());
        assert!(Scene::new(64, LARGEST + 1).is_err());
        let mut data = vec![0; 64 * 64 * 3];
        let mut grey = PictureMut::new((64, 64), Encoding::Mono8, 64, &mut data).unwrap();

        let error = Scene::new(64, 64).unwrap().draw(0, &mut grey).unwrap_err();

        assert!(matches!(error, SceneError::Room { encoding: Encoding::Mono8, .. }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_size_and_number_can_be_drawn_and_read(frame: u64, width in 64..700_u32, height in 64..500_u32) {
            let number = frame % counter::MODULUS;
            prop_assert_eq!(seen(&drawn(frame, width, height), width, height), Some((number, number)));
        }
    }
}
