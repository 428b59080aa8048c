//! The frame number as squares that a program reads: in the first and in the last 16 rows.
//!
//! A strip has 32 cells from the left: white, 30 bits with the highest first, black. White is 1.

use vc_picture::{Encoding, Picture};

use super::shapes::{Canvas, Paint};

/// Rows of each strip.
pub(super) const STRIP_ROWS: i32 = 16;

/// The number shown is the frame's modulo this.
pub const MODULUS: u64 = 1 << BITS;

const BITS: u32 = 30;
const CELLS: i32 = 32;

/// Pixels in a cell's row: square where the picture is wide enough.
fn cell_width(width: i32) -> i32 {
    (width / CELLS).clamp(2, STRIP_ROWS)
}

/// The cells of a number, from the left.
fn cells(frame: u64) -> u32 {
    let number = u32::try_from(frame % MODULUS).unwrap_or(0);
    1 << (BITS + 1) | number << 1
}

pub(super) fn write(canvas: &mut Canvas<'_, '_>, frame: u64) {
    let (width, height) = canvas.size();
    let (cell, cells) = (cell_width(width), cells(frame));
    let (white, black) = (Paint::bgr(255, 255, 255), Paint::bgr(0, 0, 0));
    for top in [0, height - STRIP_ROWS] {
        for place in 0..CELLS {
            let paint = if cells << place & (1 << (BITS + 1)) == 0 { &black } else { &white };
            canvas.rect((place * cell, top), (cell, STRIP_ROWS), paint);
        }
    }
}

/// Reads the number in the first and in the last rows of a picture of the scene.
///
/// Two numbers that differ: the picture was put together from two frames. `None`: there is no such strip.
pub fn read_counter(picture: Picture<'_>) -> Option<(u64, u64)> {
    let strip = usize::try_from(STRIP_ROWS).ok()?;
    let bottom = picture.height().checked_sub(strip)?;
    Some((read_strip(picture, strip / 2)?, read_strip(picture, bottom + strip / 2)?))
}

fn read_strip(picture: Picture<'_>, y: usize) -> Option<u64> {
    let row = picture.rows().nth(y)?;
    let channels = picture.encoding().channels();
    let cell = usize::try_from(cell_width(i32::try_from(picture.width()).ok()?)).ok()?;
    let mut cells = 0_u32;
    for place in 0..usize::try_from(CELLS).ok()? {
        let at = (place * cell + cell / 2) * channels;
        let pixel = row.get(at..at + channels)?;
        let colours = if picture.encoding() == Encoding::Mono8 { 1 } else { 3 };
        let sum: usize = pixel[..colours].iter().map(|level| usize::from(*level)).sum();
        cells = cells << 1 | u32::from(sum > colours * 127);
    }
    let framed = cells >> (BITS + 1) == 1 && cells & 1 == 0;
    framed.then_some(u64::from(cells >> 1) % MODULUS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_without_strips_has_no_number() {
        for level in [0, 255] {
            let data = vec![level; 100 * 100];
            let picture = Picture::new((100, 100), Encoding::Mono8, 100, &data).unwrap();
            assert_eq!(read_counter(picture), None);
        }
        let tiny = Picture::new((8, 8), Encoding::Mono8, 8, &[255; 64]).unwrap();
        assert_eq!(read_counter(tiny), None);
    }
}
