//! Patterns of names: rows of words, `*` for one of them, `**` for any number.

/// Whether a pattern, word by word, matches the words of a name.
///
/// Each `**` may take any number of words; what is behind it decides. Quadratic at worst: the last `**` alone is tried
/// again.
pub fn matches(pattern: &[impl AsRef<str>], words: &[&str]) -> bool {
    let (mut at, mut word) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    while word < words.len() {
        match pattern.get(at).map(AsRef::as_ref) {
            Some("**") => {
                again = Some((at, word));
                at += 1;
            }
            Some(own) if own == "*" || own == words[word] => (at, word) = (at + 1, word + 1),
            _ => {
                let Some((star, from)) = again else { return false };
                again = Some((star, from + 1));
                (at, word) = (star + 1, from + 1);
            }
        }
    }
    pattern[at..].iter().all(|rest| rest.as_ref() == "**")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_stars_are_answered_at_once() {
        let pattern = ["**", "a"].repeat(2000);
        let words = vec!["a"; 3999];
        assert!(!matches(&[pattern.as_slice(), &["b"]].concat(), &words));
        assert!(matches(&pattern, &words));
    }
}
