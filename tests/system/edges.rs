//! The example, headless: a camera, an edge detector, a screen.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

use vc_tests::harness::Signal;

use crate::circuit::{Place, carried_all, node};

/// The picture that a screen has written into a folder.
pub(crate) fn picture_in(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut pictures: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "png")).collect();
    assert_eq!(pictures.len(), 1, "{pictures:?}");
    pictures.remove(0)
}

/// Width, height, and which share of the pixels is white and black.
pub(crate) fn edges_of(picture: &Path) -> (u32, u32, f64, f64) {
    let mut reader = png::Decoder::new(BufReader::new(File::open(picture).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let share = |value: u8| {
        let same = pixels[..info.buffer_size()].iter().map(|byte| f64::from(u8::from(*byte == value)));
        same.sum::<f64>() / info.buffer_size() as f64
    };
    (info.width, info.height, share(255), share(0))
}

#[test]
fn sixty_pictures_reach_the_screen_in_order_and_without_loss() {
    let place = Place::new();
    let out = place.folder.path().join("out");
    let line = format!("frames:=60 rate:=30 view:=file out:={}", out.display());

    let (seen, summary) = place.launch_edges(&line).end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [60, 60]);
    let (width, height, white, black) = edges_of(&picture_in(&out));
    println!("{width}x{height}, {:.1} % edge; {}", white * 100.0, summary["wires"]);
    assert_eq!((width, height), (640, 480));
    assert!(white > 0.005 && white < 0.3, "a picture of edges is mostly black: {white}");
    assert!(white + black > 0.999, "and nothing but edges and black");
    place.is_clean();
}

#[test]
fn a_hundred_starts_in_a_row_succeed() {
    let place = Place::new();
    let began = Instant::now();

    for start in 1..=100 {
        let line = "frames:=3 width:=64 height:=64 rate:=200 view:=none";
        let (seen, summary) = place.launch_edges(line).end();

        assert_eq!(seen.code, Some(0), "start {start}: {seen}");
        assert_eq!(carried_all(&summary), [3, 3], "start {start}");
        place.is_clean();
    }
    println!("100 starts and stops took {:.1} s", began.elapsed().as_secs_f64());
}

#[test]
fn ctrl_c_ends_everything() {
    let place = Place::new();
    let circuit = place.launch_edges("view:=none");
    circuit.flows();

    let asked = Instant::now();
    circuit.signal(Signal::INT);
    let (seen, summary) = circuit.end();
    place.is_clean();

    println!("Ctrl-C: everything was gone after {} ms", asked.elapsed().as_millis());
    assert_eq!(seen.code, Some(0), "{seen}");
    for name in ["camera", "edges", "screen"] {
        assert_eq!(node(&summary, name)["state"], "stopped", "{summary}");
    }
}
