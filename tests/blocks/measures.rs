//! Blocks that say something of pictures, and cameras from outside.

use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64MultiArray;
use vc_picture::Encoding;
use vc_words::ParameterValue;

use crate::pictures::picture;
use crate::rig::Rig;

/// A picture with a patch of this grey level, 20 pixels wide and 10 high, from pixel (30, 40).
fn patch(level: u8) -> Image {
    let mut image = picture((100, 80), Encoding::Mono8, 1);
    image.data.fill(0);
    for row in image.data.chunks_mut(100).skip(40).take(10) {
        row[30..50].fill(level);
    }
    image
}

#[test]
fn the_largest_patch_is_told_and_darkness_is_not() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Float64MultiArray>("contour"));
    rig.start("contour_detector", &[]);

    feed.send_bytes(&[0, 1, 0, 0]);
    feed.send(&patch(60));
    feed.send(&patch(61));
    let found = heard.next();
    assert_eq!(found.data, [39.0, 44.0, 19.0, 9.0, 0.0]);
    assert_eq!(found.layout.dim.iter().map(|dim| dim.size).collect::<Vec<_>>(), [5]);

    rig.set("level", ParameterValue::Double(100.0)).unwrap();
    feed.send(&patch(100));
    feed.send(&patch(255));
    assert_eq!(heard.next().data[0], 39.0);
    assert!(heard.take().is_none(), "nothing of the dark ones");
    rig.end();
}

#[test]
fn a_ros_camera_makes_bgr8_of_whatever_comes() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("robot/camera"), rig.hear::<Image>("picture"));
    rig.start("ros_camera", &["-r", "image:=/robot/camera", "-p", "reliability:=reliable"]);
    let of = |encoding: &str, step, data: Vec<u8>| Image {
        width: 2,
        height: 2,
        step,
        encoding: encoding.to_owned(),
        data,
        ..Image::default()
    };

    feed.send_bytes(&[0, 1, 0, 0]);
    feed.send(&of("jpeg", 2, vec![0; 4]));
    feed.send(&Image { width: u32::MAX, height: 9, ..of("rgb8", 6, vec![0; 12]) });
    feed.send(&of("rgb8", 7, vec![1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12, 0]));
    let made = heard.next();
    assert_eq!((made.encoding.as_str(), made.step), ("bgr8", 6));
    assert_eq!(made.data, [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);

    feed.send(&of("mono16", 4, vec![0, 0, 255, 255, 0, 1, 255, 0]));
    assert_eq!(heard.next().data, [0, 0, 0, 255, 255, 255, 1, 1, 1, 1, 1, 1]);
    let told = rig.end().stderr;
    assert!(told.contains("messages are skipped"), "{told}");
}
