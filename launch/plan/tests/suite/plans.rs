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
        let kind = match node.kind {
            NodeKind::Block { .. } => "block",
            NodeKind::Foreign => "foreign",
            NodeKind::Relay(_) => "relay",
        };
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

/// The plan of a launch file, in short; warnings first.
fn planned(place: &Place, text: &str, arguments: &[(&str, &str)]) -> String {
    match place.read(text, arguments) {
        Ok(checked) => {
            let warnings = checked.warnings.iter().map(|warning| format!("{warning}\n"));
            place.redact(&(warnings.collect::<String>() + &sketch(&checked.plan)))
        }
        Err(report) => place.redact(&report.to_string()),
    }
}

#[test]
fn groups_keep_their_changes_to_themselves() {
    let text = "
launch:
  - let: {name: who, value: outer}
  - set_env: {name: VC_LEVEL, value: outer}
  - group:
      - let: {name: who, value: inner}
      - push_ros_namespace: {namespace: lab}
      - set_parameter: {name: width, value: 320}
      - set_remap: {from: image, to: /shared}
      - node: {exec: camera, name: $(var who)}
  - node: {exec: camera, name: $(var who)}
  - group:
      scoped: false
      children:
        - let: {name: who, value: stays}
  - node: {exec: camera, name: $(var who)}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /lab/inner: --ros-args -r __node:=inner -r __ns:=/lab -r image:=/shared -p width:=320
    block /outer: --ros-args -r __node:=outer -r __ns:=/
    block /stays: --ros-args -r __node:=stays -r __ns:=/
    ");
}

#[test]
fn namespaces_append_unless_absolute() {
    let text = "
launch:
  - group:
      - push_ros_namespace: {namespace: a}
      - push-ros-namespace: {namespace: b}
      - node: {exec: camera, name: x}
      - node: {exec: camera, name: y, namespace: c}
      - node: {exec: camera, name: z, namespace: /d}
      - push_ros_namespace: {namespace: /e}
      - node: {exec: camera, name: w}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /a/b/x: --ros-args -r __node:=x -r __ns:=/a/b
    block /a/b/c/y: --ros-args -r __node:=y -r __ns:=/a/b/c
    block /d/z: --ros-args -r __node:=z -r __ns:=/d
    block /e/w: --ros-args -r __node:=w -r __ns:=/e
    ");
}

#[test]
fn conditions_choose() {
    let text = r#"
launch:
  - arg: {name: view, default: web}
  - node: {exec: camera, name: a, if: $(equals $(var view) web)}
  - node: {exec: camera, name: b, unless: $(equals $(var view) web)}
  - node: {exec: camera, name: c, if: "TRUE", unless: 0}
  - group:
      if: $(eval '$(var view)' == 'file' or 1 > 2)
      children:
        - node: {exec: camera, name: d}
"#;
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /a: --ros-args -r __node:=a -r __ns:=/
    block /c: --ros-args -r __node:=c -r __ns:=/
    ");
}

#[test]
fn substitutions_are_worked_out() {
    let text = r#"
launch:
  - arg: {name: width, default: 640}
  - let: {name: name, value: width}
  - set_env: {name: VC_SET_HERE, value: seen}
  - node:
      exec: talker
      name: $(if $(not false) yes no)
      args: >-
        $(eval $(var $(var name)) // 2) $(var none 'a b') "$(var none 'a b')" $(env VC_SET_HERE)
        $(env VC_NOT_SET_AT_ALL fallback) $(and true 1) $(or false 0) $(not-equals 1 1.0) $(eval '"quoted" + "s"')
"#;
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"foreign /yes: 320 a b a b seen fallback true false false quoteds --ros-args -r __node:=yes");
}

#[test]
fn parameters_come_for_all_first_and_the_later_wins() {
    let text = r#"
launch:
  - set_parameter: {name: width, value: 100}
  - set_parameter: {name: of_foreign, value: [1, 2.5]}
  - node: {exec: camera, param: [{name: height, value: 5}, {name: width, value: 200}, {name: height, value: 6}]}
  - node: {exec: talker, param: [{name: width, value: "'7'"}, {name: inner, param: [{name: a, value: yes}, {name: b, value: "1e3", type: str}]}]}
"#;
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @r#"
    block /camera: --ros-args -r __node:=camera -r __ns:=/ -p width:=200 -p height:=6
    foreign /talker: --ros-args -p width:="7" -p of_foreign:=[1.0, 2.5] -p width:="7" -p inner.a:=true -p inner.b:="1e3"
    "#);
}

