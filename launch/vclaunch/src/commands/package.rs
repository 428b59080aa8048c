//! Launch files that are named by their ROS 2 package.

use std::path::{Path, PathBuf};

use crate::exit_code::{self, Code};
use crate::report::{self, Style};

/// Folders and files of a package that are looked at, and how deep: enough for any package.
const MAX_ENTRIES: usize = 20_000;
const MAX_DEPTH: usize = 8;

/// The launch file meant: `first`, or the file called `name` that the package `first` shares.
///
/// # Errors
/// The exit code, after it was reported that there is no such package or file, or more than one.
pub(crate) fn file(first: &Path, name: Option<&Path>, style: Style) -> Result<PathBuf, Code> {
    let Some(name) = name else { return Ok(first.to_owned()) };
    let package = first.to_string_lossy();
    let fail = |message: &str, hint: Option<&str>| {
        report::error(message, hint, style);
        Err(exit_code::LAUNCH_FILE_UNREADABLE)
    };
    let share = match vc_plan::package_share(&package) {
        Ok(share) => share,
        Err(missing) => return fail(&missing.to_string(), Some(&missing.hint())),
    };
    let files = files(&share);
    let found: Vec<&PathBuf> = files.iter().filter(|path| path.ends_with(name)).collect();
    match found.as_slice() {
        [only] => Ok((*only).clone()),
        [] => {
            let names: Vec<&str> = files.iter().filter_map(|path| path.file_name()?.to_str()).collect();
            let near = vc_words::suggest::nearest(&name.to_string_lossy(), names.iter().copied());
            let message = format!("package `{package}` has no file `{}`", name.display());
            let looked = format!("it was looked for below `{}`", share.display());
            let hint = near.map_or(looked.clone(), |near| format!("did you mean `{near}`?"));
            fail(&message, Some(&hint))
        }
        several => {
            let message = format!("package `{package}` has {} files `{}`", several.len(), name.display());
            let paths: Vec<String> = several.iter().map(|path| format!("`{}`", path.display())).collect();
            fail(&message, Some(&format!("give the path of one: {}", paths.join(", "))))
        }
    }
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![(folder.to_owned(), 0)];
    let mut files = Vec::new();
    let mut seen = 0;
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > MAX_ENTRIES {
                return files;
            }
            let path = entry.path();
            // A link to a folder above would lead round in a circle: the depth is bounded.
            if path.is_dir() {
                folders.extend((depth < MAX_DEPTH).then_some((path, depth + 1)));
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
