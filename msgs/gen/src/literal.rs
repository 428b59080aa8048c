//! Values in `.msg` text, and as Rust expressions.

use crate::model::{Base, Primitive};

/// A value that stands in interface text: a constant, or a field's default.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A truth value.
    Bool(bool),
    /// A whole number, within its type's range.
    Integer(i128),
    /// A floating-point number; that of a `float32` has its precision.
    Float(f64),
    /// Text.
    Text(String),
    /// The values of a sequence or array.
    List(Vec<Literal>),
}

/// What a value must become.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Number(Primitive),
    Text,
}

impl Target {
    pub(crate) fn of(base: &Base) -> Option<Self> {
        match base {
            Base::Primitive(primitive) => Some(Self::Number(*primitive)),
            Base::String(_) => Some(Self::Text),
            Base::Nested(_) => None,
        }
    }

    /// The Rust type of a constant.
    pub(crate) fn constant_type(self) -> &'static str {
        match self {
            Self::Number(primitive) => primitive.rust(),
            Self::Text => "&'static str",
        }
    }
}

/// One value.
pub(crate) fn one(target: Target, text: &str) -> Result<Literal, String> {
    match target {
        Target::Number(primitive) => number(primitive, text),
        Target::Text => quoted(text).map(|text| Literal::Text(text.to_owned())),
    }
}

/// The values of a sequence or array, `[1, 2]`, whose length `fits`.
pub(crate) fn list(target: Target, text: &str, fits: impl Fn(usize) -> bool) -> Result<Literal, String> {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).ok_or("expected `[…]`")?;
    let items: Vec<_> = split(inside).into_iter().map(|item| one(target, item)).collect::<Result<_, _>>()?;
    if !fits(items.len()) {
        return Err(format!("{} values do not fit the type", items.len()));
    }
    Ok(Literal::List(items))
}

/// A constant's value as a Rust expression.
pub(crate) fn constant(target: Target, value: &Literal) -> String {
    match (target, value) {
        (_, Literal::Text(text)) => format!("{text:?}"),
        _ => owned(target, value),
    }
}

