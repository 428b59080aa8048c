//! What the wires between native blocks and code carry.

use vc_visualcircuit::{Choice, Circuit, Doubt, Runs};
use vc_words::host_line::HostPort;

use super::{code, edges, made, project, wire};

/// The kinds of a Python block's ports: `Img: image → Out: any`.
fn kinds(circuit: &Circuit, at: usize) -> String {
    let Runs::Python(file) = &circuit.blocks[at].runs else { panic!("not in Python") };
    let list = |ports: &[HostPort]| {
        ports.iter().map(|port| format!("{}: {:?}", port.name, port.kind)).collect::<Vec<_>>().join(", ")
    };
    format!("{} → {}", list(&file.line.inputs), list(&file.line.outputs))
}

#[test]
fn a_wire_carries_what_both_ends_can() {
    let number = "def main(a,outputs,c,d): outputs.share_number('o', 1)";
    let unknown = "def main(a,outputs,c,d): put = outputs.share_number; put('o', 1)";
    let image = "def main(inputs,b,c,d): inputs.read_image('i')";
    let mute = "def main(*all): run(*all)";
    let kinds_of = |from: &str, to: &str| {
        let file = project(
            &[],
            &[code("a", from, &[], &["o"]), code("b", to, &["i"], &[])],
            &[wire(("a", "o"), ("b", "i"))],
        );
        let circuit = made(&file, &Choice::default()).unwrap();
        (format!("{} | {}", kinds(&circuit, 0), kinds(&circuit, 1)), circuit.doubts)
    };
    // What is sent decides where the reader does not tell; what may be sent is anything.
    assert_eq!(kinds_of(number, mute).0, " → o: Number | i: Number → ");
    assert_eq!(kinds_of(unknown, image).0, " → o: Any | i: Any → ");
    assert_eq!(kinds_of(mute, mute).0, " → o: Any | i: Any → ");
    let (mixed, doubts) = kinds_of(number, image);
    assert_eq!(mixed, " → o: Any | i: Any → ");
    assert_eq!(doubts[0].to_string(), "`Code` sends numbers on `o`, but `Code_2` reads pictures from `i`");
    assert!(matches!(doubts.as_slice(), [Doubt::Mixed { .. }]));
}

#[test]
fn a_native_end_decides_for_code_that_does_not_tell() {
    let mute = "def main(*all): run(*all)";
    let shares = "def main(a,outputs,c,d): outputs.share('o', 1)";
    let number = "def main(a,outputs,c,d): outputs.share_number('o', 1)";
    let blocks =
        [code("m", mute, &["i"], &["o"]), code("s", shares, &[], &["o"]), code("n", number, &[], &["o"])];
    let wires = ["m", "s", "n"].map(|from| wire((from, "o"), ("EdgeDetector", "Img")));
    let mut wires = wires.to_vec();
    wires.push(wire(("EdgeDetector", "Out"), ("m", "i")));
    let circuit = made(&project(&[edges(&[])], &blocks, &wires), &Choice::default()).unwrap();
    assert_eq!(kinds(&circuit, 1), "i: Image → o: Image");
    assert_eq!(kinds(&circuit, 2), " → o: Image");
    // That this cannot be is told when the circuit is checked.
    assert_eq!(kinds(&circuit, 3), " → o: Number");
}
