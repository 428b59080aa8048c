//! Everything odd that files in circulation hold, one test each.

use serde_json::{Value, json};
use vc_visualcircuit::{Doubt, Flat, Frequency, Problem, flatten, read};

use crate::drawing::{Drawing, Part};
use crate::reference::{found, meaning};

fn flat(file: &Value) -> Flat {
    flatten(&read(&file.to_string()).unwrap()).unwrap()
}

/// Visits the wires of the project and of all packages in its dependencies.
fn each_wire(tree: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    tree["design"]["graph"]["wires"].as_array_mut().unwrap().iter_mut().for_each(&mut *visit);
    for package in tree["dependencies"].as_object_mut().unwrap().values_mut() {
        each_wire(package, visit);
    }
}

/// source → Outer{Inner{filter}} → sink, and a constant for the filter.
fn chain() -> Drawing {
    let mut inner = Drawing::new("Inner", 3);
    let filter = inner.code(1, 1, 1);
    let doors = [Part::Input, Part::Input, Part::Output].map(|door| inner.add(door));
    inner.wire((doors[0], 0), (filter, 0));
    inner.wire((doors[1], 0), (filter, 1));
    inner.wire((filter, 0), (doors[2], 0));
    let mut outer = Drawing::new("Outer", 2);
    let at = outer.add(Part::Package(inner));
    let doors = [Part::Input, Part::Input, Part::Output].map(|door| outer.add(door));
    outer.wire((doors[0], 0), (at, 0));
    outer.wire((doors[1], 0), (at, 1));
    outer.wire((at, 0), (doors[2], 0));
    let mut d = Drawing::new("Chain", 1);
    let (source, package, sink) = (d.code(0, 1, 0), d.add(Part::Package(outer)), d.code(1, 0, 0));
    let gain = d.constant("Gain", "2");
    d.wire((source, 0), (package, 0));
    d.wire((gain, 0), (package, 1));
    d.wire((package, 0), (sink, 0));
    d
}

#[test]
fn wires_without_names_go_by_their_ports() {
    let drawing = chain();
    let mut file = drawing.file();
    each_wire(&mut file, &mut |wire| {
        for end in ["source", "target"] {
            wire[end].as_object_mut().unwrap().remove("name");
        }
    });
    assert_eq!(found(&flat(&file)), meaning(&drawing));
}

#[test]
fn the_name_of_a_wire_wins_over_its_port_where_the_block_has_it() {
    let drawing = chain();
    let mut file = drawing.file();
    let wires = file["design"]["graph"]["wires"].as_array_mut().unwrap();
    wires[0]["source"]["port"] = json!("old name");
    wires[2]["target"]["name"] = json!("renamed");
    assert_eq!(found(&flat(&file)), meaning(&drawing));
}

#[test]
fn a_port_that_code_does_not_declare_exists_all_the_same() {
    let mut file = chain().file();
    file["design"]["graph"]["wires"][0]["source"]["name"] = json!("Late");
    file["design"]["graph"]["wires"][0]["source"]["port"] = json!("Late");
    let flat = flat(&file);
    assert_eq!(flat.blocks[0].outputs, ["O0", "Late"]);
    assert!(flat.connections.iter().any(|wire| wire.output == "Late"));
}

/// What VisualCircuit's builder leaves behind in the project that it puts into its archive: all wires at the top, as far as
/// it could resolve them, the same wires changed where they were, and marks.
fn polluted(drawing: &Drawing) -> Value {
    let mut file = drawing.file();
    let outer = file["dependencies"].as_object().unwrap().values().next().unwrap().clone();
    let inner = outer["dependencies"].as_object().unwrap().values().next().unwrap().clone();
    let id = |tree: &Value, at: usize| tree["design"]["graph"]["blocks"][at]["id"].clone();
    let (source, sink, gain, filter) = (id(&file, 0), id(&file, 2), id(&file, 3), id(&inner, 0));
    let end = |block: &Value, port: &str, name: &str| json!({"block": block, "port": port, "name": name});
    let mut left = end(&id(&outer, 1), "input-out", "input-out");
    left["ob"] = json!("absent");
    let all = json!([
        {"source": end(&source, "O0", "O0"), "target": end(&filter, "I0", "I0")},
        {"source": end(&gain, "constant-out", "Gain"), "target": end(&filter, "P0", "P0")},
        {"source": end(&filter, "O0", "O0"), "target": end(&sink, "I0", "I0")},
        {"source": end(&filter, "O0", "O0"), "target": end(&sink, "I0", "I0")},
        {"source": left, "target": end(&filter, "I0", "I0")},
    ]);
    file["design"]["graph"]["wires"] = all.clone();
    let package = file["dependencies"].as_object_mut().unwrap().values_mut().next().unwrap();
    package["design"]["graph"]["wires"] = json!([all[0], all[1]]);
    let package = package["dependencies"].as_object_mut().unwrap().values_mut().next().unwrap();
    package["design"]["graph"]["wires"] = json!([all[2]]);
    file
}

