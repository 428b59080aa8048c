//! What each fuzz target does with a text of a stranger. A test of `vc-plan` does the same with every text of the corpus.

use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;
use vc_plan::{Describe, DescribeError, Options, Program, Search};
use vc_visualcircuit::{Choice, Places, circuit, flatten, launch_text};
use vc_words::params_file::ParamsFile;
use vc_words::{Descriptor, Manifest, NodeName, ParameterValue, Port, Qos};

/// A launch file in YAML.
pub(crate) fn yaml(text: &str) {
    read("test.launch.yaml", text);
}

/// A launch file in XML.
pub(crate) fn xml(text: &str) {
    read("test.launch.xml", text);
}

/// An expression of `$(eval …)`.
pub(crate) fn expression(text: &str) {
    let value = serde_json::json!(format!("$(eval {text})"));
    yaml(&format!("launch: [{{let: {{name: a, value: {value}}}}}]"));
}

/// A parameter file, and what it holds for some nodes. A value that was read means the same when it is written.
pub(crate) fn parameters(text: &str) {
    let Ok(file) = ParamsFile::parse(text) else { return };
    for name in ["/a", "/left/camera", "/left/right/camera_2"] {
        let node = NodeName::parse(name).expect("a name");
        let values: Vec<_> = file.for_node(&node).collect();
        for (name, value) in values {
            let again = format!("/**:\n  ros__parameters:\n    a: {}\n", value.to_yaml());
            let again =
                ParamsFile::parse(&again).unwrap_or_else(|error| panic!("{name}: {value:?}: {error}"));
            let read: Vec<_> = again.for_node(&node).map(|(_, value)| value.to_yaml()).collect();
            assert_eq!(read, [value.to_yaml()], "{name}");
        }
    }
}

/// A VisualCircuit project. What it becomes is a launch file that can be read.
pub(crate) fn project(text: &str) {
    let Ok(project) = vc_visualcircuit::read(text) else { return };
    let Ok(flat) = flatten(&project) else { return };
    let Ok(circuit) = circuit(flat, &[], &Choice::default()) else { return };
    let python = |file: &vc_visualcircuit::PythonFile| {
        let line = vc_words::HostLine::find(&file.text(Some("a block")));
        assert!(matches!(line, Ok(Some(_))), "{line:?}");
        "camera".to_owned()
    };
    let made = launch_text(&circuit, &Places { title: "fuzz", folder: ".", python: &python });
    let told = read("made.launch.yaml", &made.text);
    for wrong in ["not valid YAML", "unknown key", "must be a"] {
        assert!(!told.contains(wrong), "{told}\n{}", made.text);
    }
}

/// Reads a launch file, and gives what is wrong with it.
fn read(name: &str, text: &str) -> String {
    let place = place();
    let file = place.join(name);
    std::fs::write(&file, text).expect("a file");
    let options = Options {
        search: Search { folders: vec![place.join("bin")], python: None },
        python_files: Some(place.join("cache")),
        ..Options::default()
    };
    match vc_plan::read(&file, &options, &Known) {
        Ok(_) => String::new(),
        Err(report) => report.to_string(),
    }
}

/// A folder with two blocks, in memory.
fn place() -> &'static Path {
    static PLACE: OnceLock<TempDir> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
        std::fs::create_dir(folder.path().join("bin")).expect("a folder");
        for name in ["camera", "screen"] {
            // Any program will do: none is started.
            std::os::unix::fs::symlink("/bin/true", folder.path().join("bin").join(name)).expect("a link");
        }
        std::fs::write(folder.path().join("part.launch.yaml"), PART).expect("a file");
        std::fs::write(folder.path().join("camera.yaml"), "/**: {ros__parameters: {rate: 1.0}}")
            .expect("a file");
        folder
    };
    PLACE.get_or_init(made).path()
}

/// A launch file that others may include.
const PART: &str = "launch: [{arg: {name: name, default: part}}, {node: {exec: camera, name: $(var name)}}]";

/// Blocks that need no process to describe themselves.
struct Known;

impl Describe for Known {
    fn describe(&self, program: &Program) -> Result<Option<Manifest>, DescribeError> {
        let name = program.file.file_name().unwrap_or_default().to_string_lossy();
        let port = |name: &str| Port {
            name: name.to_owned(),
            type_name: "sensor_msgs/msg/Image".to_owned(),
            hash: "RIHS01_0".to_owned(),
            description: String::new(),
            required: false,
            optional: false,
            qos: Qos::default(),
        };
        let (inputs, outputs) = match &*name {
            "camera" => (Vec::new(), vec![port("image")]),
            "screen" => (vec![port("image")], Vec::new()),
            _ => return Ok(None),
        };
        Ok(Some(Manifest {
            vc: vc_words::manifest::MANIFEST_VERSION,
            block: name.into_owned(),
            version: String::new(),
            description: String::new(),
            inputs,
            outputs,
            parameters: vec![Descriptor::new("rate", ParameterValue::Double(30.0), "")],
            schemas: std::collections::BTreeMap::new(),
            stands_for: Vec::new(),
        }))
    }
}
