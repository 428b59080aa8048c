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
            // Values that a native block cannot take, and Python, which is not at hand here.
            let is_fair = |message: &str| message.starts_with("constant `") || message.contains(".py`");
            prop_assert!(report.diagnostics.iter().all(|one| is_fair(&one.message)), "{}", report);
        }
        match vc_plan::convert(&file, &launch, &place.options(&[]), &Fake) {
            Ok(converted) => {
                std::fs::write(&launch, &converted.launch).unwrap();
                let read = vc_plan::read(&launch, &place.options(&[]), &Fake);
                match (read, direct) {
                    (Ok(read), Ok(direct)) => {
                        prop_assert_eq!(essence(&read.plan, place.path()), essence(&direct.plan, place.path()));
                    }
                    (Err(_), Err(_)) => {}
                    (read, direct) => prop_assert!(false, "{:?} {:?}", read, direct),
                }
            }
            Err(_) => prop_assert!(direct.is_err()),
        }
    }
}
