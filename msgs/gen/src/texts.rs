//! Interface texts at run time: what a message of a name looks like.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{
    Error, emit,
    model::{Definition, Interfaces, Space, TypeName},
    parse,
    source::Section,
};

/// Nesting beyond this depth is refused: readers descend by recursion.
const DEEPEST: usize = 64;

/// Messages known by their texts.
#[derive(Debug, Default)]
pub struct Texts(Interfaces);

impl Texts {
    /// Knows no message yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the message `name`, such as `my_msgs/msg/Gripper`, by the text of its `.msg` file.
    ///
    /// # Errors
    /// [`Error::Name`] if that is no full name, [`Error::Line`] for a line that is not understood.
    pub fn add_message(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.add(name.parse()?, name, text, 0)
    }

    /// Adds a message by its self-contained text, as manifests and recordings hold it: its own text, then for
    /// each message it needs a line of 80 `=`, a line `MSG: package/Name` and its text.
    ///
    /// # Errors
    /// As [`add_message`](Self::add_message).
    pub fn add_schema(&mut self, name: &str, schema: &str) -> Result<(), Error> {
        self.add_all(name, schema, true)
    }

    /// The same, but those of its messages that are known already stay as they are.
    ///
    /// # Errors
    /// As [`add_message`](Self::add_message).
    pub fn add_missing(&mut self, name: &str, schema: &str) -> Result<(), Error> {
        self.add_all(name, schema, false)
    }

    fn add_all(&mut self, name: &str, schema: &str, replace: bool) -> Result<(), Error> {
        let mut wanted: (TypeName, String) = (name.parse()?, name.to_owned());
        let (mut start, mut at, mut first_line) = (0, 0, 0);
        for (number, line) in schema.split_inclusive('\n').enumerate() {
            let word = line.trim();
            let ends = word.len() == 80 && word.bytes().all(|byte| byte == b'=');
            if let Some(next) = word.strip_prefix("MSG: ").filter(|_| start == at && first_line > 0) {
                let full =
                    if next.matches('/').count() == 1 { next.replace('/', "/msg/") } else { next.to_owned() };
                wanted = (full.parse()?, full);
                (start, first_line) = (at + line.len(), number + 1);
            } else if ends {
                if replace || !self.has(&wanted.0) {
                    self.add(wanted.0.clone(), &wanted.1, &schema[start..at], first_line)?;
                }
                (start, first_line) = (at + line.len(), number + 1);
            }
            at += line.len();
        }
        if replace || !self.has(&wanted.0) {
            self.add(wanted.0, &wanted.1, &schema[start..], first_line)
        } else {
            Ok(())
        }
    }

    fn add(&mut self, name: TypeName, shown: &str, text: &str, first_line: usize) -> Result<(), Error> {
        let section = Section { path: Path::new(shown), text, first_line };
        self.0.message(parse::definition(name, section)?);
        Ok(())
    }

    /// The message of this name.
    ///
    /// # Errors
    /// [`Error::UnknownType`] if it was not added.
    pub fn get(&self, name: &TypeName) -> Result<&Definition, Error> {
        self.0.get(name, name)
    }

    /// Whether the message was added.
    pub fn has(&self, name: &TypeName) -> bool {
        self.0.definitions.contains_key(name)
    }

    /// All messages that `name` needs, itself not included, in the order of their names.
    ///
    /// # Errors
    /// [`Error::UnknownType`] if one is missing, [`Error::Recursive`] if `name` contains itself, or
    /// [`Error::Deep`] if messages are nested more than 64 deep.
    pub fn needed_by<'a>(&'a self, name: &'a TypeName) -> Result<BTreeSet<&'a TypeName>, Error> {
        let needed = self.0.needed_by(name)?;
        // Layer by layer from the outside: whoever is still there after 64 is nested too deep, or in a circle
        // that `name` itself is no part of.
        let mut layer = BTreeSet::from([name]);
        for _ in 0..DEEPEST {
            let mut inner = BTreeSet::new();
            for outer in layer {
                inner.extend(self.0.get(outer, outer)?.nested());
            }
            layer = inner;
        }
        if layer.is_empty() {
            Ok(needed)
        } else {
            Err(Error::Deep { name: name.to_string(), deepest: DEEPEST })
        }
    }

