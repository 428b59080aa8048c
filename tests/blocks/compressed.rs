//! Pictures made small and large again.

use vc_msgs::sensor_msgs::msg::{CompressedImage, Image};
use vc_picture::decode::decode;
use vc_picture::{Encoding, encode};
use vc_words::ParameterValue;

use crate::pictures::picture;
use crate::rig::Rig;

#[test]
fn pictures_are_made_small_as_asked() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<CompressedImage>("compressed"));
    rig.start("image_encode", &["-p", "quality:=90"]);
    let image = picture((64, 48), Encoding::Rgb8, 5);

    feed.send_bytes(&[0, 1, 0, 0]);
    feed.send(&Image { width: 0, ..image.clone() });
    feed.send(&Image { width: u32::MAX, ..image.clone() });
    feed.send(&image);
    let small = heard.next();
    assert_eq!((small.format.as_str(), &small.header), ("rgb8; jpeg compressed bgr8", &image.header));
    let size = small.data.len();
    assert_eq!(decode(&small.data).unwrap().size(), (64, 48));

    rig.set("quality", ParameterValue::Integer(5)).unwrap();
    feed.send(&image);
    assert!(heard.next().data.len() < size / 2, "less quality, fewer bytes");

    rig.set("format", ParameterValue::String("png".to_owned())).unwrap();
    feed.send(&picture((64, 48), Encoding::Mono8, 5));
    let small = heard.next();
    assert_eq!((small.format.as_str(), &small.data[1..4]), ("mono8; png compressed ", &b"PNG"[..]));
    let told = rig.end().stderr;
    assert!(told.contains("messages are skipped"), "{told}");
}

#[test]
fn pictures_are_made_large_again() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<CompressedImage>("compressed"), rig.hear::<Image>("image"));
    rig.start("image_decode", &["-p", "reliability:=reliable"]);
    let message = |data: &[u8]| {
        let mut message = CompressedImage { data: data.to_vec(), ..CompressedImage::default() };
        message.header.stamp.nanosec = 9;
        message
    };

    for (size, encoding) in
        [((31, 17), Encoding::Bgr8), ((640, 480), Encoding::Mono8), ((1, 1), Encoding::Bgr8)]
    {
        let image = picture(size, encoding, 9);
        let png =
            encode::png(vc_picture::Picture::new(size, encoding, image.step, &image.data).unwrap()).unwrap();
        feed.send_bytes(&[0, 1, 0, 0]);
        feed.send(&message(b""));
        feed.send(&message(b"no picture at all"));
        feed.send(&message(&png[..png.len() / 2]));
        feed.send(&message(&png));

        let large = heard.next();

        assert_eq!(
            (large.encoding.as_str(), large.step, large.header.stamp.nanosec),
            (encoding.name(), image.step, 9)
        );
        assert!(large.data == image.data, "{size:?}");
    }
    let told = rig.end().stderr;
    assert!(told.contains("messages are skipped"), "{told}");
}
