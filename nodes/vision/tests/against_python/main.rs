//! Every filter, byte by byte, against what OpenCV's own Python package of the same release makes of the same picture.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test")]

mod contours;
mod encodings;
#[path = "../python/mod.rs"]
mod python;

use std::fmt::Write as _;
use std::process::Command;

use vc_picture::crop::Crop;
use vc_picture::filter::Filter;
use vc_picture::{Encoding, Picture, PictureMut};
use vc_sources::synthetic::Scene;
use vc_vision::blur::{Blur, Kind};
use vc_vision::color_filter::ColorFilter;
use vc_vision::edges::Edges;
use vc_vision::morphology::{Morphology, Operation};
use vc_vision::threshold::Threshold;

/// Brings noise, tiny pictures and photographs along (scikit-image's package: the astronaut is NASA's and public
/// domain, coffee and chelsea are CC0), says their names and sizes, and works through the jobs it reads.
const SCRIPT: &str = r"
import importlib.util, os, sys, numpy, cv2
assert cv2.__version__.startswith('4.6.'), cv2.__version__
folder = sys.argv[1]
data = os.path.dirname(importlib.util.find_spec('skimage').origin) + '/data/'
random = numpy.random.default_rng(1)
pictures = {name: cv2.imread(data + name + '.png') for name in ('astronaut', 'coffee', 'chelsea')}
for width, height in ((640, 480), (333, 77), (5, 3), (1, 1), (1, 40), (40, 1)):
    pictures[f'noise{width}x{height}'] = random.integers(0, 256, (height, width, 3), numpy.uint8)
for name in ('scene0', 'scene77'):
    pictures[name] = numpy.fromfile(f'{folder}/{name}.bgr', numpy.uint8).reshape(480, 640, 3)
for name, picture in pictures.items():
    picture.tofile(f'{folder}/{name}.bgr')
    print(name, picture.shape[1], picture.shape[0])
gray = lambda picture: cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
color = lambda picture: cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
def keep(img, lower, upper):
    mask = cv2.inRange(cv2.cvtColor(img, cv2.COLOR_BGR2HSV), numpy.array(lower), numpy.array(upper))
    return cv2.bitwise_and(img, img, mask=mask)
for number, job in enumerate(open(f'{folder}/jobs').read().splitlines()):
    for name, img in pictures.items():
        numpy.ascontiguousarray(eval(job)).tofile(f'{folder}/{name}.{number}')
";

type Ours = Box<dyn Fn(Picture<'_>) -> Vec<u8>>;

/// A filter, and the same in Python, where the picture is `img`.
struct Job {
    python: &'static str,
    ours: fn() -> Ours,
}

fn job<F: Filter + 'static>(filter: F) -> Ours {
    let filter = std::cell::RefCell::new(filter);
    Box::new(move |picture| {
        let mut filter = filter.borrow_mut();
        let (size, encoding) = (filter.size(picture).unwrap(), filter.encoding(picture));
        let step = size.0 * u32::try_from(encoding.channels()).unwrap();
        let mut out = vec![7; (step * size.1) as usize];
        filter.apply(picture, &mut PictureMut::new(size, encoding, step, &mut out).unwrap()).unwrap();
        out
    })
}

fn edges(lower: f64, upper: f64) -> Ours {
    job(Edges::new(lower, upper))
}

fn blur(kind: Kind, kernel: [i64; 2]) -> Ours {
    job(Blur::new(kind, &kernel).unwrap())
}

fn morphology(operation: Operation, kernel: [i64; 2], times: i64) -> Ours {
    let mut morphology = Morphology::new(operation);
    morphology.set_box(&kernel, times).unwrap();
    job(morphology)
}

