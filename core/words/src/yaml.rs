//! YAML text as a tree that knows where each value stands. JSON is read too, as a part of YAML.
//!
//! Bounded on purpose: at most [`MAX_DEPTH`] levels, no aliases, one document, no key twice.

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// Where a value stands in its text, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Yaml {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// What a YAML value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, number, boolean or nothing: which one is for the reader to say.
    Scalar(Scalar),
    /// A list.
    List(Vec<Yaml>),
    /// A mapping, in the order written; the keys are scalars.
    Map(Vec<(Key, Yaml)>),
}

/// A scalar as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text, unquoted.
    pub text: String,
    /// Whether it is text for certain: quoted, a block, or tagged `!!str`.
    pub quoted: bool,
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Where it stands.
    pub place: Place,
    /// The key.
    pub text: String,
}

/// Why a text is not YAML that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub message: String,
}

impl Yaml {
    /// Reads a text of one document. An empty text is an empty scalar.
    ///
    /// # Errors
    /// [`YamlError`] with the place, for a syntax error or a text beyond the bounds of this reader.
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        Builder { events: Parser::new_from_str(text), depth: 0 }.document()
    }

    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        if let Value::Scalar(scalar) = &self.value { Some(scalar) } else { None }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Yaml]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&[(Key, Yaml)]> {
        if let Value::Map(entries) = &self.value { Some(entries) } else { None }
    }

    /// The word for what it is: `text`, `a list` or `a mapping`.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

struct Builder<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    depth: usize,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Place), YamlError> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, place(span))),
            Some(Err(error)) => {
                let at = error.marker();
                let place = Place { line: at.line(), column: at.col() + 1 };
                Err(YamlError { place, message: error.info().to_owned() })
            }
            None => Ok((Event::StreamEnd, Place::default())),
        }
    }

    fn document(mut self) -> Result<Yaml, YamlError> {
        let mut root = None;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(YamlError { place, message: "a second document begins here".to_owned() });
                }
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                event => root = Some(self.value(event, place)?),
            }
        }
        Ok(root.unwrap_or(Yaml {
            place: Place { line: 1, column: 1 },
            value: Value::Scalar(Scalar { text: String::new(), quoted: false }),
        }))
    }

    fn value(&mut self, event: Event<'a>, place: Place) -> Result<Yaml, YamlError> {
        let refuse = |message: &str| Err(YamlError { place, message: message.to_owned() });
        if self.depth == MAX_DEPTH {
            return refuse("nested too deeply");
        }
        self.depth += 1;
        let value = match event {
            Event::Scalar(text, style, _, tag) => Value::Scalar(scalar(&text, style, tag.as_deref())),
            Event::SequenceStart(..) => self.list()?,
            Event::MappingStart(..) => self.map()?,
            Event::Alias(_) => return refuse("aliases (`*name`) are not supported"),
            _ => return refuse("a value is missing here"),
        };
        self.depth -= 1;
        Ok(Yaml { place, value })
    }

    fn list(&mut self) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, place) => items.push(self.value(event, place)?),
            }
        }
    }

    fn map(&mut self) -> Result<Value, YamlError> {
        let mut entries: Vec<(Key, Yaml)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Map(entries)),
                (Event::Scalar(text, ..), place) => Key { place, text: text.into_owned() },
                (_, place) => {
                    return Err(YamlError { place, message: "a key must be plain text".to_owned() });
                }
            };
            if !seen.insert(key.text.clone()) {
                let message = format!("key `{}` stands twice in this mapping", key.text);
                return Err(YamlError { place: key.place, message });
            }
            let (event, place) = self.next()?;
            let value = self.value(event, place)?;
            entries.push((key, value));
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Scalar {
    let tagged = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    Scalar { text: text.to_owned(), quoted: tagged || style != ScalarStyle::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_know_their_place() {
        let tree = Yaml::parse("a: 1\nb:\n  - 'x'\n  - y\n").unwrap();

        let (key, list) = &tree.as_map().unwrap()[1];
        assert_eq!((key.text.as_str(), key.place), ("b", Place { line: 2, column: 1 }));
        let first = &list.as_list().unwrap()[0];
        assert_eq!(first.place, Place { line: 3, column: 5 });
        assert!(first.as_scalar().unwrap().quoted);
        assert!(!list.as_list().unwrap()[1].as_scalar().unwrap().quoted);
    }

    #[test]
    fn bad_texts_say_where() {
        for (text, line, part) in [
            ("a: [1, 2\nb: 3", 2, ""),
            ("a: 1\na: 2", 2, "twice"),
            ("a: &x 1\nb: *x", 2, "aliases"),
            ("a: 1\n---\nb: 2", 2, "second document"),
            ("? [1]\n: 2", 1, "key"),
        ] {
            let error = Yaml::parse(text).unwrap_err();
            assert!(error.place.line == line && error.message.contains(part), "{text:?}: {error:?}");
        }
    }

    #[test]
    fn deep_nesting_is_answered() {
        let error = Yaml::parse(&"[".repeat(100_000)).unwrap_err();
        assert!(!error.message.is_empty());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[ -~\n]{0,200}") {
            let _ = Yaml::parse(&text);
        }
    }
}
