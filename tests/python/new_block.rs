//! What `vclaunch new block --python` makes: tested and run as its user would.

use std::fs;

use vc_tests::harness::{Program, Signal, TestDomain};

use crate::environment::{Needs, python};
use crate::root;

#[test]
fn a_new_block_passes_its_test_and_runs_in_its_circuit() {
    let Some(python) = python(Needs::Numpy) else { return };
    let (domain, place) = (TestDomain::new(), tempfile::tempdir().unwrap());
    Program::new("vclaunch").args("new block twinkle --python").in_folder(place.path()).run().succeeded();
    let folder = place.path().join("twinkle");
    let with_library = |program: Program| {
        let path = [python.parent().unwrap().to_str().unwrap(), &std::env::var("PATH").unwrap()].join(":");
        let program = program.env("PATH", path).env("PYTHONPATH", root().join("python")).in_folder(&folder);
        program.env("VC_PYTHON_LIBRARY", Program::path("libvc_python.so")).domain(&domain)
    };

    with_library(Program::at(&python)).args("-m unittest").run().succeeded();
    let vclaunch =
        with_library(Program::new("vclaunch")).args("run --json --log-dir log twinkle.launch.yaml");
    let circuit = vclaunch.args("view:=none strength:=0.5").start();
    circuit.output("of pictures at the screen", |line| {
        let event: serde_json::Value = serde_json::from_str(line).ok()?;
        let wires = event["wires"].as_array()?;
        let flow = event["event"] == "wires" && wires.iter().all(|wire| wire["received"].as_u64() > Some(0));
        flow.then_some(())
    });
    circuit.signal(Signal::INT);
    let seen = circuit.wait();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert!(fs::read_dir(folder.join("log")).unwrap().next().is_some());
    assert!(domain.leftovers().is_empty(), "memory is left: {:?}", domain.leftovers());
}