#[test]
fn a_polluted_export_means_what_the_project_meant() {
    let flat = flat(&polluted(&chain()));
    assert_eq!(found(&flat), meaning(&chain()));
    assert_eq!(flat.doubts, []);
}

#[test]
fn a_wire_of_another_level_is_dropped_where_two_blocks_have_its_id() {
    let mut file = polluted(&chain());
    let mut copy = file["design"]["graph"]["blocks"][1].clone();
    copy["id"] = json!("another instance");
    file["design"]["graph"]["blocks"].as_array_mut().unwrap().push(copy);

    let flat = flat(&file);

    // Within the packages the filter is at home, and the sink is the only one of its id.
    let left = ["1.O0 → 2.I0", "3.O0 → 2.I0"].map(str::to_owned);
    assert_eq!(found(&flat), left.into());
    // The marked one is left out in silence; those within the outer package are there twice.
    assert_eq!(flat.doubts, [Doubt::LostWires { count: 4 + 2 * 2 }]);
}

#[test]
fn dependencies_that_are_text_are_hints() {
    let mut file = chain().file();
    file["dependencies"]["mediapipe"] = json!(">=0.10.30");
    file["dependencies"]["numpy"] = json!("2.0");
    file["dependencies"]["scipy"] = json!("");
    file["dependencies"]["nothing"] = json!(null);

    let project = read(&file.to_string()).unwrap();

    assert_eq!(project.requirements, ["mediapipe>=0.10.30", "numpy==2.0", "scipy"]);
    assert_eq!(found(&flatten(&project).unwrap()), meaning(&chain()));
}

#[test]
fn missing_dependencies_are_taken_from_the_editor_part() {
    // Before 3.6 packages within packages were stored without their dependencies.
    let drawing = chain();
    let mut file = drawing.file();
    let package = file["dependencies"].as_object_mut().unwrap().values_mut().next().unwrap();
    package.as_object_mut().unwrap().remove("dependencies");

    let found_flat = flat(&file);

    assert_eq!(found(&found_flat), meaning(&drawing));
    assert_eq!(found_flat.doubts, [Doubt::Recovered { package: "Inner".into() }]);

    file["dependencies"] = json!({});
    let found_flat = flat(&file);
    assert_eq!(found(&found_flat), meaning(&drawing));
    assert_eq!(found_flat.doubts.len(), 2);
}

#[test]
fn a_missing_package_is_named_as_the_editor_does() {
    let mut file = chain().file();
    let package = file["dependencies"].as_object_mut().unwrap().values_mut().next().unwrap();
    package["dependencies"] = json!({});
    let drawn = chain().id(1);
    let inner = &mut file["editor"]["layers"][1]["models"][&drawn]["model"]["layers"][1]["models"];
    inner
        .as_object_mut()
        .unwrap()
        .values_mut()
        .for_each(|node| drop(node.as_object_mut().unwrap().remove("design")));
    let problem = || flatten(&read(&file.to_string()).unwrap()).unwrap_err();
    let within = Some("Outer".to_owned());
    let expected = Problem::MissingPackage { block: "package `Inner`".into(), within: within.clone() };
    assert_eq!(problem(), [expected]);

    file["editor"] = json!(null);
    let problem = flatten(&read(&file.to_string()).unwrap()).unwrap_err();
    let block = "a package with ports `door 1`, `door 2`, `door 3`".to_owned();
    assert_eq!(problem, [Problem::MissingPackage { block, within }]);
}

