//! Pictures to send, and what becomes of them in this process.

use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::filter::Filter;
use vc_picture::{Encoding, Picture, PictureMut, message};
use vc_tests::harness::Random;

/// A picture of smooth noise, stamped with `number`.
pub(crate) fn picture(size: (u32, u32), encoding: Encoding, number: u32) -> Image {
    let mut image = message::layout(size, encoding, "eye").unwrap();
    image.header.stamp.nanosec = number;
    let mut random = Random::new(u64::from(number) + 1);
    let mut level = 128_u8;
    image.data = (0..image.step * size.1)
        .map(|_| {
            level =
                level.saturating_add((random.next() % 31) as u8).saturating_sub((random.next() % 31) as u8);
            level
        })
        .collect();
    image
}

/// What `filter` makes of a picture.
pub(crate) fn filtered(image: &Image, mut filter: impl Filter) -> Vec<u8> {
    let encoding = image.encoding.parse::<Encoding>().unwrap();
    let picture = Picture::new((image.width, image.height), encoding, image.step, &image.data).unwrap();
    let (size, encoding) = (filter.size(picture).unwrap(), filter.encoding(picture));
    let step = size.0 * encoding.channels() as u32;
    let mut out = vec![0; (step * size.1) as usize];
    filter.apply(picture, &mut PictureMut::new(size, encoding, step, &mut out).unwrap()).unwrap();
    out
}
