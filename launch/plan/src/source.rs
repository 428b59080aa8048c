//! Texts with their places: every value of a launch file knows where it was written.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vc_words::yaml::Place;

use crate::diagnostic::{Diagnostic, Spot};
use crate::template::{Template, TemplateError};

/// The largest launch or parameter file that is read.
const MAX_FILE: u64 = 4 << 20;

const BLOCK: usize = 1024;

/// How many characters begin in some bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| begins_character(**byte)).count()
}

fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// A text and the path it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    lines: Vec<usize>,
    /// How many characters stand before each block of `BLOCK` bytes: a line may be as long as the file.
    characters: Vec<usize>,
    /// Of a circuit that was drawn: from which line of `text`, made from the drawing, on which part of it is meant. Its
    /// users know the drawing, not the text.
    drawing: Option<Vec<(usize, String)>>,
}

impl Source {
    pub(crate) fn new(path: PathBuf, text: String) -> Arc<Self> {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let blocks = text.as_bytes().chunks(BLOCK).map(characters);
        let characters =
            blocks.scan(0, |before, here| Some(std::mem::replace(before, *before + here))).collect();
        Arc::new(Self { path, text, lines, characters, drawing: None })
    }

    /// Text that was made from a drawing in the file at `path`, with the parts that its lines are about.
    pub(crate) fn drawn(path: PathBuf, text: String, parts: Vec<(usize, String)>) -> Arc<Self> {
        let source = Arc::unwrap_or_clone(Self::new(path, text));
        Arc::new(Self { drawing: Some(parts), ..source })
    }

    /// Whether the circuit was drawn, not written.
    pub(crate) fn is_drawn(&self) -> bool {
        self.drawing.is_some()
    }

    /// The part of the drawing that a line is about; none if it is none.
    fn part(&self, line: usize) -> Option<String> {
        let parts = self.drawing.as_ref()?;
        let part = parts.iter().rev().find(|(first, _)| *first <= line);
        Some(part.map(|(_, part)| part.clone()).unwrap_or_default())
    }

    /// Reads a file, within bounds.
    pub(crate) fn read(path: &Path) -> Result<Arc<Self>, Box<Diagnostic>> {
        let fail =
            |why: String| Box::new(Diagnostic::error(format!("cannot read `{}`: {why}", path.display())));
        let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(fail(format!("it is larger than {} MiB", MAX_FILE >> 20)));
        }
        let text = String::from_utf8(bytes).map_err(|_| fail("it is not UTF-8 text".to_owned()))?;
        Ok(Self::new(path.to_owned(), text))
    }

    /// The folder the file lies in.
    pub(crate) fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    /// The place of a byte of the text.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines[line - 1];
        Place { line, column: self.characters_before(offset) - self.characters_before(start) + 1 }
    }

    /// How many bytes of its line stand before a place.
    fn offset_in_line(&self, place: Place) -> Option<usize> {
        let start = *self.lines.get(place.line.checked_sub(1)?)?;
        let wanted = self.characters_before(start) + place.column.checked_sub(1)?;
        let block = self.characters.partition_point(|before| *before <= wanted).checked_sub(1)?;
        let missing = wanted - self.characters[block];
        let from = block * BLOCK;
        let bytes = self.text.as_bytes()[from..].iter();
        let (at, _) = bytes.enumerate().filter(|(_, byte)| begins_character(**byte)).nth(missing)?;
        (from + at).checked_sub(start)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / BLOCK;
        let counted = self.characters.get(block).copied();
        // The very end of a text of whole blocks has no count.
        let (from, counted) = counted.map_or((0, 0), |counted| (block * BLOCK, counted));
        counted + characters(&self.text.as_bytes()[from..offset])
    }

    /// A line, from 1, without its end.
    pub(crate) fn line(&self, number: usize) -> Option<&str> {
        let start = *self.lines.get(number.checked_sub(1)?)?;
        let end = self.lines.get(number).map_or(self.text.len(), |next| next - 1);
        self.text.get(start..end).map(|line| line.trim_end_matches('\r'))
    }
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) source: Arc<Source>,
    pub(crate) place: Place,
    /// How many characters are meant.
    pub(crate) width: usize,
    /// The entry that included the file, if one did.
    pub(crate) via: Option<Arc<At>>,
}

