//! Filled shapes with hard edges, clipped to the picture. Integers only.

use vc_picture::PictureMut;

use super::glyphs;

/// Pixels of colour kept ready, so that a span is filled by wide copies.
const RUN: usize = 16;

/// A colour.
#[derive(Debug, Clone)]
pub(super) struct Paint([u8; 3 * RUN]);

impl Paint {
    pub(super) fn bgr(blue: u8, green: u8, red: u8) -> Self {
        let mut run = [0; 3 * RUN];
        for pixel in run.chunks_exact_mut(3) {
            pixel.copy_from_slice(&[blue, green, red]);
        }
        Self(run)
    }
}

/// A `bgr8` picture to draw on. Points may lie outside it.
pub(super) struct Canvas<'p, 'a> {
    picture: &'p mut PictureMut<'a>,
    width: i32,
    height: i32,
}

/// A point or a size: (x, y) or (width, height).
type Pair = (i32, i32);

impl<'p, 'a> Canvas<'p, 'a> {
    pub(super) fn new(picture: &'p mut PictureMut<'a>) -> Self {
        let side = |pixels| i32::try_from(pixels).unwrap_or(i32::MAX);
        let (width, height) = (side(picture.width()), side(picture.height()));
        Self { picture, width, height }
    }

    pub(super) fn size(&self) -> Pair {
        (self.width, self.height)
    }

    /// Fills `from..to` of row `y`.
    fn span(&mut self, y: i32, from: i32, to: i32, paint: &Paint) {
        let (from, to) = (from.clamp(0, self.width), to.clamp(0, self.width));
        let (Ok(y), Ok(from), Ok(to)) = (usize::try_from(y), usize::try_from(from), usize::try_from(to))
        else {
            return;
        };
        if let Some(pixels) = self.picture.row_mut(y).get_mut(3 * from..3 * to) {
            for run in pixels.chunks_mut(3 * RUN) {
                run.copy_from_slice(&paint.0[..run.len()]);
            }
        }
    }

    pub(super) fn rect(&mut self, (x, y): Pair, (width, height): Pair, paint: &Paint) {
        for row in y..y + height {
            self.span(row, x, x + width, paint);
        }
    }

    pub(super) fn disc(&mut self, (x, y): Pair, radius: i32, paint: &Paint) {
        for dy in -radius..=radius {
            let half = root(radius * radius - dy * dy);
            self.span(y + dy, x - half, x + half + 1, paint);
        }
    }

    /// A square turned by `degrees`; `radius` reaches from its middle to a corner.
    pub(super) fn square(&mut self, (x, y): Pair, radius: i32, degrees: u32, paint: &Paint) {
        let corner = |quarter: u32| {
            let angle = (degrees + 90 * quarter) % 360;
            (x + sine((angle + 90) % 360) * radius / 1024, y + sine(angle) * radius / 1024)
        };
        let corners = [0, 1, 2, 3].map(corner);
        for row in y - radius..=y + radius {
            let (mut from, mut to) = (i32::MAX, i32::MIN);
            for side in 0..4 {
                if let Some(x) = crossing(corners[side], corners[(side + 1) % 4], row) {
                    (from, to) = (from.min(x), to.max(x));
                }
            }
            if from <= to {
                self.span(row, from, to + 1, paint);
            }
        }
    }

    /// A character whose dots are `scale` pixels wide, its corner at `at`.
    pub(super) fn glyph(&mut self, (x, y): Pair, scale: i32, character: u8, paint: &Paint) {
        for (line, dots) in (0..).zip(glyphs::rows(character)) {
            for column in (0..5).filter(|column| dots & (0b10000 >> column) != 0) {
                self.rect((x + column * scale, y + line * scale), (scale, scale), paint);
            }
        }
    }
}

/// Where the line between two points meets `row`.
fn crossing(a: Pair, b: Pair, row: i32) -> Option<i32> {
    let (top, bottom) = if a.1 <= b.1 { (a, b) } else { (b, a) };
    if row < top.1 || row > bottom.1 {
        return None;
    }
    if top.1 == bottom.1 {
        return Some(top.0);
    }
    Some(top.0 + (bottom.0 - top.0) * (row - top.1) / (bottom.1 - top.1))
}

/// The square root, rounded down.
fn root(square: i32) -> i32 {
    i32::try_from(square.unsigned_abs().isqrt()).unwrap_or(0)
}

/// 1024 times the sine of an angle in degrees below 360, by Bhaskara's formula: within 2 of the true value.
pub(super) fn sine(degrees: u32) -> i32 {
    let half = degrees % 180;
    let product = i32::try_from(half * (180 - half)).unwrap_or(0);
    let sine = 1024 * 4 * product / (40500 - product);
    if degrees % 360 < 180 { sine } else { -sine }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sine_is_near_the_true_one() {
        for degrees in 0..360 {
            let truth = 1024.0 * f64::from(degrees).to_radians().sin();
            assert!((f64::from(sine(degrees)) - truth).abs() < 3.0, "{degrees}: {} {truth}", sine(degrees));
        }
    }
}
