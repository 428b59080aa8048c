//! The values of expressions, and what can be done with them.

use std::fmt;

/// A number, text or truth.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// Could not be worked out, and why. Never the result of a whole expression.
    Failed(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) | Self::Failed(text) => f.write_str(text),
        }
    }
}

impl Value {
    pub(super) fn settle(result: Result<Self, String>) -> Self {
        result.unwrap_or_else(Self::Failed)
    }

    /// The reason, if it could not be worked out.
    fn sound(&self) -> Result<(), String> {
        if let Self::Failed(why) = self { Err(why.clone()) } else { Ok(()) }
    }

    fn shown(&self) -> String {
        if let Self::Text(text) = self { format!("'{text}'") } else { self.to_string() }
    }

    pub(super) fn truth(&self) -> Result<bool, String> {
        match self {
            Self::Bool(value) => Ok(*value),
            Self::Failed(why) => Err(why.clone()),
            other => Err(format!("`{}` is not true or false", other.shown())),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "mixed arithmetic is done in doubles, as in Python"
            )]
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn compare(&self, operator: &str, other: &Self) -> Result<bool, String> {
        self.sound().and(other.sound())?;
        let order = match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => self.number().zip(other.number()).and_then(|(a, b)| a.partial_cmp(&b)),
        };
        let equal = order.map_or(self == other, std::cmp::Ordering::is_eq);
        match (operator, order) {
            ("==", _) => Ok(equal),
            ("!=", _) => Ok(!equal),
            ("<", Some(order)) => Ok(order.is_lt()),
            ("<=", Some(order)) => Ok(order.is_le()),
            (">", Some(order)) => Ok(order.is_gt()),
            (">=", Some(order)) => Ok(order.is_ge()),
            _ => Err(format!("cannot compare {} with {}", self.shown(), other.shown())),
        }
    }

    pub(super) fn calculate(&self, operator: &str, other: &Self) -> Result<Self, String> {
        self.sound().and(other.sound())?;
        let failed = || format!("cannot work out {} {operator} {}", self.shown(), other.shown());
        match (self, other) {
            (Self::Text(a), Self::Text(b)) if operator == "+" => Ok(Self::Text(format!("{a}{b}"))),
            (Self::Integer(a), Self::Integer(b)) if operator != "/" => integers(*a, operator, *b),
            _ => {
                let (a, b) = self.number().zip(other.number()).ok_or_else(failed)?;
                floats(a, operator, b)
            }
        }
    }
}

fn integers(a: i64, operator: &str, b: i64) -> Result<Value, String> {
    if b == 0 && matches!(operator, "//" | "%") {
        return Err("division by zero".to_owned());
    }
    // Python rounds down and lets the remainder have the divisor's sign.
    let result = match operator {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        "//" => a.checked_div(b).map(|q| if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q }),
        "%" => a.checked_rem(b).map(|r| if r != 0 && (r < 0) != (b < 0) { r + b } else { r }),
        _ => None,
    };
    result.map(Value::Integer).ok_or_else(|| format!("{a} {operator} {b} is too large"))
}

fn floats(a: f64, operator: &str, b: f64) -> Result<Value, String> {
    if b == 0.0 && matches!(operator, "/" | "//" | "%") {
        return Err("division by zero".to_owned());
    }
    Ok(Value::Float(match operator {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "//" => (a / b).floor(),
        _ => a - b * (a / b).floor(),
    }))
}

/// The few functions there are.
pub(super) fn call(name: &str, args: &[Value]) -> Result<Value, String> {
    args.iter().try_for_each(Value::sound)?;
    let wrong =
        || format!("`{name}` cannot take {}", args.iter().map(Value::shown).collect::<Vec<_>>().join(", "));
    match (name, args) {
        ("int", [Value::Text(text)]) => text.trim().parse().map(Value::Integer).map_err(|_| wrong()),
        ("int", [value]) => value.number().and_then(whole).ok_or_else(wrong),
        ("round", [value]) => value.number().map(f64::round_ties_even).and_then(whole).ok_or_else(wrong),
        ("float", [Value::Text(text)]) => text.trim().parse().map(Value::Float).map_err(|_| wrong()),
        ("float", [value]) => value.number().map(Value::Float).ok_or_else(wrong),
        ("str", [value]) => Ok(Value::Text(value.to_string())),
        ("abs", [value]) if value.compare("<", &Value::Integer(0))? => {
            Value::Integer(0).calculate("-", value)
        }
        ("abs", [value]) => Ok(value.clone()),
        ("min", [first, rest @ ..]) => pick(first, rest, "<"),
        ("max", [first, rest @ ..]) => pick(first, rest, ">"),
        ("int" | "round" | "float" | "str" | "abs", _) => Err(format!("`{name}` takes one value")),
        _ => Err(format!("there is no function `{name}`: there are int, float, str, round, abs, min, max")),
    }
}

/// The integer part of a number, if it fits.
fn whole(number: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked, and the fraction is to go")]
    (number.abs() < 9.2e18).then_some(Value::Integer(number as i64))
}

fn pick(first: &Value, rest: &[Value], operator: &str) -> Result<Value, String> {
    let mut best = first;
    for value in rest {
        if value.compare(operator, best)? {
            best = value;
        }
    }
    Ok(best.clone())
}