#[test]
fn stale_ports_are_told_and_left_out() {
    let drawing = chain();
    let mut file = drawing.file();
    file["design"]["graph"]["wires"][0]["target"]["port"] = json!("00000000-0000-4000-8000-00000000dead");
    file["design"]["graph"]["wires"][2]["source"]["port"] = json!("gone");
    file["design"]["graph"]["wires"][2]["source"]["name"] = json!("");

    let flat = flat(&file);

    let stale = |port: &str, other: &str| Doubt::StalePort {
        package: "Outer".into(),
        port: port.into(),
        other: other.into(),
    };
    assert_eq!(flat.doubts, [stale("door 1", "Code"), stale("", "Code_2")]);
    assert_eq!(flat.connections, []);
    assert_eq!(flat.blocks[1].given.len(), 1);
}

#[test]
fn an_output_of_a_package_is_no_input_of_it() {
    let drawing = chain();
    let mut file = drawing.file();
    let wires = file["design"]["graph"]["wires"].as_array_mut().unwrap();
    wires[0]["target"]["port"] = wires[2]["source"]["port"].clone();
    let flat = flat(&file);
    assert!(matches!(flat.doubts.as_slice(), [Doubt::StalePort { .. }]), "{:?}", flat.doubts);
}

#[test]
fn a_constant_is_bound_under_both_names_the_ports_first() {
    let mut d = Drawing::new("Names", 1);
    let code = d.code(1, 0, 3);
    // The constant P0 would take the place of the port P0 if names went first.
    let constants = [("Lower Threshold", "127"), ("P0", "255"), ("P2", "3"), ("P2", "4")];
    let constants = constants.map(|(name, value)| d.constant(name, value));
    for (constant, port) in [(constants[0], 1), (constants[1], 2), (constants[2], 3), (constants[3], 3)] {
        d.wire((constant, 0), (code, port));
    }
    let flat = flat(&d.file());
    let expected = [("P0", "127"), ("P1", "255"), ("P2", "4"), ("Lower Threshold", "127")];
    assert_eq!(flat.blocks[0].bound(), expected);
}

#[test]
fn a_constant_wired_to_an_input_is_a_parameter_there() {
    let mut d = Drawing::new("Input", 1);
    let (code, constant) = (d.code(1, 0, 0), d.constant("Five", "5"));
    d.wire((constant, 0), (code, 0));
    let flat = flat(&d.file());
    assert_eq!(flat.blocks[0].bound(), [("I0", "5"), ("Five", "5")]);
    assert_eq!(flat.connections, []);
}

#[test]
fn constants_of_any_json_are_text_and_null_is_nothing() {
    let mut d = Drawing::new("Values", 1);
    let code = d.code(0, 0, 4);
    for port in 0..4 {
        let constant = d.constant(&format!("C{port}"), "");
        d.wire((constant, 0), (code, port));
    }
    let mut file = d.file();
    for (at, value) in [json!(5), json!(0.5), json!(true), json!(null)].into_iter().enumerate() {
        file["design"]["graph"]["blocks"][at + 1]["data"]["value"] = value;
    }
    let flat = flat(&file);
    let values: Vec<&str> = flat.blocks[0].given.iter().map(|given| given.value.as_str()).collect();
    assert_eq!(values, ["5", "0.5", "True"]);
    assert_eq!(flat.doubts, [Doubt::NoValue { constant: "C3".into(), block: "Code".into() }]);
}

#[test]
fn frequencies_are_read_by_the_originals_rules() {
    let mut d = Drawing::new("Frequency", 1);
    d.code(0, 0, 0);
    for (stated, expected) in [
        (json!("15"), Frequency::Hertz(15.0)),
        (json!(15), Frequency::Hertz(15.0)),
        (json!("fast"), Frequency::Hertz(30.0)),
        (json!("0"), Frequency::Hertz(30.0)),
        (json!(null), Frequency::Hertz(30.0)),
        (json!("-1"), Frequency::Unlimited),
    ] {
        let mut file = d.file();
        file["design"]["graph"]["blocks"][0]["data"]["frequency"] = stated;
        assert_eq!(flat(&file).blocks[0].frequency, expected);
    }
    let mut file = d.file();
    file["design"]["graph"]["blocks"][0]["data"].as_object_mut().unwrap().remove("frequency");
    assert_eq!(flat(&file).blocks[0].frequency, Frequency::Hertz(30.0));
}

