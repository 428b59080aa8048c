//! The Rust words for a field.

use std::collections::BTreeMap;

use crate::model::{Base, Count, Field, Primitive, TypeName};

/// Where generated code finds other types.
#[derive(Debug)]
pub(crate) struct Paths {
    /// Path of the `vc-cdr` crate.
    pub(crate) cdr: String,
    /// Paths of the crates that hold packages not generated here.
    pub(crate) elsewhere: BTreeMap<String, String>,
}

/// A field in Rust.
#[derive(Debug)]
pub(crate) struct RustField {
    pub(crate) name: String,
    /// Type of the owned value.
    pub(crate) owned: String,
    /// The kind that knows its bound and bytes; the same as `owned` where there is no bound.
    pub(crate) kind: String,
    /// What the view returns.
    pub(crate) borrowed: String,
    /// What serde must be told.
    pub(crate) serde: Option<String>,
}

impl Paths {
    /// The Rust words for `field`, seen from inside the module of `user`.
    pub(crate) fn field(&self, field: &Field, user: &TypeName) -> RustField {
        let (owned, kind) = self.element(&field.base, user);
        let cdr = &self.cdr;
        let borrowed = match (&field.base, field.count) {
            (Base::Primitive(_), Count::One) => owned.clone(),
            (Base::String(_), Count::One) => "&'a str".to_owned(),
            (Base::Nested(_), Count::One) => format!("{owned}View<'a>"),
            (Base::Primitive(primitive), _) => match primitive.rust() {
                byte @ ("u8" | "i8" | "bool") => format!("&'a [{byte}]"),
                number => format!("{cdr}::Seq<'a, {number}>"),
            },
            _ => format!("{cdr}::Items<'a, {kind}>"),
        };
        let (owned, kind) = match field.count {
            Count::One => (owned, kind),
            Count::Fixed(len) => (format!("[{owned}; {len}]"), format!("[{kind}; {len}]")),
            Count::AtMost(bound) => {
                (format!("::std::vec::Vec<{owned}>"), format!("{cdr}::AtMost<{kind}, {bound}>"))
            }
            Count::Any => (format!("::std::vec::Vec<{owned}>"), format!("::std::vec::Vec<{kind}>")),
        };
        let (name, rename) = identifier(&field.name);
        RustField { name, owned, kind, borrowed, serde: rename.or_else(|| self.serde(field)) }
    }

    /// Owned type and kind of one element.
    fn element(&self, base: &Base, user: &TypeName) -> (String, String) {
        let same = |word: String| (word.clone(), word);
        let string = "::std::string::String";
        match base {
            Base::Primitive(primitive) => same(primitive.rust().to_owned()),
            Base::String(None) => same(string.to_owned()),
            Base::String(Some(bound)) => (string.to_owned(), format!("{}::Text<{bound}>", self.cdr)),
            Base::Nested(name) => same(self.path(name, user)),
        }
    }

    fn path(&self, name: &TypeName, user: &TypeName) -> String {
        let (package, space, rust) = (&name.package, name.space.as_str(), name.rust());
        match self.elsewhere.get(package) {
            Some(krate) => format!("{krate}::{package}::{space}::{rust}"),
            None if *package == user.package && name.space == user.space => rust,
            None => format!("super::super::{package}::{space}::{rust}"),
        }
    }

    /// Byte sequences as bytes, long arrays by a helper: serde knows neither by itself.
    fn serde(&self, field: &Field) -> Option<String> {
        let is_byte = matches!(&field.base, Base::Primitive(primitive) if primitive.rust() == "u8");
        match field.count {
            Count::Any | Count::AtMost(_) if is_byte => Some(format!("with = \"{}::serde_bytes\"", self.cdr)),
            Count::Fixed(len) if len > 32 => {
                Some(format!("with = \"{}::serde_big_array::BigArray\"", self.cdr))
            }
            _ => None,
        }
    }
}

/// The kind of number of `field` if the whole field can be written in place.
pub(crate) fn region(field: &Field) -> Option<Primitive> {
    match (&field.base, field.count) {
        (Base::Primitive(primitive), Count::Any) if *primitive != Primitive::Bool => Some(*primitive),
        _ => None,
    }
}

/// A field's name as a Rust identifier: keywords as `r#type`, the four that cannot be written so with `_` behind.
fn identifier(name: &str) -> (String, Option<String>) {
    match name {
        "self" | "super" | "crate" | "Self" => (format!("{name}_"), Some(format!("rename = \"{name}\""))),
        "abstract" | "as" | "async" | "await" | "become" | "box" | "break" | "const" | "continue" | "do"
        | "dyn" | "else" | "enum" | "extern" | "false" | "final" | "fn" | "for" | "gen" | "if" | "impl"
        | "in" | "let" | "loop" | "macro" | "match" | "mod" | "move" | "mut" | "override" | "priv"
        | "pub" | "ref" | "return" | "static" | "struct" | "trait" | "true" | "try" | "type" | "typeof"
        | "unsafe" | "unsized" | "use" | "virtual" | "where" | "while" | "yield" => {
            (format!("r#{name}"), None)
        }
        _ => (name.to_owned(), None),
    }
}
