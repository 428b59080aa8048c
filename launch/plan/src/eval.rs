//! The expressions of `$(eval …)`: numbers, texts, truth, no names, no calls into anything.
//!
//! `1 + 2 * 3`, `7 // 2`, `'a' + 'b'`, `640 > 320 and not false`, `1 if true else 2`, `min(3, 4)`.
//! The operators are Python's, since launch files are; Python itself is not there to be run.

mod lexer;
mod value;

use lexer::{Token, tokens};
pub(crate) use value::Value;

/// The longest expression, in characters.
const MAX_LEN: usize = 16 << 10;
/// The deepest nesting.
const MAX_DEPTH: usize = 48;

/// Works out an expression.
///
/// Errors are lowercase fragments that say what is wrong.
pub(crate) fn eval(text: &str) -> Result<Value, String> {
    if text.len() > MAX_LEN {
        return Err(format!("the expression is longer than {MAX_LEN} characters"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
    let value = parser.ternary()?;
    match (parser.peek(), value) {
        (Some(token), _) => Err(format!("`{token}` is not expected here")),
        (None, Value::Failed(why)) => Err(why),
        (None, value) => Ok(value),
    }
}

/// Parses and works out at once. What cannot be worked out becomes [`Value::Failed`] and goes on, so
/// that `1 / x if x != 0 else 0` fails only where the failed side is the one chosen.
struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Takes the next token if it is the operator or word `symbol`.
    fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(s)) if *s == symbol)
            || matches!(self.peek(), Some(Token::Word(w)) if w == symbol);
        self.at += usize::from(found);
        found
    }

    fn take_any(&mut self, symbols: &[&'static str]) -> Option<&'static str> {
        symbols.iter().copied().find(|symbol| self.take(symbol))
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.take(symbol) {
            return Ok(());
        }
        match self.peek() {
            Some(token) => Err(format!("`{symbol}` is missing before `{token}`")),
            None => Err(format!("`{symbol}` is missing at the end")),
        }
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        if self.depth == MAX_DEPTH {
            return Err(format!("the expression is nested more than {MAX_DEPTH} deep"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn ternary(&mut self) -> Result<Value, String> {
        self.deeper(|this| {
            let then = this.either()?;
            if !this.take("if") {
                return Ok(then);
            }
            let condition = this.either()?.truth();
            this.expect("else")?;
            let otherwise = this.ternary()?;
            Ok(match condition {
                Ok(true) => then,
                Ok(false) => otherwise,
                Err(why) => Value::Failed(why),
            })
        })
    }

    fn either(&mut self) -> Result<Value, String> {
        let mut left = self.both()?;
        while self.take("or") {
            let right = self.both()?;
            left = Value::settle(match left.truth() {
                Ok(false) => right.truth().map(Value::Bool),
                done => done.map(Value::Bool),
            });
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Value, String> {
        let mut left = self.negation()?;
        while self.take("and") {
            let right = self.negation()?;
            left = Value::settle(match left.truth() {
                Ok(true) => right.truth().map(Value::Bool),
                done => done.map(Value::Bool),
            });
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Value, String> {
        if self.take("not") {
            return self
                .deeper(|this| Ok(Value::settle(this.negation()?.truth().map(|truth| Value::Bool(!truth)))));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Value, String> {
        const OPERATORS: &[&str] = &["==", "!=", "<=", ">=", "<", ">"];
        let left = self.sum()?;
        let Some(operator) = self.take_any(OPERATORS) else { return Ok(left) };
        let right = self.sum()?;
        let result = left.compare(operator, &right).map(Value::Bool);
        if self.take_any(OPERATORS).is_some() {
            return Err("comparisons do not chain: write `a < b and b < c`".to_owned());
        }
        Ok(Value::settle(result))
    }

    fn sum(&mut self) -> Result<Value, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.take_any(&["+", "-"]) {
            left = Value::settle(left.calculate(operator, &self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Value, String> {
        let mut left = self.sign()?;
        while let Some(operator) = self.take_any(&["*", "//", "/", "%"]) {
            left = Value::settle(left.calculate(operator, &self.sign()?));
        }
        Ok(left)
    }

    fn sign(&mut self) -> Result<Value, String> {
        if self.take("-") {
            return self.deeper(|this| Ok(Value::settle(Value::Integer(0).calculate("-", &this.sign()?))));
        }
        if self.take("+") {
            return self.deeper(|this| Ok(Value::settle(Value::Integer(0).calculate("+", &this.sign()?))));
        }
        self.atom()
    }

    fn atom(&mut self) -> Result<Value, String> {
        let Some(token) = self.peek().cloned() else {
            return Err("a value is missing at the end".to_owned());
        };
        self.at += 1;
        match token {
            Token::Value(value) => Ok(value),
            Token::Symbol("(") => {
                let value = self.ternary()?;
                self.expect(")")?;
                Ok(value)
            }
            Token::Symbol(symbol) => Err(format!("a value is missing before `{symbol}`")),
            Token::Word(word) if self.take("(") => {
                let mut args = vec![self.ternary()?];
                while self.take(",") {
                    args.push(self.ternary()?);
                }
                self.expect(")")?;
                Ok(Value::settle(value::call(&word, &args)))
            }
            Token::Word(word) => Err(match word.as_str() {
                "and" | "or" | "not" | "if" | "else" => format!("a value is missing before `{word}`"),
                _ => format!(
                    "`{word}` has no meaning here: quote it as text, `'{word}'`, or write `$(var {word})`"
                ),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn worked(text: &str) -> String {
        eval(text).map_or_else(|error| format!("error: {error}"), |value| value.to_string())
    }

    #[test]
    fn expressions_are_worked_out_as_python_does() {
        for (text, expected) in [
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("7 / 2", "3.5"),
            ("8 / 2", "4.0"),
            ("7 // 2", "3"),
            ("-7 // 2", "-4"),
            ("-7 % 3", "2"),
            ("7.5 // 2", "3.0"),
            ("-7.5 % 2", "0.5"),
            ("2 - -3", "5"),
            ("'a' + \"b\"", "ab"),
            ("'it\\'s'", "it's"),
            ("1 == 1.0", "true"),
            ("'a' < 'b'", "true"),
            ("'1' == 1", "false"),
            ("1 < 2 and not False or false", "true"),
            ("1 if 2 > 3 else 4 if true else 5", "4"),
            ("min(3, 2.5)", "2.5"),
            ("max(1, 2, 3)", "3"),
            ("int('12') + int(3.9)", "15"),
            ("float(2)", "2.0"),
            ("str(1.5) + 'x'", "1.5x"),
            ("abs(-3)", "3"),
            ("round(2.6)", "3"),
            ("1e3", "1000.0"),
            ("0x10", "16"),
            ("1 / 0 if 0 != 0 else 5", "5"),
            ("0 != 0 and 1 / 0 > 2", "false"),
            ("true or 1 / 0 > 2", "true"),
        ] {
            assert_eq!(worked(text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("", "missing at the end"),
            ("1 +", "missing at the end"),
            ("* 1", "before `*`"),
            ("1 2", "`2` is not expected"),
            ("(1", "`)` is missing"),
            ("web == 'web'", "quote it as text"),
            ("1 / 0", "division by zero"),
            ("5 % 0", "division by zero"),
            ("9223372036854775807 + 1", "too large"),
            ("1 + 'a'", "cannot work out"),
            ("1 and true", "is not true or false"),
            ("1 < 2 < 3", "chain"),
            ("open('x')", "no function"),
            ("__import__", "no meaning"),
            ("'abc", "never closed"),
            ("1 ? 2", "`?`"),
            ("99999999999999999999", "too large"),
            ("min()", "missing"),
        ] {
            assert!(
                worked(text).starts_with("error") && worked(text).contains(part),
                "{text}: {}",
                worked(text)
            );
        }
        assert!(eval(&"(".repeat(10_000)).is_err());
        assert!(eval(&"not ".repeat(4_000)).is_err());
        assert!(eval(&"-".repeat(10_000)).is_err());
        assert!(eval(&"1+".repeat(20_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9a-e+*/%()<>=! '.,-]{0,60}|\\PC{0,40}") {
            let _ = eval(&text);
        }

        #[test]
        fn integers_follow_the_rules_of_arithmetic(a in -1_000_000_i64..1_000_000, b in -1000_i64..1000, c: i32) {
            prop_assert_eq!(worked(&format!("{a} + {b} * {c}")), (a + b * i64::from(c)).to_string());
            prop_assert_eq!(worked(&format!("({a} - {b}) * {c}")), ((a - b) * i64::from(c)).to_string());
            prop_assert_eq!(worked(&format!("{a} < {b}")), (a < b).to_string());
            if b != 0 {
                let parts = format!("({a} // {b}) * {b} + {a} % {b} == {a}");
                prop_assert_eq!(worked(&parts), "true");
            }
        }

        #[test]
        fn numbers_survive_printing(number in proptest::num::f64::NORMAL) {
            prop_assert_eq!(eval(&worked(&format!("{number:?}"))), Ok(Value::Float(number)));
        }
    }
}
