//! The JSON schema for editors: current, and judged by an implementation that is not ours.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const PACKAGES: [&str; 2] = ["jsonschema==4.26.0", "pyyaml==6.0.3"];

#[test]
fn the_schema_in_the_docs_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/launch.schema.json");
    let current = serde_json::to_string_pretty(&vc_plan::schema()).unwrap() + "\n";
    if std::env::var_os("VC_WRITE_SCHEMA").is_some() {
        std::fs::write(&file, &current).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == current,
        "write it anew: `vclaunch schema > docs/launch.schema.json`, or this test with VC_WRITE_SCHEMA=1"
    );
}

#[test]
fn the_schema_takes_what_is_right_and_nothing_else() {
    let mut right: BTreeMap<String, String> = crate::corpus::yaml_files().into_iter().collect();
    let manual = include_str!("../../../../docs/launch-format.md");
    let examples = manual.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    right.extend(examples.enumerate().map(|(n, text)| (format!("manual, example {n}"), text.to_owned())));
    let wrong = [
        "nodes: []",
        "launch: [{nod: {exec: camera}}]",
        "launch: [{node: {exec: camera}, wire: {from: a, to: b}}]",
        "launch: [{}]",
        "launch: [{node: {name: camera}}]",
        "launch: [{node: {exec: camera, respwan: true}}]",
        "launch: [{node: {exec: [camera]}}]",
        "launch: [{node: {exec: camera, output: everywhere}}]",
        "launch: [{node: {exec: camera, param: {name: a, value: 1}}}]",
        "launch: [{node: {exec: camera, param: [{name: a, param: [{nam: b}]}]}}]",
        "launch: [{for: {len: 3, children: []}}]",
        "launch: [{group: {scoped: true}}]",
        "launch: [{include: {arg: []}}]",
    ];
    let mut texts = right.clone();
    texts.extend(wrong.iter().map(|text| ((*text).to_owned(), (*text).to_owned())));
    let Some(python) = python() else {
        println!(
            "SKIPPED: no Python with {}: this needs python3-venv, and the network once",
            PACKAGES.join(" ")
        );
        return;
    };

    let answer = judged(&python, &json!({"schema": vc_plan::schema(), "texts": texts}));

    assert!(right.len() > 30, "{}", right.len());
    for name in right.keys() {
        assert_eq!(answer[name], Value::Null, "{name}:\n{}", right[name]);
    }
    for text in wrong {
        assert!(answer[text].is_string(), "the schema takes `{text}`");
    }
}

fn judged(python: &Path, request: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/schema_check.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "schema_check.py failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The interpreter of an environment with the packages, made once; none if it cannot be had.
fn python() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-jsonschema");
    let (python, ready) = (folder.join("bin/python"), folder.join("ready"));
    if std::fs::read_to_string(&ready).is_ok_and(|made_of| made_of == PACKAGES.join(" ")) {
        return Some(python);
    }
    let made = runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        && runs(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES));
    if !made {
        return None;
    }
    std::fs::write(ready, PACKAGES.join(" ")).unwrap();
    Some(python)
}

fn runs(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