impl At {
    pub(crate) fn new(source: &Arc<Source>, place: Place, width: usize) -> Self {
        Self { source: source.clone(), place, width, via: None }
    }

    /// The same place in a file that `via` included.
    pub(crate) fn through(&self, via: Option<&Arc<At>>) -> Self {
        Self { via: via.cloned(), ..self.clone() }
    }

    /// The entries by which the file was included, the innermost first.
    pub(crate) fn included_from(&self) -> Vec<Spot> {
        let first = self.via.as_deref();
        std::iter::successors(first, |at| at.via.as_deref()).map(At::spot).collect()
    }

    pub(crate) fn spot(&self) -> Spot {
        Spot {
            file: self.source.path.clone(),
            line: self.place.line.max(1),
            column: self.place.column.max(1),
            width: self.width.max(1),
            part: self.source.part(self.place.line),
        }
    }
}

/// A value as written: text that may hold substitutions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) raw: String,
    pub(crate) template: Template,
    pub(crate) at: At,
}

impl Text {
    /// Reads the substitutions of `raw`, which stands at `place`.
    pub(crate) fn new(raw: &str, source: &Arc<Source>, place: Place) -> Result<Self, Box<Diagnostic>> {
        // Quotes around the text are marked too where they are seen.
        let quotes = written(source, place).is_some_and(|line| line.starts_with(['"', '\'']));
        let at = At::new(source, place, raw.chars().count() + if quotes { 2 } else { 0 });
        match Template::parse(raw) {
            Ok(template) => Ok(Self { raw: raw.to_owned(), template, at }),
            Err(TemplateError { offset, message, hint }) => {
                Err(Diagnostic::error(message).at(&inside(&at, raw, offset)).maybe_hint(hint).into())
            }
        }
    }

    /// The text itself if it holds no substitution.
    pub(crate) fn literal(&self) -> Option<String> {
        self.template.literal()
    }

    /// The place of the character at `offset` of the text.
    pub(crate) fn inside(&self, offset: usize) -> At {
        inside(&self.at, &self.raw, offset)
    }
}

/// The place `offset` characters into `raw`, if it was written plainly on one line; else its start.
fn inside(at: &At, raw: &str, offset: usize) -> At {
    let mut found = at.clone();
    let Some(line) = written(&at.source, at.place) else { return found };
    let shift = match line.strip_prefix(['"', '\'']) {
        Some(quoted) if quoted.starts_with(raw) => offset + 1,
        _ if line.starts_with(raw) => offset,
        _ => return found,
    };
    found.place.column += shift;
    found.width = raw.chars().count().saturating_sub(offset).max(1);
    found
}

/// The rest of the line from a place on.
fn written(source: &Source, place: Place) -> Option<&str> {
    let line = source.line(place.line)?;
    let at = source.offset_in_line(place)?;
    line.get(at..).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_however_long_the_line() {
        let text = format!("a: ü\n{}\nend", "aü→😀".repeat(700));
        let source = Source::new(PathBuf::new(), text.clone());
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let line_start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
            let column = text[line_start..offset].chars().count() + 1;
            let place = source.place(offset);
            assert_eq!(place.column, column, "at {offset}");
            let back = source.offset_in_line(place).map(|at| line_start + at);
            assert_eq!(back, (offset < text.len()).then_some(offset));
        }
        let whole = Source::new(PathBuf::new(), "x".repeat(2 * BLOCK));
        assert_eq!(whole.place(2 * BLOCK).column, 2 * BLOCK + 1);
    }
}
