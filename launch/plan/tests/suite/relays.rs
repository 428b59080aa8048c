//! Relays: added to a plan where wires cross machines and where the launch file bridges.

use vc_plan::plan::NodeKind;
use vc_plan::{MachineName, Plan, PlannedRelay};

use crate::fake::{mistakes, read};

fn relays(plan: &Plan) -> Vec<(String, Option<&MachineName>, &PlannedRelay)> {
    let mut all = Vec::new();
    for node in &plan.nodes {
        if let NodeKind::Relay(relay) = &node.kind {
            all.push((node.name.to_string(), node.machine.as_ref(), &**relay));
        }
    }
    all
}

const THREE: &str = "
launch:
  - machine: {name: arm}
  - machine: {name: base.2}
  - node: {exec: camera, machine: arm}
  - node: {exec: edge_detector, name: edges, machine: base.2}
  - node: {exec: screen}
  - wire: {from: camera/image, to: edges/image, max_rate: 10, priority: data_low, reliability: best_effort}
  - wire: {from: edges/edges, to: screen/image}
";

#[test]
fn each_machine_with_a_wire_that_crosses_has_a_relay() {
    let plan = read(THREE).unwrap().plan;
    let relays = relays(&plan);

    let met: Vec<_> = relays
        .iter()
        .map(|(name, machine, relay)| {
            let meets: Vec<&str> = relay.meets.iter().map(MachineName::as_str).collect();
            (name.as_str(), machine.map(MachineName::as_str), meets, relay.is_met)
        })
        .collect();
    assert_eq!(
        met,
        [
            ("/relay", None, vec!["base.2"], false),
            ("/arm/relay", Some("arm"), vec![], true),
            ("/base_2/relay", Some("base.2"), vec!["arm"], true),
        ]
    );
    let listen = ["tcp/10.0.0.2:7447".to_owned()];
    insta::assert_snapshot!(relays[1].2.arguments(&listen, &[]).join(" "), @r#"--settings {"listen":["tcp/10.0.0.2:7447"],"out":{"allow":["/camera/image"]},"in":{"deny":["/**"]},"topics":{"/camera/image":{"max_rate":10.0,"priority":"data_low","reliability":"best_effort"}},"share":true,"expect":{"out":{"/camera/image":["/edges"]},"in":{}}}"#);
    insta::assert_snapshot!(relays[0].2.arguments(&[], &listen).join(" "), @r#"--settings {"listen":"none","connect":["tcp/10.0.0.2:7447"],"out":{"deny":["/**"]},"in":{"allow":["/edges/edges"]},"share":true,"expect":{"out":{},"in":{"/edges/edges":["/edges"]}}}"#);
}

#[test]
fn within_a_machine_there_is_no_relay_unless_asked_for() {
    let alone = read("launch:\n  - node: {exec: camera}\n").unwrap().plan;
    assert!(relays(&alone).is_empty());
    let text = "
launch:
  - bridge: {connect: tcp/robot:7447, allow_in: [/scan, /robot1/**]}
  - bridge: {listen: [tcp/0.0.0.0:7447], dds: true, wire_domain: 7, allow_in: /map}
  - node: {exec: screen}
";
    let bridged = read(text).unwrap().plan;

    let [(name, None, relay)] = &relays(&bridged)[..] else { panic!("{bridged:?}") };
    assert_eq!(name, "/relay");
    insta::assert_snapshot!(relay.arguments(&[], &[]).join(" "), @r#"--settings {"listen":["tcp/0.0.0.0:7447"],"connect":["tcp/robot:7447"],"dds":true,"wire_domain":7,"out":{},"in":{"allow":["/scan","/robot1/**","/map"]},"share":true,"expect":{"out":{},"in":{}}}"#);
}

#[test]
fn a_relay_takes_no_nodes_name() {
    let text = "
launch:
  - node: {exec: camera, name: relay}
  - bridge: tcp/robot:7447
";
    let plan = read(text).unwrap().plan;
    assert_eq!(relays(&plan)[0].0, "/relay_2");
}

#[test]
fn mistakes_about_what_crosses_are_told() {
    let text = "
launch:
  - bridge: {connect: robot}
  - bridge: {machine: arm, allow_out: [scan]}
  - node: {exec: camera, machine: arm}
  - node: {exec: screen}
  - wire: {from: camera/image, to: screen/image, max_rate: 0, priority: urgent, reliability: most}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: `robot` is no address; write it as `tcp/10.0.0.2:7447`
     --> test.launch.yaml:3:23
      |
    3 |   - bridge: {connect: robot}
      |                       ^^^^^

    error: `scan` matches no topic; write `/camera/image`, `/camera/*` or `/robot1/**`
     --> test.launch.yaml:4:40
      |
    4 |   - bridge: {machine: arm, allow_out: [scan]}
      |                                        ^^^^

    error: `max_rate` must be a rate above 0, in hertz, not `0`
     --> test.launch.yaml:7:60
      |
    7 |   - wire: {from: camera/image, to: screen/image, max_rate: 0, priority: urgent, reliability: most}
      |                                                            ^

    error: `priority` must be one of `real_time`, `interactive_high`, `interactive_low`, `data_high`, `data`, `data_low`, `background`, not `urgent`
     --> test.launch.yaml:7:73
      |
    7 |   - wire: {from: camera/image, to: screen/image, max_rate: 0, priority: urgent, reliability: most}
      |                                                                         ^^^^^^

    error: `reliability` must be one of `reliable`, `best_effort`, not `most`
     --> test.launch.yaml:7:94
      |
    7 |   - wire: {from: camera/image, to: screen/image, max_rate: 0, priority: urgent, reliability: most}
      |                                                                                              ^^^^
    ");
    let text = "
launch:
  - bridge: {machine: base, connect: tcp/robot:7447}
  - node: {exec: camera, machine: arm}
  - node: {exec: screen}
  - node: {exec: screen, name: second}
  - node: {exec: screen, name: near, machine: arm}
  - wire: {from: camera/image, to: screen/image, max_rate: 5}
  - wire: {from: camera/image, to: second/image, max_rate: 6}
  - wire: {from: camera/image, to: near/image, max_rate: 5}
";
    insta::assert_snapshot!(mistakes(text), @"
    error: there is no machine `base`
     --> test.launch.yaml:3:23
      |
    3 |   - bridge: {machine: base, connect: tcp/robot:7447}
      |                       ^^^^

    error: this wire is to be carried in another way than one from the same output
     --> test.launch.yaml:9:36
      |
    9 |   - wire: {from: camera/image, to: second/image, max_rate: 6}
      |                                    ^^^^^^^^^^^^
     --> test.launch.yaml:8:36
      |
    8 |   - wire: {from: camera/image, to: screen/image, max_rate: 5}
      |                                    ^^^^^^^^^^^^ the other wire
    hint: what one reader gets all get: say the same of both

    warning: this wire stays on its machine: `max_rate`, `priority` and `reliability` change nothing
      --> test.launch.yaml:10:36
       |
    10 |   - wire: {from: camera/image, to: near/image, max_rate: 5}
       |                                    ^^^^^^^^^^
      --> test.launch.yaml:10:18
       |
    10 |   - wire: {from: camera/image, to: near/image, max_rate: 5}
       |                  ^^^^^^^^^^^^ the output
    ");
}
