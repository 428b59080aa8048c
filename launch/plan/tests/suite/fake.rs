//! A folder with launch files and programs, and blocks that need no process to describe themselves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use vc_plan::{Checked, Describe, DescribeError, Options, ProcessDescribe, Program, Report, Search};
use vc_words::manifest::MANIFEST_VERSION;
use vc_words::{Descriptor, Manifest, ParameterType, ParameterValue, Port, Qos, StandsFor};

pub(crate) const IMAGE: &str = "sensor_msgs/msg/Image";

/// A folder of its own, with a `bin` of programs.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        for name in BLOCKS.iter().chain(&["talker", "not-a-block"]) {
            place.program(&format!("bin/{name}"));
        }
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn program(&self, name: &str) {
        let path = self.file(name, "");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn options(&self, arguments: &[(&str, &str)]) -> Options {
        Options {
            arguments: arguments.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            search: Search { folders: vec![self.path().join("bin")], python: None },
            log_folder: Some(self.path().join("logs")),
            python_files: Some(self.path().join("cache")),
            ..Options::default()
        }
    }

    pub(crate) fn read(&self, text: &str, arguments: &[(&str, &str)]) -> Result<Checked, Report> {
        let file = self.file("test.launch.yaml", text);
        vc_plan::read(&file, &self.options(arguments), &Fake)
    }

    pub(crate) fn read_xml(&self, text: &str) -> Result<Checked, Report> {
        let file = self.file("test.launch.xml", text);
        vc_plan::read(&file, &self.options(&[]), &Fake)
    }

    /// Text with this folder's path taken out.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.path().display()), "")
            .replace(&self.path().display().to_string(), ".")
    }
}

/// Reads a launch file of its own.
pub(crate) fn read(text: &str) -> Result<Checked, Report> {
    Place::new().read(text, &[])
}

/// What is wrong with a launch file, as it is shown.
pub(crate) fn mistakes(text: &str) -> String {
    let place = Place::new();
    shown(&place, place.read(text, &[]))
}

/// The same, of one in XML.
pub(crate) fn xml_mistakes(text: &str) -> String {
    let place = Place::new();
    shown(&place, place.read_xml(text))
}

fn shown(place: &Place, read: Result<Checked, Report>) -> String {
    let shown = match read {
        Ok(checked) => checked.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"),
        Err(report) => report.to_string(),
    };
    place.redact(&shown)
}

/// The blocks of the example, and some that fit badly.
const BLOCKS: &[&str] = &[
    "camera",
    "edge_detector",
    "screen",
    "thermometer",
    "optional",
    "map",
    "bare",
    "gate",
    "switch",
    "recorder",
];

pub(crate) struct Fake;

impl Describe for Fake {
    fn describe(&self, program: &Program) -> Result<Option<Manifest>, DescribeError> {
        if program.python.is_some() {
            // Of VisualCircuit's code, which is not started for that.
            return ProcessDescribe::with_cache("/nowhere").describe(program);
        }
        let name = program.file.file_name().unwrap().to_str().unwrap();
        Ok(BLOCKS.contains(&name).then(|| manifest(name)))
    }
}

fn port(name: &str, type_name: &str, required: bool) -> Port {
    let hash = format!("RIHS01_{:0>64x}", type_name.len());
    let description = String::new();
    Port {
        name: name.into(),
        type_name: type_name.into(),
        hash,
        description,
        required,
        optional: false,
        qos: Qos::DEFAULT,
    }
}

fn parameter(name: &str, default: ParameterValue, range: Option<(f64, f64)>) -> Descriptor {
    let (min, max) = range.unzip();
    Descriptor { min, max, ..Descriptor::new(name, default, &format!("the {name} of the picture")) }
}

fn text(name: &str, default: &str, choices: &[&str]) -> Descriptor {
    let choices = choices.iter().map(|choice| (*choice).into()).collect();
    Descriptor { choices, ..parameter(name, ParameterValue::String(default.into()), None) }
}

fn manifest(block: &str) -> Manifest {
    let integer = |name, value| parameter(name, ParameterValue::Integer(value), Some((0.0, 10_000.0)));
    let level = |name, value| parameter(name, ParameterValue::Double(value), Some((0.0, 1000.0)));
    let (inputs, outputs, parameters) = match block {
        "camera" => (
            vec![],
            vec![port("image", IMAGE, false)],
            vec![
                text("source", "synthetic", &[]),
                integer("width", 640),
                integer("height", 480),
                level("rate", 30.0),
                integer("frames", 0),
                parameter("loop", ParameterValue::Bool(false), None),
            ],
        ),
        "edge_detector" => (
            vec![port("image", IMAGE, true)],
            vec![port("edges", IMAGE, false)],
            vec![level("lower", 100.0), level("upper", 200.0), text("encoding", "bgr8", &["bgr8", "mono8"])],
        ),
        "screen" => (
            vec![port("image", IMAGE, true)],
            vec![],
            vec![text("view", "auto", &[]), text("out", "", &[]), integer("port", 0)],
        ),
        "thermometer" => (
            vec![],
            vec![Port { qos: Qos::SENSOR_DATA, ..port("temperature", "sensor_msgs/msg/Temperature", false) }],
            vec![],
        ),
        "optional" => (
            vec![port("temperature", "sensor_msgs/msg/Temperature", false)],
            vec![],
            vec![Descriptor {
                kind: ParameterType::IntegerArray,
                ..parameter("levels", ParameterValue::IntegerArray(vec![1]), None)
            }],
        ),
        "switch" => (vec![], vec![port("enable", "std_msgs/msg/Float64", false)], vec![]),
        "gate" => {
            (vec![Port { optional: true, ..port("enable", "std_msgs/msg/Float64", false) }], vec![], vec![])
        }
        "recorder" => {
            (vec![Port { qos: Qos::DEFAULT.keep_last(100), ..port("image", IMAGE, true) }], vec![], vec![])
        }
        "map" => (vec![], vec![Port { hash: "RIHS01_other".into(), ..port("image", IMAGE, false) }], vec![]),
        _ => (vec![], vec![], vec![]),
    };
    Manifest {
        vc: MANIFEST_VERSION,
        block: block.into(),
        version: "1.0.0".into(),
        description: String::new(),
        inputs,
        outputs,
        parameters,
        schemas: std::collections::BTreeMap::new(),
        stands_for: stands_for(block),
    }
}

/// Code of our own that plays the part of VisualCircuit's stock code for a block.
pub(crate) fn stock_code(block: &str) -> String {
    format!("def main(inputs, outputs, parameters, synchronise):\n    print('{block}')\n")
}

fn stands_for(block: &str) -> Vec<StandsFor> {
    let names = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
    let (package, inputs, outputs, parameters) = match block {
        "camera" => ("Camera", names(&[]), names(&[("Img", "image")]), names(&[("Width", "width")])),
        "edge_detector" => (
            "EdgeDetector",
            names(&[("Img", "image")]),
            names(&[("Out", "edges")]),
            names(&[("Lower", "lower"), ("Upper", "upper"), ("Encoding", "encoding")]),
        ),
        "screen" => ("Screen", names(&[("Img", "image")]), names(&[]), names(&[("Out", "out")])),
        _ => return Vec::new(),
    };
    let code = vec![vc_visualcircuit::code_hash(&stock_code(block))];
    let (package, frequency) = (package.into(), (block == "camera").then(|| "rate".into()));
    vec![StandsFor { package, code, inputs, outputs, parameters, frequency, ..StandsFor::default() }]
}
