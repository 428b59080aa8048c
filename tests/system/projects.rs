//! VisualCircuit projects, run as they are saved.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use vc_tests::harness::{Program, Signal, until};

use crate::circuit::{Place, carried_all, node};
use crate::edges::{edges_of, picture_in};

/// What the fixture `counting_talker` stands in for: it knows this code by its digest.
pub(crate) const COUNTER: &str = "\
def main(inputs, outputs, parameters, synchronise):
    last = int(parameters.read_number('Last'))
    number = 0
    while number != last:
        number += 1
        outputs.share_number('Count', number)
        synchronise()
";

/// What the fixture `noting_listener` stands in for.
pub(crate) const LISTENER: &str = "\
def main(inputs, outputs, parameters, synchronise):
    last = parameters.read_number('Last')
    heard = None
    while heard != last:
        number = inputs.read_number('Number')
        if number is not None and float(number) != heard:
            heard = float(number)
            print('heard', int(heard))
        synchronise()
";

/// A package of one code block, its ports led outside and its constants within.
pub(crate) fn package(
    name: &str,
    code: &str,
    ports: (&[&str], &[&str]),
    constants: &[(&str, &str)],
) -> Value {
    let list = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
    let params: Vec<&str> = constants.iter().map(|(name, _)| *name).collect();
    let data = json!({
        "code": code, "frequency": "200", "params": list(&params), "ports": {"in": list(ports.0), "out": list(ports.1)},
    });
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
    json!({"package": {"name": name}, "design": {"graph": {"blocks": blocks, "wires": wires}}, "dependencies": {}})
}

pub(crate) fn wire(from: (&str, &str), to: (&str, &str)) -> Value {
    let end = |(block, port): (&str, &str)| json!({"block": block, "port": port, "name": port});
    json!({"source": end(from), "target": end(to)})
}

/// A project, or a package, of instances of packages: the key of each is its name.
pub(crate) fn project(name: &str, instances: &[(&str, &Value)], wires: &[Value]) -> Value {
    let mut dependencies = Map::new();
    let mut blocks = Vec::new();
    for (id, package) in instances {
        let key = package["package"]["name"].as_str().unwrap();
        dependencies.insert(key.to_owned(), (*package).clone());
        blocks.push(json!({"id": id, "type": key, "data": {}}));
    }
    json!({
        "version": "3.0", "editor": {}, "package": {"name": name},
        "design": {"board": "Python3-Noetic", "graph": {"blocks": blocks, "wires": wires}},
        "dependencies": dependencies,
    })
}

pub(crate) fn saved(place: &Place, project: &Value) -> PathBuf {
    let file = place.folder.path().join("test.vc3");
    fs::write(&file, project.to_string()).unwrap();
    file
}

#[test]
fn a_project_of_stock_blocks_runs_natively_to_its_end() {
    let place = Place::new();
    let counter = package("Counter", COUNTER, (&[], &["Count"]), &[("Last", "100")]);
    let listener = package("Listener", LISTENER, (&["Number"], &[]), &[("Last", "100")]);
    // The same package of packages twice: their blocks share ids, and must not share wires.
    let mut pair =
        project("Pair", &[("c", &counter), ("l", &listener)], &[wire(("c", "Count"), ("l", "Number"))]);
    let out = json!({"id": "out", "type": "basic.output", "data": {"name": "Out"}});
    pair["design"]["graph"]["blocks"].as_array_mut().unwrap().push(out);
    pair["design"]["graph"]["wires"].as_array_mut().unwrap().push(wire(("c", "Count"), ("out", "output-in")));
    let wires = [wire(("p1", "out"), ("l", "Number"))];
    let project = project("Counting", &[("p1", &pair), ("p2", &pair), ("l", &listener)], &wires);

    let (seen, summary) = place.launch(&saved(&place, &project), "").end();

    assert_eq!(seen.code, Some(0), "{seen}");
    for name in ["Pair/Counter", "Pair/Listener", "Pair_2/Counter", "Pair_2/Listener", "Listener"] {
        assert_eq!(node(&summary, name)["state"], "ended", "{name}: {seen}");
    }
    assert_eq!(carried_all(&summary), [100, 100, 100], "{seen}");
    place.is_clean();
}

fn example(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    root.join("launch/examples").join(name)
}

