//! Every stock type against the Python package `rosbags`, which shares no code with us.
//!
//! The test makes a virtual environment (kept below the target folder), has `rosbags_vectors.py` write hashes and bytes
//! of seeded random values, and compares: our hash; our reading of their bytes, in both byte orders; our writing of
//! what was read. Without Python it fails, unless `VC_SKIP_ROSBAGS=1` says that this is known.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failure is the answer a test wants")]
#![expect(clippy::print_stderr, reason = "a skipped proof must be visible")]

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use vc_msgs::Message;

const VERSION: &str = "0.11.9";

/// Types for which rosbags counts `char` as a type of its own; ROS 2 counts it as `uint8`, and so do we.
const CHAR_DIFFERS: [&str; 3] =
    ["example_interfaces/msg/Char", "service_msgs/msg/ServiceEventInfo", "std_msgs/msg/Char"];

/// What the generic comparison needs to know of a type.
struct Known {
    name: &'static str,
    hash: &'static str,
    schema: &'static str,
    compare: fn(&[u8], &[u8]),
}

/// Reads the same value in both byte orders and writes it.
fn compare<M: Message>(little: &[u8], big: &[u8]) {
    let message =
        M::decode(little).unwrap_or_else(|error| panic!("{}: {error}: {little:02x?}", M::TYPE_NAME));
    let mut bytes = vec![0xAA; little.len()];
    assert_eq!(message.cdr_size(), little.len(), "size of {} for {message:?}", M::TYPE_NAME);
    assert_eq!(message.encode(&mut bytes), Ok(little.len()), "{message:?}");
    assert_eq!(bytes, little, "bytes of {} for {message:?}", M::TYPE_NAME);
    assert_eq!(M::decode(big).as_ref(), Ok(&message), "big-endian {}", M::TYPE_NAME);
}

macro_rules! every_message {
    ($($path:path,)*) => {
        fn messages() -> Vec<Known> {
            use vc_msgs::*;
            vec![$(Known {
                name: <$path>::TYPE_NAME,
                hash: <$path>::TYPE_HASH,
                schema: <$path>::SCHEMA,
                compare: compare::<$path>,
            },)*]
        }
    };
}

macro_rules! every_service {
    ($($path:path,)*) => {
        fn services() -> Vec<(&'static str, &'static str)> {
            use vc_msgs::*;
            vec![$((<$path as vc_msgs::Service>::TYPE_NAME, <$path as vc_msgs::Service>::TYPE_HASH),)*]
        }
    };
}

macro_rules! every_action {
    ($($path:path,)*) => {
        fn actions() -> Vec<(&'static str, &'static str)> {
            use vc_msgs::*;
            vec![$((<$path as vc_msgs::Action>::TYPE_NAME, <$path as vc_msgs::Action>::TYPE_HASH),)*]
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/every_type.rs"));

#[test]
fn rosbags_and_we_agree_on_every_stock_type() {
    let Some(python) = python_with_rosbags() else { return };
    let messages = messages();
    let known: BTreeMap<_, _> = messages.iter().map(|known| (known.name, known)).collect();
    let families: BTreeMap<_, _> = services().into_iter().chain(actions()).collect();
    let answer = vectors(&python, &request(&messages));

    let (mut seen, mut bytes, mut theirs, mut differ) = (0, 0, 0, Vec::new());
    for line in answer.lines() {
        let mut cells = line.split('\t');
        let (name, hash, whose) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        let ours = known.get(name).map_or_else(|| families[name], |known| known.hash);
        if ours != hash {
            differ.push(name);
        }
        while let (Some(little), Some(big)) = (cells.next(), cells.next()) {
            (known[name].compare)(&from_hex(little), &from_hex(big));
            bytes += 1;
        }
        seen += 1;
        theirs += usize::from(whose == "theirs");
    }

    eprintln!("{seen} hashes ({theirs} of rosbags' own definitions), {bytes} values in both byte orders");
    assert_eq!(seen, known.len() + families.len());
    differ.sort_unstable();
    assert_eq!(differ, CHAR_DIFFERS);
}

/// Names and schemas as JSON. The texts hold nothing that JSON must escape but quotes and line ends.
fn request(messages: &[Known]) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\\\"").replace('\n', "\\n"));
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let pairs =
        messages.iter().map(|known| format!("[{},{}]", quote(known.name), quote(known.schema))).collect();
    let names = |types: Vec<(&str, &str)>| list(types.into_iter().map(|(name, _)| quote(name)).collect());
    format!(
        "{{\"messages\":{},\"services\":{},\"actions\":{}}}",
        list(pairs),
        names(services()),
        names(actions())
    )
}

fn vectors(python: &Path, request: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosbags_vectors.py");
    let mut child = Command::new(python)
        .arg(script)
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start Python");
    child.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "rosbags_vectors.py failed");
    String::from_utf8(output.stdout).unwrap()
}

/// The interpreter of an environment that has rosbags; `None` if the user said to go without.
fn python_with_rosbags() -> Option<PathBuf> {
    if std::env::var_os("VC_SKIP_ROSBAGS").is_some_and(|value| value == "1") {
        eprintln!("SKIPPED: comparison with rosbags (VC_SKIP_ROSBAGS=1)");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rosbags-{VERSION}"));
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    if !ready.exists() {
        let rosbags = format!("rosbags=={VERSION}");
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", &rosbags]));
        std::fs::write(&ready, "").unwrap();
    }
    Some(python)
}

fn run(command: &mut Command) {
    let ended = command.status();
    assert!(
        ended.as_ref().is_ok_and(std::process::ExitStatus::success),
        "`{command:?}` failed ({ended:?}).\nThis proof needs python3 with venv (Debian: python3-venv) and the network \
         once.\nSet VC_SKIP_ROSBAGS=1 to go without it."
    );
}

fn from_hex(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
    digits.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
