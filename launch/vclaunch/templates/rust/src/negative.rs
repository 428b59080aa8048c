//! What the block does to a picture: no ports here, so that a test can call it.

use vc_picture::filter::Filter;
use vc_picture::{Picture, PictureError, PictureMut};

/// Mixes a picture with its negative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Negative {
    /// 0: the picture as it is; 1: its negative.
    pub(crate) strength: f64,
}

impl Negative {
    /// What becomes of each value that a byte can have.
    fn table(self) -> [u8; 256] {
        std::array::from_fn(|value| {
            let value = value as f64;
            (value + (255.0 - 2.0 * value) * self.strength).round() as u8
        })
    }
}

impl Filter for Negative {
    type Error = PictureError;

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), PictureError> {
        let table = self.table();
        for (from, to) in picture.rows().zip(room.rows_mut()) {
            for (from, to) in from.iter().zip(to) {
                *to = table[usize::from(*from)];
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vc_picture::Encoding;

    #[test]
    fn black_becomes_white() {
        let (pixels, mut made) = ([0, 255, 100], [0; 3]);
        let picture = Picture::new((3, 1), Encoding::Mono8, 3, &pixels).unwrap();
        let mut room = PictureMut::new((3, 1), Encoding::Mono8, 3, &mut made).unwrap();

        Negative { strength: 1.0 }.apply(picture, &mut room).unwrap();

        assert_eq!(made, [255, 0, 155]);
    }
}
