//! Code's fingerprint: by it alone a native block knows the code it stands in for.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first 16 hexadecimal digits of the SHA-256 of the code, with carriage returns, trailing blanks and outer blank lines
/// removed and one newline at the end.
pub fn code_hash(code: &str) -> String {
    let code = code.replace('\r', "");
    let lines: Vec<&str> = code.split('\n').map(str::trim_end).collect();
    let has_text = |line: &&str| !line.is_empty();
    let first = lines.iter().position(has_text).unwrap_or(lines.len());
    let last = lines.iter().rposition(has_text).map_or(first, |last| last + 1);
    let text = lines[first..last].join("\n") + "\n";
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_that_means_nothing_counts_for_nothing() {
        // `printf 'a\n  b\n' | sha256sum`
        assert_eq!(code_hash("a\n  b\n"), "bad737f74b275091");
        for same in ["a\n  b", "\r\n\n a\n  b\n".trim_start(), "a \t\r\n  b\r\n\r\n  \n", "\n\na\n  b  "] {
            assert_eq!(code_hash(same), code_hash("a\n  b\n"), "{same:?}");
        }
        assert_ne!(code_hash("a\n b"), code_hash("a\n  b"));
        assert_ne!(code_hash("a\n\n  b"), code_hash("a\n  b"));
        assert_eq!(code_hash(""), code_hash("\n \n"));
    }
}
