//! Expression text → tokens.

use std::fmt;

use super::Value;

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Value(Value),
    Word(String),
    Symbol(&'static str),
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(Value::Text(text)) => write!(f, "'{text}'"),
            Self::Value(value) => write!(f, "{value}"),
            Self::Word(word) => f.write_str(word),
            Self::Symbol(symbol) => f.write_str(symbol),
        }
    }
}

/// Longer ones first: `//` is not two `/`.
const SYMBOLS: &[&str] = &["==", "!=", "<=", ">=", "//", "+", "-", "*", "/", "%", "<", ">", "(", ")", ","];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Token::Symbol(symbol), &rest[symbol.len()..])
        } else if first == '\'' || first == '"' {
            quoted(rest, first)?
        } else if first.is_ascii_digit() || first == '.' {
            number(rest)?
        } else if first.is_alphabetic() || first == '_' {
            word(rest)
        } else {
            return Err(format!("`{first}` has no meaning in an expression"));
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str, quote: char) -> Result<(Token, &str), String> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((Token::Value(Value::Text(content)), &text[at + c.len_utf8()..]));
        }
        match c {
            '\\' => content.extend(chars.next().map(|(_, escaped)| escaped)),
            plain => content.push(plain),
        }
    }
    Err(format!("the text that begins with {quote} is never closed"))
}

fn number(text: &str) -> Result<(Token, &str), String> {
    let mut before = ' ';
    let end = text
        .find(|c: char| {
            let goes_on =
                c.is_ascii_alphanumeric() || c == '.' || ("+-".contains(c) && "eE".contains(before));
            before = c;
            !goes_on
        })
        .unwrap_or(text.len());
    let (written, after) = text.split_at(end);
    let value = if let Some(hex) = written.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).map(Value::Integer).map_err(|_| format!("`{written}` is no number"))?
    } else if written.bytes().all(|byte| byte.is_ascii_digit()) {
        Value::Integer(written.parse().map_err(|_| format!("`{written}` is too large"))?)
    } else {
        Value::Float(written.parse().map_err(|_| format!("`{written}` is no number"))?)
    };
    Ok((Token::Value(value), after))
}

fn word(text: &str) -> (Token, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let token = match word {
        "true" | "True" => Token::Value(Value::Bool(true)),
        "false" | "False" => Token::Value(Value::Bool(false)),
        word => Token::Word(word.to_owned()),
    };
    (token, after)
}
