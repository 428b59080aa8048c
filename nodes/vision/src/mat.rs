//! OpenCV's matrix over pixels that lie in somebody else's memory: a sample, a loan.
//!
//! OpenCV's functions write into the matrix they are given *if* it has the right size and type. Otherwise they
//! replace its memory by some of their own, without a word. So whoever passes a matrix of [`view_mut`] to OpenCV
//! asks [`Kept::check`] afterwards whether the pixels went where they should.

use std::ffi::c_void;

use opencv::boxed_ref::{BoxedRef, BoxedRefMut};
use opencv::core::{CV_8UC1, CV_8UC2, CV_8UC3, CV_8UC4, Mat, MatTraitConst};
use vc_picture::{Picture, PictureError, PictureMut};

use crate::VisionError;

/// The matrix of a picture to read. Copies nothing.
///
/// # Errors
/// [`VisionError::Large`] if OpenCV cannot count the pixels.
#[expect(unsafe_code, reason = "OpenCV is handed a pointer to memory it does not own")]
pub fn view(picture: Picture<'_>) -> Result<BoxedRef<'_, Mat>, VisionError> {
    let (rows, columns) = size(picture.width(), picture.height())?;
    let pixels = picture.data().as_ptr().cast_mut().cast::<c_void>();
    let kind = kind(picture.encoding().channels());
    // SAFETY: `Picture` has checked that `rows` rows of `step` bytes lie at `pixels` and that a row's pixels fit
    // into `step`. The result borrows `picture`, so they stay there; it is a `BoxedRef`, which hands out no
    // mutable matrix, so nothing writes through the pointer that was made mutable for the call.
    let mat = unsafe { Mat::new_rows_cols_with_data_unsafe(rows, columns, kind, pixels, picture.step()) }?;
    Ok(mat.into())
}

/// The matrix of `(rows, columns)` elements of OpenCV's type `kind` in bytes to read, with `step` bytes from row to
/// row. Copies nothing.
///
/// # Errors
/// [`VisionError::Large`] if OpenCV cannot count them, [`VisionError::Picture`] if the bytes are too few. The type
/// must be one of single bytes.
#[expect(unsafe_code, reason = "OpenCV is handed a pointer to memory it does not own")]
pub fn view_bytes(
    bytes: &[u8],
    (rows, columns): (u32, u32),
    kind: i32,
    step: usize,
) -> Result<BoxedRef<'_, Mat>, VisionError> {
    let (height, width) = (rows as usize, columns as usize);
    let (rows, columns) = size(width, height)?;
    let element = match kind {
        CV_8UC1 => 1,
        CV_8UC2 => 2,
        CV_8UC3 => 3,
        _ => 4,
    };
    let (needed, found) = (step as u64 * height as u64, bytes.len() as u64);
    if found < needed || step < element * width || width == 0 {
        let (height, step) = (rows.unsigned_abs(), u32::try_from(step).unwrap_or(u32::MAX));
        return Err(PictureError::Short { height, step, needed, found }.into());
    }
    let pixels = bytes.as_ptr().cast_mut().cast::<c_void>();
    // SAFETY: as for `view`, the rows and their elements having been checked here; the elements are of single bytes,
    // so that any place is aligned for them.
    let mat = unsafe { Mat::new_rows_cols_with_data_unsafe(rows, columns, kind, pixels, step) }?;
    Ok(mat.into())
}

/// The matrix of a picture to write. Copies nothing; see [`Kept`].
///
/// # Errors
/// [`VisionError::Large`] if OpenCV cannot count the pixels.
#[expect(unsafe_code, reason = "OpenCV is handed a pointer to memory it does not own")]
pub fn view_mut<'a>(picture: &'a mut PictureMut<'_>) -> Result<BoxedRefMut<'a, Mat>, VisionError> {
    let (rows, columns) = size(picture.width(), picture.height())?;
    let (kind, step) = (kind(picture.encoding().channels()), picture.step());
    let pixels = picture.data_mut().as_mut_ptr().cast::<c_void>();
    // SAFETY: `PictureMut` has checked that `rows` rows of `step` bytes lie at `pixels` and that a row's pixels
    // fit into `step`. The result borrows `picture` mutably, so they stay there and nobody else touches them.
    let mat = unsafe { Mat::new_rows_cols_with_data_unsafe(rows, columns, kind, pixels, step) }?;
    Ok(mat.into())
}

/// Where a matrix's pixels lay before a call.
#[derive(Debug, Clone, Copy)]
pub struct Kept(*const u8);

impl Kept {
    /// Remembers where `mat` lies.
    pub fn of(mat: &impl MatTraitConst) -> Self {
        Self(mat.data())
    }

    /// Whether `mat` still lies there.
    ///
    /// # Errors
    /// [`VisionError::Moved`], naming `call`, if not.
    pub fn check(self, mat: &impl MatTraitConst, call: &'static str) -> Result<(), VisionError> {
        if self.0 == mat.data() { Ok(()) } else { Err(VisionError::Moved { call }) }
    }
}

/// (rows, columns) in OpenCV's numbers.
fn size(width: usize, height: usize) -> Result<(i32, i32), VisionError> {
    match (i32::try_from(height), i32::try_from(width)) {
        (Ok(rows), Ok(columns)) => Ok((rows, columns)),
        _ => Err(VisionError::Large { width, height }),
    }
}

fn kind(channels: usize) -> i32 {
    match channels {
        1 => CV_8UC1,
        3 => CV_8UC3,
        _ => CV_8UC4,
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::{Scalar, Vec3b};
    use opencv::prelude::*;
    use vc_picture::Encoding;

    use super::*;

    #[test]
    fn the_matrix_is_the_pictures_memory() {
        let data: Vec<u8> = (0..60).collect();
        let picture = Picture::new((3, 4), Encoding::Bgr8, 12, &data).unwrap();

        let mat = view(picture).unwrap();

        assert_eq!(mat.data(), data.as_ptr());
        assert_eq!(*mat.at_2d::<Vec3b>(2, 1).unwrap(), Vec3b::from([27, 28, 29]));
    }

    #[test]
    fn writing_leaves_padding_alone() {
        let mut data = vec![9; 8];
        let mut room = PictureMut::new((3, 2), Encoding::Mono8, 4, &mut data).unwrap();
        let mut mat = view_mut(&mut room).unwrap();

        mat.set_scalar(Scalar::all(1.0)).unwrap();

        drop(mat);
        assert_eq!(data, [1, 1, 1, 9, 1, 1, 1, 9]);
    }

    #[test]
    fn a_matrix_that_moved_is_noticed() {
        let mut data = vec![0; 12];
        let mut room = PictureMut::new((4, 3), Encoding::Mono8, 4, &mut data).unwrap();
        let mut mat = view_mut(&mut room).unwrap();
        let kept = Kept::of(&mat);

        Mat::zeros(5, 5, CV_8UC1).unwrap().to_mat().unwrap().copy_to(&mut mat).unwrap();

        assert!(matches!(kept.check(&mat, "copyTo"), Err(VisionError::Moved { call: "copyTo" })));
    }
}
