//! VisualCircuit projects: planned, wrong, and converted.

use std::path::Path;

use serde_json::{Map, Value, json};
use vc_plan::{Checked, Choice, Options, Plan, Report};

use crate::fake::{Fake, Place, stock_code};

/// A package around stock code, its ports led outside, with constants within.
fn package(name: &str, block: &str, ports: (&[&str], &[&str]), constants: &[(&str, &str)]) -> Value {
    let list = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
    let params: Vec<&str> = constants.iter().map(|(name, _)| *name).collect();
    let data = json!({"code": stock_code(block), "frequency": "30", "params": list(&params), "ports": {"in": list(ports.0), "out": list(ports.1)}});
    let mut blocks = vec![json!({"id": "code", "type": "basic.code", "data": data})];
    let mut wires = Vec::new();
    for (kind, names) in [("input", ports.0), ("output", ports.1)] {
        for name in names {
            blocks.push(json!({"id": name, "type": format!("basic.{kind}"), "data": {"name": name}}));
            let (door, port) = ((*name, "door"), ("code", *name));
            wires.push(if kind == "input" { wire(door, port) } else { wire(port, door) });
        }
    }
    for (name, value) in constants {
        blocks.push(json!({"id": name, "type": "basic.constant", "data": {"name": name, "value": value}}));
        wires.push(wire((name, "constant-out"), ("code", name)));
    }
    json!({"package": {"name": name}, "design": {"graph": {"blocks": blocks, "wires": wires}}, "dependencies": {}})
}

fn wire(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"source": {"block": from.0, "port": from.1, "name": from.1}, "target": {"block": to.0, "port": to.1, "name": to.1}})
}

fn camera() -> Value {
    package("Camera", "camera", (&[], &["Img"]), &[("Width", "320")])
}

fn edges(lower: &str) -> Value {
    package("EdgeDetector", "edge_detector", (&["Img"], &["Out"]), &[("Lower", lower), ("Encoding", "mono8")])
}

fn screen() -> Value {
    package("Screen", "screen", (&["Img"], &[]), &[])
}

/// A project of packages, each once under its own name.
fn project(packages: &[Value], wires: &[Value]) -> Value {
    let mut dependencies = Map::new();
    let mut blocks = Vec::new();
    for package in packages {
        let name = package["package"]["name"].as_str().unwrap();
        dependencies.insert(name.to_owned(), package.clone());
        blocks.push(json!({"id": name, "type": name, "data": {}}));
    }
    json!({"version": "3.0", "editor": {}, "package": {"name": "P"}, "design": {"graph": {"blocks": blocks, "wires": wires}}, "dependencies": dependencies})
}

/// camera → edges → screen, the edges and a second screen within a package.
pub(crate) fn nested() -> Value {
    let mut inner = project(&[edges("85"), screen()], &[wire(("EdgeDetector", "Out"), ("Screen", "Img"))]);
    inner["package"]["name"] = json!("Show edges");
    let graph = &mut inner["design"]["graph"];
    graph["blocks"].as_array_mut().unwrap().extend([
        json!({"id": "in", "type": "basic.input", "data": {"name": "Picture"}}),
        json!({"id": "out", "type": "basic.output", "data": {"name": "Edges"}}),
    ]);
    graph["wires"].as_array_mut().unwrap().extend([
        wire(("in", "input-out"), ("EdgeDetector", "Img")),
        wire(("EdgeDetector", "Out"), ("out", "output-in")),
    ]);
    let wires =
        [wire(("Camera", "Img"), ("Show edges", "in")), wire(("Show edges", "out"), ("Screen", "Img"))];
    project(&[camera(), inner, screen()], &wires)
}

fn read(place: &Place, file: &Value, choice: &[(&str, &str)]) -> Result<Checked, Report> {
    let path = place.file("my.vc3", &file.to_string());
    vc_plan::read(&path, &options(place, choice), &Fake)
}

fn options(place: &Place, choice: &[(&str, &str)]) -> Options {
    let named = |flag: &str| {
        choice.iter().filter(|(known, _)| *known == flag).map(|(_, name)| (*name).to_owned()).collect()
    };
    Options {
        project: Choice { native: named("native"), python: named("python"), ..Choice::default() },
        ..place.options(&[])
    }
}

/// What is said of a project, errors or warnings.
fn said(file: &Value) -> String {
    let place = Place::new();
    let said = match read(&place, file, &[]) {
        Ok(checked) => checked.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"),
        Err(report) => report.to_string(),
    };
    place.redact(&said)
}

