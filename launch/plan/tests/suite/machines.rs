//! Circuits on several machines.

use std::sync::Arc;

use vc_plan::machine::{Asked, Fleet, Found, Site};
use vc_plan::plan::NodeKind;
use vc_plan::{Describe as _, MachineName, OnOperatorLost, PlannedMachine, graph};

use crate::fake::{Fake, Place, mistakes, read, xml_mistakes};

const ROBOT: &str = "
launch:
  - machine: {name: arm, address: '10.0.0.2', on_operator_lost: keep, env: [{name: A, value: machine}, {name: B, value: machine}]}
  - group:
      machine: arm
      children:
        - node: {exec: camera, env: [{name: B, value: node}]}
        - node: {exec: edge_detector, name: edges}
        - node: {exec: screen, name: mirror, machine: local}
        - wire: {from: camera/image, to: [edges/image, mirror/image]}
  - node: {exec: screen}
  - wire: {from: edges/edges, to: screen/image}
";

fn arm() -> MachineName {
    MachineName::parse("arm").unwrap()
}

#[test]
fn each_node_knows_its_machine() {
    let plan = read(ROBOT).unwrap().plan;

    let machines: Vec<_> =
        plan.nodes.iter().map(|node| node.machine.as_ref().map(MachineName::as_str)).collect();
    assert_eq!(machines, [Some("arm"), Some("arm"), None, None, None, Some("arm")]);
    let env: Vec<_> = plan.nodes[0].env.iter().map(|(k, v)| (k.as_str(), v.as_deref().unwrap())).collect();
    assert_eq!(env, [("B", "node"), ("A", "machine")]);
    assert!(plan.nodes[3].env.is_empty());
    assert_eq!(plan.machines.len(), 1);
    assert_eq!(plan.machines[0].address.as_deref(), Some("10.0.0.2"));
    assert_eq!(plan.machines[0].on_operator_lost, OnOperatorLost::Keep);
    let crossing: Vec<_> = plan.crossing().map(|wire| format!("{} {}", wire.from, wire.to)).collect();
    assert_eq!(crossing, ["camera/image mirror/image", "edges/edges screen/image"]);
}

#[test]
fn a_part_has_the_nodes_of_its_machine_and_all_their_wires() {
    let plan = read(ROBOT).unwrap().plan;

    let (arm, local) = (plan.part(Some(&arm())), plan.part(None));

    let names =
        |plan: &vc_plan::Plan| plan.nodes.iter().map(|node| node.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&arm), ["/camera", "/edges", "/arm/relay"]);
    assert_eq!((arm.wires.len(), arm.crossing().count()), (3, 2));
    assert_eq!(names(&local), ["/mirror", "/screen", "/relay"]);
    assert_eq!((local.wires.len(), local.crossing().count()), (2, 2));
}

#[test]
fn a_part_survives_its_way_as_text() {
    let part = read(ROBOT).unwrap().plan.part(Some(&arm()));

    let text = serde_json::to_string(&part).unwrap();
    let back: vc_plan::Plan = serde_json::from_str(&text).unwrap();

    // What blocks say of themselves does not travel.
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
    assert!(matches!(back.nodes[0].kind, NodeKind::Block { .. }));
}

