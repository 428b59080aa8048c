//! Projects of VisualCircuit 2: packages hoisted to the top, short ids, ports by place, code that is called `loop`.

use serde_json::{Value, json};
use vc_visualcircuit::{Entry, Flat, Format, Frequency, flatten, read};

const LOOP: &str = "def loop(block_name, input_wires, output_wires, parameters, flags):\n    pass\n";

fn flat(file: &Value) -> Flat {
    flatten(&read(&file.to_string()).unwrap()).unwrap()
}

fn constant(id: &str, name: &str, value: &str) -> Value {
    json!({"id": id, "type": "basic.constant", "data": {"name": name, "value": value, "local": true}})
}

fn door(id: &str, kind: &str, name: &str) -> Value {
    json!({"id": id, "type": format!("basic.{kind}"), "data": {"name": name, "virtual": true}})
}

fn wire(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"source": {"block": from.0, "port": from.1}, "target": {"block": to.0, "port": to.1}, "vertices": []})
}

/// A package as VisualCircuit 2 has them; its inner wires are empty or lead nowhere.
fn package(name: &str, doors: &[Value], constants: &[Value]) -> Value {
    let code = json!({"id": "300", "type": "basic.code", "data": {"code": LOOP, "params": [], "ports": {"in": [{"name": "Inp-0"}]}}});
    let mut blocks = vec![code];
    blocks.extend(constants.iter().chain(doors).cloned());
    let empty = wire(("", ""), ("200", "out"));
    json!({
        "package": {"name": name, "version": "1.0.0"},
        "design": {"board": "Python3-Noetic", "graph": {"blocks": blocks, "wires": [empty, {"source": "", "target": ""}]}},
    })
}

fn project(blocks: &[Value], wires: &[Value], dependencies: &Value) -> Value {
    json!({
        "version": "1.2",
        "package": {"name": "Old"},
        "design": {"board": "Python3-Noetic", "graph": {"blocks": blocks, "wires": wires}},
        "dependencies": dependencies,
    })
}

fn instance(id: &str, key: &str) -> Value {
    json!({"id": id, "type": key, "position": {"x": 0, "y": 0}})
}

#[test]
fn ports_and_parameters_of_a_package_go_by_their_ids_enable_last() {
    let pid = package(
        "PID",
        &[
            door("Inp-1", "input", "E"),
            door("Out-0", "output", ""),
            door("Inp-9", "input", "Z"),
            door("Inp-0", "input", ""),
        ],
        &[
            constant("600", "Kd", "3"),
            constant("400", "Frequency", "12.5"),
            constant("401", "Kp", "1"),
            constant("402", "Ki", "2"),
        ],
    );
    let camera = package("Camera", &[door("200", "output", "")], &[constant("400", "Frequency", "10.0")]);
    let file = project(
        &[
            instance("u1", "pid"),
            instance("u2", "cam"),
            instance("u3", "cam"),
            json!({"id": "i", "type": "basic.info", "data": {"info": "x"}}),
        ],
        &[
            wire(("u2", "200"), ("u1", "Inp-0")),
            wire(("u1", "Out-0"), ("u1", "Inp-1")),
            wire(("", ""), ("", "")),
        ],
        &json!({"pid": pid, "cam": camera}),
    );

    let flat = flat(&file);

    assert_eq!(flat.format, Format::Vc);
    let pid = &flat.blocks[0];
    assert_eq!((pid.path().as_str(), pid.package.as_deref(), pid.entry), ("PID", Some("PID"), Entry::Loop));
    assert_eq!(pid.inputs, ["Inp-0", "Z", "E"]);
    assert_eq!(pid.outputs, ["Out-0"]);
    assert_eq!(pid.bound(), [("Frequency", "12.5"), ("Kp", "1"), ("Ki", "2"), ("Kd", "3")]);
    assert_eq!(pid.frequency, Frequency::Hertz(12.5));
    let names: Vec<String> = flat.blocks.iter().map(vc_visualcircuit::FlatBlock::path).collect();
    assert_eq!(names, ["PID", "Camera", "Camera_2"]);
    let wires: Vec<_> =
        flat.connections.iter().map(|w| (w.from, w.output.as_str(), w.to, w.input.as_str())).collect();
    assert_eq!(wires, [(0, "Out-0", 0, "E"), (1, "200", 0, "Inp-0")]);
    assert_eq!(flat.doubts, []);
}

#[test]
fn code_at_the_top_has_its_constants_by_port() {
    let code = json!({"id": "c", "type": "basic.code", "data": {
        "code": LOOP, "params": [{"name": "b"}, {"name": "a"}], "ports": {"in": [{"name": "E"}, {"name": "x"}], "out": [{"name": "y"}]}}});
    let file = project(
        &[code, constant("k1", "Frequency", "5"), constant("k2", "Gain", "7")],
        &[
            wire(("k2", "constant-out"), ("c", "b")),
            wire(("k1", "constant-out"), ("c", "a")),
            wire(("c", "y"), ("c", "E")),
        ],
        &json!({}),
    );

    let flat = flat(&file);

    let block = &flat.blocks[0];
    assert_eq!(
        (block.parameters.as_slice(), block.inputs.as_slice()),
        (["a", "b"].map(str::to_owned).as_slice(), ["x", "E"].map(str::to_owned).as_slice())
    );
    assert_eq!(block.frequency, Frequency::Hertz(5.0));
    assert_eq!(block.bound()[..2], [("a", "5"), ("b", "7")]);
    assert_eq!(flat.connections.len(), 1);
}

#[test]
fn a_hybrid_is_a_vc3_whose_code_is_called_loop() {
    let code = json!({"id": "c", "type": "basic.code", "data": {
        "code": LOOP, "params": [{"name": "Frequency"}, {"name": "Gain"}], "ports": {"in": [{"name": "z"}, {"name": "a"}], "out": []}}});
    let mut file = project(
        &[code, constant("k1", "Frequency", "20")],
        &[wire(("k1", "constant-out"), ("c", "Frequency"))],
        &json!({}),
    );
    file["version"] = json!("3.0");
    file["editor"] = json!({});

    let flat = flat(&file);

    assert_eq!((flat.format, flat.blocks[0].entry), (Format::Vc3, Entry::Loop));
    assert_eq!(flat.blocks[0].inputs, ["z", "a"]);
    assert_eq!(flat.blocks[0].frequency, Frequency::Hertz(20.0));
}

#[test]
fn packages_within_packages_are_found_at_the_top() {
    let camera = package("Camera", &[door("200", "output", "")], &[]);
    let mut both = project(
        &[instance("1", "cam"), instance("2", "cam"), door("o", "output", "")],
        &[wire(("1", "200"), ("o", "in"))],
        &json!({}),
    );
    both["package"]["name"] = json!("Both");
    let sink = package("Screen", &[door("100", "input", "")], &[]);
    let file = project(
        &[instance("b", "both"), instance("s", "sink")],
        &[wire(("b", "o"), ("s", "100"))],
        &json!({"cam": camera, "both": both, "sink": sink}),
    );

    let flat = flat(&file);

    let names: Vec<String> = flat.blocks.iter().map(vc_visualcircuit::FlatBlock::path).collect();
    assert_eq!(names, ["Both/Camera", "Both/Camera_2", "Screen"]);
    assert_eq!(flat.connections.len(), 1);
}
