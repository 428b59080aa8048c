//! Projects whose names and values are any text: what people type must never mean something to a launch file.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fake::{Fake, Place};
use crate::projects::{essence, nested};

/// Texts that mean something in YAML, in launch files, or to a shell.
const PITFALLS: [&str; 28] = [
    "$(command 'touch x')",
    "$(env HOME)",
    "$(var x",
    "\\$(var x)",
    "\\",
    "~",
    "null",
    "a: b",
    "# x",
    "\"",
    "'",
    "- a",
    "{",
    "[1, 2]",
    "%",
    "\n",
    "a\nlaunch: []",
    "\u{7}",
    "\u{2028}",
    "on",
    "0x10",
    "1e3",
    ".inf",
    "!env x",
    "&a",
    "../..",
    "/",
    "",
];

/// What would be said of text that was taken for syntax.
const SYNTAX: [&str; 7] = [
    "not valid YAML",
    "--allow-command",
    "is not set",
    "there is no argument",
    "there is no loop",
    "cannot work out",
    "this is no launch file",
];

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(PITFALLS.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

/// Visits every text that somebody has typed.
fn each_typed(tree: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    match tree {
        Value::Array(items) => items.iter_mut().for_each(|item| each_typed(item, visit)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match key.as_str() {
                    "name" | "value" | "frequency" => visit(value),
                    _ => each_typed(value, visit),
                }
            }
        }
        _ => {}
    }
}

proptest! {
    // Each case is files on disk.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_names_and_values_mean_themselves(typed in prop::collection::vec((any::<prop::sample::Index>(), any_text()), 0..8)) {
        let mut project = nested();
        let mut count = 0;
        each_typed(&mut project, &mut |_| count += 1);
        for (place, text) in &typed {
            let (mut at, place) = (0, place.index(count));
            each_typed(&mut project, &mut |value| {
                if at == place {
                    *value = json!(text);
                }
                at += 1;
            });
        }
        let place = Place::new();
        let (file, launch) = (place.file("my.vc3", &project.to_string()), place.file("my.launch.yaml", ""));

        let direct = vc_plan::read(&file, &place.options(&[]), &Fake);

        if let Err(report) = &direct {
            let told = report.to_string();
            prop_assert!(!SYNTAX.iter().any(|word| told.contains(word)), "{}", told);
        }
        let Ok(converted) = vc_plan::convert(&file, &launch, &place.options(&[]), &Fake) else {
            prop_assert!(direct.is_err());
            return Ok(());
        };
        // Python's files would lie elsewhere, and its interpreter may lack something.
        if converted.python.is_empty() {
            std::fs::write(&launch, &converted.launch).unwrap();
            let read = vc_plan::read(&launch, &place.options(&[]), &Fake);
            prop_assert_eq!(read.is_ok(), direct.is_ok());
            if let (Ok(read), Ok(direct)) = (read, direct) {
                prop_assert_eq!(essence(&read.plan, place.path()), essence(&direct.plan, place.path()));
            }
        }
    }
}
