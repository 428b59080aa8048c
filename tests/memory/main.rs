//! How much memory a wire really takes.

use vc::prelude::*;
use vc::topic::Local;
use vc_msgs::sensor_msgs::msg::Image;
use vc_msgs::std_msgs::msg::UInt64;
use vc_tests::conformance::{Isolated, OneThread, Reader};
use vc_tests::harness::memory_touched;
use vc_words::Durability;

/// What a port of pictures has unless it says otherwise.
const QOS: Qos = Qos::DEFAULT.keep_last(Image::DEFAULT_DEPTH);
const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
/// Bytes of one frame.
const FRAME: usize = WIDTH * HEIGHT * 3;

fn send_frames(camera: &Publisher<Image>, frames: usize) {
    let fields =
        Image { width: 1920, height: 1080, step: 5760, encoding: "bgr8".to_owned(), ..Image::default() };
    for frame in 0..frames {
        let mut loan = camera.loan(&fields, FRAME).unwrap();
        loan.region_mut().fill(frame as u8);
        loan.send().unwrap();
    }
}

/// Sends frames, with `looks` made by the reader meanwhile, and says how many frames of memory are really there.
fn frames_touched(what: &str, look: impl Fn(&mut Reader<Image, Local>, &mut Vec<Sample<Image>>)) -> f64 {
    let world = OneThread::isolated();
    let (mut screen, camera) =
        (world.reader_with("image", QOS).unwrap(), world.writer_with("image", QOS).unwrap());
    let mut held = Vec::new();
    for _ in 0..100 {
        send_frames(&camera, 1);
        look(&mut screen, &mut held);
    }
    report(what, &world)
}

fn report(what: &str, world: &OneThread) -> f64 {
    let bytes = memory_touched(world.reading());
    let frames = bytes as f64 / FRAME as f64;
    println!("{what}: {bytes} bytes of shared memory, {frames:.2} frames of 1080p");
    frames
}

#[test]
fn a_wire_with_a_stalled_reader_takes_less_than_eight_frames() {
    assert!(frames_touched("stalled reader", |_, _| ()) < 8.0);
}

#[test]
fn a_wire_whose_reader_keeps_up_takes_less_than_eight_frames() {
    let frames = frames_touched("reader that keeps up", |screen, _| drop(screen.next()));
    assert!(frames < 8.0);
}

#[test]
fn a_wire_whose_reader_holds_two_frames_takes_less_than_eight_frames() {
    let frames = frames_touched("reader that holds two and stalls", |screen, held| {
        if held.len() < 2 {
            held.push(screen.next());
        }
    });
    assert!(frames < 8.0);
}

#[test]
fn two_stalled_readers_share_what_both_have_queued() {
    let world = OneThread::isolated();
    let _screens =
        [world.reader_with::<Image>("image", QOS).unwrap(), world.reader_with("image", QOS).unwrap()];
    let camera = world.writer_with("image", QOS).unwrap();

    send_frames(&camera, 100);

    assert!(report("two stalled readers", &world) < 8.0);
}

/// What a publisher keeps for late joiners is a second copy, beside the queue of the readers.
#[test]
fn a_latched_picture_is_kept_as_often_as_it_is_promised() {
    let world = OneThread::isolated();
    let qos = Qos { durability: Durability::TransientLocal, ..Qos::DEFAULT }.keep_last(1);
    let camera = world.writer_with("image", qos).unwrap();

    send_frames(&camera, 100);

    // The one kept, the one written, and both of their copies.
    assert!(report("latched, depth 1, no reader", &world) < 5.0);
}

/// Bytes of shared memory that a wire of numbers takes, with queues of `depth`.
fn wire_of_numbers(depth: u32) -> u64 {
    let world = OneThread::isolated();
    let qos = Qos::DEFAULT.keep_last(depth);
    let _reader = world.reader_with::<UInt64>("count", qos).unwrap();
    let writer = world.writer_with::<UInt64>("count", qos).unwrap();
    (0..1000).for_each(|data| writer.publish(&UInt64 { data }).unwrap());
    let bytes = memory_touched(world.reading());
    println!("queues of {depth}: {bytes} bytes of shared memory");
    bytes
}

/// A connection is laid out for the longest queue that its topic has room for.
#[test]
fn only_who_asks_for_a_long_queue_pays_for_it() {
    let (usual, long) = (wire_of_numbers(16), wire_of_numbers(256));

    assert!(usual < 500_000, "{usual}");
    assert!(long > 2 * usual, "{long} and {usual}");
}