/// Runs a file until it shows outlines in the folder `out`; gives its nodes and wires as the summary has them.
fn shows_outlines(place: &Place, file: &Path, line: &str) -> (Vec<String>, Vec<String>) {
    let out = place.folder.path().join("out");
    let circuit = place.launch(file, line);
    circuit.flows();
    until("a picture is stored", || out.join("last.png").exists());
    circuit.signal(Signal::INT);
    let (seen, summary) = circuit.end();

    assert_eq!(seen.code, Some(0), "{seen}");
    let (width, height, white, black) = edges_of(&picture_in(&out));
    assert_eq!((width, height), (320, 240));
    assert!(white > 0.01 && white < 0.5 && white + black > 0.999, "{white} white, {black} black");
    fs::remove_dir_all(out).unwrap();
    let all = |list: &str, keys: &[&str]| {
        let items = summary[list].as_array().unwrap().iter();
        items
            .map(|item| keys.iter().map(|key| item[key].to_string()).collect::<Vec<_>>().join(" → "))
            .collect()
    };
    (all("nodes", &["name"]), all("wires", &["from", "to"]))
}

#[test]
fn the_example_shows_outlines_and_does_so_when_it_is_converted() {
    let place = Place::new();
    let out = place.folder.path().join("out").display().to_string();
    let line = format!("Screen.view:=none Screen.out:={out} Outline/EdgeDetector.Lower:=50");
    let project = shows_outlines(&place, &example("outline.vc3"), &line);

    let file = place.folder.path().join("converted.launch.yaml");
    Program::new("vclaunch")
        .args("convert")
        .arg(example("outline.vc3"))
        .arg("-o")
        .arg(&file)
        .run()
        .succeeded();
    // A launch file is changed where a project is given values.
    let screen = "      name: Screen\n";
    let with = format!("{screen}      param: [{{name: view, value: none}}, {{name: out, value: {out}}}]\n");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(screen) && text.contains("{name: lower, value: 60.0}"), "{text}");
    fs::write(&file, text.replace(screen, &with).replace("value: 60.0}", "value: 50.0}")).unwrap();

    assert_eq!(shows_outlines(&place, &file, ""), project);
    place.is_clean();
}

/// What `vclaunch check` says of an example, without what belongs to this machine.
fn checked(name: &str, options: &str) -> String {
    let seen = Program::new("vclaunch").args("check").arg(example(name)).args(options).run();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_str().unwrap().to_owned();
    seen.to_string().replace(&root, "ROOT")
}

#[test]
fn check_tells_how_each_block_of_the_example_runs() {
    insta::assert_snapshot!(checked("outline.vc3", "--native Dilation"), @"
    exit: 0
    ----- stdout -----
    ROOT/launch/examples/outline.vc3: 4 blocks (4 natively, 0 in Python), 3 wires

    block                 package        runs                       because
    VideoStreamer         VideoStreamer  natively, `camera`         the stock code
    Outline/EdgeDetector  EdgeDetector   natively, `edge_detector`  the stock code
    Outline/Dilation      Dilation       natively, `dilation`       asked for
    Screen                Screen         natively, `screen`         the stock code

    wire                                                   type                   topic
    VideoStreamer.Out         →  Outline/EdgeDetector.Img  sensor_msgs/msg/Image  /VideoStreamer/image
    Outline/EdgeDetector.Out  →  Outline/Dilation.Img      sensor_msgs/msg/Image  /Outline/EdgeDetector/edges
    Outline/Dilation.Out      →  Screen.Img                sensor_msgs/msg/Image  /Outline/Dilation/dilated
    ");
}

#[test]
fn a_constant_changes_while_the_project_runs() {
    let place = Place::new();
    let circuit = place.launch(&example("outline.vc3"), "Screen.view:=none");
    circuit.flows();
    let param = |line: &str| Program::new("vclaunch").args("param").args(line).domain(&place.domain).run();

    let before = param("get Outline/EdgeDetector lower").succeeded();
    param("set Outline/EdgeDetector lower 90").succeeded();
    let after = param("get Outline/EdgeDetector lower").succeeded();

    assert_eq!((before.stdout.trim(), after.stdout.trim()), ("60.0", "90.0"));
    circuit.signal(Signal::INT);
    circuit.end().0.succeeded();
    place.is_clean();
}
