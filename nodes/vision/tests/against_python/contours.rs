//! The largest contour and the rectangle around it.

use std::fmt::Write as _;
use std::process::Command;

use vc_picture::{Encoding, Picture};
use vc_vision::contour::Contours;

use crate::python;

/// Draws pictures, and says for each what OpenCV finds: area, centre of mass, the rectangle's corners.
const SCRIPT: &str = r"
import importlib.util, os, sys, numpy, cv2
folder = sys.argv[1]
data = os.path.dirname(importlib.util.find_spec('skimage').origin) + '/data/'
random = numpy.random.default_rng(3)
pictures = {name: cv2.imread(data + name + '.png') for name in ('astronaut', 'coffee', 'chelsea')}
pictures['full'] = numpy.full((480, 640, 3), 255, numpy.uint8)
for number in range(40):
    canvas = numpy.zeros((240, 320, 3), numpy.uint8)
    for _ in range(number % 4 + 1):
        place = [float(n) for n in random.uniform((40, 40), (280, 200))]
        size = [float(n) for n in random.uniform(5, 90, 2)]
        box = cv2.boxPoints((place, size, float(random.integers(-9, 19) * 10)))
        cv2.fillPoly(canvas, [box.astype(int)], (255, 255, 255))
    pictures[f'drawn{number}'] = canvas
for name, img in pictures.items():
    img.tofile(f'{folder}/{name}.bgr')
    bright = cv2.threshold(cv2.cvtColor(img, cv2.COLOR_BGR2GRAY), 60, 255, cv2.THRESH_BINARY)[1]
    contours = cv2.findContours(bright, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
    best = max(contours, key=cv2.contourArea)
    m = cv2.moments(best)
    corners = cv2.boxPoints(cv2.minAreaRect(best))
    numbers = [int(m['m10'] / m['m00']), int(m['m01'] / m['m00']), *corners.flatten(), *cv2.minAreaRect(best)[0]]
    print(name, img.shape[1], img.shape[0], *numbers)
";

#[test]
fn the_largest_contour_is_opencvs() {
    let Some((python, folder)) = python::with_opencv("contours") else { return };
    let listed = python::run(Command::new(python).args(["-c", SCRIPT]).arg(&folder));
    assert_eq!(listed.lines().count(), 44);

    let mut angles = String::new();
    for line in listed.lines() {
        let (name, numbers) = line.split_once(' ').unwrap();
        let numbers: Vec<f64> = numbers.split(' ').map(|number| number.parse().unwrap()).collect();
        let [width, height, x, y, ref corners @ .., middle_x, middle_y] = numbers[..] else {
            panic!("{line}")
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides of a picture")]
        let size = (width as u32, height as u32);
        let pixels = std::fs::read(folder.join(format!("{name}.bgr"))).unwrap();
        let picture = Picture::new(size, Encoding::Bgr8, 3 * size.0, &pixels).unwrap();

        let found = Contours::default().largest(picture, 60.0).unwrap().unwrap();

        assert!((found.x - x).abs() < 0.5 && (found.y - y).abs() < 0.5, "{name}: {found:?}, but {x} {y}");
        assert!((0.0..90.0).contains(&found.angle), "{name}: {found:?}");
        let ours = corners_of((middle_x, middle_y), (found.width, found.height), found.angle);
        let theirs: Vec<(f64, f64)> = corners.chunks(2).map(|corner| (corner[0], corner[1])).collect();
        for (x, y) in &theirs {
            let nearest = ours.iter().map(|(a, b)| (a - x).hypot(b - y)).fold(f64::INFINITY, f64::min);
            assert!(nearest < 0.05, "{name}: {found:?} has corners {ours:?}, but {theirs:?}");
        }
        write!(angles, "{:.0} ", found.angle).unwrap();
    }
    let different: std::collections::BTreeSet<&str> = angles.split_whitespace().collect();
    assert!(different.len() >= 8, "the pictures are turned in only so many ways: {different:?}");
}

/// Where the corners lie of a rectangle whose width is turned clockwise by `angle` degrees from the rows.
fn corners_of(middle: (f64, f64), (width, height): (f64, f64), angle: f64) -> [(f64, f64); 4] {
    let (sine, cosine) = angle.to_radians().sin_cos();
    [(-1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, -1.0)].map(|(a, b)| {
        let (along, across) = (a * width / 2.0, b * height / 2.0);
        (middle.0 + along * cosine - across * sine, middle.1 + along * sine + across * cosine)
    })
}