const JOBS: &[Job] = &[
    Job { python: "color(cv2.Canny(gray(img), 127, 255))", ours: || edges(127.0, 255.0) },
    Job { python: "color(cv2.Canny(gray(img), 50, 150))", ours: || edges(50.0, 150.0) },
    Job { python: "color(cv2.Canny(gray(img), 300.5, 20))", ours: || edges(300.5, 20.0) },
    Job { python: "cv2.GaussianBlur(img, (5, 5), 0)", ours: || blur(Kind::Gaussian, [5, 5]) },
    Job { python: "cv2.GaussianBlur(img, (31, 3), 0)", ours: || blur(Kind::Gaussian, [31, 3]) },
    Job { python: "cv2.blur(img, (5, 5))", ours: || blur(Kind::Averaging, [5, 5]) },
    Job { python: "cv2.blur(img, (4, 9))", ours: || blur(Kind::Averaging, [4, 9]) },
    Job { python: "cv2.medianBlur(img, 5)", ours: || blur(Kind::Median, [5, 5]) },
    Job { python: "cv2.medianBlur(img, 21)", ours: || blur(Kind::Median, [21, 5]) },
    Job {
        python: "keep(img, [40, 50, 0], [140, 255, 255])",
        ours: || job(ColorFilter::new(&[40, 50, 0], &[140, 255, 255]).unwrap()),
    },
    Job {
        python: "keep(img, [0, 0, 100], [20, 255, 255])",
        ours: || job(ColorFilter::new(&[0, 0, 100], &[20, 255, 255]).unwrap()),
    },
    Job {
        python: "color(cv2.threshold(gray(img), 127, 255, cv2.THRESH_BINARY)[1])",
        ours: || job(Threshold::new(127.0, 255.0, Encoding::Bgr8)),
    },
    Job {
        python: "color(cv2.threshold(gray(img), 60.7, 200.5, cv2.THRESH_BINARY)[1])",
        ours: || job(Threshold::new(60.7, 200.5, Encoding::Bgr8)),
    },
    Job {
        python: "color(cv2.dilate(gray(img), numpy.ones((5, 5)), iterations=1))",
        ours: || morphology(Operation::Dilate, [5, 5], 1),
    },
    Job {
        python: "color(cv2.dilate(gray(img), numpy.ones((2, 7)), iterations=3))",
        ours: || morphology(Operation::Dilate, [2, 7], 3),
    },
    Job {
        python: "color(cv2.erode(gray(img), numpy.ones((5, 5)), iterations=1))",
        ours: || morphology(Operation::Erode, [5, 5], 1),
    },
    Job {
        python: "color(cv2.erode(gray(img), numpy.ones((8, 1)), iterations=2))",
        ours: || morphology(Operation::Erode, [8, 1], 2),
    },
    Job { python: "img[0:0+100, 0:0+40]", ours: || job(Crop::new(&[0, 0, 40, 100]).unwrap()) },
];

#[test]
fn every_filter_equals_opencv_in_python() {
    let Some((python, folder)) = python::with_opencv("filters") else { return };
    for frame in [0, 77] {
        std::fs::write(folder.join(format!("scene{frame}.bgr")), scene(frame)).unwrap();
    }
    let mut jobs = String::new();
    for job in JOBS {
        writeln!(jobs, "{}", job.python).unwrap();
    }
    std::fs::write(folder.join("jobs"), jobs).unwrap();
    let listed = python::run(Command::new(python).args(["-c", SCRIPT]).arg(&folder));

    let mut compared = 0;
    for (number, job) in JOBS.iter().enumerate() {
        let ours = (job.ours)();
        let mut told = 0;
        for line in listed.lines() {
            let [name, width, height] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let (width, height): (u32, u32) = (width.parse().unwrap(), height.parse().unwrap());
            let pixels = std::fs::read(folder.join(format!("{name}.bgr"))).unwrap();
            let found = ours(Picture::new((width, height), Encoding::Bgr8, 3 * width, &pixels).unwrap());
            let expected = std::fs::read(folder.join(format!("{name}.{number}"))).unwrap();
            let different = found.iter().zip(&expected).filter(|(ours, theirs)| ours != theirs).count();
            assert_eq!(found.len(), expected.len(), "{} of {name}", job.python);
            assert_eq!(different, 0, "{} of {name}: so many of {} bytes differ", job.python, found.len());
            told += usize::from(found.iter().any(|byte| *byte != found[0]) && found != pixels);
            compared += 1;
        }
        assert!(told >= 4, "{}: only {told} of its pictures show anything", job.python);
    }
    assert_eq!(compared, JOBS.len() * 11);
}

fn scene(frame: u64) -> Vec<u8> {
    let mut data = vec![0; 640 * 480 * 3];
    let mut room = PictureMut::new((640, 480), Encoding::Bgr8, 1920, &mut data).unwrap();
    Scene::new(640, 480).unwrap().draw(frame, &mut room).unwrap();
    data
}
