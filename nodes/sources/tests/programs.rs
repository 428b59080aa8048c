//! The camera's two programs are one block.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

fn said(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn both_programs_have_one_manifest() {
    let (camera, capture) = (env!("CARGO_BIN_EXE_camera"), env!("CARGO_BIN_EXE_camera_capture"));

    assert_eq!(said(camera, "--describe"), said(capture, "--describe"));
    assert!(said(camera, "--help").starts_with("camera "));
}
