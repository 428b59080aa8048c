//! Cuts a region out of a picture.

use crate::filter::Filter;
use crate::{Picture, PictureError, PictureMut};

/// A region of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Why a region is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a region is [x, y, width, height] in pixels, x and y from 0, width and height from 1; {given:?} is none"
)]
pub struct RegionError {
    given: Vec<i64>,
}

impl Default for Crop {
    /// All of a picture.
    fn default() -> Self {
        Self { x: 0, y: 0, width: u32::MAX, height: u32::MAX }
    }
}

impl Crop {
    /// The region of [x, y, width, height] pixels; x and y from 0, width and height from 1.
    ///
    /// # Errors
    /// [`RegionError`] if it is none.
    pub fn new(region: &[i64]) -> Result<Self, RegionError> {
        let numbers: Option<Vec<u32>> = region.iter().map(|number| u32::try_from(*number).ok()).collect();
        match numbers.as_deref() {
            Some(&[x, y, width, height]) if width > 0 && height > 0 => Ok(Self { x, y, width, height }),
            _ => Err(RegionError { given: region.iter().copied().take(8).collect() }),
        }
    }
}

impl Filter for Crop {
    type Error = PictureError;

    /// What of the region lies in the picture.
    fn size(&self, picture: Picture<'_>) -> Result<(u32, u32), PictureError> {
        let Self { x, y, .. } = *self;
        let (width, height) = picture.size();
        if x >= width || y >= height {
            return Err(PictureError::Outside { x, y, width, height });
        }
        Ok((self.width.min(width - x), self.height.min(height - y)))
    }

    fn apply(&mut self, picture: Picture<'_>, room: &mut PictureMut<'_>) -> Result<(), PictureError> {
        let (width, height) = self.size(picture)?;
        if (width, height) != room.size() || picture.encoding() != room.encoding() {
            let (out_width, out_height) = room.size();
            return Err(PictureError::Size { width, height, out_width, out_height });
        }
        let start = self.x as usize * picture.encoding().channels();
        let bytes = room.row_bytes();
        let rows = picture.rows().skip(self.y as usize);
        room.rows_mut().zip(rows).for_each(|(to, from)| to.copy_from_slice(&from[start..start + bytes]));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encoding;
    use proptest::prelude::*;

    #[test]
    fn the_part_inside_is_cut_out() {
        let pixels: Vec<u8> = (0..12).collect();
        let picture = Picture::new((4, 3), Encoding::Mono8, 4, &pixels).unwrap();
        let mut crop = Crop::new(&[2, 1, 9, 1]).unwrap();
        assert_eq!(crop.size(picture).unwrap(), (2, 1));

        let mut out = [0; 2];
        crop.apply(picture, &mut PictureMut::new((2, 1), Encoding::Mono8, 2, &mut out).unwrap()).unwrap();

        assert_eq!(out, [6, 7]);
    }

    #[test]
    fn a_region_beside_the_picture_is_told() {
        let pixels = [0; 12];
        let picture = Picture::new((4, 3), Encoding::Mono8, 4, &pixels).unwrap();

        let error = Crop::new(&[500, 500, 100, 100]).unwrap().size(picture).unwrap_err();

        assert_eq!(error.to_string(), "the region begins at pixel (500, 500), outside a picture of 4x3");
        for region in [&[1, 2, 3][..], &[-1, 0, 1, 1], &[0, 0, 0, 1], &[0, 0, 1 << 40, 1]] {
            assert!(Crop::new(region).is_err(), "{region:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_lies_inside(region in prop::array::uniform4(0..40_i64), width in 1..30_u32, height in 1..30_u32) {
            let pixels = vec![1; (3 * width * height) as usize];
            let picture = Picture::new((width, height), Encoding::Rgb8, 3 * width, &pixels).unwrap();
            if let Ok(mut crop) = Crop::new(&region) && let Ok(size) = crop.size(picture) {
                let mut out = vec![0; (3 * size.0 * size.1) as usize];
                let mut room = PictureMut::new(size, Encoding::Rgb8, 3 * size.0, &mut out).unwrap();
                crop.apply(picture, &mut room).unwrap();
                prop_assert!(out.iter().all(|byte| *byte == 1));
            }
        }
    }
}
