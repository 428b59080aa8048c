//! Reads the lines of a section.

use crate::{
    Error,
    literal::{self, Literal, Target},
    model::{Base, Constant, Count, Definition, Field, Primitive, Space, TypeName},
    source::Section,
};

/// Reads a section as the message `name`.
pub(crate) fn definition(name: TypeName, section: Section<'_>) -> Result<Definition, Error> {
    let (mut fields, mut constants) = (Vec::new(), Vec::new());
    for (number, whole) in section.text.lines().enumerate() {
        let line = whole.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let failed = |reason: String| Error::Line {
            path: section.path.to_path_buf(),
            line: section.first_line + number + 1,
            text: line.to_owned(),
            reason,
        };
        match read_line(line, &name.package).map_err(failed)? {
            Line::Field(field) => fields.push(field),
            Line::Constant(constant) => constants.push(constant),
        }
        if let Some(twice) = repeated(&fields, &constants) {
            return Err(failed(format!("`{twice}` is already taken")));
        }
    }
    Ok(Definition { name, fields, constants, text: section.text.to_owned() })
}

enum Line {
    Field(Field),
    Constant(Constant),
}

/// The name of the newest field or constant if an earlier one has it too.
fn repeated<'a>(fields: &'a [Field], constants: &'a [Constant]) -> Option<&'a str> {
    let field = fields.split_last().filter(|(last, rest)| rest.iter().any(|field| field.name == last.name));
    let constant = constants.split_last().filter(|(last, rest)| rest.iter().any(|one| one.name == last.name));
    field.map(|(last, _)| last.name.as_str()).or(constant.map(|(last, _)| last.name.as_str()))
}

fn read_line(line: &str, package: &str) -> Result<Line, String> {
    let (type_word, rest) = line.split_once(char::is_whitespace).ok_or("a field has a type and a name")?;
    let (base, count) = read_type(type_word, package)?;
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err("a name begins with a letter and goes on with letters, digits and `_`".to_owned());
    }
    let after = rest.trim_start();
    if let Some(value) = after.strip_prefix('=') {
        let (Base::Primitive(_) | Base::String(None), Count::One) = (&base, count) else {
            return Err("a constant is a number, a bool or a string".to_owned());
        };
        let target = Target::of(&base).ok_or("a constant is a number, a bool or a string")?;
        let value = literal::one(target, value.trim())?;
        let (name, line) = (name.to_owned(), line.to_owned());
        return Ok(Line::Constant(Constant { name, base, value, line }));
    }
    if after.len() == rest.len() && !rest.is_empty() {
        return Err(format!("`{rest}` follows the name without a blank"));
    }
    let default = if after.is_empty() { None } else { Some(default(&base, count, after)?) };
    Ok(Line::Field(Field { name: name.to_owned(), base, count, default, line: line.to_owned() }))
}

fn default(base: &Base, count: Count, text: &str) -> Result<Literal, String> {
    let target = Target::of(base).ok_or("a message cannot have a default")?;
    match count {
        Count::One => literal::one(target, text),
        Count::Fixed(len) => literal::list(target, text, |found| found == len),
        Count::AtMost(bound) => literal::list(target, text, |found| found <= bound),
        Count::Any => literal::list(target, text, |_| true),
    }
}

/// Reads `uint8`, `string<=8`, `geometry_msgs/Point`, each with `[]`, `[4]` or `[<=4]` behind it.
fn read_type(word: &str, package: &str) -> Result<(Base, Count), String> {
    let (base, count) = match word.split_once('[') {
        None => (word, Count::One),
        Some((base, brackets)) => {
            let inside = brackets.strip_suffix(']').ok_or("`[` without `]`")?;
            let count = match (inside, inside.strip_prefix("<=")) {
                ("", _) => Count::Any,
                (_, Some(bound)) => Count::AtMost(length(bound)?),
                (len, None) => Count::Fixed(length(len)?),
            };
            (base, count)
        }
    };
    Ok((read_base(base, package)?, count))
}

fn read_base(word: &str, package: &str) -> Result<Base, String> {
    if word.starts_with("wstring") {
        return Err("wstring is not supported: implementations disagree on its bytes; use string".to_owned());
    }
    if let Some(primitive) = Primitive::parse(word) {
        return Ok(Base::Primitive(primitive));
    }
    if word == "string" {
        return Ok(Base::String(None));
    }
    if let Some(bound) = word.strip_prefix("string<=") {
        return Ok(Base::String(Some(length(bound)?)));
    }
    let (package, name) = match word.split_once('/') {
        Some((package, name)) => (package, name.strip_prefix("msg/").unwrap_or(name)),
        None if word == "Header" => ("std_msgs", word),
        None => (package, word),
    };
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if !is_word(package) || !name.starts_with(|c: char| c.is_ascii_uppercase()) || !is_word(name) {
        return Err(format!("`{word}` is neither a built-in type nor `Type` nor `package/Type`"));
    }
    Ok(Base::Nested(TypeName::new(package, Space::Msg, name)))
}

fn length(digits: &str) -> Result<usize, String> {
    match digits.parse() {
        Ok(0) => Err("a length or bound of 0 leaves nothing to send".to_owned()),
        Ok(length) => Ok(length),
        Err(_) => Err(format!("`{digits}` is not a length")),
    }
}
