//! `docs/blocks.md`, made of what the blocks say of themselves.
//!
//! `VC_WRITE_DOCS=1 cargo test -p vc-tests --test blocks docs` writes it, and the pictures in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use vc::prelude::Message;
use vc_msgs::sensor_msgs::msg::Image;
use vc_picture::{encode, message};
use vc_words::{Descriptor, Manifest, Port, StandsFor};

use crate::rig::{Rig, manifest};

const HEAD: &str = "\
# Blocks

Every block that comes with vc: ports, parameters, and the packages of VisualCircuit it stands for. Made of what the blocks say of
themselves (`vclaunch blocks NAME` tells the same) by `VC_WRITE_DOCS=1 cargo test -p vc-tests --test blocks docs`; a test fails if it
is out of date. How they do it, and what differs from VisualCircuit's: [nodes](../nodes/README.md).

Each block has an input `enable`: 0 pauses it, any other number lets it work; unwired, it always works. `max_rate` bounds how often it
works: of what comes quicker, the newest is worked on when its turn comes. A parameter marked *live* can be changed while the block
runs: `vclaunch param set NODE PARAMETER VALUE`.

A package of VisualCircuit 3 is recognised by its code, one of VisualCircuit 2 by its name.
";

/// The blocks by what they are for.
const GROUPS: &[(&str, &[&str])] = &[
    ("Pictures from outside", &["camera", "ros_camera", "image_decode"]),
    (
        "Pictures from pictures",
        &["edge_detector", "blur", "color_filter", "threshold", "dilation", "erosion", "cropper"],
    ),
    ("What pictures show", &["contour_detector", "face_detector", "object_detector"]),
    ("Pictures for people and other hosts", &["screen", "image_encode"]),
    ("Robots", &["pid", "teleoperator", "motor_driver", "odometer", "imu", "laser_scan"]),
];

/// The blocks that make a picture of each picture, their output, and parameters with which one sees what they do.
const SHOWN: &[(&str, &str, &[&str])] = &[
    ("blur", "blurred", &["-p", "kernel:=[15, 15]"]),
    ("color_filter", "filtered", &[]),
    ("cropper", "cropped", &["-p", "region:=[60, 40, 160, 120]"]),
    ("dilation", "dilated", &[]),
    ("edge_detector", "edges", &[]),
    ("erosion", "eroded", &[]),
    ("threshold", "binary", &[]),
];

pub(crate) fn all_blocks() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, blocks)| *blocks).copied()
}

#[test]
fn docs_are_what_the_blocks_say() {
    let file = docs().join("blocks.md");
    let text = page();
    if std::env::var_os("VC_WRITE_DOCS").is_some() {
        std::fs::write(&file, &text).unwrap();
        draw_pictures();
    }

    let written = std::fs::read_to_string(&file).unwrap_or_default();

    let differs = written.lines().zip(text.lines()).find(|(written, text)| written != text);
    assert!(
        written == text,
        "docs/blocks.md is out of date, first at {differs:?}; how to write it stands in its first lines"
    );
    for (block, ..) in SHOWN {
        assert!(picture_of(block).exists(), "{block} has no picture");
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs")
}

fn picture_of(block: &str) -> PathBuf {
    docs().join("images/blocks").join(block).with_extension("png")
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (group, blocks) in GROUPS {
        let _ = write!(page, "\n| {group} | |\n| --- | --- |\n");
        for block in *blocks {
            let _ = writeln!(page, "| [`{block}`](#{block}) | {} |", cell(&manifest(block).description));
        }
    }
    for block in all_blocks() {
        section(&mut page, &manifest(block));
    }
    page
}

fn section(page: &mut String, block: &Manifest) {
    let _ = write!(page, "\n## {}\n\n{}\n", block.block, block.description);
    if let Some((name, _, args)) = SHOWN.iter().find(|(name, ..)| *name == block.block) {
        let args: Vec<_> = args.iter().filter(|arg| **arg != "-p").map(|arg| format!("`{arg}`")).collect();
        let how = if args.is_empty() { "as it is".to_owned() } else { format!("with {}", args.join(", ")) };
        let _ = write!(
            page,
            "\n![the scene](images/blocks/scene.png) ![{name}](images/blocks/{name}.png)\n\nThe scene of `camera`, and what becomes of it {how}.\n"
        );
    }
    ports(page, "input", &block.inputs);
    ports(page, "output", &block.outputs);
    if !block.parameters.is_empty() {
        page.push_str("\n| parameter | type | default | |\n| --- | --- | --- | --- |\n");
    }
    for parameter in &block.parameters {
        let Descriptor { name, description, default, .. } = parameter;
        let live = if parameter.live { "*live*. " } else { "" };
        let _ = writeln!(
            page,
            "| `{name}` | {} | `{}`{} | {live}{} |",
            kind(parameter),
            default.to_yaml(),
            parameter.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default(),
            cell(description)
        );
    }
    if !block.stands_for.is_empty() {
        page.push_str("\n| stands for | its names and ours |\n| --- | --- |\n");
    }
    for package in &block.stands_for {
        let _ = writeln!(page, "| {} | {} |", package.title(), names(package));
    }
}

fn ports(page: &mut String, title: &str, ports: &[Port]) {
    if !ports.is_empty() {
        let _ = write!(page, "\n| {title} | type | |\n| --- | --- | --- |\n");
    }
    for port in ports {
        let need = match (port.required, port.optional) {
            (true, _) => "*required*. ",
            (_, true) => "*optional*. ",
            _ => "",
        };
        let _ =
            writeln!(page, "| `{}` | {} | {need}{} |", port.name, port.type_name, cell(&port.description));
    }
}

fn kind(parameter: &Descriptor) -> String {
    let choices: Vec<String> = parameter.choices.iter().map(|choice| format!("`{choice}`")).collect();
    match (choices.is_empty(), parameter.min, parameter.max) {
        (false, ..) => choices.join(", "),
        (_, Some(min), Some(max)) => format!("{}, {min} to {max}", parameter.kind),
        _ => parameter.kind.to_string(),
    }
}

fn names(package: &StandsFor) -> String {
    let pairs = package.names().into_iter().map(|(theirs, ours)| format!("{theirs} → `{ours}`"));
    let preset = package.preset.iter().map(|(ours, value)| format!("`{ours}` = `{}`", value.to_yaml()));
    pairs.chain(preset).collect::<Vec<_>>().join(", ")
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Has each block that is shown make a picture of the scene.
fn draw_pictures() {
    std::fs::create_dir_all(docs().join("images/blocks")).unwrap();
    let mut rig = Rig::new();
    let mut heard = rig.hear::<Image>("image");
    rig.start("camera", &["-p", "frames:=1", "-p", "width:=320", "-p", "height:=240"]);
    let scene = heard.next();
    rig.ends();
    save("scene", &scene);
    for (block, output, args) in SHOWN {
        let mut rig = Rig::new();
        let (feed, mut heard) = (rig.feed::<Image>("image"), rig.hear::<Image>(output));
        rig.start(block, args);
        feed.send(&scene);
        save(block, &heard.next());
        rig.end();
    }
}

fn save(block: &str, image: &Image) {
    let mut cdr = vec![0; image.cdr_size()];
    image.encode(&mut cdr).unwrap();
    let picture = message::read(&Image::view(&cdr).unwrap()).unwrap();
    std::fs::write(picture_of(block), encode::png(picture).unwrap()).unwrap();
}
