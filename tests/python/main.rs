//! The Python package, by Python's own `unittest`: each of these runs one file of `python/tests` or `tests/python`.
//!
//! What needs NumPy has it in an environment of the tests' own, made from the package index once and kept below the target
//! folder. Without the network those tests say `SKIPPED:` and pass.

mod environment;
mod launching;
mod new_block;
mod wheel;

#[path = "../system/circuit.rs"]
#[expect(dead_code, reason = "the suite `system` uses the rest")]
mod circuit;

use std::path::{Path, PathBuf};

use environment::{Needs, python};
use vc_tests::harness::{Program, TestDomain};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs a file of Python tests in a domain of its own.
#[track_caller]
fn unittest(file: &str, needs: Needs) {
    let Some(python) = python(needs) else { return };
    let domain = TestDomain::new();
    let package = root().join("python");
    let program = Program::at(python).arg(package.join("tests").join(file)).domain(&domain);
    let program = program.env("PYTHONPATH", package).env("PYTHONDONTWRITEBYTECODE", "1");
    let seen = program.env("VC_PYTHON_LIBRARY", Program::path("libvc_python.so")).run().succeeded();
    // `unittest` reports there.
    println!("{}", seen.stderr);
    assert!(seen.stderr.contains("... ok"), "no test ran: {seen}");
}

#[test]
fn what_needs_python_alone() {
    unittest("test_plain.py", Needs::Python);
}

#[test]
fn arrays_lie_in_shared_memory() {
    unittest("test_arrays.py", Needs::Numpy);
}

#[test]
fn visual_circuits_code_sees_its_api() {
    unittest("test_host.py", Needs::Numpy);
}

#[test]
fn visual_circuits_code_is_a_program() {
    unittest("test_host_process.py", Needs::Numpy);
}
