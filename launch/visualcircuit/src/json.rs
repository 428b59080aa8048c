//! JSON as a bounded tree: so deep, so many values, and no pictures.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::ReadError;

/// The most values a project may hold. The largest of the collected ones has some ten thousand.
const MAX_VALUES: usize = 2_000_000;
/// What the budget's end is told apart by among serde's errors.
const TOO_MUCH: &str = "too many values";
/// Packages carry pictures of hundreds of kB, each several times; nothing here looks at them.
const SKIPPED: &str = "image";

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    /// In the order written. Of a key written twice the last counts.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Result<Self, ReadError> {
        let left = Cell::new(MAX_VALUES);
        let mut reader = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
        let tree = Seed { left: &left }.deserialize(&mut reader);
        let tree = tree.and_then(|tree| reader.end().map(|()| tree));
        tree.map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let message = error.to_string();
            let reason = message.split(" at line ").next().unwrap_or_default().to_owned();
            if reason == TOO_MUCH {
                ReadError::Large { values: MAX_VALUES }
            } else if reason.starts_with("recursion limit") {
                ReadError::Deep { line, column }
            } else {
                ReadError::Json { line, column, reason }
            }
        })
    }

    /// The value of a key, if this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// Scalars as Python's `str` would write them; none for null, lists and maps.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(true) => Some("True".to_owned()),
            Self::Bool(false) => Some("False".to_owned()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The entries of a map.
    pub(crate) fn map(&self) -> Option<&[(String, Self)]> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let Some(left) = self.left.get().checked_sub(1) else { return Err(D::Error::custom(TOO_MUCH)) };
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            if key == SKIPPED {
                access.next_value::<IgnoredAny>()?;
            } else {
                let value = access.next_value_seed(self)?;
                entries.push((key, value));
            }
        }
        Ok(Json::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_and_its_pictures_are_not() {
        let tree =
            Json::parse(r#"{"a":[1,0.5,"x",true,null],"image":"data:…","a2":{"b":-1},"b":1,"b":2}"#).unwrap();

        let texts: Vec<_> = tree.get("a").unwrap().list().unwrap().iter().map(Json::text).collect();
        let expected = [Some("1"), Some("0.5"), Some("x"), Some("True"), None];
        assert_eq!(texts, expected.map(|text| text.map(str::to_owned)));
        assert_eq!(tree.get("image"), None);
        assert_eq!(tree.at(&["a2", "b"]).unwrap().text().unwrap(), "-1");
        assert_eq!(tree.get("b").unwrap().text().unwrap(), "2");
    }

    #[test]
    fn bombs_are_answered() {
        let deep = "[".repeat(100_000);
        assert!(matches!(Json::parse(&deep), Err(ReadError::Deep { .. })));

        let wide = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert!(matches!(Json::parse(&wide), Err(ReadError::Large { .. })));
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let error = Json::parse("{\n \"a\": ?}").unwrap_err();
        assert_eq!(error.to_string(), "not valid JSON: expected value (line 2, column 7)");
        assert!(Json::parse("{} {}").is_err());
    }
}
