//! What the programs of `vc-bench circuit` have in common: the pictures that go round, and how one is told
//! from a torn one.

use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::{Encoding, PictureMut, message};
use vc_sources::synthetic::Scene;

/// What went wrong.
pub type BenchError = Box<dyn std::error::Error>;

/// Pictures that go round; each carries its number as its frame id.
pub const PICTURES: usize = 8;

/// The pictures of one size, as messages.
///
/// # Errors
/// If there can be no pictures of that size.
pub fn stills(width: u32, height: u32) -> Result<Vec<Image>, BenchError> {
    let scene = Scene::new(width, height)?;
    let draw = |number: usize| {
        let mut image = message::layout((width, height), Encoding::Bgr8, &number.to_string())?;
        image.data = vec![0; image.step as usize * height as usize];
        let mut room = PictureMut::new((width, height), Encoding::Bgr8, image.step, &mut image.data)?;
        // Far enough apart that a mixture of two is neither.
        scene.draw(25 * number as u64, &mut room)?;
        Ok(image)
    };
    (0..PICTURES).map(draw).collect()
}

/// A number that differs where pictures differ, made of every 32nd row of `step` bytes: quicker than
/// pictures come, and enough to tell one that is whole from one that is torn between two rows.
pub fn digest(pixels: &[u8], step: u32) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let add = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(23);
    pixels.chunks(step.max(1) as usize).step_by(32).fold(pixels.len() as u64, |sum, row| {
        let (words, rest) = row.as_chunks::<8>();
        let sum = words.iter().fold(sum, |sum, word| add(sum, u64::from_le_bytes(*word)));
        rest.iter().fold(sum, |sum, byte| add(sum, u64::from(*byte)))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_pictures_differ_and_so_do_their_digests() {
        let stills = stills(64, 480).unwrap();
        let of = |pixels: &[u8]| digest(pixels, stills[0].step);
        let digests: BTreeSet<u64> = stills.iter().map(|still| of(&still.data)).collect();

        assert_eq!(digests.len(), PICTURES);
        let (one, other) = (&stills[0].data, &stills[1].data);
        let torn = [&one[..one.len() / 2], &other[one.len() / 2..]].concat();
        assert!(!digests.contains(&of(&torn)));
    }
}
