//! One file a construct, in YAML and in XML: both come to the same plan.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vc_plan::plan::NodeKind;
use vc_plan::{Checked, Report};

use crate::fake::{Fake, Place};
use crate::plans::sketch;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/corpus")
}

/// The files of the corpus with their texts, by their names within it.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in [corpus(), corpus().join("parts")] {
        for entry in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            let path = entry.path();
            let name = path.strip_prefix(corpus()).unwrap().to_str().unwrap().to_owned();
            if path.extension().is_none_or(|ending| ending != "snap") {
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The launch files in YAML with their texts.
pub(crate) fn yaml_files() -> Vec<(String, String)> {
    let mut files = files();
    files.retain(|(name, _)| name.ends_with(".launch.yaml"));
    files
}

/// A folder with a copy of the corpus.
fn place() -> Place {
    let place = Place::new();
    for (name, text) in files() {
        place.file(&name, &text);
    }
    place
}

fn constructs() -> Vec<String> {
    let names = files().into_iter().filter(|(name, _)| !name.contains('/'));
    let names = names.filter_map(|(name, _)| Some(name.strip_suffix(".launch.yaml")?.to_owned()));
    names.collect()
}

fn read(place: &Place, name: &str) -> Result<Checked, Report> {
    vc_plan::read(&place.path().join(name), &place.options(&[]), &Fake)
}

/// A plan with all that a launch file can say about it, but not where.
fn told(place: &Place, read: &Result<Checked, Report>) -> String {
    let said = match read {
        Ok(checked) => &checked.warnings,
        Err(report) => &report.diagnostics,
    };
    let mut text = String::new();
    for one in said {
        let _ = writeln!(text, "{:?}: {}", one.severity, one.message);
    }
    let Ok(checked) = read else { return place.redact(&text) };
    text += &sketch(&checked.plan);
    for node in &checked.plan.nodes {
        let (plain, mut value) = (plain(&node.kind), serde_json::to_value(node).unwrap());
        let elsewhere = ["args", "parameters", "name", "place", "program"];
        value
            .as_object_mut()
            .unwrap()
            .retain(|key, value| !elsewhere.contains(&key.as_str()) && plain.get(key) != Some(value));
        if value != serde_json::json!({}) {
            let _ = write!(text, "\n{}: {value}", node.name);
        }
    }
    if let Some(stop) = &checked.plan.stop {
        let _ = write!(text, "\nstops after {:?}: {}", stop.after, stop.reason);
    }
    place.redact(&text)
}

/// A node of this kind of which nothing is said.
fn plain(kind: &NodeKind) -> serde_json::Value {
    let exec = if matches!(kind, NodeKind::Foreign) { "talker" } else { "camera" };
    let checked = crate::fake::read(&format!("launch: [{{node: {{exec: {exec}}}}}]")).unwrap();
    serde_json::to_value(&checked.plan.nodes[0]).unwrap()
}

#[test]
fn yaml_and_xml_say_the_same() {
    let place = place();
    let constructs = constructs();
    assert!(constructs.len() >= 13, "{constructs:?}");
    for name in constructs {
        let yaml = told(&place, &read(&place, &format!("{name}.launch.yaml")));
        let xml = told(&place, &read(&place, &format!("{name}.launch.xml")));

        assert_eq!(yaml, xml, "{name}");
        insta::with_settings!({ snapshot_path => "corpus", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, yaml);
        });
    }
}

#[test]
fn every_kind_of_entry_is_in_the_corpus() {
    let unknown = crate::fake::mistakes("launch:\n  - qqqqqqqqqqqqqq: {}\n");
    let listed = unknown.lines().find_map(|line| line.split(" are ").nth(1)).unwrap();
    let all: String = files().into_iter().map(|(_, text)| text).collect();
    for word in listed.split(", ") {
        assert!(all.contains(&format!("- {word}:")), "no YAML file of the corpus has `{word}`");
        assert!(all.contains(&format!("<{word}")), "no XML file of the corpus has `{word}`");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// A piece of one file put into another, over a piece of it: answered, whatever comes of it.
    #[test]
    fn no_mutated_file_panics(
        into in any::<proptest::sample::Index>(),
        from in any::<proptest::sample::Index>(),
        (at, cut) in (any::<proptest::sample::Index>(), 0_usize..40),
        (start, len) in (any::<proptest::sample::Index>(), 0_usize..80),
    ) {
        let place = place();
        let files = files();
        let (name, text) = into.get(&files);
        let (text, other): (Vec<char>, Vec<char>) = (text.chars().collect(), from.get(&files).1.chars().collect());
        let (at, start) = (at.index(text.len() + 1), start.index(other.len() + 1));
        let rest = (at + cut).min(text.len());
        let piece = &other[start..(start + len).min(other.len())];
        let mutated: String = text[..at].iter().chain(piece).chain(&text[rest..]).collect();
        place.file(name, &mutated);
        for name in [name.as_str(), "include.launch.xml"] {
            let _ = read(&place, name);
        }
    }
}
