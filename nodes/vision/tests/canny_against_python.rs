//! Canny's detector, pixel by pixel, against OpenCV's own Python package of the same release.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use vc_picture::{Encoding, Picture, PictureMut};
use vc_sources::synthetic::Scene;
use vc_vision::edges::Edges;

/// Reads raw `bgr8` pictures, writes what `cv2.Canny` makes of them; brings noise and a photograph along (the astronaut of
/// scikit-image's package: NASA, public domain).
const SCRIPT: &str = r"
import importlib.util, os, sys, numpy, cv2
folder, jobs = sys.argv[1], sys.argv[2:]
assert cv2.__version__.startswith('4.6.'), cv2.__version__
noise = numpy.random.default_rng(1).integers(0, 256, (480, 640, 3), numpy.uint8)
photograph = os.path.dirname(importlib.util.find_spec('skimage').origin) + '/data/astronaut.png'
photograph = cv2.resize(cv2.imread(photograph), (640, 480))
for name, picture in (('noise', noise), ('photograph', photograph)):
    picture.tofile(f'{folder}/{name}.bgr')
for job in jobs:
    name, width, height, lower, upper = job.split(':')
    picture = numpy.fromfile(f'{folder}/{name}.bgr', numpy.uint8).reshape(int(height), int(width), 3)
    edges = cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), float(lower), float(upper))
    cv2.cvtColor(edges, cv2.COLOR_GRAY2BGR).tofile(f'{folder}/{name}-{lower}-{upper}.edges')
";

#[test]
fn edges_equal_those_of_opencv_python() {
    if std::env::var("VC_SKIP_PYTHON").is_ok_and(|value| value == "1") {
        eprintln!("SKIPPED: VC_SKIP_PYTHON=1, edges were not compared with OpenCV's Python package");
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("canny");
    std::fs::create_dir_all(&folder).unwrap();
    let python = python(&folder);
    for frame in [0, 77] {
        std::fs::write(folder.join(format!("scene{frame}.bgr")), scene(frame)).unwrap();
    }
    let pictures = ["scene0", "scene77", "noise", "photograph"];
    let thresholds = [(127.0, 255.0), (50.0, 150.0), (300.5, 20.0)];
    let jobs: Vec<String> = pictures
        .iter()
        .flat_map(|name| thresholds.map(|(lower, upper)| format!("{name}:640:480:{lower:?}:{upper:?}")))
        .collect();
    run(Command::new(python).args(["-c", SCRIPT]).arg(&folder).args(jobs));

    for name in pictures {
        let picture = std::fs::read(folder.join(format!("{name}.bgr"))).unwrap();
        for (lower, upper) in thresholds {
            let expected = std::fs::read(folder.join(format!("{name}-{lower:?}-{upper:?}.edges"))).unwrap();
            let found = edges(&picture, lower, upper);
            let marked = found.iter().filter(|level| **level != 0).count();
            let different = found.iter().zip(&expected).filter(|(ours, theirs)| ours != theirs).count();
            assert_eq!(
                different,
                0,
                "{name} at {lower} and {upper}: {different} of {} bytes",
                expected.len()
            );
            assert_eq!(found.len(), expected.len());
            assert!(marked > 1000, "{name} at {lower} and {upper}: only {marked} bytes are marked");
        }
    }
}

fn scene(frame: u64) -> Vec<u8> {
    let mut data = vec![0; 640 * 480 * 3];
    let mut room = PictureMut::new((640, 480), Encoding::Bgr8, 1920, &mut data).unwrap();
    Scene::new(640, 480).unwrap().draw(frame, &mut room).unwrap();
    data
}

fn edges(picture: &[u8], lower: f64, upper: f64) -> Vec<u8> {
    let mut result = vec![0; picture.len()];
    let picture = Picture::new((640, 480), Encoding::Bgr8, 1920, picture).unwrap();
    let mut room = PictureMut::new((640, 480), Encoding::Bgr8, 1920, &mut result).unwrap();
    Edges::new(lower, upper).detect(picture, &mut room).unwrap();
    result
}

/// An interpreter with OpenCV 4.6, the release Debian 12 has, in an environment of its own.
fn python(folder: &Path) -> PathBuf {
    let (home, python) = (folder.join("venv"), folder.join("venv/bin/python"));
    let ready = folder.join("venv/ready");
    if !ready.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
        let packages: [&[&str]; 2] =
            [&["opencv-python-headless==4.6.0.66", "numpy<2"], &["--no-deps", "scikit-image==0.22.0"]];
        for package in packages {
            let pip = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:"];
            run(Command::new(&python).args(pip).args(package));
        }
        std::fs::write(ready, "").unwrap();
    }
    python
}

fn run(command: &mut Command) {
    let output = command.output().expect("python3 is needed (VC_SKIP_PYTHON=1 leaves this test out)");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