#[test]
fn text_parameters_keep_their_text() {
    let text = r#"
launch:
  - node: {exec: camera, param: [{name: source, value: 0}, {name: rate, value: 25}]}
  - node: {exec: camera, name: b, param: [{name: source, value: "a: b # c"}]}
  - node: {exec: optional, param: [{name: levels, value: []}], remap: [{from: temperature, to: /t}]}
  - node: {exec: thermometer, remap: [{from: temperature, to: /t}]}
"#;
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @r#"
    warning: output `thermometer/temperature` offers best effort, but input `optional/temperature` asks for reliable
     --> test.launch.yaml:5:96
      |
    5 |   - node: {exec: optional, param: [{name: levels, value: []}], remap: [{from: temperature, to: /t}]}
      |                                                                                                ^^
     --> test.launch.yaml:6:63
      |
    6 |   - node: {exec: thermometer, remap: [{from: temperature, to: /t}]}
      |                                                               ^^ the output
    hint: both ports are on topic `/t`
    block /camera: --ros-args -r __node:=camera -r __ns:=/ -p source:="0" -p rate:=25.0
    block /b: --ros-args -r __node:=b -r __ns:=/ -p source:="a: b # c"
    block /optional: --ros-args -r __node:=optional -r __ns:=/ -r temperature:=/t -p levels:=[]
    block /thermometer: --ros-args -r __node:=thermometer -r __ns:=/ -r temperature:=/t
    thermometer/temperature -> optional/temperature on /t (sensor_msgs/msg/Temperature)
    "#);
}

#[test]
fn names_join_ports_as_in_ros() {
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen}
  - node: {exec: screen, name: wall, namespace: lab, remap: [{from: image, to: /image}]}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /camera: --ros-args -r __node:=camera -r __ns:=/
    block /screen: --ros-args -r __node:=screen -r __ns:=/
    block /lab/wall: --ros-args -r __node:=wall -r __ns:=/lab -r image:=/image
    camera/image -> screen/image on /image (sensor_msgs/msg/Image)
    camera/image -> lab/wall/image on /image (sensor_msgs/msg/Image)
    ");
}

#[test]
fn a_remapped_output_keeps_its_topic() {
    let text = "
launch:
  - node: {exec: camera, remap: [{from: image, to: /front/image}]}
  - node: {exec: screen}
  - wire: {from: camera/image, to: screen/image}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /camera: --ros-args -r __node:=camera -r __ns:=/ -r image:=/front/image
    block /screen: --ros-args -r __node:=screen -r __ns:=/ -r image:=/front/image
    camera/image -> screen/image on /front/image (sensor_msgs/msg/Image)
    ");
}

#[test]
fn an_input_can_have_many_sources() {
    let text = "
launch:
  - node: {exec: camera, name: a}
  - node: {exec: camera, name: b}
  - node: {exec: camera, name: c, namespace: lab}
  - node: {exec: screen, args: --title x}
  - wire: {from: a/image, to: screen/image}
  - wire: {from: b/image, to: [screen/image]}
  - wire: {from: /lab/c/image, to: screen/image}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /a: --ros-args -r __node:=a -r __ns:=/ -r image:=/a/image
    block /b: --ros-args -r __node:=b -r __ns:=/ -r image:=/b/image
    block /lab/c: --ros-args -r __node:=c -r __ns:=/lab -r image:=/lab/c/image
    block /screen: --source image:=/b/image --source image:=/lab/c/image --title x --ros-args -r __node:=screen -r __ns:=/ -r image:=/a/image
    a/image -> screen/image on /a/image (sensor_msgs/msg/Image)
    b/image -> screen/image on /b/image (sensor_msgs/msg/Image)
    lab/c/image -> screen/image on /lab/c/image (sensor_msgs/msg/Image)
    ");
}

#[test]
fn all_ports_of_a_topic_are_told_of_its_longest_queue() {
    let text = "
launch:
  - node: {exec: camera, name: a}
  - node: {exec: camera, name: b}
  - node: {exec: screen}
  - node: {exec: recorder}
  - wire: {from: a/image, to: [screen/image, recorder/image]}
  - wire: {from: b/image, to: screen/image}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /a: --longest-queue /a/image:=100 --ros-args -r __node:=a -r __ns:=/ -r image:=/a/image
    block /b: --ros-args -r __node:=b -r __ns:=/ -r image:=/b/image
    block /screen: --source image:=/b/image --longest-queue /a/image:=100 --ros-args -r __node:=screen -r __ns:=/ -r image:=/a/image
    block /recorder: --ros-args -r __node:=recorder -r __ns:=/ -r image:=/a/image
    a/image -> screen/image on /a/image (sensor_msgs/msg/Image)
    a/image -> recorder/image on /a/image (sensor_msgs/msg/Image)
    b/image -> screen/image on /b/image (sensor_msgs/msg/Image)
    ");
}

