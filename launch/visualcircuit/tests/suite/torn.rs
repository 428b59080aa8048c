//! The example with its text torn: every text has an answer, and what can still be read becomes a launch file.

use proptest::prelude::*;
use proptest::sample::Index;
use vc_visualcircuit::{Choice, Places, PythonFile, circuit, flatten, launch_text, read};

const EXAMPLE: &str = include_str!("../../../examples/watch.vc3");

/// What is put where something was torn out.
const SCRAPS: [&str; 14] =
    ["", "", "\"", "{", "}", "[", "]", ",", ":", "null", "\\", "\"id\"", "\"basic.input\"", "1e999"];

/// Cuts so many characters out, puts a scrap there, and repeats what was cut so often.
fn torn(text: &str, (at, length, scrap, copies): (usize, usize, &str, usize)) -> String {
    let chars: Vec<char> = text.chars().collect();
    let end = chars.len().min(at + length);
    let piece: String = chars[at..end].iter().collect();
    let (head, tail): (String, String) = (chars[..at].iter().collect(), chars[end..].iter().collect());
    head + scrap + &piece.repeat(copies) + &tail
}

/// Reads as far as it goes.
fn answered(text: &str) -> bool {
    let Ok(project) = read(text) else { return false };
    let Ok(flat) = flatten(&project) else { return false };
    let Ok(circuit) = circuit(flat, &[], &Choice::default()) else { return false };
    let python = |file: &PythonFile| format!("{}{}.py", file.stem, file.text(None).len());
    let made = launch_text(&circuit, &Places { title: "torn", folder: ".", python: &python });
    // As many lists of parts as there are blocks and wires: no name or value has broken out of its line.
    let nodes = made.text.lines().filter(|line| *line == "  - node:").count();
    let wires = made.text.lines().filter(|line| line.starts_with("  - wire: {")).count();
    assert_eq!((nodes, wires), (circuit.blocks.len(), circuit.wires.len()), "{}", made.text);
    true
}

#[test]
fn the_whole_example_is_read() {
    assert!(answered(EXAMPLE));
}

proptest! {
    #[test]
    fn a_torn_example_has_an_answer(
        cuts in prop::collection::vec((any::<Index>(), 0..60usize, any::<Index>(), 0..3usize), 1..4),
    ) {
        let mut text = EXAMPLE.to_owned();
        for (at, length, scrap, copies) in cuts {
            let at = at.index(text.chars().count().max(1));
            text = torn(&text, (at, length, SCRAPS[scrap.index(SCRAPS.len())], copies));
        }
        answered(&text);
    }

    /// Within texts nothing breaks the JSON: what is read then is another project.
    #[test]
    fn an_example_with_other_letters_has_an_answer(
        swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 1..40),
    ) {
        let mut chars: Vec<char> = EXAMPLE.chars().collect();
        let letters: Vec<usize> = (0..chars.len()).filter(|at| chars[*at].is_ascii_alphanumeric()).collect();
        for (one, two) in swaps {
            chars.swap(*one.get(&letters), *two.get(&letters));
        }
        answered(&chars.into_iter().collect::<String>());
    }
}
