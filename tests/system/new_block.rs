//! What `vclaunch new block` makes: built from its own `Cargo.toml`, tested, and run in the circuit that comes with it. Its
//! sources are a program of this workspace too, `template_block`, so that they are linted with everything else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vc_tests::harness::Program;

use crate::circuit::{Place, carried_all};

/// Where the block and the library below it are built. It is kept, so that only the first test run builds the library.
fn built() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_block")
}

/// Runs cargo in a new block's folder as a user does, but without the network, and without optimising: the workspace has built
/// the library already, though not with the features that the block alone asks for. It takes 90 s of one core the first time.
fn cargo(folder: &Path, verb: &str) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(folder)
        .args([verb, "--offline"])
        .args(["--config", "profile.dev.package.'*'.opt-level=0"]);
    cargo.env("CARGO_TARGET_DIR", built()).env("CARGO_INCREMENTAL", "0");
    cargo.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0").env("CARGO_PROFILE_DEV_DEBUG", "false");
    for variable in ["CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_BUILD_DIR", "RUSTFLAGS"] {
        cargo.env_remove(variable);
    }
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_new_block_in_rust_runs_in_its_circuit() {
    let place = Place::new();
    let new = Program::new("vclaunch").args("new block sparkle").in_folder(place.folder.path());
    new.run().succeeded();
    let folder = place.folder.path().join("sparkle");
    let program = folder.join("target/debug/sparkle");

    let tested = cargo(&folder, "test");
    assert!(tested.contains("test negative::tests::black_becomes_white ... ok"), "{tested}");
    cargo(&folder, "build");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::copy(built().join("debug/sparkle"), program).unwrap();
    let circuit = place.launch(&folder.join("sparkle.launch.yaml"), "frames:=20 view:=none strength:=0.5");
    let (seen, summary) = circuit.end();

    assert_eq!(seen.code, Some(0), "{seen}");
    assert_eq!(carried_all(&summary), [20, 20], "{seen}");
    place.is_clean();
}
