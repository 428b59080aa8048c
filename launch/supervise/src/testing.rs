//! Plans made by hand, for the tests of this crate.

use std::path::PathBuf;
use std::time::Duration;

use vc_plan::plan::{
    Grace, Limits, NodeKind, OnExit, Output, Plan, PlannedNode, PlannedWire, PortRef, Restart, RestartPolicy,
};
use vc_words::{Manifest, NodeName, TopicName};

/// A node that runs a shell script.
pub(crate) fn shell(name: &str, script: &str) -> PlannedNode {
    PlannedNode {
        name: NodeName::parse(name).unwrap(),
        machine: None,
        kind: NodeKind::Foreign,
        program: PathBuf::from("/bin/sh"),
        args: vec!["-c".into(), script.into()],
        prefix: Vec::new(),
        env: Vec::new(),
        cwd: None,
        output: Output::Screen,
        emulate_tty: false,
        stdin: false,
        restart: Restart { policy: RestartPolicy::Never, delay: Duration::ZERO, max_retries: None },
        on_exit: OnExit::Continue,
        grace: Grace { sigterm: Duration::from_millis(300), sigkill: Duration::from_millis(300) },
        watchdog: None,
        after: Vec::new(),
        limits: Limits::default(),
        parameters: Vec::new(),
        place: String::new(),
    }
}

/// The same, as a block.
pub(crate) fn block(name: &str, script: &str) -> PlannedNode {
    let text =
        r#"{"vc":1,"block":"b","version":"1","description":"","inputs":[],"outputs":[],"parameters":[]}"#;
    let manifest = Box::new(Manifest::from_json(text).unwrap());
    PlannedNode { kind: NodeKind::Block { manifest }, ..shell(name, script) }
}

/// A plan of these nodes, without wires.
pub(crate) fn plan_of(nodes: impl IntoIterator<Item = PlannedNode>) -> Plan {
    Plan {
        file: "test.launch.yaml".into(),
        machines: Vec::new(),
        nodes: nodes.into_iter().collect(),
        wires: Vec::new(),
        stop: None,
    }
}

/// A wire such as `camera/image` to `edges/image`.
pub(crate) fn wire(from: &str, to: &str) -> PlannedWire {
    let port = |text: &str| {
        let (node, port) = text.rsplit_once('/').unwrap();
        PortRef { node: NodeName::parse(node).unwrap(), port: port.into() }
    };
    let topic = TopicName::absolute(&format!("/{from}")).unwrap();
    PlannedWire {
        from: port(from),
        to: port(to),
        topic,
        type_name: "sensor_msgs/msg/Image".into(),
        carriage: vc_plan::relay::Carriage::default(),
    }
}