#[test]
fn wires_are_read_in_their_namespace() {
    let text = "
launch:
  - group:
      - push_ros_namespace: {namespace: one}
      - node: {exec: camera}
      - node: {exec: screen}
      - wire: {from: camera/image, to: screen/image}
  - group:
      - push_ros_namespace: {namespace: two}
      - node: {exec: screen}
      - wire: {from: /one/camera/image, to: screen/image}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /one/camera: --ros-args -r __node:=camera -r __ns:=/one -r image:=/one/camera/image
    block /one/screen: --ros-args -r __node:=screen -r __ns:=/one -r image:=/one/camera/image
    block /two/screen: --ros-args -r __node:=screen -r __ns:=/two -r image:=/one/camera/image
    one/camera/image -> one/screen/image on /one/camera/image (sensor_msgs/msg/Image)
    one/camera/image -> two/screen/image on /one/camera/image (sensor_msgs/msg/Image)
    ");
}

#[test]
fn foreign_nodes_are_started_as_ros_does() {
    let text = r#"
launch:
  - node: {exec: talker}
  - node: {exec: talker, exec_name: chatter}
  - node: {exec: talker}
  - node: {exec: talker, name: named, namespace: ns, ros_args: --log-level debug, args: "-a 'b c'"}
  - node: {exec: screen}
  - wire: {from: ns/named/picture, to: screen/image}
  - executable: {cmd: bin/not-a-block --all}
"#;
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    foreign /talker: 
    foreign /chatter: 
    foreign /talker_2: 
    foreign /ns/named: -a b c --ros-args -r __node:=named -r __ns:=/ns -r picture:=/ns/named/picture --log-level debug
    block /screen: --ros-args -r __node:=screen -r __ns:=/ -r image:=/ns/named/picture
    foreign /not_a_block: --all
    ns/named/picture -> screen/image on /ns/named/picture (sensor_msgs/msg/Image)
    ");
}

