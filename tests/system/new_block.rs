//! What `vclaunch new block` makes. Its sources are a program of this workspace, `template_block`, so that they are
//! compiled, linted and tested with everything else; here they run in the circuit that comes with them.

use std::fs;
use std::path::Path;
use std::process::Command;

use vc_tests::harness::Program;

use crate::circuit::{Place, carried_all};

/// Runs cargo in a new block's folder, without the network.
fn cargo(folder: &Path, args: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).args(args).arg("--offline");
    for variable in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_BUILD_DIR"] {
        cargo.env_remove(variable);
    }
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_new_block_in_rust_runs_in_its_circuit() {
    let place = Place::new();
    let new = Program::new("vclaunch").args("new block sparkle").in_folder(place.folder.path());
    new.run().succeeded();
    let folder = place.folder.path().join("sparkle");
    let program = folder.join("target/debug/sparkle");

    if std::env::var_os("VC_BUILD_NEW_BLOCK").is_some() {
        cargo(&folder, &["test"]);
        cargo(&folder, &["build"]);
    } else {
        println!(
            "SKIPPED: compiling the library for the new block; VC_BUILD_NEW_BLOCK=1 does, for some minutes"
        );
        cargo(&folder, &["metadata", "--format-version=1"]);
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::copy(Program::path("template_block"), program).unwrap();
    }
    let circuit = place.launch(&folder.join("sparkle.launch.yaml"), "frames:=20 view:=none strength:=0.5");
    let (seen, summary) = circuit.end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [20, 20], "{seen}");
    place.is_clean();
}
