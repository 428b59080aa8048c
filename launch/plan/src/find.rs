//! Where programs are found: block folders, `PATH`, and ROS 2's install prefixes.

mod package;

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use vc_words::Manifest;
use vc_words::host_line::HOST_MARK;

use crate::describe::Describe;
use crate::python::{Interpreter, Program, USUAL, is_python, is_script};
pub use package::{MissingPackage, package_share};
pub(crate) use package::{package_prefix, package_program};

/// The most files of a folder that are looked at for suggestions and listings.
const MAX_LISTED: usize = 2000;

/// Where programs are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// The folders, in order; the first that has the program wins.
    pub folders: Vec<PathBuf>,
    /// What interprets blocks in Python that name nothing else; none: `python3`.
    pub python: Option<String>,
}

impl Search {
    /// The entries of `VC_BLOCKS_PATH`, the folder of the running executable, the entries of `PATH`.
    pub fn default_folders() -> Self {
        let mut folders = own_folders();
        folders.extend(paths("PATH"));
        Self { folders, python: None }
    }

    /// The folders that may hold blocks: not those that are here only because they are on `PATH`.
    fn block_folders(&self) -> Vec<&PathBuf> {
        let (own, common) = (own_folders(), paths("PATH"));
        let mut folders: Vec<&PathBuf> = Vec::new();
        for folder in &self.folders {
            if (own.contains(folder) || !common.contains(folder)) && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        folders
    }

    /// Whether a folder is one that holds blocks: not one that is here only because it is on `PATH`.
    pub fn is_block_folder(&self, folder: &Path) -> bool {
        self.block_folders().iter().any(|known| *known == folder)
    }

    /// The names of the programs in the block folders and of the blocks in Python in `folder`, for suggestions.
    pub(crate) fn block_names(&self, folder: &Path) -> Vec<String> {
        let beside = listed(folder).into_iter().filter(|path| is_script(path));
        let all = beside.chain(self.block_programs());
        all.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    }

    /// What interprets a file if it is a block in Python: the interpreter `named`, or the usual one.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn interpreter(
        &self,
        named: Option<(&str, &Path)>,
        python_path: Option<&str>,
    ) -> Result<Interpreter, String> {
        let here = Path::new(".");
        let usual = || (self.python.as_deref().unwrap_or(USUAL), here);
        let (named, folder) = named.unwrap_or_else(usual);
        Interpreter::find(named, folder, python_path)
    }

    fn block_programs(&self) -> impl Iterator<Item = PathBuf> {
        let all = self.block_folders().into_iter().flat_map(|folder| listed(folder));
        all.filter(|path| is_program(path) || is_script(path))
    }
}

/// The files of a folder, sorted.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().take(MAX_LISTED);
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// `VC_BLOCKS_PATH`, and the folder of the running executable.
fn own_folders() -> Vec<PathBuf> {
    let mut folders = paths("VC_BLOCKS_PATH");
    folders.extend(std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)));
    folders
}

/// The blocks in the folders of `search` (those on `PATH` aside), each once, by name, with what they
/// say of themselves. A program that is no block, or does not answer, is left out.
pub fn blocks(search: &Search, describe: &dyn Describe) -> Vec<(PathBuf, Manifest)> {
    let python = search.interpreter(None, None).ok();
    let programs: Vec<Program> = search
        .block_programs()
        .map(|file| Program { python: python.clone().filter(|_| is_script(&file)), file })
        .collect();
    let mut answers = crate::describe::all(&programs, describe);
    let mut found: Vec<(PathBuf, Manifest)> = Vec::new();
    for program in programs {
        if let Some(Ok(Some(manifest))) = answers.remove(&program) {
            found.push((program.file, manifest));
        }
    }
    // Of several programs of one block, the one that bears its name is the one launch files name,
    // and of those the first found.
    let named =
        |(program, manifest): &(PathBuf, Manifest)| program.file_name() == Some(manifest.block.as_ref());
    found.sort_by_key(|block| !named(block));
    let mut seen = HashSet::new();
    found.retain(|(_, manifest)| seen.insert(manifest.block.clone()));
    found.sort_by(|a, b| a.1.block.cmp(&b.1.block));
    found
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
    /// If a ROS package was named: what is missing of it.
    pub(crate) of_package: Option<OfPackage>,
}

/// What is missing of a ROS package that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OfPackage {
    /// All of it.
    Everything(MissingPackage),
    /// The program; it has these.
    Program(Vec<String>),
}

