//! The wheel: built, installed into an environment of its own, and tested there.

use std::path::Path;
use std::process::Command;

use vc_tests::harness::{Program, TestDomain};

use crate::environment::{Needs, python};
use crate::root;

/// It builds the extension module anew, where the other tests look for it: so only by itself, and only if asked for.
#[test]
fn the_wheel_brings_all_along() {
    if std::env::var_os("VC_TEST_WHEEL").is_none() {
        println!("SKIPPED: building a wheel takes minutes; VC_TEST_WHEEL=1 does it");
        return;
    }
    let Some(maturin) = python(Needs::Maturin) else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wheel");
    let _ = std::fs::remove_dir_all(&folder);
    let build = ["-m", "maturin", "build", "--profile", "dev", "--out"];
    let mut command = Command::new(&maturin);
    run(command.args(build).arg(&folder).current_dir(root().join("python")));
    let wheel = std::fs::read_dir(&folder).unwrap().flatten().next().unwrap().path();
    run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")));
    let installed = folder.join("venv/bin/python");
    run(Command::new(&installed)
        .args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:"])
        .arg(wheel));

    for file in ["test_plain.py", "test_arrays.py", "test_host.py"] {
        let domain = TestDomain::new();
        let program = Program::at(&installed).arg(root().join("python/tests").join(file)).domain(&domain);
        let seen = program.env("PYTHONPATH", "").env("VC_PYTHON_LIBRARY", "/nowhere").run().succeeded();
        assert!(seen.stderr.contains("... ok"), "no test ran: {seen}");
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
