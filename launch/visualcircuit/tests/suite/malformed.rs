//! Files that are no projects, and what is said of them.

use serde_json::json;
use vc_visualcircuit::read;

use crate::drawing::{Drawing, Part};

fn said(text: &str) -> String {
    read(text).map_or_else(|error| error.to_string(), |_| "it is a project".to_owned())
}

#[test]
fn what_is_no_project_is_told() {
    insta::assert_snapshot!(said(""), @"not valid JSON: EOF while parsing a value (line 1, column 0)");
    insta::assert_snapshot!(said("launch:\n  - node: {}"), @"not valid JSON: expected value (line 1, column 1)");
    insta::assert_snapshot!(said("[]"), @"it is not a VisualCircuit project: it is no JSON object");
    insta::assert_snapshot!(said("{\"design\": {}}"), @"it is not a VisualCircuit project: it has no `design` with blocks");
    insta::assert_snapshot!(said("\u{feff}{\"design\": {\"graph\": {\"blocks\": []}}}"), @"it is a project");
}

#[test]
fn a_part_of_another_form_is_told_with_its_package() {
    let mut inner = Drawing::new("Filter", 2);
    inner.code(0, 0, 0);
    let mut drawing = Drawing::new("", 1);
    drawing.add(Part::Package(inner));
    let file = drawing.file();

    let mut broken = file.clone();
    broken["design"]["graph"]["blocks"] = json!("none");
    insta::assert_snapshot!(said(&broken.to_string()), @"the blocks of the project must be a list");

    let mut broken = file.clone();
    let package = broken["dependencies"].as_object_mut().unwrap().values_mut().next().unwrap();
    package["design"]["graph"]["blocks"][0] = json!(5);
    insta::assert_snapshot!(said(&broken.to_string()), @"block 1 of package `Filter` must be an object with `id` and `type`");

    let mut broken = file.clone();
    broken["design"]["graph"]["wires"] = json!({});
    insta::assert_snapshot!(said(&broken.to_string()), @"the wires of the project must be a list");

    let mut crowded = Drawing::new("", 1);
    crowded.code(1001, 0, 0);
    insta::assert_snapshot!(said(&crowded.file().to_string()), @"block 1 of the project must be a block of at most 1000 inputs, outputs and parameters");
}
