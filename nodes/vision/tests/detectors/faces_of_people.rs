//! Faces, of photographs with and without one.

use std::path::Path;
use std::process::Command;

use vc_picture::{Encoding, Picture};

use crate::faces::{Care, FRONTAL_FACE, Faces, row};
use crate::python;

/// The astronaut is NASA's and public domain; coffee and chelsea are CC0.
const SCRIPT: &str = r"
import importlib.util, os, sys, numpy, cv2
folder, cascade = sys.argv[1:]
data = os.path.dirname(importlib.util.find_spec('skimage').origin) + '/data/'
astronaut = cv2.imread(data + 'astronaut.png')
pictures = {name: cv2.imread(data + name + '.png') for name in ('astronaut', 'coffee', 'chelsea')}
pictures['two'] = numpy.hstack([astronaut[:300], cv2.resize(astronaut, None, fx=0.6, fy=0.6)[:300]])
pictures['tiny'] = astronaut[:5, :3]
finder = cv2.CascadeClassifier(cascade)
for name, img in pictures.items():
    numpy.ascontiguousarray(img).tofile(f'{folder}/{name}.bgr')
    for scale, neighbours, least in ((1.1, 3, 0), (1.3, 1, 60)):
        found = finder.detectMultiScale(cv2.cvtColor(img, cv2.COLOR_BGR2GRAY), scale, neighbours, minSize=(least, least))
        found = sorted(([*map(int, one)] for one in found), key=lambda one: (-one[2] * one[3], one[0], one[1]))
        print(name, img.shape[1], img.shape[0], scale, neighbours, least, *sum(found, []))
";

#[test]
fn they_are_those_that_opencv_finds_in_python() {
    let Some((python, folder)) = python::with_opencv("faces") else { return };
    let listed = python::run(Command::new(python).args(["-c", SCRIPT]).arg(&folder).arg(FRONTAL_FACE));
    assert_eq!(listed.lines().count(), 10);

    let mut faces = Faces::open(Path::new(FRONTAL_FACE)).unwrap();
    for line in listed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, width, height, scale, neighbours, least, ref expected @ ..] = words[..] else {
            panic!("{line}")
        };
        let size = (width.parse().unwrap(), height.parse().unwrap());
        let care = Care {
            scale: scale.parse().unwrap(),
            neighbours: neighbours.parse().unwrap(),
            least: least.parse().unwrap(),
        };
        let pixels = std::fs::read(folder.join(format!("{name}.bgr"))).unwrap();

        let found =
            faces.all(Picture::new(size, Encoding::Bgr8, 3 * size.0, &pixels).unwrap(), care).unwrap();

        let found: Vec<String> = found.iter().flat_map(row).map(|number| number.to_string()).collect();
        assert_eq!(found, expected, "{line}");
        match name {
            "astronaut" => assert!(!found.is_empty(), "{line}"),
            "two" => assert!(found.len() >= 8, "{line}"),
            _ => {}
        }
    }
}

#[test]
fn what_is_no_cascade_is_told() {
    let told = Faces::open(Path::new("/no/where.xml")).unwrap_err().to_string();
    assert!(told.contains("`/no/where.xml`; Debian's package `opencv-data`"), "{told}");

    let told = Faces::open(Path::new(env!("CARGO_MANIFEST_PATH"))).unwrap_err().to_string();
    assert!(told.contains("is no cascade"), "{told}");
}
