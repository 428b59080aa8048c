//! The manual's examples are planned, so that the manual stays true.

use crate::fake::Place;
use crate::plans::sketch;

#[test]
fn every_example_of_the_manual_is_planned() {
    let manual = include_str!("../../../../docs/launch-format.md");
    let examples: Vec<&str> =
        manual.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 16, "only {} examples found", examples.len());
    for example in examples {
        let place = Place::new();
        place.file("camera.yaml", "camera:\n  ros__parameters: {width: 320}\n");
        place.file("camera.launch.yaml", CAMERA);
        place.program("bin/sleep");

        let checked = match place.read(example, &[]) {
            Ok(checked) => checked,
            Err(report) => panic!("{example}\n{report}"),
        };

        assert!(!sketch(&checked.plan).is_empty(), "{example}");
    }
}

/// A launch file that examples include.
const CAMERA: &str = "
launch:
  - arg: {name: name, default: left}
  - arg: {name: width, default: 640}
  - node: {exec: camera, name: $(var name), param: [{name: width, value: $(var width)}]}
";

#[test]
fn every_example_in_xml_is_planned() {
    let manual = include_str!("../../../../docs/launch-format.md");
    let examples: Vec<&str> =
        manual.split("```xml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        match Place::new().read_xml(example) {
            Ok(checked) => assert!(!sketch(&checked.plan).is_empty(), "{example}"),
            Err(report) => panic!("{example}\n{report}"),
        }
    }
}

#[test]
fn every_kind_of_entry_and_substitution_is_in_the_manual() {
    let manual = include_str!("../../../../docs/launch-format.md");
    let unknown = crate::fake::mistakes(
        "launch:\n  - qqqqqqqqqqqqqq: {}\n  - let: {name: a, value: $(qqqqqqqqqqqqqq)}\n",
    );
    let listed: Vec<&str> = unknown.lines().filter_map(|line| line.split(" are ").nth(1)).collect();

    assert_eq!(listed.len(), 2, "{unknown}");
    for word in listed.iter().flat_map(|list| list.split(", ")) {
        assert!(
            manual.contains(&format!("`{word}`")) || manual.contains(&format!("$({word}")),
            "`{word}` is not in docs/launch-format.md"
        );
    }
}
