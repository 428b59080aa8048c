//! What runs natively, what in Python and why, and what the wires between them carry.

mod kinds;
mod switches;

use serde_json::{Value, json};
use vc_visualcircuit::{
    Choice, Circuit, Kind, Mistake, Native, Places, Runs, circuit, code_hash, flatten, launch_text, read,
};
use vc_words::manifest::MANIFEST_VERSION;
use vc_words::{Descriptor, Manifest, ParameterValue, Port, Qos, StandsFor};

/// Code of our own that plays the part of stock code.
const EDGES: &str = "import cv2\n\ndef main(inputs, outputs, parameters, synchronise):\n    outputs.share_image('Out', inputs.read_image('Img'))\n";
const CAMERA: &str = "def main(i, outputs, p, s):\n    outputs.share_image('Img', None)\n";

fn port(name: &str, kind: Kind) -> Port {
    Port {
        name: name.into(),
        type_name: kind.type_name().into(),
        hash: "RIHS01_0".into(),
        description: String::new(),
        required: false,
        optional: name == "enable",
        qos: Qos::DEFAULT,
    }
}

fn native(
    exec: &str,
    inputs: &[(&str, Kind)],
    outputs: &[(&str, Kind)],
    parameters: &[(&str, ParameterValue)],
) -> Native {
    let ports = |list: &[(&str, Kind)]| list.iter().map(|(name, kind)| port(name, *kind)).collect();
    let parameter = |(name, default): &(&str, ParameterValue)| Descriptor::new(name, default.clone(), "");
    Native {
        exec: exec.into(),
        manifest: Manifest {
            vc: MANIFEST_VERSION,
            block: exec.into(),
            version: "1".into(),
            description: String::new(),
            inputs: ports(inputs),
            outputs: ports(outputs),
            parameters: parameters.iter().map(parameter).collect(),
            schemas: std::collections::BTreeMap::new(),
            stands_for: Vec::new(),
        },
    }
}

fn names(pairs: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// A camera, an edge detector and a motor driver, each with what it stands for.
fn natives() -> Vec<Native> {
    let double = ParameterValue::Double(0.0);
    let mut camera =
        native("camera", &[("enable", Kind::Number)], &[("image", Kind::Image)], &[("rate", double.clone())]);
    camera.manifest.parameters[0].max = Some(120.0);
    camera.manifest.stands_for = vec![
        StandsFor {
            package: "Camera".into(),
            code: vec![code_hash(CAMERA)],
            inputs: names(&[("Enable", "enable")]),
            outputs: names(&[("Img", "image")]),
            frequency: Some("rate".into()),
            ..StandsFor::default()
        },
        StandsFor {
            package: "Camera".into(),
            inputs: names(&[("E", "enable")]),
            outputs: names(&[("0", "image")]),
            frequency: Some("rate".into()),
            ..StandsFor::default()
        },
    ];
    let mut edges = native(
        "edge_detector",
        &[("image", Kind::Image), ("enable", Kind::Number)],
        &[("edges", Kind::Image)],
        &[
            ("lower", double.clone()),
            ("kernel", ParameterValue::IntegerArray(vec![])),
            ("mode", ParameterValue::String("a".into())),
            ("max_rate", double),
        ],
    );
    let stand = StandsFor {
        package: "EdgeDetector".into(),
        code: vec!["0000000000000000".into(), code_hash(EDGES)],
        inputs: names(&[("Img", "image"), ("Enable", "enable")]),
        outputs: names(&[("Out", "edges")]),
        parameters: names(&[("Lower", "lower"), ("Kernel", "kernel"), ("Mode", "mode")]),
        topics: names(&[("ROSTopic", "edges")]),
        frequency: Some("max_rate".into()),
        preset: [("mode".to_owned(), ParameterValue::String("stock".into()))].into(),
        ..StandsFor::default()
    };
    edges.manifest.stands_for = vec![StandsFor { when: names(&[("Kind", "soft")]), ..stand.clone() }, stand];
    vec![camera, edges]
}

/// A package around code, all its ports led outside, with constants within.
fn package(name: &str, code: &str, ports: (&[&str], &[&str]), constants: &[(&str, &str)]) -> Value {
    let list = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
    let params: Vec<&str> = constants.iter().map(|(name, _)| *name).collect();
    let data = json!({"code": code, "frequency": "30", "params": list(&params), "ports": {"in": list(ports.0), "out": list(ports.1)}});
    let mut blocks = vec![json!({"id": "code", "type": "basic.code", "data": data})];
    let mut wires = Vec::new();
    for name in ports.0 {
        blocks.push(json!({"id": name, "type": "basic.input", "data": {"name": name}}));
        wires.push(wire((name, "input-out"), ("code", name)));
    }
    for name in ports.1 {
        blocks.push(json!({"id": name, "type": "basic.output", "data": {"name": name}}));
        wires.push(wire(("code", name), (name, "output-in")));
    }
    for (name, value) in constants {
        blocks.push(json!({"id": name, "type": "basic.constant", "data": {"name": name, "value": value}}));
        wires.push(wire((name, "constant-out"), ("code", name)));
    }
    json!({"package": {"name": name, "version": "2.0.0"}, "design": {"graph": {"blocks": blocks, "wires": wires}}, "dependencies": {}})
}

fn wire(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"source": {"block": from.0, "port": from.1}, "target": {"block": to.0, "port": to.1}})
}

