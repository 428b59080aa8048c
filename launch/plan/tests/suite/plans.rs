//! Launch files that are right, and the plans they come to.

use std::path::Path;

use vc_plan::plan::{NodeKind, OnExit, Output, RestartPolicy};
use vc_words::ParameterValue;

use crate::fake::{Fake, Place};

fn example() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/edges.launch.yaml"))
}

/// The plan in short: a line a node, a line a wire.
pub(crate) fn sketch(plan: &vc_plan::Plan) -> String {
    let mut lines = Vec::new();
    for node in &plan.nodes {
        let kind = if matches!(node.kind, NodeKind::Foreign) { "foreign" } else { "block" };
        lines.push(format!("{kind} {}: {}", node.name, node.args.join(" ")));
    }
    for wire in &plan.wires {
        lines.push(format!("{} -> {} on {} ({})", wire.from, wire.to, wire.topic, wire.type_name));
    }
    lines.join("\n")
}

#[test]
fn the_example_is_planned() {
    let place = Place::new();

    let checked =
        vc_plan::read(example(), &place.options(&[("rate", "15"), ("source", "007")]), &Fake).unwrap();

    assert_eq!(checked.warnings, []);
    insta::assert_snapshot!(sketch(&checked.plan), @r#"
    block /camera: --ros-args -r __node:=camera -r __ns:=/ -r image:=/camera/image -p source:="007" -p width:=640 -p height:=480 -p rate:=15.0 -p frames:=0
    block /edges: --ros-args -r __node:=edges -r __ns:=/ -r image:=/camera/image -r edges:=/edges/edges -p lower:=100.0 -p upper:=200.0
    block /screen: --ros-args -r __node:=screen -r __ns:=/ -r image:=/edges/edges -p view:="auto" -p out:=""
    camera/image -> edges/image on /camera/image (sensor_msgs/msg/Image)
    edges/edges -> screen/image on /edges/edges (sensor_msgs/msg/Image)
    "#);
    let camera = &checked.plan.nodes[0];
    assert_eq!(camera.on_exit, OnExit::Shutdown);
    assert_eq!(camera.output, Output::Log);
    assert_eq!(camera.restart.policy, RestartPolicy::Never);
    assert_eq!(camera.parameters[3], ("rate".into(), ParameterValue::Double(15.0)));
}

#[test]
fn the_example_is_drawn() {
    let place = Place::new();
    let checked = vc_plan::read(example(), &place.options(&[]), &Fake).unwrap();

    let drawing = vc_plan::graph::svg(&checked.plan);

    assert_eq!(drawing.matches("class=\"wire\"").count(), 2);
    if let Some(folder) = std::env::var_os("VC_DRAW") {
        std::fs::write(Path::new(&folder).join("edges.svg"), drawing).unwrap();
    }
}
