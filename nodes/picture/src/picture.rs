//! Pixels in borrowed memory.

use crate::encoding::{Encoding, UnknownEncoding};

/// Why some bytes are no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// A pixel layout not known here.
    #[error(transparent)]
    Encoding(#[from] UnknownEncoding),
    /// Not even a picture message.
    #[error("not a picture message")]
    Message(#[from] vc_msgs::cdr::DecodeError),
    /// No pixels.
    #[error("picture of {width}x{height} pixels is empty")]
    Empty {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The rows overlap.
    #[error("picture has rows of {step} bytes, but {width} pixels of `{encoding}` need {needed}")]
    Step {
        /// Bytes from row to row.
        step: u32,
        /// Pixels in a row.
        width: u32,
        /// Their layout.
        encoding: Encoding,
        /// The least step.
        needed: u64,
    },
    /// Bytes are missing.
    #[error("picture of {height} rows of {step} bytes needs {needed} bytes, but has {found}")]
    Short {
        /// Rows.
        height: u32,
        /// Bytes from row to row.
        step: u32,
        /// Bytes needed.
        needed: u64,
        /// Bytes there.
        found: u64,
    },
    /// Input and output differ in size.
    #[error("picture of {width}x{height} pixels, but room for {out_width}x{out_height}")]
    Size {
        /// Pixels in a row of the input.
        width: u32,
        /// Rows of the input.
        height: u32,
        /// Pixels in a row of the output.
        out_width: u32,
        /// Rows of the output.
        out_height: u32,
    },
    /// What is asked for lies beside the picture.
    #[error("the region begins at pixel ({x}, {y}), outside a picture of {width}x{height}")]
    Outside {
        /// Column.
        x: u32,
        /// Row.
        y: u32,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
}

/// The shape of a picture, known to fit its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    width: usize,
    height: usize,
    step: usize,
    encoding: Encoding,
}

impl Shape {
    /// Checks a shape against the number of bytes there. `usize` is at least 32 bits wide on every
    /// system this runs on, and the products are formed in 64 bits, where they cannot overflow.
    fn check(
        (width, height): (u32, u32),
        encoding: Encoding,
        step: u32,
        found: usize,
    ) -> Result<Self, PictureError> {
        let needed = u64::from(width) * encoding.channels() as u64;
        if width == 0 || height == 0 {
            return Err(PictureError::Empty { width, height });
        }
        if u64::from(step) < needed {
            return Err(PictureError::Step { step, width, encoding, needed });
        }
        let needed = u64::from(step) * u64::from(height);
        let found = found as u64;
        if found < needed {
            return Err(PictureError::Short { height, step, needed, found });
        }
        Ok(Self { width: width as usize, height: height as usize, step: step as usize, encoding })
    }

    fn row_bytes(self) -> usize {
        self.width * self.encoding.channels()
    }
}

macro_rules! shape_getters {
    () => {
        /// Pixels in a row.
        pub fn width(&self) -> usize {
            self.shape.width
        }

        /// Rows.
        pub fn height(&self) -> usize {
            self.shape.height
        }

        /// Pixels in a row, and rows.
        pub fn size(&self) -> (u32, u32) {
            let side = |pixels| u32::try_from(pixels).unwrap_or(u32::MAX);
            (side(self.shape.width), side(self.shape.height))
        }

        /// Bytes from the start of one row to the start of the next.
        pub fn step(&self) -> usize {
            self.shape.step
        }

        /// The pixels' layout.
        pub fn encoding(&self) -> Encoding {
            self.shape.encoding
        }

        /// Bytes of a row's pixels, without what pads it.
        pub fn row_bytes(&self) -> usize {
            self.shape.row_bytes()
        }

        /// Whether the rows follow each other without padding.
        pub fn is_packed(&self) -> bool {
            self.shape.step == self.shape.row_bytes()
        }
    };
}

/// Pixels to read.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    shape: Shape,
    data: &'a [u8],
}

impl<'a> Picture<'a> {
    /// Checks `data` once as a picture of `size` = (width, height); `step` is in bytes.
    ///
    /// # Errors
    /// [`PictureError`] if it has no pixels, its rows overlap, or bytes are missing.
    pub fn new(
        size: (u32, u32),
        encoding: Encoding,
        step: u32,
        data: &'a [u8],
    ) -> Result<Self, PictureError> {
        let shape = Shape::check(size, encoding, step, data.len())?;
        Ok(Self { shape, data: &data[..shape.step * shape.height] })
    }

    shape_getters!();

    /// All bytes: `step` × `height`.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The pixels of each row, from the top, without padding.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.shape.row_bytes();
        self.data.chunks_exact(self.shape.step).map(move |row| &row[..bytes])
    }
}