#[test]
fn what_nobody_knows_is_ignored() {
    let drawing = chain();
    let mut file = drawing.file();
    file["extra"] = json!({"deep": [1, 2, {"x": null}]});
    file["package"]["tags"] = json!(["a"]);
    file["package"]["category"] = json!("b");
    let graph = &mut file["design"]["graph"];
    graph["blocks"][0]["size"] = json!({"width": 1});
    graph["blocks"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "n", "type": "basic.info", "data": {"info": "note"}}));
    graph["blocks"].as_array_mut().unwrap().push(json!({"id": "m", "type": "basic.memory"}));
    graph["wires"]
        .as_array_mut()
        .unwrap()
        .push(json!({"source": {"block": "n", "port": "x"}, "target": {"block": "m", "port": "y"}}));
    graph["wires"].as_array_mut().unwrap().push(json!({}));
    let flat = flat(&file);
    assert_eq!(found(&flat), meaning(&drawing));
    assert_eq!(flat.doubts, []);
}

#[test]
fn a_block_saved_on_its_own_is_a_project() {
    let mut d = Drawing::new("Saved", 1);
    let (code, input, output) = (d.code(1, 1, 0), d.add(Part::Input), d.add(Part::Output));
    d.wire((input, 0), (code, 0));
    d.wire((code, 0), (output, 0));
    let flat = flat(&d.file());
    assert_eq!((flat.blocks.len(), flat.connections.len(), flat.doubts.len()), (1, 0, 0));
}

#[test]
fn a_block_is_named_by_the_outermost_package_that_is_only_it() {
    let mut d = chain();
    let copy = d.parts[1].clone();
    d.add(copy);
    let mut team = Drawing::new("Mein Team", 9);
    team.code(0, 0, 0);
    team.add(Part::Package(Drawing { name: "¿Qué?".into(), seed: 8, ..Drawing::default() }));
    team.add(d.parts[1].clone());
    d.add(Part::Package(team));

    let flat = flat(&d.file());

    let names: Vec<String> = flat.blocks.iter().map(vc_visualcircuit::FlatBlock::path).collect();
    assert_eq!(names, ["Code", "Outer", "Code_2", "Outer_2", "Mein_Team/Code", "Mein_Team/Outer"]);
    // The package whose whole content the code is: what a native block may stand in for.
    let packages: Vec<Option<&str>> = flat.blocks.iter().map(|block| block.package.as_deref()).collect();
    assert_eq!(packages, [None, Some("Inner"), None, Some("Inner"), None, Some("Inner")]);
}

#[test]
fn a_port_of_code_may_be_called_as_a_port_of_a_package_is_known() {
    let id = "0b1fa4a5-5f4e-4a5e-9c5c-000000000001";
    let code = |own: &str, inputs: &[&str], outputs: &[&str]| {
        let list = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        let ports = json!({"in": list(inputs), "out": list(outputs)});
        json!({"id": own, "type": "basic.code", "data": {"code": "def main(i, o, p, s): pass", "params": [], "ports": ports}})
    };
    let wire = |from: (&str, &str), to: (&str, &str)| {
        let end = |(block, port): (&str, &str)| json!({"block": block, "port": port, "name": port});
        json!({"source": end(from), "target": end(to)})
    };
    let inner = json!({"blocks": [{"id": id, "type": "basic.input", "data": {"name": "In"}}, code("within", &["I"], &[])],
        "wires": [wire((id, "input-out"), ("within", "I"))]});
    let package = json!({"package": {"name": "P"}, "design": {"graph": inner}, "dependencies": {}});
    let outer = json!({"blocks": [code("a", &[], &[id]), code("b", &[id], &[]), {"id": "p", "type": "key", "data": {}}],
        "wires": [wire(("a", id), ("p", id)), wire(("a", id), ("b", id))]});
    let file = json!({"version": "3.0", "package": {"name": "Odd"}, "design": {"graph": outer}, "dependencies": {"key": package}});

    let flat = flat(&file);

    let wires: Vec<_> =
        flat.connections.iter().map(|w| (w.from, w.output.as_str(), w.to, w.input.as_str())).collect();
    assert_eq!(wires, [(0, id, 1, id), (0, id, 2, "I")]);
    assert_eq!(flat.doubts, []);
}
