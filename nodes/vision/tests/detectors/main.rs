//! The detectors against what OpenCV's own Python package of the same release finds in the same pictures.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test")]

mod faces_of_people;
mod objects_of_small_networks;

// The detectors are modules of their programs, so that no other program of this crate links what they use of OpenCV.
#[path = "../../src/bin/face_detector/faces.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program uses the rest")]
mod faces;
#[path = "../../src/bin/object_detector/model.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program uses the rest")]
mod model;
#[path = "../../src/bin/object_detector/objects.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program uses the rest")]
mod objects;
#[path = "../python/mod.rs"]
mod python;
