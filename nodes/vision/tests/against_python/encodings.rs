//! Every encoding of ROS as `bgr8`.

use std::process::Command;

use vc::prelude::Message;
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::{Encoding, PictureMut};
use vc_vision::convert::Converter;

use crate::python;

/// Makes the bytes of a photograph and of noise in each encoding, and what OpenCV makes of them.
const SCRIPT: &str = r"
import importlib.util, os, sys, numpy, cv2
folder = sys.argv[1]
data = os.path.dirname(importlib.util.find_spec('skimage').origin) + '/data/'
random = numpy.random.default_rng(5)
photograph = cv2.imread(data + 'coffee.png')
noise = random.integers(0, 256, (36, 48, 3), numpy.uint8)
def narrow(img):
    return cv2.convertScaleAbs(img.astype(img.dtype.newbyteorder('=')), alpha=255 / 65535)
def wide(img):
    return (img.astype(numpy.uint16) * 257 + random.integers(-128, 129, img.shape).astype(numpy.uint16) * (img != 0) * (img != 255)).astype('<u2')
def grey(metres):
    level = numpy.where(numpy.isfinite(metres), numpy.floor(metres / 10.0 * 255 + 0.5), 0)
    return cv2.cvtColor(numpy.clip(level, 0, 255).astype(numpy.uint8), cv2.COLOR_GRAY2BGR)
def planar(img):
    yuv = cv2.cvtColor(img, cv2.COLOR_BGR2YUV_I420)
    h, w = img.shape[:2]
    u, v = yuv[h:h + h // 4].reshape(h // 2, w // 2), yuv[h + h // 4:].reshape(h // 2, w // 2)
    return numpy.vstack([yuv[:h], numpy.dstack([v, u]).reshape(h // 2, w)])
for source, img in (('photograph', photograph), ('noise', noise)):
    g = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY)
    rgb, rgba, bgra = (cv2.cvtColor(img, code) for code in (cv2.COLOR_BGR2RGB, cv2.COLOR_BGR2RGBA, cv2.COLOR_BGR2BGRA))
    pairs = random.integers(0, 256, (*g.shape, 2), numpy.uint8)
    far = (random.random(g.shape) * 14 - 1).astype('<f4')
    color = lambda one: cv2.cvtColor(one, cv2.COLOR_GRAY2BGR)
    cases = {
        'rgb8': (rgb, img), 'rgba8': (rgba, img), 'bgra8': (bgra, img), 'bgr8': (img, img), '8UC3': (img, img),
        'mono8': (g, color(g)), '8UC1': (g, color(g)),
        'bgr16': (wide(img), img), 'rgb16': (wide(rgb), img), 'mono16': (wide(g), color(g)),
        'rgba16': (wide(rgba), img), '16UC3.big': (wide(img).astype('>u2'), img),
        'mono16.big': (wide(g).astype('>u2'), color(g)),
        'bayer_rggb8': (g, cv2.cvtColor(g, cv2.COLOR_BayerBG2BGR)), 'bayer_bggr8': (g, cv2.cvtColor(g, cv2.COLOR_BayerRG2BGR)),
        'bayer_gbrg8': (g, cv2.cvtColor(g, cv2.COLOR_BayerGR2BGR)), 'bayer_grbg8': (g, cv2.cvtColor(g, cv2.COLOR_BayerGB2BGR)),
        'bayer_rggb16': (wide(g), cv2.cvtColor(g, cv2.COLOR_BayerBG2BGR)),
        'uyvy': (pairs, cv2.cvtColor(pairs, cv2.COLOR_YUV2BGR_UYVY)), 'yuv422': (pairs, cv2.cvtColor(pairs, cv2.COLOR_YUV2BGR_UYVY)),
        'yuyv': (pairs, cv2.cvtColor(pairs, cv2.COLOR_YUV2BGR_YUY2)), 'yuv422_yuy2': (pairs, cv2.cvtColor(pairs, cv2.COLOR_YUV2BGR_YUY2)),
        'nv21': (planar(img), cv2.cvtColor(planar(img), cv2.COLOR_YUV2BGR_NV21)),
        '32FC1': (far, grey(far.astype(numpy.float64))), '32FC1.big': (far.astype('>f4'), grey(far.astype(numpy.float64))),
        '16UC1': ((far.clip(0) * 1000).astype('<u2'), grey((far.clip(0) * 1000).astype('<u2') * 0.001)),
    }
    for encoding, (raw, expected) in cases.items():
        if encoding in ('bgr16', 'mono16.big'):
            assert (narrow(raw) == (img if encoding == 'bgr16' else g)).all()
        raw.tofile(f'{folder}/{source}.{encoding}.raw')
        expected.tofile(f'{folder}/{source}.{encoding}.expected')
        print(source, encoding, img.shape[1], img.shape[0], raw.nbytes // raw.shape[0])
";

#[test]
fn every_encoding_becomes_what_opencv_makes_of_it() {
    let Some((python, folder)) = python::with_opencv("encodings") else { return };
    let listed = python::run(Command::new(python).args(["-c", SCRIPT]).arg(&folder));
    assert_eq!(listed.lines().count(), 2 * 26);

    for line in listed.lines() {
        let [source, case, width, height, step] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let number = |text: &str| text.parse::<u32>().unwrap();
        let read = |what: &str| std::fs::read(folder.join(format!("{source}.{case}.{what}"))).unwrap();
        let (encoding, is_big) = case.split_once('.').map_or((case, false), |(encoding, _)| (encoding, true));
        let image = Image {
            width: number(width),
            height: number(height),
            step: number(step),
            encoding: encoding.to_owned(),
            is_bigendian: is_big.into(),
            data: read("raw"),
            ..Image::default()
        };

        let found = converted(&image);

        let different = found.iter().zip(&read("expected")).filter(|(ours, theirs)| ours != theirs).count();
        assert_eq!(different, 0, "{case} of the {source}: so many of {} bytes differ", found.len());
    }
}

fn converted(image: &Image) -> Vec<u8> {
    let mut cdr = vec![0; image.cdr_size()];
    image.encode(&mut cdr).unwrap();
    let mut out = vec![7; (3 * image.width * image.height) as usize];
    let size = (image.width, image.height);
    let mut room = PictureMut::new(size, Encoding::Bgr8, 3 * image.width, &mut out).unwrap();
    Converter::default().convert(&Image::view(&cdr).unwrap(), 10.0, &mut room).unwrap();
    out
}
