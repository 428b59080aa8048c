//! What launch files say about running, in both forms.

use std::time::Duration;

use vc_plan::plan::{Limits, OnExit, PlannedNode};

use crate::fake::Place;

/// The nodes that a launch file comes to, the same in YAML and in XML.
fn nodes(yaml: &str, xml: &str) -> Vec<PlannedNode> {
    let place = Place::new();
    let mut both = [place.read(yaml, &[]), place.read_xml(xml)].map(|read| {
        let mut nodes = read.unwrap().plan.nodes;
        for node in &mut nodes {
            node.place.clear();
        }
        nodes
    });
    assert_eq!(both[0], both[1]);
    std::mem::take(&mut both[0])
}

#[test]
fn limits_and_watchdogs_are_planned() {
    let yaml = "
launch:
  - node: {exec: camera, nice: -5, cpu: [0], memory: 200M, watchdog: 2.5, required: true}
  - executable: {cmd: talker, nice: $(eval 2 + 3), memory: 1 GiB, required: 'false'}
";
    let xml = r#"<launch>
  <node exec="camera" nice="-5" cpu="0" memory="200M" watchdog="2.5" required="true"/>
  <executable cmd="talker" nice="$(eval 2 + 3)" memory="1 GiB" required="false"/>
</launch>"#;

    let nodes = nodes(yaml, xml);

    assert_eq!(nodes[0].limits, Limits { nice: Some(-5), cpu: vec![0], memory: Some(200 << 20) });
    assert_eq!(nodes[0].watchdog, Some(Duration::from_millis(2500)));
    assert_eq!([nodes[0].on_exit, nodes[1].on_exit], [OnExit::Shutdown, OnExit::Continue]);
    assert_eq!(nodes[1].limits, Limits { nice: Some(5), cpu: vec![], memory: Some(1 << 30) });
    assert_eq!(nodes[1].watchdog, None);
}
