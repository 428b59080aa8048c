//! Names people type in the editor → names that ROS accepts.

use std::collections::{HashMap, HashSet};

/// The longest word made of a name: topics are several words of together at most 247 bytes.
const MAX_WORD: usize = 40;

/// A word of letters, digits and underscores that does not begin with a digit, as near to `text` as can be; `fallback` if
/// nothing of it is left.
pub(crate) fn word(text: &str, fallback: &str) -> String {
    let mut made = String::new();
    for c in text.chars() {
        match plain(c) {
            Some(c) => made.push(c),
            None if made.ends_with('_') || made.is_empty() => {}
            None => made.push('_'),
        }
        if made.len() >= MAX_WORD {
            break;
        }
    }
    let made = made.trim_matches('_');
    match made.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{fallback}_{made}"),
        Some(_) => made.to_owned(),
    }
}

/// The letter without its accent, or the digit.
fn plain(c: char) -> Option<char> {
    const ACCENTS: [(char, &str); 14] = [
        ('a', "áàâäãå"),
        ('e', "éèêë"),
        ('i', "íìîï"),
        ('o', "óòôöõø"),
        ('u', "úùûü"),
        ('n', "ñ"),
        ('c', "ç"),
        ('A', "ÁÀÂÄÃÅ"),
        ('E', "ÉÈÊË"),
        ('I', "ÍÌÎÏ"),
        ('O', "ÓÒÔÖÕØ"),
        ('U', "ÚÙÛÜ"),
        ('N', "Ñ"),
        ('C', "Ç"),
    ];
    if c.is_ascii_alphanumeric() {
        return Some(c);
    }
    ACCENTS.iter().find(|(_, all)| all.contains(c)).map(|(plain, _)| *plain)
}

/// Names of one room, each given once.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    names: HashSet<String>,
    /// The last number given to each word: a thousand blocks of one name are no quadratic affair.
    numbers: HashMap<String, usize>,
}

impl Taken {
    /// The word, with a number from 2 on if it is taken.
    pub(crate) fn claim(&mut self, word: &str) -> String {
        let mut name = word.to_owned();
        let number = self.numbers.entry(word.to_owned()).or_insert(1);
        while !self.names.insert(name.clone()) {
            *number += 1;
            name = format!("{word}_{number}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (text, expected) in [
            ("EdgeDetector", "EdgeDetector"),
            ("Lower Threshold", "Lower_Threshold"),
            (" -- box/image ", "box_image"),
            ("Detección", "Deteccion"),
            ("3D", "Port_3D"),
            ("1", "Port_1"),
            ("", "Port"),
            ("…", "Port"),
            ("_hidden", "hidden"),
        ] {
            assert_eq!(word(text, "Port"), expected, "{text}");
        }
        assert_eq!(word(&"x".repeat(1000), "Port").len(), MAX_WORD);
    }

    #[test]
    fn a_name_is_given_once() {
        let mut taken = Taken::default();
        let claimed = ["a", "a", "a_2", "a"].map(|word| taken.claim(word));
        assert_eq!(claimed, ["a", "a_2", "a_2_2", "a_3"]);
    }
}