    /// The message's RIHS01 hash.
    ///
    /// # Errors
    /// As [`needed_by`](Self::needed_by).
    pub fn hash(&self, name: &TypeName) -> Result<String, Error> {
        self.needed_by(name)?;
        self.0.hash(name)
    }

    /// The message's self-contained text.
    ///
    /// # Errors
    /// As [`needed_by`](Self::needed_by).
    pub fn schema(&self, name: &TypeName) -> Result<String, Error> {
        self.needed_by(name)?;
        self.0.schema(name)
    }
}

impl Definition {
    /// Which field is big data, to be written in place: the unbounded number sequence named `data`, or else the
    /// first one.
    pub fn region(&self) -> Option<usize> {
        emit::region(self)
    }
}

impl std::str::FromStr for TypeName {
    type Err = Error;

    /// Reads `sensor_msgs/msg/Image`, or `sensor_msgs/Image` for the same.
    fn from_str(text: &str) -> Result<Self, Error> {
        let failed = || Error::Name { name: text.to_owned() };
        let parts: Vec<&str> = text.split('/').collect();
        let (package, space, name) = match parts.as_slice() {
            [package, name] | [package, "msg", name] => (package, Space::Msg, name),
            [package, "srv", name] => (package, Space::Srv, name),
            [package, "action", name] => (package, Space::Action, name),
            _ => return Err(failed()),
        };
        let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let package_begins = package.starts_with(|c: char| c.is_ascii_lowercase());
        if !package_begins
            || !is_word(package)
            || !name.starts_with(|c: char| c.is_ascii_uppercase())
            || !is_word(name)
        {
            return Err(failed());
        }
        Ok(Self::new(package, space, *name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> TypeName {
        text.parse().unwrap()
    }

    #[test]
    fn a_self_contained_text_is_read_again() {
        let mut texts = Texts::new();
        texts.add_message("a_msgs/msg/Outer", "Inner one\nb_msgs/Far[] more # many\n").unwrap();
        texts.add_message("a_msgs/msg/Inner", "int32 LEFT=1\nint32 side 1").unwrap();
        texts.add_message("b_msgs/msg/Far", "").unwrap();
        let schema = texts.schema(&name("a_msgs/msg/Outer")).unwrap();

        let mut again = Texts::new();
        again.add_schema("a_msgs/msg/Outer", &schema).unwrap();

        assert_eq!(
            again.hash(&name("a_msgs/msg/Outer")).unwrap(),
            texts.hash(&name("a_msgs/Outer")).unwrap()
        );
        assert_eq!(again.schema(&name("a_msgs/msg/Outer")).unwrap(), schema);
        assert_eq!(again.get(&name("a_msgs/msg/Inner")).unwrap().constants.len(), 1);
    }

    #[test]
    fn circles_and_abysses_are_refused() {
        let mut texts = Texts::new();
        texts.add_message("a_msgs/msg/Into", "Circle c").unwrap();
        texts.add_message("a_msgs/msg/Circle", "Circle[] c").unwrap();
        for depth in 0..100 {
            texts.add_message(&format!("a_msgs/msg/D{depth}"), &format!("D{} d", depth + 1)).unwrap();
        }
        texts.add_message("a_msgs/msg/D100", "bool end").unwrap();

        assert!(matches!(texts.hash(&name("a_msgs/Circle")), Err(Error::Recursive { .. })));
        assert!(matches!(texts.hash(&name("a_msgs/Into")), Err(Error::Deep { .. })));
        assert!(matches!(texts.hash(&name("a_msgs/D0")), Err(Error::Deep { .. })));
        assert!(texts.hash(&name("a_msgs/D50")).is_ok());
    }

    #[test]
    fn names_are_checked() {
        for wrong in ["", "Image", "sensor_msgs/image", "a/b/C", "a/msg/C/D", "../msg/C", "a/msg/C\n"] {
            assert!(wrong.parse::<TypeName>().is_err(), "{wrong}");
        }
        let mut texts = Texts::new();
        let error = texts.add_message("a_msgs/msg/A", "bool a\nboolean b").unwrap_err();
        assert!(error.to_string().starts_with("a_msgs/msg/A:2: `boolean b`"), "{error}");
    }
}
