//! Objects, as small networks with weights by chance find them.

use std::process::Command;

use vc_picture::{Encoding, Picture};

use crate::model::Files;
use crate::objects::{Limits, Objects};
use crate::python;

/// Makes a network of Darknet and two of ONNX, with the answers of `YOLOv3`, v5 and v8, and says what they find.
const SCRIPT: &str = r"
import importlib.util, os, sys, numpy, cv2, onnx
from onnx import helper, TensorProto
folder = sys.argv[1]
random = numpy.random.default_rng(11)
data = os.path.dirname(importlib.util.find_spec('skimage').origin) + '/data/'
coffee = cv2.imread(data + 'coffee.png')
coffee.tofile(f'{folder}/coffee.bgr')
open(f'{folder}/v3.cfg', 'w').write('''[net]
width=64
height=64
channels=3

[convolutional]
filters=21
size=3
stride=4
pad=1
activation=linear

[yolo]
mask=0,1,2
anchors=10,14, 23,27, 37,58
classes=2
num=3
''')
with open(f'{folder}/v3.weights', 'wb') as file:
    numpy.array([0, 2, 0, 0, 0], '<i4').tofile(file)
    random.normal(0, 0.5, 21).astype('<f4').tofile(file)
    random.normal(0, 0.6, (21, 3, 3, 3)).astype('<f4').tofile(file)

def save(name, channels, transposed):
    weights = numpy.concatenate([random.uniform(0, 1.3, (4, 3, 8, 8)), random.normal(0.006, 0.02, (channels - 4, 3, 8, 8))])
    tensors = [helper.make_tensor('w', TensorProto.FLOAT, weights.shape, weights.flatten().tolist()),
               helper.make_tensor('s', TensorProto.INT64, [3], [1, channels, 64])]
    nodes = [helper.make_node('Conv', ['images', 'w'], ['c'], kernel_shape=[8, 8], strides=[8, 8]),
             helper.make_node('Reshape', ['c', 's'], ['r' if transposed else 'out'])]
    shape = [1, 64, channels] if transposed else [1, channels, 64]
    if transposed:
        nodes.append(helper.make_node('Transpose', ['r'], ['out'], perm=[0, 2, 1]))
    info = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, 'g', [info('images', TensorProto.FLOAT, [1, 3, 64, 64])],
                              [info('out', TensorProto.FLOAT, shape)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 11)])
    model.ir_version = 7
    onnx.save(model, f'{folder}/{name}.onnx')
save('v5', 8, True)
save('v8', 7, False)

h, w = coffee.shape[:2]
blob = cv2.dnn.blobFromImage(coffee, 1 / 255, (64, 64), [0, 0, 0], 1, crop=False)
def found(net, rows_of):
    net.setInput(blob)
    boxes, scores, classes = [], [], []
    for answer in net.forward(net.getUnconnectedOutLayersNames()):
        for x, y, bw, bh, classes_of in rows_of(answer):
            best = int(numpy.argmax(classes_of))
            if classes_of[best] > 0.3:
                boxes.append([float(x - bw / 2), float(y - bh / 2), float(bw), float(bh)])
                scores.append(float(classes_of[best]))
                classes.append(best)
    for at in cv2.dnn.NMSBoxes(boxes, scores, 0.3, 0.3):
        yield classes[at], scores[at], *boxes[at]
def v3(answer):
    for row in answer.astype(float):
        yield row[0] * w, row[1] * h, row[2] * w, row[3] * h, row[5:]
def v5(answer):
    for row in answer[0]:
        yield *(row[:4].astype(float) * [w / 64, h / 64, w / 64, h / 64]), row[5:] * row[4]
def v8(answer):
    for row in answer[0].T:
        yield *(row[:4].astype(float) * [w / 64, h / 64, w / 64, h / 64]), row[4:]
for name, net, rows in (('v3.weights', cv2.dnn.readNetFromDarknet(f'{folder}/v3.cfg', f'{folder}/v3.weights'), v3),
                        ('v5.onnx', cv2.dnn.readNetFromONNX(f'{folder}/v5.onnx'), v5),
                        ('v8.onnx', cv2.dnn.readNetFromONNX(f'{folder}/v8.onnx'), v8)):
    for one in found(net, rows):
        print(name, w, h, *one)
";

#[test]
fn they_are_those_that_opencv_finds_in_python() {
    let Some((python, folder)) = python::with_opencv("objects") else { return };
    let listed = python::run(Command::new(python).args(["-c", SCRIPT]).arg(&folder));
    let pixels = std::fs::read(folder.join("coffee.bgr")).unwrap();

    for name in ["v3.weights", "v5.onnx", "v8.onnx"] {
        let lines = listed.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let lines: Vec<Vec<f64>> =
            lines.map(|line| line.split(' ').map(|number| number.parse().unwrap()).collect()).collect();
        assert!((2..400).contains(&lines.len()), "{name} finds {}", lines.len());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides of a picture")]
        let size = (lines[0][0] as u32, lines[0][1] as u32);
        let files = Files::find(&folder.join(name).to_string_lossy(), "", "").unwrap();
        let mut objects = Objects::open(&files, (64, 64)).unwrap();
        let picture = Picture::new(size, Encoding::Bgr8, 3 * size.0, &pixels).unwrap();

        let found = objects.all(picture, Limits { confidence: 0.3, overlap: 0.3 }).unwrap();

        assert_eq!(found.len(), lines.len(), "{name}");
        for (ours, theirs) in found.iter().zip(&lines) {
            let row = ours.row();
            assert!((row[0] - theirs[2]).abs() < 0.5, "{name}: {ours:?}");
            assert!((row[1] - theirs[3]).abs() < 1e-4, "{name}: {ours:?}, but {theirs:?}");
            let near = row[2..].iter().zip(&theirs[4..]).all(|(a, b)| (a - b.trunc()).abs() <= 1.0);
            assert!(near, "{name}: {ours:?}, but {theirs:?}");
        }
        // The same network takes pictures of any layout and size.
        let small = Picture::new((8, 8), Encoding::Mono8, 8, &pixels[..64]).unwrap();
        objects.all(small, Limits { confidence: 0.3, overlap: 0.3 }).unwrap();
    }
}