#[test]
fn a_cycle_is_no_mistake() {
    let text = "
launch:
  - node: {exec: edge_detector, name: a}
  - node: {exec: edge_detector, name: b}
  - wire: {from: a/edges, to: b/image}
  - wire: {from: b/edges, to: a/image}
";
    insta::assert_snapshot!(planned(&Place::new(), text, &[]), @"
    block /a: --ros-args -r __node:=a -r __ns:=/ -r edges:=/a/edges -r image:=/b/edges
    block /b: --ros-args -r __node:=b -r __ns:=/ -r image:=/a/edges -r edges:=/b/edges
    a/edges -> b/image on /a/edges (sensor_msgs/msg/Image)
    b/edges -> a/image on /b/edges (sensor_msgs/msg/Image)
    ");
}

#[test]
fn parameter_files_reach_the_nodes_they_name() {
    let place = Place::new();
    place.file(
        "config/all.yaml",
        "/**:\n  ros__parameters: {width: 1, unknown: 2}\n/lab/*:\n  ros__parameters: {height: 3}\n",
    );
    place.file("config/subst.yaml", "camera:\n  ros__parameters:\n    source: $(var clip)\n");
    let text = "
launch:
  - arg: {name: clip}
  - node:
      exec: camera
      namespace: lab
      param: [{from: config/all.yaml}, {name: height, value: 4}, {from: config/subst.yaml, allow_substs: true}]
  - node: {exec: talker, name: camera, param: [{from: config/all.yaml}, {from: config/subst.yaml, allow_substs: true}]}
";
    insta::assert_snapshot!(planned(&place, text, &[("clip", "a.mp4")]), @r#"
    block /lab/camera: --ros-args -r __node:=camera -r __ns:=/lab -p width:=1 -p height:=4 -p source:="a.mp4"
    foreign /camera: --ros-args -r __node:=camera --params-file config/all.yaml -p source:="a.mp4"
    "#);
}

#[test]
fn process_attributes_are_planned() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("work")).unwrap();
    let text = "
launch:
  - set_env: {name: A, value: outer}
  - set_env: {name: B, value: kept}
  - unset_env: {name: C}
  - node:
      exec: camera
      env: [{name: A, value: inner}]
      output: screen
      respawn: on-failure
      respawn_delay: 1.5
      respawn_max_retries: 3
      cwd: work
      launch-prefix: nice -n 5
      on_exit: shutdown
      sigterm_timeout: 0.5
  - node: {exec: talker, output: own_log, respawn: true, respawn_max_retries: -1}
";
    let checked = place.read(text, &[]).unwrap();
    let mut value = serde_json::to_value(&checked.plan.nodes).unwrap();
    for node in value.as_array_mut().unwrap() {
        let node = node.as_object_mut().unwrap();
        node.retain(|key, _| !["args", "parameters", "kind"].contains(&key.as_str()));
    }
    let lines: Vec<String> = value.as_array().unwrap().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(place.redact(&lines.join("\n")), @r#"
    {"after":[],"cwd":"work","env":[["B","kept"],["C",null],["A","inner"]],"grace":{"sigkill":{"nanos":0,"secs":1},"sigterm":{"nanos":500000000,"secs":0}},"limits":{"cpu":[],"memory":null,"nice":null},"name":"/camera","on_exit":"shutdown","output":"screen","place":"test.launch.yaml:6:5","prefix":["nice","-n","5"],"program":"bin/camera","restart":{"delay":{"nanos":500000000,"secs":1},"max_retries":3,"policy":"on_failure"},"watchdog":null}
    {"after":[],"cwd":null,"env":[["A","outer"],["B","kept"],["C",null]],"grace":{"sigkill":{"nanos":0,"secs":5},"sigterm":{"nanos":0,"secs":5}},"limits":{"cpu":[],"memory":null,"nice":null},"name":"/talker","on_exit":"continue","output":"log_only","place":"test.launch.yaml:17:5","prefix":[],"program":"bin/talker","restart":{"delay":{"nanos":500000000,"secs":0},"max_retries":null,"policy":"always"},"watchdog":null}
    "#);
}

#[test]
fn arguments_are_listed_as_written() {
    let listed = vc_plan::arguments(example()).unwrap();

    let view = listed.iter().find(|argument| argument.name == "view").unwrap();
    assert_eq!(listed.len(), 9);
    assert_eq!((view.default.as_deref(), view.choices.len(), view.place.line), (Some("auto"), 5, 15));
}

#[test]
fn a_package_is_found_in_its_prefix() {
    let place = Place::new();
    let missing =
        planned(&place, "launch:\n  - let: {name: a, value: $(find-pkg-share surely_no_package)}\n", &[]);
    assert!(missing.contains("there is no ROS 2 package"), "{missing}");
}

#[test]
fn the_blocks_of_a_folder_are_listed() {
    let place = Place::new();

    let blocks = vc_plan::blocks(&place.options(&[]).search, &Fake);

    let names: Vec<&str> = blocks.iter().map(|(_, manifest)| manifest.block.as_str()).collect();
    let expected = [
        "bare",
        "camera",
        "edge_detector",
        "gate",
        "map",
        "optional",
        "recorder",
        "screen",
        "switch",
        "thermometer",
    ];
    assert_eq!(names, expected);
}

#[test]
fn xml_says_the_same_as_yaml() {
    let text = r#"<?xml version="1.0"?>
<launch version="0.1.1">
  <!-- two cameras, one of them for two screens -->
  <arg name="width" default="640"><choice value="320"/><choice value="640"/></arg>
  <group>
    <push-ros-namespace namespace="lab"/>
    <node exec="camera" name="left">
      <param name="width" value="$(var width)"/>
      <env name="A" value="a &amp; b"/>
    </node>
  </group>
  <node exec="optional"><param name="levels" value="1;2; 3" value-sep=";"/><remap from="temperature" to="t"/></node>
  <node exec="screen"/>
  <node exec="screen" name="wall"/>
  <wire from="lab/left/image" to="screen/image, wall/image" to-sep=","/>
</launch>
"#;
    let place = Place::new();
    let seen = sketch(&place.read_xml(text).unwrap().plan);
    insta::assert_snapshot!(seen, @"
    block /lab/left: --ros-args -r __node:=left -r __ns:=/lab -r image:=/lab/left/image -p width:=640
    block /optional: --ros-args -r __node:=optional -r __ns:=/ -r temperature:=t -p levels:=[1, 2, 3]
    block /screen: --ros-args -r __node:=screen -r __ns:=/ -r image:=/lab/left/image
    block /wall: --ros-args -r __node:=wall -r __ns:=/ -r image:=/lab/left/image
    lab/left/image -> screen/image on /lab/left/image (sensor_msgs/msg/Image)
    lab/left/image -> wall/image on /lab/left/image (sensor_msgs/msg/Image)
    ");
}
