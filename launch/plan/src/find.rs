//! Where programs are found: block folders, `PATH`, and ROS 2's install prefixes.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use vc_words::Manifest;

use crate::describe::Describe;

/// The most files of a folder that are looked at for suggestions and listings.
const MAX_LISTED: usize = 2000;

/// Where programs are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// The folders, in order; the first that has the program wins.
    pub folders: Vec<PathBuf>,
}

impl Search {
    /// The entries of `VC_BLOCKS_PATH`, the folder of the running executable, the entries of `PATH`.
    pub fn default_folders() -> Self {
        let mut folders = paths("VC_BLOCKS_PATH");
        let ours = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
        folders.extend(ours);
        folders.extend(paths("PATH"));
        Self { folders }
    }

    /// The folders that may hold blocks: those that are not on `PATH` only because everything is.
    fn block_folders(&self) -> impl Iterator<Item = &PathBuf> {
        let common = paths("PATH");
        self.folders.iter().filter(move |folder| !common.contains(folder))
    }

    /// The names of the programs in the block folders, for suggestions.
    pub(crate) fn block_names(&self) -> Vec<String> {
        self.block_programs().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    }

    fn block_programs(&self) -> impl Iterator<Item = PathBuf> {
        self.block_folders().flat_map(|folder| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().take(MAX_LISTED);
            let mut found: Vec<PathBuf> =
                entries.flatten().map(|entry| entry.path()).filter(|path| is_program(path)).collect();
            found.sort();
            found
        })
    }
}

/// The blocks in the folders of `search` (those on `PATH` aside), by folder and name, with what they
/// say of themselves. A program that is no block, or does not answer, is left out.
pub fn blocks(search: &Search, describe: &dyn Describe) -> Vec<(PathBuf, Manifest)> {
    let programs: Vec<PathBuf> = search.block_programs().collect();
    let answers = crate::describe::all(programs.iter().map(PathBuf::as_path), describe);
    programs
        .into_iter()
        .filter_map(|path| {
            answers.get(&path).and_then(|answer| answer.as_ref().ok()?.clone()).map(|m| (path, m))
        })
        .collect()
}

/// Finds programs, each once.
#[derive(Debug)]
pub(crate) struct Finder<'a> {
    search: &'a Search,
    found: HashMap<(Option<String>, String), Result<PathBuf, Missing>>,
}

/// A program that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) why: String,
    /// Where it was looked for.
    pub(crate) looked: Vec<PathBuf>,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(search: &'a Search) -> Self {
        Self { search, found: HashMap::new() }
    }

    /// The program `exec`, of ROS package `pkg` if one is named. A name with a slash is a path, from
    /// `folder` if it is relative.
    pub(crate) fn find(&mut self, pkg: Option<&str>, exec: &str, folder: &Path) -> Result<PathBuf, Missing> {
        // Absolute, because a node may run in a folder of its own.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        if exec.contains('/') {
            return program_at(&folder.join(exec)).map(absolute);
        }
        let key = (pkg.map(str::to_owned), exec.to_owned());
        let search = self.search;
        self.found.entry(key).or_insert_with(|| look(search, pkg, exec).map(absolute)).clone()
    }
}

fn look(search: &Search, pkg: Option<&str>, exec: &str) -> Result<PathBuf, Missing> {
    let libraries = pkg.into_iter().flat_map(|pkg| {
        paths("AMENT_PREFIX_PATH").into_iter().map(move |prefix| prefix.join("lib").join(pkg))
    });
    let folders: Vec<PathBuf> = libraries.chain(search.folders.iter().cloned()).collect();
    if exec.is_empty() || exec == "." || exec == ".." {
        return Err(Missing { why: format!("`{exec}` is no program's name"), looked: Vec::new() });
    }
    match folders.iter().map(|folder| folder.join(exec)).find(|path| is_program(path)) {
        Some(path) => Ok(path),
        None => Err(Missing { why: format!("there is no program `{exec}`"), looked: folders }),
    }
}

fn program_at(path: &Path) -> Result<PathBuf, Missing> {
    if is_program(path) {
        return Ok(path.to_owned());
    }
    let shown = path.display();
    let why = if path.is_file() {
        format!("`{shown}` is not executable")
    } else if path.exists() {
        format!("`{shown}` is no file")
    } else {
        format!("there is no file `{shown}`")
    };
    Err(Missing { why, looked: Vec::new() })
}

/// The install prefix of a ROS 2 package.
pub(crate) fn package_prefix(package: &str) -> Option<PathBuf> {
    let marker = Path::new("share/ament_index/resource_index/packages").join(package);
    let named = !package.is_empty() && !package.contains('/');
    paths("AMENT_PREFIX_PATH").into_iter().find(|prefix| named && prefix.join(&marker).is_file())
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn paths(variable: &str) -> Vec<PathBuf> {
    let Some(value) = std::env::var_os(variable) else { return Vec::new() };
    std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect()
}
