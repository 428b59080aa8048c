//! Text that nodes wrote, made safe to show.

/// What a node wrote, without anything that would steer the terminal: no escape sequences, no
/// control characters, tabs as spaces.
pub(crate) fn harmless(text: &str) -> String {
    cleaned(text, |_| false)
}

/// The same with the colours that the node has given it. They end with the text.
pub(crate) fn coloured(text: &str) -> String {
    let mut is_coloured = false;
    let mut out = cleaned(text, |sequence| {
        let is_colour = is_colour(sequence);
        is_coloured |= is_colour;
        is_colour
    });
    if is_coloured {
        out.push_str("\x1b[0m");
    }
    out
}

/// Whether an escape sequence is about colours and the like, and nothing else: `ESC [ 1 ; 31 m`.
fn is_colour(sequence: &str) -> bool {
    let inner = sequence.strip_prefix("\x1b[").and_then(|rest| rest.strip_suffix('m'));
    inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit() || b";:".contains(&byte)))
}

fn cleaned(text: &str, mut keeps: impl FnMut(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        let Some(c) = chars.next() else { return out };
        match c {
            '\x1b' => {
                skip_sequence(&mut chars);
                let sequence = &rest[..rest.len() - chars.as_str().len()];
                if keeps(sequence) {
                    out.push_str(sequence);
                }
            }
            '\t' => out.push_str("    "),
            control if control.is_control() => {}
            plain => out.push(plain),
        }
    }
}

/// Drops the rest of an escape sequence: parameters up to a final byte, or one character.
fn skip_sequence(chars: &mut std::str::Chars<'_>) {
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
    fn only_colours_are_kept_and_end_with_the_line() {
        assert_eq!(coloured("a\x1b[1;31mb\x1b[2Jc\x07"), "a\x1b[1;31mbc\x1b[0m");
        assert_eq!(coloured("\x1b[38:5:1mx\x1b[?25m\x1b[>4;2m\x1b[m"), "\x1b[38:5:1mx\x1b[m\x1b[0m");
        assert_eq!(coloured("plain\x1b[1"), "plain");
    }

    #[test]
    fn wide_lines_are_cut() {
        assert_eq!(cut("grün", 4), "grün");
        assert_eq!(cut("grüne", 4), "grü…");
        assert_eq!(cut("abc", 0), "…");
    }
}
