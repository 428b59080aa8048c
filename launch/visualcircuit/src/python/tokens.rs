//! Python's words: names, texts, numbers, signs; comments and layout left out.

/// One word of code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    /// Characters from the left edge.
    pub(super) column: usize,
    /// Whether it is the first of its line.
    pub(super) starts_line: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind<'a> {
    Name(&'a str),
    Number(&'a str),
    /// A text; its value only if it is plain: no escapes, nothing formatted, no bytes.
    Text(Option<&'a str>),
    Sign(char),
}

impl Token<'_> {
    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == TokenKind::Sign(sign)
    }
}

/// Takes code apart. Code that Python would refuse gives some words too.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { rest: code, column: 0, fresh: true };
    let mut found = Vec::new();
    while let Some(token) = lexer.next() {
        found.push(token);
    }
    found
}

struct Lexer<'a> {
    rest: &'a str,
    column: usize,
    /// Whether nothing of the line was taken yet.
    fresh: bool,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blanks();
        let (column, starts_line) = (self.column, self.fresh);
        let first = self.rest.chars().next()?;
        self.fresh = false;
        let kind = if first.is_alphabetic() || first == '_' {
            let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
            let is_prefix = word.len() <= 2 && word.chars().all(|c| "rRbBuUfFtT".contains(c));
            match self.rest.chars().next() {
                Some(quote @ ('"' | '\'')) if is_prefix => self.text(word, quote),
                _ => TokenKind::Name(word),
            }
        } else if first.is_ascii_digit() {
            TokenKind::Number(self.take_while(|c| c.is_alphanumeric() || c == '.' || c == '_'))
        } else if first == '"' || first == '\'' {
            self.text("", first)
        } else {
            self.take(first.len_utf8());
            TokenKind::Sign(first)
        };
        Some(Token { kind, column, starts_line })
    }

    fn skip_blanks(&mut self) {
        loop {
            let Some(first) = self.rest.chars().next() else { return };
            match first {
                '#' => drop(self.take_while(|c| c != '\n')),
                '\n' => {
                    self.take(1);
                    (self.column, self.fresh) = (0, true);
                }
                // A line that is continued is one line.
                '\\' if self.rest[1..].trim_start_matches('\r').starts_with('\n') => {
                    let fresh = self.fresh;
                    self.take_while(|c| c != '\n');
                    self.take(1);
                    self.fresh = fresh;
                }
                blank if blank.is_whitespace() => drop(self.take(blank.len_utf8())),
                _ => return,
            }
        }
    }

    /// A quoted text that begins here; `prefix` was taken.
    fn text(&mut self, prefix: &str, quote: char) -> TokenKind<'a> {
        let mark = quote.to_string();
        let triple = mark.repeat(3);
        let (end, long) = if self.rest.starts_with(&triple) { (triple, true) } else { (mark, false) };
        self.take(end.len());
        let start = self.rest;
        let mut length = 0;
        let mut escaped = false;
        while let Some(next) = self.rest.chars().next() {
            if self.rest.starts_with(&end) || (next == '\n' && !long) {
                break;
            }
            // A backslash takes the next character along, even in raw text.
            let step = if next == '\\' {
                escaped = true;
                1 + self.rest[1..].chars().next().map_or(0, char::len_utf8)
            } else {
                next.len_utf8()
            };
            length += step;
            self.take(step);
        }
        if self.rest.starts_with(&end) {
            self.take(end.len());
        }
        let raw = prefix.contains(['r', 'R']);
        let plain = !prefix.contains(['b', 'B', 'f', 'F', 't', 'T']) && (raw || !escaped);
        TokenKind::Text(plain.then(|| &start[..length]))
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c: char| !wanted(c)).unwrap_or(self.rest.len());
        self.take(length)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.column += taken.chars().count();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str) -> String {
        let words = tokens(code).into_iter().map(|token| match token.kind {
            TokenKind::Name(name) => name.to_owned(),
            TokenKind::Number(number) => number.to_owned(),
            TokenKind::Text(Some(text)) => format!("«{text}»"),
            TokenKind::Text(None) => "«?»".to_owned(),
            TokenKind::Sign(sign) => sign.to_string(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn texts_of_every_form_are_one_word() {
        assert_eq!(
            shown(r#"f("a", 'b"', r'\d', b"x", f"{y}", "q\"q")"#),
            "f ( «a» , «b\"» , «\\d» , «?» , «?» , «?» )"
        );
        assert_eq!(shown("'''a\n'b' # no\n''' c"), "«a\n'b' # no\n» c");
        assert_eq!(shown("'open\nx \"open"), "«open» x «open»");
        assert_eq!(shown("bar'x'"), "bar «x»");
    }

    #[test]
    fn lines_and_columns_are_kept() {
        let lines: Vec<(usize, bool)> =
            tokens("a\n  b \\\nc # d\ne").iter().map(|token| (token.column, token.starts_line)).collect();
        assert_eq!(lines, [(0, true), (2, true), (6, false), (0, true)]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken_apart(code in "[\\PC\n\\\\'\"#rf(). ]{0,200}") {
            tokens(&code);
        }
    }
}
