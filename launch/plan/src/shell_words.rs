//! A command line → its words, by a shell's rules of quoting, without a shell.

/// Splits at white space. Quotes hold words together; a backslash takes the next character as it is,
/// within double quotes only before `"`, `\`, `$` and `` ` ``. Nothing is expanded.
///
/// # Errors
/// A sentence about the quote that is never closed.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None) => word.get_or_insert_default().extend(chars.next()),
            ('\\', Some('"')) => {
                let into = word.get_or_insert_default();
                match chars.next() {
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => into.push(escaped),
                    other => into.extend(std::iter::once('\\').chain(other)),
                }
            }
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(format!("a quote is never closed: {open} is missing"));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_parted_as_a_shell_does() {
        for (line, words) in [
            ("", &[][..]),
            ("  a  b ", &["a", "b"]),
            ("a 'b c' \"d e\"f", &["a", "b c", "d ef"]),
            (r"a\ b '\' x\\y", &["a b", r"\", r"x\y"]),
            (r#""a\"b\n" '' "$x""#, &[r#"a"b\n"#, "", "$x"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert!(split("a 'b").unwrap_err().contains("quote"));
    }

    proptest! {
        #[test]
        fn quoted_words_survive(words in proptest::collection::vec("[^']{0,12}", 0..5)) {
            let line = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(split(&line).unwrap(), words);
        }

        #[test]
        fn no_text_panics(line in "[a \\\\'\"$]{0,40}|\\PC{0,40}") {
            let _ = split(&line);
        }
    }
}
