//! Drawings.

use proptest::prelude::*;
use vc_plan::graph;

use crate::fake::{IMAGE, read};

/// A circuit with a fan, a long wire, a cycle, a foreign node and an unwired port.
const BUSY: &str = "
launch:
  - node: {exec: camera, name: left}
  - node: {exec: camera, name: right}
  - node: {exec: edge_detector, name: edges}
  - node: {exec: edge_detector, name: finer, param: [{name: lower, value: 20}]}
  - node: {exec: screen}
  - node: {exec: talker, name: tracker}
  - node: {exec: thermometer}
  - node: {exec: optional, name: fan, namespace: cooling}
  - wire: {from: left/image, to: [edges/image, screen/image, tracker/left]}
  - wire: {from: right/image, to: [finer/image, screen/image]}
  - wire: {from: edges/edges, to: [screen/image, finer/image, tracker/edges]}
  - wire: {from: tracker/feedback, to: edges/image}
  - wire: {from: thermometer/temperature, to: cooling/fan/temperature}
";

#[test]
fn a_drawing_shows_every_node_wire_and_type() {
    let plan = read(BUSY).unwrap().plan;

    for drawing in [graph::dot(&plan), graph::mermaid(&plan), graph::svg(&plan)] {
        for word in [
            "left",
            "right",
            "edges",
            "finer",
            "screen",
            "tracker",
            "thermometer",
            "fan",
            "Image",
            "Temperature",
        ] {
            assert!(drawing.contains(word), "{word} is missing:\n{drawing}");
        }
    }
    assert!(graph::dot(&plan).contains(IMAGE));
    if let Some(folder) = std::env::var_os("VC_DRAW") {
        std::fs::write(std::path::Path::new(&folder).join("busy.svg"), graph::svg(&plan)).unwrap();
    }
}

#[test]
fn an_empty_circuit_is_drawn_too() {
    let plan = read("launch: []").unwrap().plan;

    assert!(graph::svg(&plan).contains("</svg>"));
    assert!(graph::mermaid(&plan).starts_with("flowchart LR"));
}

#[test]
fn a_small_circuit_is_drawn_in_words() {
    let text = "
launch:
  - node: {exec: camera}
  - node: {exec: screen, name: wall, namespace: lab}
  - wire: {from: camera/image, to: lab/wall/image}
";
    let plan = read(text).unwrap().plan;

    insta::assert_snapshot!(graph::mermaid(&plan), @r#"
    flowchart LR
      n0["camera"]
      n1["lab/wall<br>screen"]
      n0 -->|"image → image<br>sensor_msgs/msg/Image"| n1
    "#);
    insta::assert_snapshot!(graph::dot(&plan), @r#"
    digraph circuit {
      rankdir=LR;
      node [shape=box, style=rounded];
      "/camera" [label="camera"];
      "/lab/wall" [label="lab/wall\nscreen"];
      "/camera" -> "/lab/wall" [label="image → image\nsensor_msgs/msg/Image"];
    }
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_circuit_is_drawn(wires in proptest::collection::btree_set((0_usize..9, 0_usize..9), 0..25)) {
        let nodes = (0..9).map(|n| format!("  - node: {{exec: edge_detector, name: n{n}}}\n"));
        let joined = wires.iter().map(|(a, b)| format!("  - wire: {{from: n{a}/edges, to: n{b}/image}}\n"));
        // A foreign node, so that unfed inputs are nobody's mistake.
        let text: String = ["launch:\n  - node: {exec: talker}\n".to_owned()].into_iter().chain(nodes).chain(joined).collect();

        let drawing = graph::svg(&read(&text).unwrap().plan);

        prop_assert_eq!(drawing.matches("class=\"wire\"").count(), wires.len());
        prop_assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{}", drawing);
    }
}
