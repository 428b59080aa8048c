//! What programs said, remembered in memory and on disk.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use vc_words::Manifest;

use crate::python::Interpreter;

/// A cache file larger than this is broken.
const MAX_ENTRY: u64 = 8 << 20;
/// So many files of a script's folder are looked at.
const MOST_BESIDE: usize = 1000;

/// What is known of a program: its manifest, or that it is no block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known(pub(super) Option<Manifest>);

/// What tells one state of a program from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Key {
    /// The version of this cache's form, and of our reading of manifests.
    form: u32,
    path: PathBuf,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    size: u64,
    inode: u64,
    /// For Python: what interprets it, and what stands beside it, which it may import.
    #[serde(default)]
    beside: Option<u64>,
}

impl Key {
    pub(super) fn of(program: &Path) -> std::io::Result<Self> {
        let path = std::path::absolute(program)?;
        let meta = path.metadata()?;
        let modified = (meta.mtime(), meta.mtime_nsec());
        Ok(Self { form: 1, path, modified, size: meta.size(), inode: meta.ino(), beside: None })
    }

    /// Of a file in Python: its interpreter and the other Python files of its folder count too.
    pub(super) fn of_script(file: &Path, python: &Interpreter) -> std::io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        python.hash(&mut hasher);
        Self::of(&python.exe)?.hash(&mut hasher);
        let library = python.library.as_deref().map(Self::of).transpose()?;
        library.hash(&mut hasher);
        let folder = file.parent().unwrap_or(Path::new("."));
        let entries = std::fs::read_dir(folder)?.flatten().take(MOST_BESIDE).map(|entry| entry.path());
        let mut others: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|extension| extension == "py")).collect();
        others.sort();
        for other in others {
            Self::of(&other).ok().hash(&mut hasher);
        }
        Ok(Self { beside: Some(hasher.finish()), ..Self::of(file)? })
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    key: Key,
    known: Known,
}

#[derive(Debug)]
pub(super) struct Cache {
    /// None: nothing is kept on disk.
    folder: Option<PathBuf>,
    memory: Mutex<HashMap<Key, Known>>,
}

impl Cache {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, memory: Mutex::default() }
    }

    pub(super) fn of_user() -> Self {
        Self::new(user_cache("manifests"))
    }

    pub(super) fn get(&self, key: &Key) -> Option<Known> {
        let mut memory = super::lock(&self.memory);
        if let Some(known) = memory.get(key) {
            return Some(known.clone());
        }
        let mut text = String::new();
        std::fs::File::open(self.file(key)?).ok()?.take(MAX_ENTRY).read_to_string(&mut text).ok()?;
        let entry: Entry = serde_json::from_str(&text).ok()?;
        if entry.key != *key {
            return None;
        }
        memory.insert(key.clone(), entry.known.clone());
        Some(entry.known)
    }

    /// Remembers. A disk that does not take it costs time at the next start, nothing else.
    pub(super) fn put(&self, key: &Key, known: Known) {
        let entry = Entry { key: key.clone(), known };
        if let (Some(file), Ok(text)) = (self.file(key), serde_json::to_vec(&entry)) {
            let _ = write_whole(&file, &text);
        }
        super::lock(&self.memory).insert(entry.key, entry.known);
    }

    /// One file a path, so that a rebuilt program replaces what its former self said.
    fn file(&self, key: &Key) -> Option<PathBuf> {
        let mut hasher = DefaultHasher::new();
        key.path.hash(&mut hasher);
        let name = key.path.file_name()?.to_string_lossy().chars().take(80).collect::<String>();
        Some(self.folder.as_ref()?.join(format!("{name}-{:016x}.json", hasher.finish())))
    }
}

/// A folder of ours among the user's caches: below `XDG_CACHE_HOME`, or `~/.cache`.
pub(crate) fn user_cache(name: &str) -> Option<PathBuf> {
    let absolute = |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let root = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    Some(root?.join("vc").join(name))
}

/// Writes a file so that a reader sees all of it or nothing.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let thread = std::thread::current().id();
    let aside = file.with_extension(format!("{}-{thread:?}.tmp", std::process::id()));
    let written = std::fs::write(&aside, bytes).and_then(|()| std::fs::rename(&aside, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&aside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_with_what_stands_beside_it_and_what_interprets_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("block.py", "import vc, helper");
        write("helper.py", "a = 1");
        write("notes.txt", "one");
        let python = |exe: &str| Interpreter { exe: exe.into(), path: None, library: None };
        let key = || Key::of_script(&folder.path().join("block.py"), &python("/bin/sh")).unwrap();

        let first = key();
        write("notes.txt", "another");
        assert_eq!(key(), first);
        write("helper.py", "a = 1000");
        assert_ne!(key(), first);
        let other = Key::of_script(&folder.path().join("block.py"), &python("/bin/cat")).unwrap();
        assert_ne!(key(), other);
    }
}
