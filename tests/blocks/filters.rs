//! Blocks that make a picture of each picture.

use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::Encoding;
use vc_picture::crop::Crop;
use vc_vision::blur::{Blur, Kind};
use vc_vision::color_filter::ColorFilter;
use vc_vision::edges::Edges;
use vc_vision::morphology::{Morphology, Operation};
use vc_vision::threshold::Threshold;
use vc_words::ParameterValue;

use crate::pictures::{filtered, picture};
use crate::rig::Rig;

/// Sends pictures of several sizes and layouts, with bad ones between them, and compares what comes back with what
/// `expected` makes of each.
fn is_as_expected(program: &str, output: &str, args: &[&str], expected: impl Fn(&Image) -> Vec<u8>) {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>(output));
    rig.start(program, args);

    let sizes = [((640, 480), Encoding::Bgr8), ((64, 48), Encoding::Mono8), ((65, 50), Encoding::Rgba8)];
    for (number, (size, encoding)) in (1..).zip(sizes) {
        feed.send_bytes(&[0, 1, 0, 0, 9]);
        let good = picture(size, encoding, number);
        for bad in [
            Image { encoding: "yuv9".to_owned(), ..good.clone() },
            Image { data: vec![1; 8], ..good.clone() },
            Image { width: 0, ..good.clone() },
            Image { width: u32::MAX, height: u32::MAX, step: u32::MAX, ..good.clone() },
            Image { step: 1, ..good.clone() },
        ] {
            feed.send(&bad);
        }
        feed.send(&good);

        let made = heard.next();
        assert_eq!(made.header, good.header, "{program}");
        assert_eq!((made.step * made.height) as usize, made.data.len(), "{program}");
        assert!(made.data == expected(&good), "{program} of {size:?} in {encoding}");
    }
    let told = rig.end().stderr;
    assert_eq!(told.matches("messages are skipped").count(), 1, "{told}");
    assert!(told.contains("messages were skipped in all"), "{told}");
}

#[test]
fn edges() {
    is_as_expected("edge_detector", "edges", &["-p", "lower:=50"], |image| {
        filtered(image, Edges::new(50.0, 255.0))
    });
}

#[test]
fn blurs() {
    is_as_expected("blur", "blurred", &["-p", "kind:=median", "-p", "kernel:=[3, 7]"], |image| {
        filtered(image, Blur::new(Kind::Median, &[3, 7]).unwrap())
    });
}

#[test]
fn colours() {
    is_as_expected("color_filter", "filtered", &[], |image| {
        filtered(image, ColorFilter::new(&[40, 50, 0], &[140, 255, 255]).unwrap())
    });
}

#[test]
fn thresholds() {
    let args = ["-p", "upper:=200.0", "-p", "encoding:=mono8"];
    is_as_expected("threshold", "binary", &args, |image| {
        filtered(image, Threshold::new(127.0, 200.0, Encoding::Mono8))
    });
}

#[test]
fn dilations_and_erosions() {
    let of = |operation| {
        move |image: &Image| {
            let mut morphology = Morphology::new(operation);
            morphology.set_box(&[5, 5], 1).unwrap();
            filtered(image, morphology)
        }
    };
    is_as_expected("dilation", "dilated", &[], of(Operation::Dilate));
    is_as_expected("erosion", "eroded", &[], of(Operation::Erode));
}

#[test]
fn crops() {
    is_as_expected("cropper", "cropped", &["-p", "region:=[40, 30, 600, 400]"], |image| {
        filtered(image, Crop::new(&[40, 30, 600, 400]).unwrap())
    });
}

#[test]
fn a_region_beside_the_picture_is_told_and_the_next_picture_is_cut() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>("cropped"));
    rig.start("cropper", &["-p", "region:=[500, 500, 100, 100]"]);

    feed.send(&picture((640, 480), Encoding::Bgr8, 1));
    feed.send(&picture((800, 600), Encoding::Bgr8, 2));

    let made = heard.next();
    assert_eq!((made.header.stamp.nanosec, made.width, made.height), (2, 100, 100));
    let told = rig.end().stderr;
    assert!(told.contains("the region begins at pixel (500, 500), outside a picture of 640x480"), "{told}");
}

#[test]
fn parameters_that_fit_nothing_are_refused_at_the_start_and_later() {
    let mut rig = Rig::new();
    rig.start("blur", &["-p", "kernel:=[4, 4]"]);
    let ended = rig.ends();
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.stderr.contains("a gaussian window must have odd sides"), "{ended}");

    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>("blurred"));
    rig.start("blur", &[]);
    let image = picture((64, 48), Encoding::Bgr8, 1);
    let mut made = || {
        feed.send(&image);
        heard.next().data
    };
    assert!(made() == filtered(&image, Blur::default()));

    let refused = rig.set("kernel", ParameterValue::IntegerArray(vec![2, 5])).unwrap_err();
    assert!(refused.contains("odd sides"), "{refused}");
    assert!(made() == filtered(&image, Blur::default()));

    rig.set("kind", ParameterValue::String("averaging".to_owned())).unwrap();
    rig.set("kernel", ParameterValue::IntegerArray(vec![2, 5])).unwrap();
    assert!(rig.set("kind", ParameterValue::String("gaussian".to_owned())).is_err());
    assert!(made() == filtered(&image, Blur::new(Kind::Averaging, &[2, 5]).unwrap()));
    rig.end();
}
