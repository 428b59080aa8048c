//! `vclaunch keys`, as people see it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use tempfile::TempDir;

use crate::seen::{command, shown};

/// Runs a command in a folder of its own. Dates are replaced.
fn seen(place: &TempDir, line: &str) -> String {
    let mut command = in_place(place);
    let output = command.args(line.split_whitespace()).output().unwrap();
    let is_date = |word: &str| word.len() == 10 && word.matches('-').count() == 2 && word.starts_with("20");
    let text = shown(&output, place);
    let words = text.split_inclusive([' ', '\n', '"', ',']).map(|word| {
        let bare = word.trim_end_matches([' ', '\n', '"', ',']);
        if is_date(bare) { word.replace(bare, "DATE") } else { word.to_owned() }
    });
    words.collect()
}

fn in_place(place: &TempDir) -> Command {
    let mut command = command(place);
    command.current_dir(place.path()).env("VC_KEYS", place.path().join("keys"));
    command
}

#[test]
fn from_an_authority_to_a_machine() {
    let place = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(seen(&place, "keys init base"), @"
    exit: 0
    ----- stdout -----
    keys of operator base in LOGS/RUN valid until DATE

    Next, for each machine:  vclaunch keys add MACHINE
    Whoever has LOGS/RUN can certify operators: keep it to yourself.
    ");
    insta::assert_snapshot!(seen(&place, "keys add arm --address 10.0.0.2"), @"
    exit: 0
    ----- stdout -----
    arm.keys: keys of machine arm, valid until DATE
    its vcbridge is reached by arm, arm.local, 10.0.0.2

    Take them there, put them in place, and remove them here:
      scp arm.keys 10.0.0.2:
      ssh 10.0.0.2 vclaunch keys install arm.keys
      rm arm.keys
    ");
    assert_eq!(fs::metadata(place.path().join("arm.keys")).unwrap().mode() & 0o777, 0o600);
    insta::assert_snapshot!(seen(&place, "keys add short --days 3 --operator -o other.keys"), @"
    exit: 0
    ----- stdout -----
    other.keys: keys of operator short, valid until DATE
    its vcbridge is reached by short, short.local

    Take them there, put them in place, and remove them here:
      scp other.keys short:
      ssh short vclaunch keys install other.keys
      rm other.keys
    ");
    insta::assert_snapshot!(seen(&place, "keys list"), @"
    exit: 0
    ----- stdout -----
    name   role      valid until          its vcbridge is reached by
    base   operator  DATE           base, base.local            this computer
    arm    machine   DATE           arm, arm.local, 10.0.0.2
    short  operator  DATE (2 days)  short, short.local
    ");
    insta::assert_snapshot!(seen(&place, "keys install arm.keys --keys arm"), @"
    exit: 0
    ----- stdout -----
    keys of machine arm in arm, valid until DATE
    ");
    assert!(!place.path().join("arm.keys").exists());
    insta::assert_snapshot!(seen(&place, "keys list --json --keys arm"), @r#"
    exit: 0
    ----- stdout -----
    [
      {
        "addresses": [
          "arm",
          "arm.local",
          "10.0.0.2"
        ],
        "days_left": 364,
        "name": "arm",
        "own": true,
        "role": "machine",
        "valid_until": "DATE"
      }
    ]
    "#);
}

#[test]
fn what_goes_wrong_is_told_with_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(seen(&place, "keys list"), @"
    exit: 78
    ----- stderr -----
    error: there are no keys in LOGS/RUN

    hint: `vclaunch keys init` makes an operator's; `vclaunch keys install FILE` puts a machine's in place
    ");
    insta::assert_snapshot!(seen(&place, "keys add arm"), @"
    exit: 78
    ----- stderr -----
    error: LOGS/RUN has no authority.key: add others where `vclaunch keys init` was run
    ");
    seen(&place, "keys init base");
    insta::assert_snapshot!(seen(&place, "keys init base"), @"
    exit: 78
    ----- stderr -----
    error: there are keys in LOGS/RUN already

    hint: with a new authority, all certificates of the old one are void; remove the folder if you want that
    ");
    insta::assert_snapshot!(seen(&place, "keys add a..b"), @"
    exit: 78
    ----- stderr -----
    error: `a..b` can be a machine, but not the name of a host
    ");
    insta::assert_snapshot!(seen(&place, "keys add arm --address 10.0.0.2:7447"), @"
    exit: 78
    ----- stderr -----
    error: `10.0.0.2:7447` is no address: give a host's name or address, without a port
    ");
    assert!(!place.path().join("arm.keys").exists());
    insta::assert_snapshot!(seen(&place, "keys add arm --days 0"), @"
    exit: 2
    ----- stderr -----
    error: invalid value '0' for '--days <NUMBER>': 0 is not in 1..=3650

    For more information, try '--help'.
    ");
    seen(&place, "keys add arm");
    insta::assert_snapshot!(seen(&place, "keys add arm"), @"
    exit: 78
    ----- stderr -----
    error: cannot write arm.keys: file exists
    ");
    insta::assert_snapshot!(seen(&place, "keys install arm.keys"), @"
    exit: 78
    ----- stderr -----
    error: LOGS/RUN holds the keys of operator base, not of machine arm

    hint: `--replace` puts the new ones in their place; `--keys FOLDER` keeps both
    ");
    fs::set_permissions(place.path().join("arm.keys"), fs::Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(seen(&place, "keys install arm.keys --keys arm"), @"
    exit: 78
    ----- stderr -----
    error: others can read arm.keys: `chmod 600 arm.keys`
    ");
    fs::write(place.path().join("none.keys"), "none").unwrap();
    fs::set_permissions(place.path().join("none.keys"), fs::Permissions::from_mode(0o600)).unwrap();
    insta::assert_snapshot!(seen(&place, "keys install none.keys --keys arm"), @"
    exit: 78
    ----- stderr -----
    error: none.keys: not a file that `vclaunch keys add` wrote
    ");
}

#[test]
fn an_agent_needs_a_machines_keys() {
    let place = tempfile::tempdir().unwrap();
    seen(&place, "keys init base");
    insta::assert_snapshot!(seen(&place, "agent --name arm"), @"
    exit: 78
    ----- stderr -----
    error: the keys in LOGS/RUN are those of operator base

    hint: an agent of that name needs those of machine arm: `vclaunch keys add arm` where the authority is, then `vclaunch keys install arm.keys` here, with another `--keys FOLDER` to keep both
    ");
    let key = place.path().join("keys/own.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    insta::assert_snapshot!(seen(&place, "agent --name arm"), @"
    exit: 78
    ----- stderr -----
    error: others can read LOGS/RUN `chmod 600 LOGS/RUN
    ");
    fs::remove_file(&key).unwrap();
    insta::assert_snapshot!(seen(&place, "attach 127.0.0.1:1"), @"
    exit: 78
    ----- stderr -----
    error: cannot read LOGS/RUN no such file or directory
    ");
}

#[test]
fn help_says_what_there_is() {
    let place = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(seen(&place, "keys --help"), @"
    exit: 0
    ----- stdout -----
    Make, install and list the keys by which operators and machines know each other

    Usage: vclaunch keys [OPTIONS] <COMMAND>

    Commands:
      init     Make an authority that certifies others, and this computer's own keys as the first operator
      add      Certify a machine: write its keys to a file, to be installed there
      install  Put keys that `add` wrote in place, on the computer that they are for, and remove the file
      list     Show this computer's certificate, and those that were given to others
      help     Print this message or the help of the given subcommand(s)

    Options:
          --keys <FOLDER>  The folder of this computer's keys [default: `$VC_KEYS`, else ~/.config/vc/keys]
          --no-color       Never use colours; they are used only on a terminal anyway, and not if `NO_COLOR` is set
      -h, --help           Print help
    ");
    insta::assert_snapshot!(seen(&place, "keys add --help"), @"
    exit: 0
    ----- stdout -----
    Certify a machine: write its keys to a file, to be installed there

    Usage: vclaunch keys add [OPTIONS] <NAME>

    Arguments:
      <NAME>  The machine's name in launch files

    Options:
          --keys <FOLDER>      The folder of this computer's keys [default: `$VC_KEYS`, else ~/.config/vc/keys]
          --no-color           Never use colours; they are used only on a terminal anyway, and not if `NO_COLOR` is set
          --operator           Certify another operator instead
          --address <ADDRESS>  An address or name by which others reach its vcbridge; NAME and NAME.local are known already
          --days <NUMBER>      For how many days it holds [default: 365]
      -o, --output <FILE>      The file to write [default: NAME.keys]
      -h, --help               Print help
    ");
}
