//! The house's walls: who may depend on whom, and how large a room may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The layers, from the base up. A crate depends only on crates of layers below its own.
const LAYERS: [&[&str]; 8] = [
    &["vc-cdr", "vc-words", "vc-msggen"],
    &["vc-msgs", "vc-counters", "vc-visualcircuit", "vc-ros2", "vc-session", "vc-dynamic"],
    &["vc", "vc-plan"],
    &["vc-gate", "vc-user-example", "vc-supervise"],
    &["vc-picture", "vc-fleet"],
    &["vc-vision"],
    &["vc-control", "vc-sources", "vc-sinks", "vc-python", "vc-relay", "vclaunch"],
    // Whatever stands on top of everything.
    &["vc-bench", "vc-tests"],
];

/// Outside crates that may be named by few, and by whom.
const KEPT_APART: [(&str, &[&str]); 4] = [
    ("iceoryx2", &["vc", "vc-bench"]),
    ("opencv", &["vc-sources", "vc-vision", "vc-sinks"]),
    ("pyo3", &["vc-python"]),
    ("zenoh", &["vc-session", "vc-relay"]),
];

const MOST_CRATES: usize = 22;
/// Crates that nobody gets: proofs and examples.
const NOT_COUNTED: [&str; 3] = ["vc-bench", "vc-tests", "vc-user-example"];
const LONGEST_FILE: usize = 500;
const LONGEST_BINARY: usize = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// For each crate of the workspace, the crates it names, tests and build scripts aside.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().filter(|one| one["kind"].is_null()).map(|one| text(&one["name"])).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|one| (text(&one["name"]), normal(one))).collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

#[test]
fn crates_depend_only_downwards() {
    let crates = dependencies();
    for (from, all) in &crates {
        let above = layer(from).unwrap_or_else(|| panic!("{from} has no layer; give it one in LAYERS"));
        for to in all.iter().filter(|to| crates.contains_key(*to)) {
            let below = layer(to).unwrap_or_else(|| panic!("{to} has no layer; give it one in LAYERS"));
            assert!(below < above, "{from} must not depend on {to}");
        }
    }
}

#[test]
fn vendors_names_stay_in_their_adapters() {
    for (from, all) in dependencies() {
        for (vendor, allowed) in KEPT_APART {
            let names = |to: &String| *to == vendor || to.starts_with(&format!("{vendor}-"));
            let is_allowed = allowed.contains(&from.as_str());
            assert!(is_allowed || !all.iter().any(names), "{from} must not name {vendor}");
        }
    }
}

#[test]
fn there_are_few_crates() {
    let mut crates = dependencies();
    crates.retain(|name, _| !NOT_COUNTED.contains(&name.as_str()));
    assert!(crates.len() <= MOST_CRATES, "{} crates: {:?}", crates.len(), crates.keys());
}

#[test]
fn no_file_is_longer_than_one_sitting() {
    for (file, lines) in source_files() {
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines; split it", file.display());
    }
}

#[test]
fn binaries_of_blocks_only_feed_the_algorithm() {
    let binaries = source_files().into_iter().filter(|(file, _)| {
        let path = file.to_string_lossy();
        path.contains("/nodes/")
            && path.contains("/src/bin/")
            && file.parent().is_some_and(|f| f.ends_with("bin"))
    });
    for (file, lines) in binaries {
        assert!(lines <= LONGEST_BINARY, "{} has {lines} lines", file.display());
    }
}

/// All Rust files of the workspace with their lengths.
fn source_files() -> Vec<(PathBuf, usize)> {
    let mut folders = vec![root()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if path.is_dir() && !name.starts_with('.') && !name.starts_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap().lines().count()));
            }
        }
    }
    found
}
