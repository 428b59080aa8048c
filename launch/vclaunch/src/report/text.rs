//! Text that nodes wrote, made safe to show.

/// What a node wrote, without anything that would steer the terminal: no escape sequences, no
/// control characters, tabs as spaces.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => skip_sequence(&mut chars),
            '\t' => out.push_str("    "),
            control if control.is_control() => {}
            plain => out.push(plain),
        }
    }
    out
}

/// Drops the rest of an escape sequence: parameters up to a final byte, or one character.
fn skip_sequence(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => drop(chars.find(|c| ('\x40'..='\x7e').contains(c))),
        // An operating system command ends with a bell, or with ESC and a backslash.
        Some(']') if chars.find(|c| matches!(c, '\x07' | '\x1b')) == Some('\x1b') => drop(chars.next()),
        _ => {}
    }
}

/// Cuts a line that is wider than `columns`; the last column then shows that.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(harmless("a\x1b[31mb\x1b[0m\tc\x07\r"), "ab    c");
        assert_eq!(harmless("\x1b]0;title\x07x\x1b]8;;u\x1b\\y"), "xy");
        assert_eq!(harmless("end\x1b["), "end");
        assert_eq!(harmless("grün → ok"), "grün → ok");
    }

    #[test]
    fn wide_lines_are_cut() {
        assert_eq!(cut("grün", 4), "grün");
        assert_eq!(cut("grüne", 4), "grü…");
        assert_eq!(cut("abc", 0), "…");
    }
}
