//! `vclaunch new block`, as far as it goes without building what it makes.

use std::path::Path;

use crate::seen::{command, shown};

/// Runs it in a folder; what belongs to this machine is replaced.
fn new_block(folder: &Path, args: &[&str]) -> String {
    let logs = tempfile::tempdir().unwrap();
    let output = command(&logs).current_dir(folder).args(["new", "block"]).args(args).output().unwrap();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    shown(&output, &logs).replace(checkout.to_str().unwrap(), "CHECKOUT")
}

#[test]
fn a_new_block_is_a_folder_and_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(new_block(folder.path(), &["sparkle"]), @"
    exit: 0
    ----- stdout -----
    wrote sparkle/Cargo.toml
    wrote sparkle/src/main.rs
    wrote sparkle/src/negative.rs
    wrote sparkle/sparkle.launch.yaml
    wrote sparkle/.gitignore
    wrote sparkle/Cargo.lock

    Next:
      cd sparkle
      cargo test
      cargo build && vclaunch sparkle.launch.yaml

    The manual is CHECKOUT/docs/your-first-block.md. Its Cargo.toml names the library by its path there.
    ");
    insta::assert_snapshot!(new_block(folder.path(), &["sparkle", "--python"]), @"
    exit: 74
    ----- stderr -----
    error: `sparkle` is there already; nothing was written
    ");
    insta::assert_snapshot!(new_block(folder.path(), &["twinkle", "--python"]), @"
    exit: 0
    ----- stdout -----
    wrote twinkle/twinkle.py
    wrote twinkle/test_twinkle.py
    wrote twinkle/twinkle.launch.yaml

    Next:
      cd twinkle
      PYTHONPATH=CHECKOUT/python python3 -m unittest
      vclaunch twinkle.launch.yaml

    The manual is CHECKOUT/docs/your-first-block.md. It needs NumPy: `--python-exe VENV` names a Python that has it.
    ");
}

#[test]
fn names_that_would_not_work_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(new_block(folder.path(), &["My-Block"]), @"
    exit: 2
    ----- stderr -----
    error: `My-Block` cannot be a new block's name: `My-Block` holds `-`: only letters, digits and underscores are allowed

    hint: `vclaunch new block my_block`
    ");
    insta::assert_snapshot!(new_block(folder.path(), &["Sparkle"]), @"
    exit: 2
    ----- stderr -----
    error: `Sparkle` cannot be a new block's name: programs have names of small letters, digits and underscores, and begin with a letter

    hint: `vclaunch new block sparkle`
    ");
    insta::assert_snapshot!(new_block(folder.path(), &["match"]), @"
    exit: 2
    ----- stderr -----
    error: `match` cannot be a new block's name: the word has a meaning of its own, in Rust or in launch files

    hint: take another name
    ");
    insta::assert_snapshot!(new_block(folder.path(), &["random", "--python"]), @"
    exit: 2
    ----- stderr -----
    error: `random` cannot be a new block's name: Python has a module of that name, and programs would get yours instead

    hint: take another name
    ");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
