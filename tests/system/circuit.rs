//! A circuit under `vclaunch --json`, in a domain of its own.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use vc_tests::harness::{Ended, Program, Running, Signal, TestDomain, processes_with, until};

/// A place for circuits: a domain and a folder, both empty in the end.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) domain: TestDomain,
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { domain: TestDomain::new(), folder: tempfile::tempdir().unwrap() }
    }

    /// Launches a file with arguments.
    pub(crate) fn launch(&self, file: &Path, line: &str) -> Circuit {
        let program = Program::new("vclaunch").domain(&self.domain).args("run --json --log-dir");
        Circuit(program.arg(self.folder.path().join("log")).arg(file).args(line).start())
    }

    /// Launches a file of these nodes, each one item of a YAML list.
    pub(crate) fn launch_nodes(&self, nodes: &str, line: &str) -> Circuit {
        let file = self.folder.path().join("test.launch.yaml");
        fs::write(&file, format!("launch:\n{nodes}")).unwrap();
        self.launch(&file, line)
    }

    /// Launches the example.
    pub(crate) fn launch_edges(&self, line: &str) -> Circuit {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        self.launch(&root.join("launch/examples/edges.launch.yaml"), line)
    }

    /// The living processes of this place.
    pub(crate) fn processes(&self) -> Vec<(u32, String)> {
        processes_with(&format!("ROS_DOMAIN_ID={}", self.domain.variable()))
    }

    /// Waits until no process of this place lives.
    #[track_caller]
    pub(crate) fn is_deserted(&self) {
        let mut left = Vec::new();
        until("every process is gone", || {
            left = self.processes();
            left.is_empty()
        });
    }

    /// Asserts that nothing of this place is left: no process, no memory.
    #[track_caller]
    pub(crate) fn is_clean(&self) {
        assert_eq!(self.processes(), [], "processes are left");
        let left = self.domain.leftovers();
        assert!(left.is_empty(), "memory is left: {left:?}");
    }
}

/// A running `vclaunch`.
#[derive(Debug)]
pub(crate) struct Circuit(pub(crate) Running);

impl Circuit {
    /// Waits for the first event for which `found` answers something.
    #[track_caller]
    pub(crate) fn event<R>(&self, what: &str, found: impl Fn(&Value) -> Option<R>) -> R {
        self.0.output(what, |line| found(&serde_json::from_str(line).ok()?))
    }

    /// Waits until a node is running, and gives its process.
    #[track_caller]
    pub(crate) fn running(&self, node: &str) -> u32 {
        self.state(node, "running", 0)
    }

    /// Waits until a node is in a state after so many restarts, and gives its process.
    #[track_caller]
    pub(crate) fn state(&self, node: &str, state: &str, restarts: u64) -> u32 {
        self.event(&format!("{node} {state} after {restarts} restarts"), |event| {
            let fits = event["event"] == "state" && event["node"] == node && event["state"] == state;
            let pid = u32::try_from(event["pid"].as_u64().unwrap_or_default()).ok();
            if fits && event["restarts"] == restarts { pid } else { None }
        })
    }

    /// Waits until pictures arrive at the end of every wire.
    #[track_caller]
    pub(crate) fn flows(&self) {
        self.event("of flowing wires", |event| {
            let wires = event["wires"].as_array()?;
            let flow =
                event["event"] == "wires" && wires.iter().all(|wire| wire["received"].as_u64() > Some(0));
            flow.then_some(())
        });
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.0.signal(signal);
    }

    /// Waits for the end, and gives it with the summary.
    #[track_caller]
    pub(crate) fn end(self) -> (Ended, Value) {
        let seen = self.0.wait();
        let last = seen.stdout.lines().last().unwrap_or_default();
        let summary: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("no summary: {seen}"));
        assert_eq!(summary["event"], "summary", "{seen}");
        assert_eq!(summary["exit"].as_i64(), seen.code.map(i64::from), "{seen}");
        (seen, summary)
    }
}

/// What the summary says of a node.
pub(crate) fn node<'a>(summary: &'a Value, name: &str) -> &'a Value {
    let mut nodes = summary["nodes"].as_array().into_iter().flatten();
    nodes.find(|node| node["name"] == name).unwrap_or_else(|| panic!("no {name} in {summary}"))
}

/// Asserts that every wire carried what was sent, and lost nothing; gives how much.
#[track_caller]
pub(crate) fn carried_all(summary: &Value) -> Vec<u64> {
    let wires = summary["wires"].as_array().unwrap();
    assert!(!wires.is_empty(), "{summary}");
    for wire in wires {
        assert_eq!((&wire["received"], &wire["lost"]), (&wire["sent"], &0.into()), "{wire}");
    }
    wires.iter().map(|wire| wire["sent"].as_u64().unwrap()).collect()
}
