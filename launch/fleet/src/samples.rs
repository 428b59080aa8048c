//! Plans' parts for tests.

use std::time::Duration;

use vc_plan::MachineName;
use vc_plan::plan::{Grace, Limits, NodeKind, OnExit, Output, PlannedNode, Restart, RestartPolicy};
use vc_words::NodeName;

use crate::operator::Machine;

pub(crate) fn arm() -> Machine {
    MachineName::parse("arm").ok()
}

pub(crate) fn node(name: &str, machine: Machine, kind: NodeKind) -> PlannedNode {
    PlannedNode {
        name: NodeName::parse(name).unwrap(),
        machine,
        kind,
        program: "/bin/true".into(),
        args: Vec::new(),
        prefix: Vec::new(),
        env: Vec::new(),
        cwd: None,
        stdin: false,
        emulate_tty: false,
        output: Output::Log,
        restart: Restart { policy: RestartPolicy::Never, delay: Duration::ZERO, max_retries: None },
        on_exit: OnExit::Continue,
        grace: Grace { sigterm: Duration::ZERO, sigkill: Duration::ZERO },
        watchdog: None,
        limits: Limits::default(),
        parameters: Vec::new(),
        after: Vec::new(),
        place: String::new(),
    }
}
