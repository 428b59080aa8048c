//! Finds interface files and cuts them into sections.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Error, model::Space};

/// One interface file.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) space: Space,
    /// Name of the type it defines: the file's name.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A part of a file, with the number of lines before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
    pub(crate) first_line: usize,
}

/// Reads all interface files in `folder` and in its `msg`, `srv` and `action` folders, in the order of their names.
pub(crate) fn read_package(folder: &Path) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    for place in [folder.to_path_buf(), folder.join("msg"), folder.join("srv"), folder.join("action")] {
        if place == folder || place.is_dir() {
            read_folder(&place, &mut sources)?;
        }
    }
    if sources.is_empty() {
        return Err(Error::NoInterfaces { path: folder.to_path_buf() });
    }
    sources.sort_by(|a, b| (a.space, &a.name).cmp(&(b.space, &b.name)));
    Ok(sources)
}

fn read_folder(folder: &Path, sources: &mut Vec<Source>) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.to_path_buf(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let space = match path.extension().and_then(|extension| extension.to_str()) {
            Some("msg") => Space::Msg,
            Some("srv") => Space::Srv,
            Some("action") => Space::Action,
            _ => continue,
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let starts_upper = name.starts_with(|c: char| c.is_ascii_uppercase());
        if !starts_upper || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Error::Name { name });
        }
        let text = fs::read_to_string(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
        sources.push(Source { path, space, name, text });
    }
    Ok(())
}

impl Source {
    /// The parts between `---` lines, which must be exactly `N`.
    pub(crate) fn sections<const N: usize>(&self) -> Result<[Section<'_>; N], Error> {
        let mut sections = Vec::new();
        let (mut start, mut at, mut first_line) = (0, 0, 0);
        for (number, line) in self.text.split_inclusive('\n').enumerate() {
            if line.trim() == "---" {
                sections.push(Section { path: &self.path, text: &self.text[start..at], first_line });
                (start, first_line) = (at + line.len(), number + 1);
            }
            at += line.len();
        }
        sections.push(Section { path: &self.path, text: &self.text[start..], first_line });
        let found = sections.len();
        sections.try_into().map_err(|_| Error::Sections { path: self.path.clone(), found, needed: N })
    }
}