fn code(id: &str, code: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    let list = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
    json!({"id": id, "type": "basic.code", "data": {"code": code, "params": [], "ports": {"in": list(inputs), "out": list(outputs)}}})
}

/// A project of packages, each once under its own key, of code, and of wires.
fn project(packages: &[Value], blocks: &[Value], wires: &[Value]) -> Value {
    let mut dependencies = serde_json::Map::new();
    let mut all = Vec::new();
    for package in packages {
        let name = package["package"]["name"].as_str().unwrap();
        dependencies.insert(name.to_owned(), package.clone());
        all.push(json!({"id": name, "type": name, "data": {}}));
    }
    all.extend(blocks.iter().cloned());
    json!({"version": "3.0", "editor": {}, "package": {"name": "P"}, "design": {"graph": {"blocks": all, "wires": wires}}, "dependencies": dependencies})
}

fn choice(native: &[&str], python: &[&str]) -> Choice {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Choice { native: list(native), python: list(python), ..Choice::default() }
}

fn made(file: &Value, choice: &Choice) -> Result<Circuit, Vec<Mistake>> {
    circuit(flatten(&read(&file.to_string()).unwrap()).unwrap(), &natives(), choice)
}

/// `EdgeDetector natively by edge_detector: the stock code`, a line a block.
fn told(file: &Value, choice: &Choice) -> String {
    let circuit = made(file, choice).unwrap();
    let line = |block: &vc_visualcircuit::CircuitBlock| match &block.runs {
        Runs::Native { exec, .. } => format!("{} natively by {exec}: {}", block.path(), block.why),
        Runs::Python(_) => format!("{} in Python: {}", block.path(), block.why),
    };
    circuit.blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn camera() -> Value {
    package("Camera", CAMERA, (&["Enable"], &["Img"]), &[])
}

fn edges(constants: &[(&str, &str)]) -> Value {
    package("EdgeDetector", EDGES, (&["Img", "Enable"], &["Out"]), constants)
}

fn camera_to_edges(edges: Value) -> Value {
    project(&[camera(), edges], &[], &[wire(("Camera", "Img"), ("EdgeDetector", "Img"))])
}

#[test]
fn code_alone_decides() {
    let mut renamed = edges(&[]);
    renamed["package"]["name"] = json!("MyEdges");
    let mut edited = edges(&[("Lower", "1")]);
    edited["design"]["graph"]["blocks"][0]["data"]["code"] = json!(format!("{EDGES}\n# better\n"));
    let layout = code("c", &EDGES.replace('\n', " \r\n"), &["Img"], &["Out"]);
    let file =
        project(&[camera(), edited, renamed], &[layout, code("d", "def main(a,b,c,d): pass", &[], &[])], &[]);

    insta::assert_snapshot!(told(&file, &Choice::default()), @"
    Camera natively by camera: the stock code
    EdgeDetector in Python: the code differs from what `edge_detector` stands for
    MyEdges natively by edge_detector: the stock code
    Code natively by edge_detector: the stock code
    Code_2 in Python: own code
    ");
    insta::assert_snapshot!(told(&file, &choice(&["EdgeDetector"], &["Camera"])), @"
    Camera in Python: asked for
    EdgeDetector natively by edge_detector: asked for
    MyEdges natively by edge_detector: the stock code
    Code natively by edge_detector: the stock code
    Code_2 in Python: own code
    ");
    insta::assert_snapshot!(told(&file, &choice(&["all"], &["MyEdges"])), @"
    Camera natively by camera: asked for
    EdgeDetector natively by edge_detector: asked for
    MyEdges in Python: asked for
    Code natively by edge_detector: asked for
    Code_2 in Python: own code
    ");
    insta::assert_snapshot!(told(&file, &choice(&["Camera"], &["all"])), @"
    Camera natively by camera: asked for
    EdgeDetector in Python: asked for
    MyEdges in Python: asked for
    Code in Python: asked for
    Code_2 in Python: asked for
    ");
}

#[test]
fn ports_and_values_that_the_native_block_lacks_keep_the_code() {
    let extra = package("EdgeDetector", EDGES, (&["Img", "Depth"], &["Out"]), &[("Other", "5")]);
    let wires = [wire(("c", "o"), ("EdgeDetector", "Depth")), wire(("c", "o"), ("EdgeDetector", "Img"))];
    let file = project(&[extra], &[code("c", "", &[], &["o"])], &wires);
    insta::assert_snapshot!(told(&file, &Choice::default()), @"
    EdgeDetector in Python: `edge_detector` has no `Depth`, `Other`
    Code in Python: own code
    ");

    // A port that is not wired does not count.
    let idle = package("EdgeDetector", EDGES, (&["Img", "Depth"], &["Out"]), &[]);
    assert!(told(&project(&[idle], &[], &[]), &Choice::default()).contains("natively"));

    let soft = told(&camera_to_edges(edges(&[("Kind", "SOFT ")])), &Choice::default());
    assert!(soft.contains("EdgeDetector natively"), "{soft}");
    let hard = told(&camera_to_edges(edges(&[("Kind", "hard")])), &Choice::default());
    assert!(
        hard.ends_with("EdgeDetector in Python: `edge_detector` does not know this value of `Kind`"),
        "{hard}"
    );
}

#[test]
fn constants_become_parameters_and_topics() {
    let mut edges = edges(&[("Lower", "127"), ("Kernel", "5, 3"), ("ROSTopic", "/robot/edges")]);
    edges["design"]["graph"]["blocks"][0]["data"]["frequency"] = json!("12.5");
    let circuit = made(&camera_to_edges(edges), &Choice::default()).unwrap();

    let Runs::Native { parameters, .. } = &circuit.blocks[0].runs else { panic!() };
    assert_eq!(parameters, &[("rate".to_owned(), ParameterValue::Double(30.0))]);
    let Runs::Native { parameters, remaps, .. } = &circuit.blocks[1].runs else { panic!() };
    let expected = [
        ("mode", ParameterValue::String("stock".into())),
        ("lower", ParameterValue::Double(127.0)),
        ("kernel", ParameterValue::IntegerArray(vec![5, 3])),
        ("max_rate", ParameterValue::Double(12.5)),
    ];
    assert_eq!(parameters, &expected.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(remaps, &[("edges".to_owned(), "/robot/edges".to_owned())]);
}

#[test]
fn frequencies_beyond_what_a_source_can_are_what_it_can() {
    for (stated, expected) in [("5000", Some(120.0)), ("0.5", Some(0.5)), ("-1", None)] {
        let mut camera = camera();
        camera["design"]["graph"]["blocks"][0]["data"]["frequency"] = json!(stated);
        let circuit = made(&project(&[camera], &[], &[]), &Choice::default()).unwrap();
        let Runs::Native { parameters, .. } = &circuit.blocks[0].runs else { panic!() };
        let found = parameters.iter().map(|(_, value)| value.clone()).next();
        assert_eq!(found, expected.map(ParameterValue::Double), "{stated}");
    }
}

#[test]
fn mistakes_name_the_block_and_the_constant() {
    let said = |file: &Value, choice: &Choice| {
        let mistakes = made(file, choice).unwrap_err();
        let line = |mistake: &Mistake| format!("{mistake}\n  {}", mistake.hint().unwrap_or_default());
        mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let file = camera_to_edges(edges(&[("Lower", "many"), ("Kernel", "5")]));
    insta::assert_snapshot!(said(&file, &Choice::default()), @"
    constant `Lower` of block `EdgeDetector`: `many` is no parameter value: it is not a number
      change it in the editor, or run the block's own code: `--python EdgeDetector`
    ");
    let mut own = edges(&[]);
    own["package"]["name"] = json!("Own");
    own["design"]["graph"]["blocks"][0]["data"]["code"] = json!("x");
    let file = project(&[own, camera()], &[], &[]);
    insta::assert_snapshot!(said(&file, &choice(&["Own", "Camara"], &[])), @"
    `--native Camara`: the project has no such block
      did you mean `Camera`?
    ");
    insta::assert_snapshot!(said(&file, &choice(&["Own"], &[])), @"
    `Own` cannot run natively: own code
      without `--native Own` it runs in Python
    ");
    insta::assert_snapshot!(said(&file, &choice(&["Camera"], &["Camera"])), @"`Camera` cannot run both natively and in Python");
}

#[test]
fn values_can_be_given_by_block_and_name() {
    let given = |values: &[(&str, &str)]| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let file = camera_to_edges(edges(&[("Lower", "127")]));
        let circuit = made(&file, &Choice { values, ..Choice::default() })?;
        let parameters = circuit.blocks.into_iter().flat_map(|block| match block.runs {
            Runs::Native { parameters, .. } => parameters,
            Runs::Python(_) => panic!(),
        });
        let parameters = parameters.map(|(name, value)| format!("{name}={value}"));
        Ok::<_, Vec<Mistake>>(parameters.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(given(&[]).unwrap(), "rate=30.0 mode=stock lower=127.0");
    // A constant, a frequency, and what only the native block knows.
    let all = [("EdgeDetector.Lower", "80"), ("Camera.Frequency", "10"), ("EdgeDetector.kernel", "3,3")];
    assert_eq!(given(&all).unwrap(), "rate=10.0 mode=stock lower=80.0 kernel=[3, 3]");

    let said = |name: &str, value: &str| {
        let mistakes = given(&[(name, value)]).unwrap_err();
        format!("{}, {}", mistakes[0], mistakes[0].hint().unwrap_or_default())
    };
    insta::assert_snapshot!(said("EdgeDetector.Lowr", "1"), @"the project has no value `EdgeDetector.Lowr`, did you mean `EdgeDetector.Lower`?");
    insta::assert_snapshot!(said("Nobody.x", "1"), @"the project has no value `Nobody.x`, there is Camera.Frequency, EdgeDetector.Lower, EdgeDetector.Frequency");
    insta::assert_snapshot!(said("EdgeDetector.Lower", "x"), @"constant `Lower` of block `EdgeDetector`: `x` is no parameter value: it is not a number, change it in the editor, or run the block's own code: `--python EdgeDetector`");
}

#[test]
fn blocks_of_version_2_are_native_by_name_and_place() {
    let mut camera =
        package("Camera", "def loop(a, b, c, d, e): pass", (&["E"], &["200"]), &[("Frequency", "10.0")]);
    camera["design"]["graph"]["blocks"][1]["data"]["name"] = json!("E");
    camera["design"]["graph"]["blocks"][2]["data"]["name"] = json!("");
    let mut file = project(
        &[camera],
        &[code("c", "def loop(a, input_wires, c, d, e):\n  x = read_image(input_wires[0])", &["i"], &["o"])],
        &[],
    );
    file["version"] = json!("1.1");
    file.as_object_mut().unwrap().remove("editor");
    file["design"]["graph"]["wires"] =
        json!([wire(("Camera", "200"), ("c", "i")), wire(("c", "o"), ("Camera", "E"))]);

    insta::assert_snapshot!(told(&file, &Choice::default()), @"
    Camera natively by camera: the stock block, by its name
    Code in Python: own code
    ");
    let circuit = made(&file, &Choice::default()).unwrap();
    let Runs::Native { parameters, .. } = &circuit.blocks[0].runs else { panic!() };
    assert_eq!(parameters, &[("rate".to_owned(), ParameterValue::Double(10.0))]);
    let wires: Vec<_> =
        circuit.wires.iter().map(|wire| (wire.output.as_str(), wire.input.as_str())).collect();
    assert_eq!(wires, [("image", "i"), ("o", "enable")]);
}

#[test]
fn outputs_that_names_alone_would_join_are_kept_apart() {
    let file = project(&[camera(), edges(&[])], &[], &[]);
    let remaps = |circuit: &Circuit| match &circuit.blocks[0].runs {
        Runs::Native { remaps, .. } => remaps.clone(),
        Runs::Python(_) => panic!(),
    };
    let alone = made(&project(&[camera()], &[], &[]), &Choice::default()).unwrap();
    assert_eq!(remaps(&alone), []);
    let beside = made(&file, &Choice::default()).unwrap();
    assert_eq!(remaps(&beside), [("image".to_owned(), "~/image".to_owned())]);
    let wired = made(&camera_to_edges(edges(&[])), &Choice::default()).unwrap();
    assert_eq!(remaps(&wired), []);
}

#[test]
#[expect(clippy::too_many_lines, reason = "most of them are what is expected")]
fn the_launch_file_is_readable() {
    let odd = "def main(inputs, outputs, parameters, synchronise):\r\n    outputs.share_number('1', 1)\r\n    inputs.read_image('The Image')";
    let blocks = [
        code("c", odd, &["The Image", "Enable", "1"], &["1"]),
        json!({"id": "k", "type": "basic.constant", "data": {"name": "say \"hi\" $(x)", "value": "a\nb\\"}}),
    ];
    let mut edges = edges(&[("Lower", "85"), ("Kernel", "5,5"), ("Mode", "it's $(here)")]);
    edges["package"]["name"] = json!("Kanten finden");
    let wires = [
        wire(("Camera", "Img"), ("Kanten finden", "Img")),
        wire(("Kanten finden", "Out"), ("c", "The Image")),
        wire(("c", "1"), ("Camera", "Enable")),
        wire(("c", "1"), ("c", "1")),
        wire(("k", "constant-out"), ("c", "gain")),
    ];
    let circuit = made(&project(&[camera(), edges], &blocks, &wires), &Choice::default()).unwrap();
    let python = |file: &vc_visualcircuit::PythonFile| format!("blocks/{}.py", file.stem);

    let text = launch_text(&circuit, &Places { title: "My project", folder: "..", python: &python });

    insta::assert_snapshot!(text.text, @r#"
    # My project
    launch:

      # Camera, natively: the stock code
      - node:
          exec: camera
          name: Camera
          cwd: ..
          param:
            - {name: rate, value: 30.0}

      # Kanten_finden (package `Kanten finden`), natively: the stock code
      - node:
          exec: edge_detector
          name: Kanten_finden
          cwd: ..
          param:
            - {name: mode, value: "it's \\$(here)"}
            - {name: lower, value: 85.0}
            - {name: kernel, value: [5, 5]}

      # Code, in Python: own code
      - node:
          exec: blocks/Code.py
          name: Code
          cwd: ..
          output: screen

      - wire: {from: Camera/image, to: Kanten_finden/image}
      - wire: {from: Kanten_finden/edges, to: Code/The_Image}
      - wire: {from: Code/out_1, to: Code/in_1}
      - wire: {from: Code/out_1, to: Camera/enable}
    "#);
    insta::assert_debug_snapshot!(text.outline, @r#"
    [
        (
            3,
            "block `Camera`",
        ),
        (
            11,
            "block `Kanten_finden`",
        ),
        (
            21,
            "block `Code`",
        ),
        (
            29,
            "wire from `Camera` to `Kanten_finden`",
        ),
        (
            30,
            "wire from `Kanten_finden` to `Code`",
        ),
        (
            31,
            "wire from `Code` to `Code`",
        ),
        (
            32,
            "wire from `Code` to `Camera`",
        ),
    ]
    "#);
    let Runs::Python(file) = &circuit.blocks[2].runs else { panic!() };
    insta::assert_snapshot!(file.text(Some("my.vc3, block `Code`")).replace('\r', "⏎"), @r#"
    # Without a wire, so left out of the next line: Enable (input)
    # vc-host: {"frequency":30.0,"inputs":[{"name":"The Image","port":"The_Image","kind":"image"},{"name":"1","port":"in_1","kind":"number"}],"outputs":[{"name":"1","port":"out_1","kind":"number"}],"parameters":[{"name":"gain","value":"a\nb\\"},{"name":"say \"hi\" $(x)","value":"a\nb\\"}],"shown_as":"my.vc3, block `Code`"}
    def main(inputs, outputs, parameters, synchronise):⏎
        outputs.share_number('1', 1)⏎
        inputs.read_image('The Image')
    "#);
    assert_eq!(vc_words::HostLine::find(&file.text(None)), Ok(Some(file.line.clone())));
}