#[test]
fn drawings_have_a_box_for_each_machine() {
    let plan = read(ROBOT).unwrap().plan;

    insta::assert_snapshot!(graph::mermaid(&plan), @r#"
    flowchart LR
      subgraph m0["arm"]
      n0["camera"]
      n1["edges<br>edge_detector"]
      n5["arm/relay"]
      end
      subgraph m1["local"]
      n2["mirror<br>screen"]
      n3["screen"]
      n4["relay"]
      end
      n0 -->|"image → image<br>sensor_msgs/msg/Image"| n1
      n0 -->|"image → image<br>sensor_msgs/msg/Image"| n2
      n1 -->|"edges → image<br>sensor_msgs/msg/Image"| n3
    "#);
    assert_eq!(graph::dot(&plan).matches("subgraph cluster_").count(), 2);
    let svg = graph::svg(&plan);
    assert_eq!(svg.matches("class=\"machine\"").count(), 2);
    assert_eq!(svg.matches("class=\"wire\"").count(), 3);
    if let Some(folder) = std::env::var_os("VC_DRAW") {
        std::fs::write(std::path::Path::new(&folder).join("machines.svg"), svg).unwrap();
    }
}

#[test]
fn mistakes_about_machines_are_told() {
    let text = "
launch:
  - machine: {name: arm, address: 'a b'}
  - machine: {name: base}
  - machine: {name: base, on_operator_lost: kep}
  - machine: {name: base}
  - machine: {name: local}
  - node: {exec: camera, machine: bse}
  - node: {exec: camera, name: second, machine: 'b/c'}
  - node: {exec: camera, name: third, machine: base, cwd: here}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `address` must be `host` or `host:port`, not `a b`
     --> test.launch.yaml:3:35
      |
    3 |   - machine: {name: arm, address: 'a b'}
      |                                   ^^^^^

    error: `on_operator_lost` must be one of `keep`, `stop`, not `kep`
     --> test.launch.yaml:5:45
      |
    5 |   - machine: {name: base, on_operator_lost: kep}
      |                                             ^^^
    hint: did you mean `keep`?

    error: machine `base` is declared twice
     --> test.launch.yaml:6:21
      |
    6 |   - machine: {name: base}
      |                     ^^^^
     --> test.launch.yaml:4:21
      |
    4 |   - machine: {name: base}
      |                     ^^^^ the first time

    error: `local` needs no declaration: it is where the launch is started
     --> test.launch.yaml:7:21
      |
    7 |   - machine: {name: local}
      |                     ^^^^^

    error: there is no machine `bse`
     --> test.launch.yaml:8:35
      |
    8 |   - node: {exec: camera, machine: bse}
      |                                   ^^^
    hint: did you mean `base`?

    error: `b/c` is no name of a machine: letters, digits, `_`, `-` and `.` are allowed
     --> test.launch.yaml:9:49
      |
    9 |   - node: {exec: camera, name: second, machine: 'b/c'}
      |                                                 ^^^^^

    error: `cwd` on another machine must be an absolute path, not `here`
      --> test.launch.yaml:10:59
       |
    10 |   - node: {exec: camera, name: third, machine: base, cwd: here}
       |                                                           ^^^^
    ");
}

#[test]
fn a_node_cannot_wait_for_one_on_another_machine() {
    let text = "
launch:
  - node: {exec: camera, machine: arm}
  - node: {exec: screen, after: [{node: camera}]}
  - node: {exec: screen, name: other, after: [{topic: /camera/image}]}
  - wire: {from: camera/image, to: [screen/image, other/image]}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: node `camera` is on another machine: start order holds within a machine
     --> test.launch.yaml:4:41
      |
    4 |   - node: {exec: screen, after: [{node: camera}]}
      |                                         ^^^^^^

    error: node `camera` is on another machine: start order holds within a machine
     --> test.launch.yaml:5:55
      |
    5 |   - node: {exec: screen, name: other, after: [{topic: /camera/image}]}
      |                                                       ^^^^^^^^^^^^^
    ");
}

#[test]
fn xml_has_the_same_words() {
    let text = r#"<launch>
  <machine name="arm" address="10.0.0.2:7447"><env name="A" value="1"/></machine>
  <group machine="arm"><node exec="camera"/></group>
  <node exec="screen" machine="amr"/>
</launch>"#;
    insta::assert_snapshot!(xml_mistakes(text), @r#"
    error: there is no machine `amr`
     --> test.launch.xml:4:31
      |
    4 |   <node exec="screen" machine="amr"/>
      |                               ^^^^^
    hint: did you mean `arm`?
    "#);
}

#[test]
fn a_wire_to_a_program_that_is_no_block_on_another_machine_is_doubted() {
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: talker, name: tracker, machine: arm}
  - wire: {from: camera/image, to: tracker/image}
";
    insta::assert_snapshot!(mistakes(text), @"
    warning: this wire goes from machine `local` to `arm`, and node `tracker` is no block
     --> test.launch.yaml:5:36
      |
    5 |   - wire: {from: camera/image, to: tracker/image}
      |                                    ^^^^^^^^^^^^^
     --> test.launch.yaml:5:18
      |
    5 |   - wire: {from: camera/image, to: tracker/image}
      |                  ^^^^^^^^^^^^ the output
    hint: it is joined only if that program speaks ROS 2 over zenoh, to the relay of its machine
    ");
}

#[test]
fn what_is_not_installed_here_is_planned_unchecked() {
    let text = "
launch:
  - node: {exec: lidar, machine: arm}
  - node: {exec: lidar, name: second, machine: arm}
  - node: {exec: screen}
  - wire: {from: lidar/image, to: screen/image}
";
    insta::assert_snapshot!(mistakes(text), @"
    warning: of machine `arm`, `lidar` cannot be checked: not installed here
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: lidar, machine: arm}
      |                  ^^^^^
    ");
    let plan = read(text).unwrap().plan;
    assert_eq!(plan.wires[0].topic.to_string(), "/lidar/image");
}

/// A machine with one block, which is not installed here.
#[derive(Debug)]
struct OneBlock(&'static str);

impl Site for OneBlock {
    fn look_up(&self, asked: &[Asked]) -> Result<Vec<Result<Found, String>>, String> {
        let answer = |one: &Asked| {
            let program = std::path::PathBuf::from("/there").join(&one.exec);
            if one.exec != self.0 {
                return Err(format!("there is no program `{}`", one.exec));
            }
            // It is a camera by another name.
            let manifest =
                one.describe.then(|| Fake.describe(&vc_plan::Program::of("camera".into())).unwrap().unwrap());
            Ok(Found { program, manifest })
        };
        Ok(asked.iter().map(answer).collect())
    }
}

/// A machine that is switched off.
#[derive(Debug)]
struct Silent;

impl Site for Silent {
    fn look_up(&self, _asked: &[Asked]) -> Result<Vec<Result<Found, String>>, String> {
        Err("no agent".to_owned())
    }
}

/// `arm` has a lidar; all others are switched off.
#[derive(Debug)]
struct Robots;

impl Fleet for Robots {
    fn site(&self, machine: &PlannedMachine) -> Option<Arc<dyn Site>> {
        Some(if machine.name == arm() { Arc::new(OneBlock("lidar")) } else { Arc::new(Silent) })
    }
}

#[test]
fn nodes_are_checked_against_what_their_machine_has() {
    let place = Place::new();
    let text = "
launch:
  - node: {exec: lidar, name: eye, machine: arm, param: [{name: width, value: 320}]}
  - node: {exec: camera, name: other, machine: arm}
  - node: {exec: screen}
  - wire: {from: eye/picture, to: screen/image}
  - node: {exec: camera, name: third, machine: base}
";
    let file = place.file("test.launch.yaml", text);
    let mut options = place.options(&[]);
    options.fleet = Some(Arc::new(Robots));

    let report = vc_plan::read(&file, &options, &Fake).unwrap_err();

    insta::assert_snapshot!(place.redact(&report.to_string()), @"
    error: on machine `arm`, there is no program `camera`
     --> test.launch.yaml:4:18
      |
    4 |   - node: {exec: camera, name: other, machine: arm}
      |                  ^^^^^^

    error: node `eye` (block `camera`) has no output `picture`
     --> test.launch.yaml:6:18
      |
    6 |   - wire: {from: eye/picture, to: screen/image}
      |                  ^^^^^^^^^^^
    hint: its outputs are image

    error: machine `base` does not answer: no agent
     --> test.launch.yaml:7:48
      |
    7 |   - node: {exec: camera, name: third, machine: base}
      |                                                ^^^^
    ");
}

#[test]
fn what_a_machine_has_is_planned_with_its_own_paths() {
    let place = Place::new();
    let text = "
launch:
  - node: {exec: lidar, name: eye, machine: arm}
  - node: {exec: screen}
  - wire: {from: eye/image, to: screen/image}
";
    let file = place.file("test.launch.yaml", text);
    let mut options = place.options(&[]);
    options.fleet = Some(Arc::new(Robots));

    let plan = vc_plan::read(&file, &options, &Fake).unwrap().plan;

    assert_eq!(plan.nodes[0].program, std::path::Path::new("/there/lidar"));
    assert_eq!(plan.wires[0].type_name, crate::fake::IMAGE);
}

#[test]
fn on_the_machine_itself_its_own_part_is_here() {
    let place = Place::new();
    let text = "
launch:
  - node: {exec: lidar, machine: arm}
  - node: {exec: nothing}
";
    let file = place.file("test.launch.yaml", text);
    let mut options = place.options(&[]);
    options.here = Some(arm());

    let report = vc_plan::read(&file, &options, &Fake).unwrap_err();

    insta::assert_snapshot!(place.redact(&report.to_string()), @"
    error: there is no program `lidar`
     --> test.launch.yaml:3:18
      |
    3 |   - node: {exec: lidar, machine: arm}
      |                  ^^^^^
    hint: it was looked for in `bin`
    hint: VC_BLOCKS_PATH adds folders

    warning: of machine `local`, `nothing` cannot be checked: not installed here
     --> test.launch.yaml:4:18
      |
    4 |   - node: {exec: nothing}
      |                  ^^^^^^^
    ");
}