impl Missing {
    fn new(why: String, looked: Vec<PathBuf>) -> Self {
        Self { why, looked, of_package: None }
    }
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
        // A block in Python stands where its circuit does, more often than not.
        let beside = folder.join(exec);
        let may_be_beside = pkg.is_none() && is_python(&beside);
        if may_be_beside && is_script(&beside) {
            return Ok(absolute(beside));
        }
        let key = (pkg.map(str::to_owned), exec.to_owned());
        let search = self.search;
        let found = self.found.entry(key);
        let found =
            found.or_insert_with(|| look(search, &package::prefixes(), pkg, exec).map(absolute)).clone();
        found.map_err(|missing| {
            let folder = may_be_beside.then(|| folder.to_owned());
            Missing { looked: folder.into_iter().chain(missing.looked).collect(), ..missing }
        })
    }
}

fn look(search: &Search, prefixes: &[PathBuf], pkg: Option<&str>, exec: &str) -> Result<PathBuf, Missing> {
    let libraries =
        pkg.into_iter().flat_map(|pkg| prefixes.iter().map(move |prefix| prefix.join("lib").join(pkg)));
    let folders: Vec<PathBuf> = libraries.chain(search.folders.iter().cloned()).collect();
    if exec.is_empty() || exec == "." || exec == ".." {
        return Err(Missing::new(format!("`{exec}` is no program's name"), Vec::new()));
    }
    if let Some(path) =
        folders.iter().map(|folder| folder.join(exec)).find(|path| is_program(path) || is_script(path))
    {
        return Ok(path);
    }
    let Some(pkg) = pkg else { return Err(Missing::new(format!("there is no program `{exec}`"), folders)) };
    let (why, of_package) = if package::prefix_of(prefixes, pkg).is_some() {
        let programs = package::programs(prefixes, pkg);
        (format!("ROS 2 package `{pkg}` has no program `{exec}`"), OfPackage::Program(programs))
    } else {
        let missing = MissingPackage::new(pkg, prefixes);
        (missing.to_string(), OfPackage::Everything(missing))
    };
    Err(Missing { of_package: Some(of_package), ..Missing::new(why, folders) })
}

fn program_at(path: &Path) -> Result<PathBuf, Missing> {
    if is_program(path) || is_script(path) {
        return Ok(path.to_owned());
    }
    let shown = path.display();
    let why = if path.is_file() && is_python(path) {
        format!(
            "`{shown}` is not executable, and no block: it has neither `import vc` nor a `{HOST_MARK}` line near its top"
        )
    } else if path.is_file() {
        format!("`{shown}` is not executable")
    } else if path.exists() {
        format!("`{shown}` is no file")
    } else {
        format!("there is no file `{shown}`")
    };
    Err(Missing::new(why, Vec::new()))
}

pub(crate) fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

pub(crate) fn paths(variable: &str) -> Vec<PathBuf> {
    let Some(value) = std::env::var_os(variable) else { return Vec::new() };
    std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a program of a package, and one of that name outside of it.
    pub(super) fn installed() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["ros/lib/demo/talker", "bin/talker"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let index = folder.path().join("ros/share/ament_index/resource_index/packages");
        std::fs::create_dir_all(&index).unwrap();
        std::fs::write(index.join("demo"), "").unwrap();
        folder
    }

    #[test]
    fn a_package_comes_before_the_folders() {
        let folder = installed();
        let prefixes = [folder.path().join("empty"), folder.path().join("ros")];
        let search = Search { folders: vec![folder.path().join("bin")], python: None };
        let found = |pkg| look(&search, &prefixes, pkg, "talker").unwrap();

        assert_eq!(found(Some("demo")), folder.path().join("ros/lib/demo/talker"));
        assert_eq!(found(Some("other")), folder.path().join("bin/talker"));
        assert_eq!(found(None), folder.path().join("bin/talker"));
        let missing = |pkg| look(&search, &prefixes, Some(pkg), "nobody").unwrap_err();
        assert_eq!(missing("demo").looked.len(), 3);
        assert_eq!(missing("demo").of_package, Some(OfPackage::Program(vec!["talker".into()])));
        assert!(matches!(missing("other").of_package, Some(OfPackage::Everything(_))));
    }

    #[test]
    fn a_name_that_is_no_file_is_not_found() {
        let search = Search { folders: vec!["/usr".into()], python: None };
        for name in ["", ".", "..", "bin"] {
            assert!(look(&search, &[], None, name).is_err(), "{name}");
        }
    }
}