/// A field's default as a Rust expression: a list as an array.
pub(crate) fn owned(target: Target, value: &Literal) -> String {
    match value {
        Literal::Bool(value) => value.to_string(),
        Literal::Integer(value) => grouped(&value.to_string()),
        Literal::Float(value) => float(target, *value),
        Literal::Text(text) => format!("::core::convert::From::from({text:?})"),
        Literal::List(items) => {
            let items: Vec<_> = items.iter().map(|item| owned(target, item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the value was read as a `float32`")]
fn float(target: Target, value: f64) -> String {
    let narrow = matches!(target, Target::Number(Primitive::Float32));
    let rust = if narrow { "f32" } else { "f64" };
    match (value.is_nan(), value.is_infinite()) {
        (true, _) => format!("{rust}::NAN"),
        (_, true) if value > 0.0 => format!("{rust}::INFINITY"),
        (_, true) => format!("{rust}::NEG_INFINITY"),
        _ if narrow => grouped(&format!("{:?}", value as f32)),
        _ => grouped(&format!("{value:?}")),
    }
}

/// Cuts at commas that stand outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let mut quote = None;
    let outside = |c: char| {
        match quote {
            Some(open) if open == c => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None => return c == ',',
            Some(_) => {}
        }
        false
    };
    if text.trim().is_empty() { Vec::new() } else { text.split(outside).map(str::trim).collect() }
}

/// A string with or without quotes around it.
fn quoted(text: &str) -> Result<&str, String> {
    if text.contains('\\') {
        return Err("escapes in strings are not supported".to_owned());
    }
    let inside = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    Ok(inside.unwrap_or(text))
}

fn number(primitive: Primitive, text: &str) -> Result<Literal, String> {
    let wrong = || format!("`{text}` is not a value of `{}`", primitive.rust());
    let value = match primitive {
        Primitive::Bool => match text {
            "true" | "True" | "TRUE" | "1" => Some(Literal::Bool(true)),
            "false" | "False" | "FALSE" | "0" => Some(Literal::Bool(false)),
            _ => None,
        },
        Primitive::Float32 => text.parse::<f32>().ok().and_then(|value| spelled(f64::from(value), text)),
        Primitive::Float64 => text.parse::<f64>().ok().and_then(|value| spelled(value, text)),
        _ => integer(text).filter(|value| range(primitive).contains(value)).map(Literal::Integer),
    };
    value.ok_or_else(wrong)
}

/// `None` if digits stand for a number too great for the type.
fn spelled(value: f64, text: &str) -> Option<Literal> {
    let too_great = value.is_infinite() && text.contains(|c: char| c.is_ascii_digit());
    (!too_great).then_some(Literal::Float(value))
}

/// Parts the digits before the point by threes, as Rust readers expect.
fn grouped(number: &str) -> String {
    let end = number.find(['.', 'e']).unwrap_or(number.len());
    let mut text = String::new();
    for (index, digit) in number[..end].char_indices() {
        let digits_before = number[..index].trim_start_matches('-').len();
        if digits_before > 0 && (end - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text + &number[end..]
}

/// A whole number, decimal or with `0x`, `0o` or `0b` before it.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix) = match digits.get(..2) {
        Some("0x" | "0X") => (&digits[2..], 16),
        Some("0o" | "0O") => (&digits[2..], 8),
        Some("0b" | "0B") => (&digits[2..], 2),
        _ => (digits, 10),
    };
    // A second sign would be accepted by the standard library.
    let value = digits
        .starts_with(|c: char| c.is_ascii_hexdigit())
        .then(|| i128::from_str_radix(digits, radix).ok())??;
    Some(if negative { -value } else { value })
}

/// What fits into a whole number.
pub(crate) fn range(primitive: Primitive) -> std::ops::RangeInclusive<i128> {
    let bits = match primitive {
        Primitive::Int8 | Primitive::Uint8 | Primitive::Byte | Primitive::Char | Primitive::Bool => 8,
        Primitive::Int16 | Primitive::Uint16 => 16,
        Primitive::Int32 | Primitive::Uint32 | Primitive::Float32 => 32,
        Primitive::Int64 | Primitive::Uint64 | Primitive::Float64 => 64,
    };
    match primitive {
        Primitive::Int8 | Primitive::Int16 | Primitive::Int32 | Primitive::Int64 => {
            -(1 << (bits - 1))..=(1 << (bits - 1)) - 1
        }
        _ => 0..=(1 << bits) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(primitive: Primitive, text: &str) -> Option<String> {
        let target = Target::Number(primitive);
        one(target, text).ok().map(|value| owned(target, &value))
    }

    #[test]
    fn whole_numbers_must_fit_their_type() {
        assert_eq!(read(Primitive::Int8, "-128").as_deref(), Some("-128"));
        assert_eq!(
            read(Primitive::Uint64, "18446744073709551615").as_deref(),
            Some("18_446_744_073_709_551_615")
        );
        assert_eq!(read(Primitive::Int32, "-0x10").as_deref(), Some("-16"));
        assert_eq!(read(Primitive::Uint8, "0b101").as_deref(), Some("5"));
        for (primitive, text) in [
            (Primitive::Int8, "128"),
            (Primitive::Uint8, "-1"),
            (Primitive::Uint8, "--1"),
            (Primitive::Uint8, "1.0"),
            (Primitive::Uint8, ""),
            (Primitive::Uint8, "0x"),
            (Primitive::Uint8, "ä"),
            (Primitive::Bool, "yes"),
        ] {
            assert_eq!(read(primitive, text), None, "{text}");
        }
    }

    #[test]
    fn floats_are_written_so_that_rust_reads_the_same_number() {
        assert_eq!(read(Primitive::Float64, "1").as_deref(), Some("1.0"));
        assert_eq!(read(Primitive::Float64, "-12345.5").as_deref(), Some("-12_345.5"));
        assert_eq!(read(Primitive::Float32, "0.1").as_deref(), Some("0.1"));
        assert_eq!(read(Primitive::Float64, "1e300").as_deref(), Some("1e300"));
        assert_eq!(read(Primitive::Float32, "nan").as_deref(), Some("f32::NAN"));
        assert_eq!(read(Primitive::Float64, "-inf").as_deref(), Some("f64::NEG_INFINITY"));
        assert_eq!(read(Primitive::Float32, "1e39"), None);
    }

    #[test]
    fn lists_know_quotes() {
        let list = |text| list(Target::Text, text, |len| len == 2);
        let text = owned(Target::Text, &list(r#"["a, b", 'c']"#).unwrap());
        assert_eq!(text, r#"[::core::convert::From::from("a, b"), ::core::convert::From::from("c")]"#);
        assert!(list("a").is_err());
    }
}