/// What of a plan does not depend on which file it was read from.
pub(crate) fn essence(plan: &Plan, place: &Path) -> Vec<String> {
    let nodes = plan.nodes.iter().map(|node| {
        let folder = place.display().to_string();
        format!(
            "{} {} {} in {:?} {:?} {:?} {:?}",
            node.name,
            node.program.file_name().unwrap().to_string_lossy(),
            node.args.join(" ").replace(&folder, "."),
            node.cwd.as_ref().map(|cwd| cwd.canonicalize().unwrap()),
            node.output,
            node.restart,
            node.env,
        )
    });
    nodes
        .chain(
            plan.wires
                .iter()
                .map(|wire| format!("{} → {} {} {}", wire.from, wire.to, wire.topic, wire.type_name)),
        )
        .collect()
}

#[test]
fn stock_blocks_are_planned_as_native_nodes() {
    let place = Place::new();
    let checked = read(&place, &nested(), &[]).unwrap();

    assert_eq!(checked.warnings, []);
    let nodes = checked.plan.nodes.iter().map(|node| {
        assert_eq!(node.cwd.as_ref().unwrap().canonicalize().unwrap(), place.path().canonicalize().unwrap());
        format!("{} | {}", node.place, node.args.join(" "))
    });
    insta::assert_snapshot!(place.redact(&nodes.collect::<Vec<_>>().join("\n")), @r#"
    my.vc3: block `Camera` | --ros-args -r __node:=Camera -r __ns:=/ -r image:=/Camera/image -p width:=320 -p rate:=30.0
    my.vc3: block `Show_edges/EdgeDetector` | --ros-args -r __node:=EdgeDetector -r __ns:=/Show_edges -r image:=/Camera/image -r edges:=/Show_edges/EdgeDetector/edges -p lower:=85.0 -p encoding:="mono8"
    my.vc3: block `Show_edges/Screen` | --ros-args -r __node:=Screen -r __ns:=/Show_edges -r image:=/Show_edges/EdgeDetector/edges
    my.vc3: block `Screen` | --ros-args -r __node:=Screen -r __ns:=/ -r image:=/Show_edges/EdgeDetector/edges
    "#);
    let wires = checked.plan.wires.iter().map(|wire| format!("{} → {}", wire.from, wire.to));
    insta::assert_snapshot!(wires.collect::<Vec<_>>().join("\n"), @"
    Camera/image → Show_edges/EdgeDetector/image
    Show_edges/EdgeDetector/edges → Show_edges/Screen/image
    Show_edges/EdgeDetector/edges → Screen/image
    ");
    let project = checked.project.unwrap();
    let natives: Vec<_> =
        project.blocks.iter().map(|note| (note.block.as_str(), note.native.as_deref())).collect();
    assert_eq!(natives[1], ("Show_edges/EdgeDetector", Some("edge_detector")));
}

#[test]
fn a_converted_project_is_the_same_plan() {
    let place = Place::new();
    let direct = read(&place, &nested(), &[]).unwrap();
    for launch in ["my.launch.yaml", "elsewhere/deep/my.launch.yaml"] {
        let launch = place.file(launch, "");
        let converted =
            vc_plan::convert(&place.path().join("my.vc3"), &launch, &options(&place, &[]), &Fake).unwrap();
        std::fs::write(&launch, &converted.launch).unwrap();

        let read = vc_plan::read(&launch, &place.options(&[]), &Fake).unwrap();

        assert_eq!(essence(&read.plan, place.path()), essence(&direct.plan, place.path()));
        assert_eq!((read.project, converted.python), (None, Vec::new()));
    }
}

#[test]
fn a_project_without_blocks_is_an_empty_plan() {
    let place = Place::new();
    let checked = read(&place, &project(&[], &[]), &[]).unwrap();
    assert_eq!((checked.plan.nodes.len(), checked.warnings.len()), (0, 0));
    assert_eq!(vc_plan::arguments(&place.path().join("my.vc3")).unwrap(), []);
}

#[test]
fn mistakes_are_told_in_the_words_of_the_editor() {
    let mut missing = nested();
    missing["dependencies"]["Show edges"]["dependencies"]["EdgeDetector"] = json!(null);
    insta::assert_snapshot!(said(&missing), @"
    error: the content of a package with ports `Out`, `Img` is missing from the file (it stands in package `Show edges`)
     --> my.vc3
    hint: open the project in the editor, add the block again from its own file, and save the project
    ");

    let wires = [wire(("Camera", "Img"), ("EdgeDetector", "Img"))];
    insta::assert_snapshot!(said(&project(&[camera(), edges("5,5")], &wires)), @"
    error: constant `Lower` of block `EdgeDetector`: `5,5` is no parameter value: it is not a number
     --> my.vc3
    hint: change it in the editor, or run the block's own code: `--python EdgeDetector`
    ");
    insta::assert_snapshot!(said(&project(&[camera(), edges("-5")], &wires)), @"
    error: constant `Lower` of block `EdgeDetector`: parameter `lower` = -5 is outside its range 0 to 1000
     --> my.vc3
    hint: change it in the editor, or run the block's own code: `--python EdgeDetector`
    ");

    insta::assert_snapshot!(said(&json!([])), @"
    error: cannot read the project: it is not a VisualCircuit project: it is no JSON object
     --> my.vc3
    ");
}

#[test]
fn doubts_are_warnings() {
    let wires = [wire(("Camera", "Image"), ("EdgeDetector", "Img"))];
    insta::assert_snapshot!(said(&project(&[camera(), edges("5")], &wires)), @"
    warning: package `Camera` has no port `Image` any more: the wire from or to `EdgeDetector` is left out
     --> my.vc3
    hint: in the editor, remove the wire and draw it again

    warning: input `image` of node `EdgeDetector` (block `edge_detector`) has no source
     --> my.vc3: block `EdgeDetector`
    ");
}

#[test]
fn constants_are_a_projects_arguments() {
    let place = Place::new();
    let path = place.file("my.vc3", &nested().to_string());
    let list = vc_plan::arguments(&path).unwrap().into_iter();
    let list = list.map(|argument| format!("{} = {}", argument.name, argument.default.unwrap()));
    insta::assert_snapshot!(list.collect::<Vec<_>>().join("\n"), @"
    Camera.Width = 320
    Camera.Frequency = 30
    Show_edges/EdgeDetector.Lower = 85
    Show_edges/EdgeDetector.Encoding = mono8
    Show_edges/EdgeDetector.Frequency = 30
    Show_edges/Screen.Frequency = 30
    Screen.Frequency = 30
    ");

    let given =
        [("Show_edges/EdgeDetector.Lower", "10"), ("Camera.source", "clip.mp4"), ("Camera.Frequency", "5")];
    let checked = vc_plan::read(&path, &place.options(&given), &Fake).unwrap();
    let args = checked.plan.nodes.iter().map(|node| node.args.join(" ")).collect::<Vec<_>>().join("\n");
    for expected in ["-p lower:=10.0", "-p source:=\"clip.mp4\"", "-p rate:=5.0"] {
        assert!(args.contains(expected), "{expected}: {args}");
    }

    let report = vc_plan::read(&path, &place.options(&[("rate", "15")]), &Fake).unwrap_err();
    insta::assert_snapshot!(place.redact(&report.to_string()), @"
    error: the project has no value `rate`
     --> my.vc3
    hint: there is Camera.Width, Camera.Frequency, Show_edges/EdgeDetector.Lower, Show_edges/EdgeDetector.Encoding, Show_edges/EdgeDetector.Frequency, Show_edges/Screen.Frequency, Screen.Frequency
    ");
}

#[test]
fn blocks_that_nobody_can_run_natively_are_told() {
    let place = Place::new();
    let report = read(&place, &nested(), &[("native", "Camara"), ("python", "Screen"), ("native", "Screen")])
        .unwrap_err();
    insta::assert_snapshot!(place.redact(&report.to_string()), @"
    error: `--native Camara`: the project has no such block
     --> my.vc3
    hint: did you mean `Camera`?

    error: `Show_edges/Screen` cannot run both natively and in Python
     --> my.vc3

    error: `Screen` cannot run both natively and in Python
     --> my.vc3
    ");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let place = Place::new();
    let said = |name: &str| {
        let report = vc_plan::read(&place.path().join(name), &place.options(&[]), &Fake).unwrap_err();
        place.redact(&report.to_string())
    };
    std::fs::create_dir(place.path().join("folder.vc")).unwrap();
    std::fs::write(place.path().join("binary.VC3"), [0xff, 0xfe]).unwrap();
    std::fs::File::create(place.path().join("huge.vc3")).unwrap().set_len(65 << 20).unwrap();

    insta::assert_snapshot!(said("none.vc3"), @"error: cannot read `none.vc3`: No such file or directory (os error 2)");
    insta::assert_snapshot!(said("folder.vc"), @"error: cannot read `folder.vc`: Is a directory (os error 21)");
    insta::assert_snapshot!(said("binary.VC3"), @"error: cannot read `binary.VC3`: it is not UTF-8 text");
    insta::assert_snapshot!(said("huge.vc3"), @"error: cannot read `huge.vc3`: it is larger than 64 MiB");
}
