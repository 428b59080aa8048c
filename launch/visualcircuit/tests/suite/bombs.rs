//! Small files that would come to very much, and any text at all.

use proptest::prelude::*;
use serde_json::{Value, json};
use vc_visualcircuit::{Problem, ReadError, flatten, read};

use crate::drawing::{Drawing, Part};

/// Packages within packages, each twelve times: a file of a few hundred kB would come to 12^5 blocks.
#[test]
fn packages_that_multiply_are_answered() {
    let mut inner = Drawing::new("Bomb", 1);
    inner.code(0, 0, 0);
    let mut file = json!({"design": {"graph": {"blocks": [], "wires": []}}, "dependencies": {}});
    let mut package = inner.file();
    for _ in 0..6 {
        let blocks: Vec<Value> = (0..12).map(|id| json!({"id": id.to_string(), "type": "next"})).collect();
        file["design"]["graph"]["blocks"] = json!(blocks);
        file["dependencies"] = json!({"next": package});
        package = file.clone();
    }
    let problems = flatten(&read(&package.to_string()).unwrap()).unwrap_err();
    assert!(matches!(problems.as_slice(), [Problem::Large { .. }]), "{problems:?}");
}

#[test]
fn packages_without_end_are_answered() {
    // VisualCircuit 2 keeps all packages at the top, so one can hold itself.
    let of = |inner: Value| json!({"package": {"name": "Self"}, "design": {"graph": {"blocks": inner}}});
    let mut file = of(json!([{"id": "1", "type": "self"}]));
    file["version"] = json!("1.0");
    file["dependencies"] = json!({"self": of(json!([{"id": "1", "type": "self"}]))});
    let problems = flatten(&read(&file.to_string()).unwrap()).unwrap_err();
    assert!(matches!(problems.as_slice(), [Problem::Deep { .. }]), "{problems:?}");
}

#[test]
fn a_deep_file_is_answered() {
    let mut drawing = Drawing::new("Deep", 1);
    for seed in 2..100 {
        let inner = std::mem::replace(&mut drawing, Drawing::new("Deep", seed));
        drawing.add(Part::Package(inner));
    }
    assert!(matches!(read(&drawing.file().to_string()), Err(ReadError::Deep { .. })));
}

/// Every output wired to every input, through one port: the product, not the sum.
#[test]
fn a_crossing_of_too_many_wires_is_answered() {
    let mut pipe = Drawing::new("Pipe", 2);
    let (door, out) = (pipe.add(Part::Input), pipe.add(Part::Output));
    pipe.wire((door, 0), (out, 0));
    let mut drawing = Drawing::new("Cross", 1);
    let pipe = drawing.add(Part::Package(pipe));
    for _ in 0..900 {
        let code = drawing.code(1, 1, 0);
        drawing.wire((code, 0), (pipe, 0));
        drawing.wire((pipe, 0), (code, 0));
    }
    let problems = flatten(&read(&drawing.file().to_string()).unwrap()).unwrap_err();
    assert!(matches!(problems.as_slice(), [Problem::Large { what: "connections", .. }]), "{problems:?}");
}

/// What values are made of.
const WORDS: [&str; 10] = [
    "basic.code",
    "basic.input",
    "basic.output",
    "basic.constant",
    "input-out",
    "constant-out",
    "a",
    "b",
    "1.0",
    "3.0",
];
/// What keys are.
const KEYS: [&str; 27] = [
    "version",
    "editor",
    "package",
    "info",
    "name",
    "design",
    "graph",
    "blocks",
    "wires",
    "dependencies",
    "id",
    "type",
    "data",
    "code",
    "ports",
    "in",
    "out",
    "params",
    "value",
    "source",
    "target",
    "block",
    "port",
    "layers",
    "models",
    "model",
    "a",
];

/// JSON by chance, of the words that projects are made of.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => prop::sample::select(WORDS.as_slice()).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ];
    let keys = prop::sample::select(KEYS.as_slice());
    leaf.prop_recursive(8, 200, 10, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            4 => prop::collection::hash_map(keys.clone().prop_map(str::to_owned), inner, 0..10)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in "[\\PC\n]{0,300}") {
        drop(read(&text));
    }

    #[test]
    fn any_json_of_our_words_has_an_answer(blocks in any_json(), wires in any_json(), all in any_json()) {
        let file = json!({"design": {"graph": {"blocks": [blocks, all], "wires": [wires]}}, "editor": all, "dependencies": {"a": all}});
        if let Ok(project) = read(&file.to_string()) {
            drop(flatten(&project));
        }
        if let Ok(project) = read(&all.to_string()) {
            drop(flatten(&project));
        }
    }

    /// A sound file with one value somewhere replaced.
    #[test]
    fn a_damaged_project_has_an_answer(pick in any::<prop::sample::Index>(), damage in any_json()) {
        let mut inner = Drawing::new("Inner", 2);
        let (code, door) = (inner.code(1, 1, 1), inner.add(Part::Input));
        inner.wire((door, 0), (code, 0));
        let mut drawing = Drawing::new("Outer", 1);
        let (source, package) = (drawing.code(0, 1, 0), drawing.add(Part::Package(inner)));
        drawing.wire((source, 0), (package, 0));
        let mut file = drawing.file();
        let count = places(&file);
        replace(&mut file, &mut pick.index(count), &damage);
        if let Ok(project) = read(&file.to_string()) {
            drop(flatten(&project));
        }
    }
}

fn places(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(items) => items.iter().map(places).sum(),
        Value::Object(entries) => entries.values().map(places).sum::<usize>(),
        _ => 0,
    }
}

fn replace(tree: &mut Value, left: &mut usize, with: &Value) -> bool {
    if *left == 0 {
        *tree = with.clone();
        return true;
    }
    *left -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, left, with)),
        Value::Object(entries) => entries.values_mut().any(|item| replace(item, left, with)),
        _ => false,
    }
}
