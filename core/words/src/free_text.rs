//! Parameter values from free text, as VisualCircuit's constants are.

use crate::parameter::{Descriptor, ParameterError, ParameterType, ParameterValue};

impl Descriptor {
    /// The value to use for a text that knows nothing of types, such as VisualCircuit's constants: `127`, `5,5`,
    /// `Gaussian`. Lists are separated by commas, brackets around them and blanks are ignored; `5.0` is an integer
    /// too; choices are found whatever their case.
    ///
    /// # Errors
    /// [`ParameterError`] as [`Descriptor::check`], and [`ParameterError::Value`] if the text is no value of the type.
    pub fn read_text(&self, text: &str) -> Result<ParameterValue, ParameterError> {
        use ParameterValue as V;
        let refused = |reason| ParameterError::Value { text: text.chars().take(80).collect(), reason };
        let plain = text.trim();
        let items = || {
            let inner = plain.trim_start_matches(['[', '(']).trim_end_matches([']', ')']).trim();
            inner.split(',').map(str::trim).filter(move |_| !inner.is_empty())
        };
        let value = match self.kind {
            ParameterType::Bool => truth(plain).map(V::Bool).ok_or("it is neither true nor false"),
            ParameterType::Integer => integer(plain).map(V::Integer).ok_or(NO_INTEGER),
            ParameterType::Double => double(plain).map(V::Double).ok_or(NO_NUMBER),
            ParameterType::String => Ok(V::String(self.choice(text))),
            ParameterType::BoolArray => {
                items().map(truth).collect::<Option<_>>().map(V::BoolArray).ok_or(NO_LIST)
            }
            ParameterType::IntegerArray => {
                items().map(integer).collect::<Option<_>>().map(V::IntegerArray).ok_or(NO_LIST)
            }
            ParameterType::DoubleArray => {
                items().map(double).collect::<Option<_>>().map(V::DoubleArray).ok_or(NO_LIST)
            }
            ParameterType::StringArray => Ok(V::StringArray(items().map(str::to_owned).collect())),
        };
        self.check(value.map_err(refused)?)
    }

    /// The choice that `text` means; the text itself if it means none.
    fn choice(&self, text: &str) -> String {
        let meant = self.choices.iter().find(|choice| choice.eq_ignore_ascii_case(text.trim()));
        meant.map_or_else(|| text.to_owned(), Clone::clone)
    }
}

const NO_INTEGER: &str = "it is not an integer";
const NO_NUMBER: &str = "it is not a number";
const NO_LIST: &str = "it is not a list of such values, separated by commas";

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" | "" => Some(false),
        _ => None,
    }
}

fn double(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[expect(clippy::cast_possible_truncation, reason = "whole and within ±2^53")]
fn integer(text: &str) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = |number: f64| (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
    text.parse().ok().or_else(|| double(text).and_then(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: ParameterType, choices: &[&str]) -> Descriptor {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        let max = Some(1000.0);
        Descriptor { kind, max, choices, ..Descriptor::new("p", ParameterValue::Bool(false), "") }
    }

    #[test]
    fn constants_become_what_the_parameter_takes() {
        use ParameterType as T;
        use ParameterValue as V;
        let read = |kind, text| of(kind, &[]).read_text(text).unwrap();

        assert_eq!(read(T::Double, " 127"), V::Double(127.0));
        assert_eq!(read(T::Integer, "5.0"), V::Integer(5));
        assert_eq!(read(T::IntegerArray, "500,500, 100,100"), V::IntegerArray(vec![500, 500, 100, 100]));
        assert_eq!(read(T::DoubleArray, "[1.5, 2]"), V::DoubleArray(vec![1.5, 2.0]));
        assert_eq!(read(T::Bool, "False"), V::Bool(false));
        assert_eq!(read(T::String, "assets/video.mp4"), V::String("assets/video.mp4".to_owned()));
        assert_eq!(read(T::StringArray, ""), V::StringArray(Vec::new()));
        let chosen = of(T::String, &["gaussian", "median"]).read_text("Gaussian").unwrap();
        assert_eq!(chosen, V::String("gaussian".to_owned()));
    }

    #[test]
    fn what_is_none_is_told() {
        use ParameterType as T;
        let refused = |kind, text| of(kind, &["a"]).read_text(text).unwrap_err().to_string();

        assert_eq!(refused(T::Integer, "5.5"), "`5.5` is no parameter value: it is not an integer");
        assert!(refused(T::Integer, "1e300").contains("not an integer"));
        assert!(refused(T::Double, "").contains("not a number"));
        assert!(refused(T::IntegerArray, "5,,5").contains("separated by commas"));
        assert!(refused(T::Double, "1001").contains("outside its range"));
        assert!(refused(T::String, "b").contains("none of `a`"));
        assert!(refused(T::Bool, &"x".repeat(9000)).len() < 200);
    }
}
