//! The Python that interprets a block, and where it finds the package `vc`.

use std::path::{Path, PathBuf};

use crate::find::{is_program, paths};

/// What interprets blocks that name nothing else.
pub(crate) const USUAL: &str = "python3";
/// The package's compiled half, as cargo builds it.
const LIBRARY: &str = "libvc_python.so";

/// A Python, and what it is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interpreter {
    /// The program.
    pub exe: PathBuf,
    /// The value of `PYTHONPATH`.
    pub path: Option<String>,
    /// The package's compiled half, in a checkout of the project.
    pub library: Option<PathBuf>,
}

impl Interpreter {
    /// The interpreter `named`: a program on `PATH`, or the path of a program or of a virtual environment, from `folder`
    /// if it is relative. `path` is what the node's own environment says of `PYTHONPATH`.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn find(named: &str, folder: &Path, path: Option<&str>) -> Result<Self, String> {
        let at = folder.join(named);
        let exe = if at.is_dir() {
            let inner = at.join("bin/python");
            if !is_program(&inner) {
                return Err(format!("`{}` is no virtual environment: it has no `bin/python`", at.display()));
            }
            inner
        } else if named.contains('/') {
            if !is_program(&at) {
                return Err(format!("there is no program `{}`", at.display()));
            }
            at
        } else {
            let found =
                paths("PATH").into_iter().map(|folder| folder.join(named)).find(|exe| is_program(exe));
            found.ok_or_else(|| format!("there is no program `{named}` on PATH"))?
        };
        let checkout = std::env::current_exe().ok().and_then(|exe| Checkout::around(&exe));
        let theirs = path.map(str::to_owned).or_else(|| std::env::var("PYTHONPATH").ok());
        let theirs = theirs.filter(|path| !path.is_empty());
        let ours = checkout.as_ref().map(|checkout| checkout.package.display().to_string());
        let path = match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(format!("{ours}:{theirs}")),
            (ours, theirs) => ours.or(theirs),
        };
        // Not resolved: a virtual environment is known by the link that leads out of it.
        let exe = std::path::absolute(&exe).unwrap_or(exe);
        Ok(Self { exe, path, library: checkout.and_then(|checkout| checkout.library) })
    }

    /// The variables that it is started with.
    pub(crate) fn environment(&self) -> Vec<(String, Option<String>)> {
        // Lines are to be seen when they are printed.
        let mut variables = vec![("PYTHONUNBUFFERED".to_owned(), Some("1".to_owned()))];
        variables.extend(self.path.clone().map(|path| ("PYTHONPATH".to_owned(), Some(path))));
        let library = self.library.as_ref().filter(|_| std::env::var_os("VC_PYTHON_LIBRARY").is_none());
        variables
            .extend(library.map(|file| ("VC_PYTHON_LIBRARY".to_owned(), Some(file.display().to_string()))));
        variables
    }
}

/// The project's source, where it was built and is run without being installed.
#[derive(Debug, PartialEq, Eq)]
struct Checkout {
    /// The folder with the package `vc`.
    package: PathBuf,
    library: Option<PathBuf>,
}

impl Checkout {
    /// The checkout that a program was built in: `<checkout>/target/<profile>/<program>`.
    fn around(exe: &Path) -> Option<Self> {
        let mut folders = exe.ancestors().skip(1).take(5);
        let package = folders.clone().map(|folder| folder.join("python"));
        let package = package.into_iter().find(|folder| folder.join("vc/_load.py").is_file())?;
        let library = folders.find_map(|folder| Some(folder.join(LIBRARY)).filter(|file| file.is_file()));
        Some(Self { package, library })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn file(folder: &Path, name: &str, mode: u32) -> PathBuf {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn an_interpreter_is_a_program_or_an_environment() {
        let folder = tempfile::tempdir().unwrap();
        let inner = file(folder.path(), "venv/bin/python", 0o755);
        let mine = file(folder.path(), "mypython", 0o755);
        file(folder.path(), "dull", 0o644);
        std::fs::create_dir(folder.path().join("empty")).unwrap();
        let find = |named: &str| Interpreter::find(named, folder.path(), None).map(|found| found.exe);

        assert_eq!(find("venv"), Ok(inner.clone()));
        assert_eq!(find("venv/bin/python"), Ok(inner));
        assert_eq!(find("./mypython"), Ok(folder.path().join("./mypython")));
        assert_eq!(find(mine.to_str().unwrap()), Ok(mine));
        for (named, why) in [
            ("empty", "is no virtual environment: it has no `bin/python`"),
            ("./dull", "there is no program"),
            ("python-of-nobody", "there is no program `python-of-nobody` on PATH"),
        ] {
            assert!(find(named).unwrap_err().contains(why), "{named}");
        }
    }

    #[test]
    fn a_checkout_is_found_from_what_was_built_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let exe = file(folder.path(), "target/debug/vclaunch", 0o755);
        assert_eq!(Checkout::around(&exe), None);
        file(folder.path(), "python/vc/_load.py", 0o644);
        let package = folder.path().join("python");
        assert_eq!(Checkout::around(&exe), Some(Checkout { package: package.clone(), library: None }));
        let library = file(folder.path(), "target/debug/libvc_python.so", 0o755);
        assert_eq!(Checkout::around(&exe), Some(Checkout { package, library: Some(library) }));
    }

    #[test]
    fn the_nodes_own_path_stays() {
        let found = Interpreter::find("/bin/sh", Path::new("/"), Some("/mine")).unwrap();
        assert!(found.path.unwrap().ends_with("/mine"));
    }
}
