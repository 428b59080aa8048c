//! The input `enable` and the parameter `max_rate`, which every block has in common.

use std::time::Instant;

use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::Float64;
use vc_picture::Encoding;
use vc_words::ParameterValue;

use crate::pictures::picture;
use crate::rig::{A_WHILE, Heard, Rig};

fn number(image: &Image) -> u32 {
    image.header.stamp.nanosec
}

fn send(feed: &crate::rig::Feed<Image>, numbers: impl Iterator<Item = u32>) {
    numbers.for_each(|number| feed.send(&picture((16, 12), Encoding::Mono8, number)));
}

#[test]
fn a_wired_enable_waits_pauses_and_resumes_with_the_newest_picture() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>("cropped"));
    let enable = rig.feed::<Float64>("switch");
    rig.start("cropper", &["-r", "enable:=/switch"]);
    let turn = |on: f64| enable.send(&Float64 { data: on });

    send(&feed, 1..=3);
    std::thread::sleep(A_WHILE);
    turn(1.0);
    assert_eq!(number(&heard.next()), 3, "what came before the first value waits; the newest counts");
    send(&feed, 4..=4);
    assert_eq!(number(&heard.next()), 4);

    turn(0.0);
    std::thread::sleep(A_WHILE);
    send(&feed, 5..=9);
    std::thread::sleep(A_WHILE);
    assert!(heard.take().is_none(), "paused");

    turn(-0.5);
    assert_eq!(number(&heard.next()), 9);
    send(&feed, 10..=10);
    assert_eq!(number(&heard.next()), 10);
    rig.end();
}

#[test]
fn an_enable_that_is_not_wired_is_not_listened_to() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>("cropped"));
    let enable = rig.feed::<Float64>("enable");
    rig.start("cropper", &[]);

    send(&feed, 1..=1);

    assert_eq!(number(&heard.next()), 1);
    assert!(!enable.is_heard(), "nobody subscribes to /enable");
    rig.end();
}

/// Sends `count` pictures at once and gives the numbers of those that came through, and how long it took, in s.
fn burst(feed: &crate::rig::Feed<Image>, heard: &mut Heard<Image>, count: u32) -> (Vec<u32>, f64) {
    let began = Instant::now();
    send(feed, 1..=count);
    let came = heard.until(|image| number(image) == count);
    (came.iter().map(number).collect(), began.elapsed().as_secs_f64())
}

#[test]
fn a_rate_is_kept_and_the_newest_is_never_lost() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>("cropped"));
    rig.start("cropper", &["-p", "max_rate:=5.0"]);

    let (came, seconds) = burst(&feed, &mut heard, 20);
    assert!(came.len() as f64 <= 2.0 + 5.0 * seconds, "{} in {seconds} s", came.len());
    assert!(came.len() < 20 && came.is_sorted(), "{came:?}");

    rig.set("max_rate", ParameterValue::Double(0.0)).unwrap();
    feed.send(&picture((16, 12), Encoding::Mono8, 99));
    heard.until(|image| number(image) == 99);
    for one in 1..=20 {
        send(&feed, one..=one);
        assert_eq!(number(&heard.next()), one, "without a limit each one comes");
    }
    rig.end();
}

#[test]
fn a_camera_takes_no_pictures_while_it_is_paused() {
    let mut rig = Rig::new();
    let mut heard = rig.hear::<Image>("image");
    let enable = rig.feed::<Float64>("switch");
    rig.start(
        "camera",
        &["-r", "enable:=/switch", "-p", "rate:=200.0", "-p", "width:=64", "-p", "height:=64"],
    );

    enable.send(&Float64 { data: 0.0 });
    std::thread::sleep(A_WHILE);
    assert!(heard.take().is_none(), "waiting");

    enable.send(&Float64 { data: 1.0 });
    heard.next();
    rig.end();
}
