//! Typed parameter values, their descriptors, and the checks between them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::yaml::{Value, Yaml};

/// ROS 2's parameter types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// True or false.
    Bool,
    /// A 64-bit integer.
    Integer,
    /// A 64-bit floating-point number.
    Double,
    /// Text.
    String,
    /// A list of booleans.
    BoolArray,
    /// A list of integers.
    IntegerArray,
    /// A list of floating-point numbers.
    DoubleArray,
    /// A list of texts.
    StringArray,
}

impl fmt::Display for ParameterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Double => "double",
            Self::String => "string",
            Self::BoolArray => "bool[]",
            Self::IntegerArray => "integer[]",
            Self::DoubleArray => "double[]",
            Self::StringArray => "string[]",
        })
    }
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// True or false.
    Bool(bool),
    /// A 64-bit integer.
    Integer(i64),
    /// A 64-bit floating-point number.
    Double(f64),
    /// Text.
    String(String),
    /// A list of booleans.
    BoolArray(Vec<bool>),
    /// A list of integers.
    IntegerArray(Vec<i64>),
    /// A list of floating-point numbers.
    DoubleArray(Vec<f64>),
    /// A list of texts.
    StringArray(Vec<String>),
}

/// Why a value does not fit a parameter.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// Another type.
    #[error("parameter `{name}` is {expected}, but `{value}` is {found}")]
    Type {
        /// The parameter.
        name: String,
        /// Its declared type.
        expected: ParameterType,
        /// The value given.
        value: String,
        /// The type of the value given.
        found: ParameterType,
    },
    /// Outside the declared range.
    #[error("parameter `{name}` = {value} is outside its range {min} to {max}{}", .unit.as_deref().map(|u| format!(" {u}")).unwrap_or_default())]
    Range {
        /// The parameter.
        name: String,
        /// The value given.
        value: f64,
        /// The least value allowed.
        min: f64,
        /// The largest value allowed.
        max: f64,
        /// The unit of all three.
        unit: Option<String>,
    },
    /// Not one of the declared choices.
    #[error("parameter `{name}` = `{value}` is none of {}", .choices.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", "))]
    Choice {
        /// The parameter.
        name: String,
        /// The value given.
        value: String,
        /// What may be given.
        choices: Vec<String>,
    },
    /// What the block itself demands of it.
    #[error("parameter `{name}`: {reason}")]
    Condition {
        /// The parameter.
        name: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// Not a value that a parameter can hold.
    #[error("`{text}` is no parameter value: {reason}")]
    Value {
        /// The text given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl ParameterValue {
    /// The value's type.
    pub fn kind(&self) -> ParameterType {
        match self {
            Self::Bool(_) => ParameterType::Bool,
            Self::Integer(_) => ParameterType::Integer,
            Self::Double(_) => ParameterType::Double,
            Self::String(_) => ParameterType::String,
            Self::BoolArray(_) => ParameterType::BoolArray,
            Self::IntegerArray(_) => ParameterType::IntegerArray,
            Self::DoubleArray(_) => ParameterType::DoubleArray,
            Self::StringArray(_) => ParameterType::StringArray,
        }
    }

    /// Reads text as ROS 2 reads `-p name:=value`: YAML, typed by its look.
    ///
    /// # Errors
    /// [`ParameterError::Value`] if it is no YAML scalar or list of scalars of one type.
    pub fn parse(text: &str) -> Result<Self, ParameterError> {
        let tree = Yaml::parse(text)
            .map_err(|_| ParameterError::Value { text: text.to_owned(), reason: "it is not YAML" })?;
        Self::from_yaml(&tree)
    }

    /// The value of a YAML scalar or list, typed by its look.
    ///
    /// # Errors
    /// [`ParameterError::Value`] for a mapping, or a list of mixed types.
    pub fn from_yaml(tree: &Yaml) -> Result<Self, ParameterError> {
        match &tree.value {
            Value::Scalar(scalar) if scalar.quoted => Ok(Self::String(scalar.text.clone())),
            Value::Scalar(scalar) => Ok(Self::plain(&scalar.text)),
            Value::List(items) => {
                let items = items.iter().map(Self::from_yaml).collect::<Result<Vec<_>, _>>()?;
                Self::array(items)
            }
            Value::Map(_) => {
                Err(ParameterError::Value { text: "{…}".to_owned(), reason: "a mapping is no value" })
            }
        }
    }

    /// An unquoted scalar by YAML 1.1's look, as ROS 2's reader has it.
    fn plain(text: &str) -> Self {
        match text {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
                return Self::Bool(true);
            }
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
                return Self::Bool(false);
            }
            ".inf" | "+.inf" | ".Inf" | ".INF" => return Self::Double(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => return Self::Double(f64::NEG_INFINITY),
            ".nan" | ".NaN" | ".NAN" => return Self::Double(f64::NAN),
            _ => {}
        }
        if let Some(integer) = integer(text) {
            return Self::Integer(integer);
        }
        let numeric = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
            && text.contains(|c: char| c.is_ascii_digit());
        match text.parse::<f64>() {
            Ok(number) if numeric => Self::Double(number),
            _ => Self::String(text.to_owned()),
        }
    }

    /// A list of values of one type; integers widen where a double stands among them.
    fn array(items: Vec<Self>) -> Result<Self, ParameterError> {
        let all = |kind| items.iter().all(|item| item.kind() == kind);
        let number = |item: &Self| match item {
            Self::Double(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "a double list is what was asked for")]
            Self::Integer(number) => Some(*number as f64),
            _ => None,
        };
        if items.is_empty() || all(ParameterType::String) {
            return Ok(Self::StringArray(items.into_iter().map(|item| item.to_string()).collect()));
        }
        if all(ParameterType::Bool) {
            return Ok(Self::BoolArray(items.iter().map(|item| *item == Self::Bool(true)).collect()));
        }
        if all(ParameterType::Integer) {
            let integers =
                items.iter().filter_map(|i| if let Self::Integer(n) = i { Some(*n) } else { None });
            return Ok(Self::IntegerArray(integers.collect()));
        }
        let numbers: Option<Vec<f64>> = items.iter().map(number).collect();
        numbers.map(Self::DoubleArray).ok_or_else(|| ParameterError::Value {
            text: format!("[{}]", items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            reason: "the items of a list must be of one type",
        })
    }

    /// The value as `-p name:=…` takes it, so that reading it again gives the same value.
    pub fn to_yaml(&self) -> String {
        fn list<T>(items: &[T], each: impl Fn(&T) -> String) -> String {
            format!("[{}]", items.iter().map(each).collect::<Vec<_>>().join(", "))
        }
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Double(value) => double(*value),
            Self::String(text) => quote(text),
            Self::BoolArray(items) => list(items, ToString::to_string),
            Self::IntegerArray(items) => list(items, ToString::to_string),
            Self::DoubleArray(items) => list(items, |item| double(*item)),
            Self::StringArray(items) => list(items, |item| quote(item)),
        }
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.write_str(text),
            other => f.write_str(&other.to_yaml()),
        }
    }
}

fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    if let Some(hex) = digits.strip_prefix("0x") {
        return i64::from_str_radix(&format!("{sign}{hex}"), 16).ok();
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{sign}{digits}").parse().ok()
}

fn double(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else {
        format!("{value:?}")
    }
}

fn quote(text: &str) -> String {
    let escaped = text.chars().fold(String::with_capacity(text.len() + 2), |mut out, c| {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            control if control.is_control() => out.extend(format!("\\u{:04x}", u32::from(control)).chars()),
            plain => out.push(plain),
        }
        out
    });
    format!("\"{escaped}\"")
}

/// What a block says about one of its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The parameter's name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// The value it has when none is given.
    pub default: ParameterValue,
    /// What it does, in one sentence.
    pub description: String,
    /// The unit of a number, such as `Hz` or `px`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The least value allowed, of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The largest value allowed, of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The only texts allowed; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether it can be changed while the node runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
}

impl Descriptor {
    /// A parameter that takes any value of its default's type, fixed at the start.
    pub fn new(name: &str, default: ParameterValue, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: default.kind(),
            default,
            description: description.to_owned(),
            unit: None,
            min: None,
            max: None,
            choices: Vec::new(),
            live: false,
        }
    }

    /// The value to use for `given`: of the declared type, within range and choices.
    ///
    /// An integer fits a double; any scalar fits a string parameter, since `name: 42` in a launch
    /// file cannot know that the parameter is text.
    ///
    /// # Errors
    /// [`ParameterError`] naming the parameter, the value and what is allowed.
    pub fn check(&self, given: ParameterValue) -> Result<ParameterValue, ParameterError> {
        let value = self.coerce(given)?;
        let number = match &value {
            ParameterValue::Double(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "compared with a range, not stored")]
            ParameterValue::Integer(number) => Some(*number as f64),
            _ => None,
        };
        if let Some(number) = number {
            let (min, max) = (self.min.unwrap_or(f64::NEG_INFINITY), self.max.unwrap_or(f64::INFINITY));
            let bounded = self.min.is_some() || self.max.is_some();
            if bounded && !(min..=max).contains(&number) {
                let unit = self.unit.clone();
                return Err(ParameterError::Range { name: self.name.clone(), value: number, min, max, unit });
            }
        }
        if let ParameterValue::String(text) = &value
            && !self.choices.is_empty()
            && !self.choices.contains(text)
        {
            let (name, choices) = (self.name.clone(), self.choices.clone());
            return Err(ParameterError::Choice { name, value: text.clone(), choices });
        }
        Ok(value)
    }

    fn coerce(&self, given: ParameterValue) -> Result<ParameterValue, ParameterError> {
        use ParameterValue as V;
        Ok(match (self.kind, given) {
            #[expect(clippy::cast_precision_loss, reason = "ROS users write 1 where 1.0 is meant")]
            (ParameterType::Double, V::Integer(number)) => V::Double(number as f64),
            #[expect(clippy::cast_precision_loss, reason = "as for a single number")]
            (ParameterType::DoubleArray, V::IntegerArray(numbers)) => {
                V::DoubleArray(numbers.into_iter().map(|number| number as f64).collect())
            }
            (ParameterType::String, scalar @ (V::Bool(_) | V::Integer(_) | V::Double(_))) => {
                V::String(scalar.to_string())
            }
            (kind, V::StringArray(empty)) if empty.is_empty() => match kind {
                ParameterType::BoolArray => V::BoolArray(Vec::new()),
                ParameterType::IntegerArray => V::IntegerArray(Vec::new()),
                ParameterType::DoubleArray => V::DoubleArray(Vec::new()),
                ParameterType::StringArray => V::StringArray(Vec::new()),
                _ => return Err(self.mismatch(&V::StringArray(empty))),
            },
            (kind, value) if value.kind() == kind => value,
            (_, value) => return Err(self.mismatch(&value)),
        })
    }

    fn mismatch(&self, value: &ParameterValue) -> ParameterError {
        ParameterError::Type {
            name: self.name.clone(),
            expected: self.kind,
            value: value.to_string(),
            found: value.kind(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> ParameterValue {
        ParameterValue::parse(text).unwrap()
    }

    #[test]
    fn values_are_typed_by_their_look() {
        assert_eq!(parsed("1"), ParameterValue::Integer(1));
        assert_eq!(parsed("-0x10"), ParameterValue::Integer(-16));
        assert_eq!(parsed("1.0"), ParameterValue::Double(1.0));
        assert_eq!(parsed("1e3"), ParameterValue::Double(1000.0));
        assert_eq!(parsed("yes"), ParameterValue::Bool(true));
        assert_eq!(parsed("'1'"), ParameterValue::String("1".into()));
        assert_eq!(parsed("!!str 1"), ParameterValue::String("1".into()));
        assert_eq!(parsed("inf"), ParameterValue::String("inf".into()));
        assert_eq!(parsed(".inf"), ParameterValue::Double(f64::INFINITY));
        assert_eq!(parsed("[1, 2.5]"), ParameterValue::DoubleArray(vec![1.0, 2.5]));
        assert_eq!(parsed("[a, b]"), ParameterValue::StringArray(vec!["a".into(), "b".into()]));
        assert!(ParameterValue::parse("[1, a]").is_err());
        assert!(ParameterValue::parse("{a: 1}").is_err());
    }

    fn lower() -> Descriptor {
        Descriptor {
            name: "lower".into(),
            kind: ParameterType::Double,
            default: ParameterValue::Double(100.0),
            description: String::new(),
            unit: Some("grey levels".into()),
            min: Some(0.0),
            max: Some(255.0),
            choices: Vec::new(),
            live: false,
        }
    }

    #[test]
    fn checks_name_what_is_wrong() {
        assert_eq!(lower().check(parsed("12")).unwrap(), ParameterValue::Double(12.0));
        let range = lower().check(parsed("300")).unwrap_err().to_string();
        assert_eq!(range, "parameter `lower` = 300 is outside its range 0 to 255 grey levels");
        let kind = lower().check(parsed("high")).unwrap_err().to_string();
        assert_eq!(kind, "parameter `lower` is double, but `high` is string");
        assert!(lower().check(ParameterValue::Double(f64::NAN)).is_err());
    }

    #[test]
    fn choices_are_listed() {
        let view = Descriptor {
            name: "view".into(),
            kind: ParameterType::String,
            default: ParameterValue::String("auto".into()),
            min: None,
            max: None,
            unit: None,
            choices: vec!["auto".into(), "web".into()],
            ..lower()
        };
        let error = view.check(parsed("tv")).unwrap_err().to_string();
        assert_eq!(error, "parameter `view` = `tv` is none of `auto`, `web`");
    }

    proptest! {
        #[test]
        fn text_survives_the_round_trip(text in "\\PC{0,40}|[\\x00-\\x7f]{0,20}") {
            let value = ParameterValue::String(text);
            prop_assert_eq!(ParameterValue::parse(&value.to_yaml()).unwrap(), value);
        }

        #[test]
        fn numbers_survive_the_round_trip(number in proptest::num::f64::NORMAL, integer: i64) {
            for value in [ParameterValue::Double(number), ParameterValue::Integer(integer)] {
                prop_assert_eq!(ParameterValue::parse(&value.to_yaml()).unwrap(), value);
            }
        }
    }
}