/// Pixels to write.
#[derive(Debug)]
pub struct PictureMut<'a> {
    shape: Shape,
    data: &'a mut [u8],
}

impl<'a> PictureMut<'a> {
    /// Checks `data` once as room for a picture of `size` = (width, height); `step` is in bytes.
    ///
    /// # Errors
    /// [`PictureError`] if it has no pixels, its rows overlap, or bytes are missing.
    pub fn new(
        size: (u32, u32),
        encoding: Encoding,
        step: u32,
        data: &'a mut [u8],
    ) -> Result<Self, PictureError> {
        let shape = Shape::check(size, encoding, step, data.len())?;
        Ok(Self { shape, data: &mut data[..shape.step * shape.height] })
    }

    shape_getters!();

    /// All bytes: `step` × `height`.
    pub fn data_mut(&mut self) -> &mut [u8] {
        self.data
    }

    /// The pixels of each row, from the top, without padding.
    pub fn rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [u8]> {
        let bytes = self.shape.row_bytes();
        self.data.chunks_exact_mut(self.shape.step).map(move |row| &mut row[..bytes])
    }

    /// The pixels of row `y` from the top, without padding; empty below the last row.
    pub fn row_mut(&mut self, y: usize) -> &mut [u8] {
        if y >= self.shape.height {
            return &mut [];
        }
        let (start, bytes) = (y * self.shape.step, self.shape.row_bytes());
        &mut self.data[start..start + bytes]
    }

    /// The same pixels, to read.
    pub fn as_picture(&self) -> Picture<'_> {
        Picture { shape: self.shape, data: self.data }
    }
}

impl PictureMut<'_> {
    /// Whether there is room for as many pixels as `picture` has.
    ///
    /// # Errors
    /// [`PictureError::Size`] if not.
    pub fn fits(&self, picture: Picture<'_>) -> Result<(), PictureError> {
        if picture.size() == self.size() {
            return Ok(());
        }
        let ((width, height), (out_width, out_height)) = (picture.size(), self.size());
        Err(PictureError::Size { width, height, out_width, out_height })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padding_is_left_out_of_rows() {
        let data = [1, 2, 3, 9, 4, 5, 6, 9];

        let picture = Picture::new((1, 2), Encoding::Bgr8, 4, &data).unwrap();

        assert_eq!(picture.rows().collect::<Vec<_>>(), [[1, 2, 3], [4, 5, 6]]);
        assert!(!picture.is_packed());
    }

    #[test]
    fn each_mistake_has_its_error() {
        let of = |width, height, step, len| {
            Picture::new((width, height), Encoding::Rgba8, step, &vec![0; len]).unwrap_err()
        };

        assert!(matches!(of(0, 4, 16, 64), PictureError::Empty { .. }));
        assert!(matches!(of(4, 4, 15, 64), PictureError::Step { needed: 16, .. }));
        assert!(matches!(of(4, 4, 16, 63), PictureError::Short { needed: 64, found: 63, .. }));
    }

    #[test]
    fn sizes_that_overflow_are_answered() {
        let error = Picture::new((u32::MAX, u32::MAX), Encoding::Bgra8, u32::MAX, &[0; 16]).unwrap_err();
        assert!(matches!(error, PictureError::Step { .. }));

        let error = Picture::new((1 << 28, u32::MAX), Encoding::Bgra8, u32::MAX, &[0; 16]).unwrap_err();
        assert!(matches!(error, PictureError::Short { .. }));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_can_be_walked(
            width: u32, height: u32, step: u32, small in any::<bool>(), which in 0..5_usize, len in 0..4096_usize,
        ) {
            let fold = |n: u32| if small { n % 64 } else { n };
            let mut data = vec![0; len];
            let size = (fold(width), fold(height));
            if let Ok(mut picture) = PictureMut::new(size, Encoding::ALL[which], fold(step), &mut data) {
                let bytes = picture.row_bytes();
                prop_assert_eq!(picture.rows_mut().len(), picture.height());
                prop_assert!(picture.rows_mut().all(|row| row.len() == bytes));
                let last = picture.height() - 1;
                prop_assert_eq!(picture.row_mut(last).len(), bytes);
                prop_assert!(picture.row_mut(last + 1).is_empty());
            }
        }
    }
}
