//! Blocks that find something in pictures. What they find is compared with OpenCV's Python package in `vc-vision`.

use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64MultiArray;
use vc_picture::Encoding;

use crate::pictures::picture;
use crate::rig::Rig;

#[test]
fn without_a_face_its_place_is_the_middle_and_nothing_is_drawn() {
    let mut rig = Rig::new();
    let feed = rig.feed::<Image>("image");
    let (mut face, mut faces) =
        (rig.hear::<Float64MultiArray>("face"), rig.hear::<Float64MultiArray>("faces"));
    let mut marked = rig.hear::<Image>("marked");
    rig.start("face_detector", &[]);
    let image = picture((100, 80), Encoding::Bgr8, 3);

    feed.send_bytes(&[0, 1, 0, 0]);
    let told = std::iter::from_fn(|| {
        feed.send(&image);
        Some(face.next().data)
    });
    for data in told.take(2) {
        assert_eq!(data, [50.0, 40.0, 0.0, 0.0]);
        let none = faces.next();
        assert_eq!((none.layout.dim[0].size, none.layout.dim[1].size, none.data.len()), (0, 4, 0));
        assert!(marked.next() == image);
    }
    rig.end();
}

#[test]
fn what_is_looked_for_must_be_there() {
    for (program, args, expected) in [
        ("face_detector", &["-p", "cascade:=/no/where.xml"][..], "cannot read the cascade `/no/where.xml`"),
        ("object_detector", &[], "parameter `model` names no network"),
        ("object_detector", &["-p", "model:=/no/tiny.weights"], "cannot read the network `/no/tiny.weights`"),
        (
            "object_detector",
            &["-p", "model:=/etc/hostname"],
            "ends neither in .weights (Darknet) nor in .onnx",
        ),
    ] {
        let mut rig = Rig::new();
        rig.start(program, args);

        let ended = rig.ends();

        assert_eq!(ended.code, Some(1), "{program}: {ended}");
        assert!(ended.stderr.contains(expected), "{program}: {ended}");
    }
}
