//! ROS 2's packages: where they are installed, and what to say of one that is not there.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{MAX_LISTED, is_program, paths};

/// Where, below an install prefix, an empty file says that a package is there.
const INDEX: &str = "share/ament_index/resource_index/packages";
/// Where ROS 2's releases are installed.
const RELEASES: &str = "/opt/ros";

/// The install prefixes in force, the entries of `AMENT_PREFIX_PATH`.
pub(crate) fn prefixes() -> Vec<PathBuf> {
    paths("AMENT_PREFIX_PATH")
}

/// A ROS 2 package that is not installed, or not in any of the prefixes in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPackage {
    name: String,
    prefixes: Vec<PathBuf>,
}

impl fmt::Display for MissingPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no ROS 2 package `{}`", self.name)
    }
}

impl std::error::Error for MissingPackage {}

impl MissingPackage {
    pub(super) fn new(name: &str, prefixes: &[PathBuf]) -> Self {
        Self { name: name.to_owned(), prefixes: prefixes.to_vec() }
    }

    /// What may help, a line each.
    pub fn hint(&self) -> String {
        if self.prefixes.is_empty() {
            let releases = std::fs::read_dir(RELEASES).into_iter().flatten().flatten();
            let mut names: Vec<_> =
                releases.filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.sort();
            let release = names.pop().unwrap_or_else(|| "RELEASE".to_owned());
            return format!(
                "AMENT_PREFIX_PATH is not set: run `source {RELEASES}/{release}/setup.bash` first"
            );
        }
        let names = names(&self.prefixes);
        let near = vc_words::suggest::nearest(&self.name, names.iter().map(String::as_str));
        let mut lines: Vec<String> = near.map(|near| format!("did you mean `{near}`?")).into_iter().collect();
        let prefixes: Vec<String> =
            self.prefixes.iter().map(|prefix| format!("`{}`", prefix.display())).collect();
        lines.push(format!("AMENT_PREFIX_PATH says to look in {}", prefixes.join(", ")));
        let release = release(&self.prefixes).unwrap_or_else(|| "RELEASE".to_owned());
        let debian = self.name.replace('_', "-").to_lowercase();
        lines.push(format!("it may come with `sudo apt install ros-{release}-{debian}`"));
        lines.join("\n")
    }
}

/// The release whose packages are in force, such as `jazzy`.
fn release(prefixes: &[PathBuf]) -> Option<String> {
    let by_path =
        prefixes.iter().find_map(|prefix| prefix.strip_prefix(RELEASES).ok()?.iter().next()?.to_str());
    by_path.map(str::to_owned).or_else(|| std::env::var("ROS_DISTRO").ok().filter(|name| !name.is_empty()))
}

/// The install prefix of a package.
pub(super) fn prefix_of<'a>(prefixes: &'a [PathBuf], package: &str) -> Option<&'a PathBuf> {
    let named = !package.is_empty() && !package.contains('/') && package != "..";
    let has = |prefix: &&PathBuf| {
        prefix.join(INDEX).join(package).is_file() || prefix.join("lib").join(package).is_dir()
    };
    prefixes.iter().filter(|_| named).find(has)
}

/// The install prefix of a ROS 2 package.
///
/// # Errors
/// [`MissingPackage`] if none of the prefixes in force has it.
pub(crate) fn package_prefix(package: &str) -> Result<PathBuf, MissingPackage> {
    let prefixes = prefixes();
    prefix_of(&prefixes, package).cloned().ok_or_else(|| MissingPackage::new(package, &prefixes))
}

/// A program of a ROS 2 package.
pub(crate) fn package_program(package: &str, program: &str) -> Option<PathBuf> {
    program_of(&prefixes(), package, program)
}

fn program_of(prefixes: &[PathBuf], package: &str, program: &str) -> Option<PathBuf> {
    let named = [package, program].iter().all(|name| !name.is_empty() && !name.contains('/'));
    let mut places = prefixes.iter().map(|prefix| prefix.join("lib").join(package).join(program));
    places.find(|path| named && is_program(path))
}

/// The folder of what a ROS 2 package shares, such as its launch files.
///
/// # Errors
/// [`MissingPackage`] if none of the entries of `AMENT_PREFIX_PATH` has it.
pub fn package_share(package: &str) -> Result<PathBuf, MissingPackage> {
    Ok(package_prefix(package)?.join("share").join(package))
}

/// The packages of all prefixes, for suggestions.
fn names(prefixes: &[PathBuf]) -> Vec<String> {
    prefixes.iter().flat_map(|prefix| files(&prefix.join(INDEX))).map(|(name, _)| name).collect()
}

/// The programs of a package, for suggestions.
pub(super) fn programs(prefixes: &[PathBuf], package: &str) -> Vec<String> {
    let folders = prefixes.iter().map(|prefix| prefix.join("lib").join(package));
    let found = folders.flat_map(|folder| files(&folder)).filter(|(_, path)| is_program(path));
    let mut names: Vec<String> = found.map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names
}

fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_LISTED);
    entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_its_mark() {
        let folder = super::super::tests::installed();
        let prefixes = [folder.path().join("empty"), folder.path().join("ros")];

        assert_eq!(prefix_of(&prefixes, "demo"), Some(&folder.path().join("ros")));
        assert_eq!(prefix_of(&prefixes, ""), None);
        assert_eq!(prefix_of(&prefixes, ".."), None);
        assert_eq!(prefix_of(&prefixes, "../packages/demo"), None);
        assert_eq!(programs(&prefixes, "demo"), ["talker"]);
        let program = |package, name| program_of(&prefixes, package, name);
        assert_eq!(program("demo", "talker"), Some(folder.path().join("ros/lib/demo/talker")));
        for (package, name) in [("demo", "nobody"), ("demo", "../demo/talker"), ("", "talker"), ("demo", "")]
        {
            assert_eq!(program(package, name), None, "{package} {name}");
        }
    }

    #[test]
    fn a_missing_package_is_told_with_what_helps() {
        let folder = super::super::tests::installed();
        let missing = MissingPackage::new("demos", &[folder.path().join("ros"), "/opt/ros/jazzy".into()]);

        let place = folder.path().display();
        assert_eq!(missing.to_string(), "there is no ROS 2 package `demos`");
        assert_eq!(
            missing.hint(),
            format!(
                "did you mean `demo`?\nAMENT_PREFIX_PATH says to look in `{place}/ros`, `/opt/ros/jazzy`\n\
                 it may come with `sudo apt install ros-jazzy-demos`"
            )
        );
        let unset = MissingPackage::new("demo", &[]).hint();
        assert!(unset.starts_with("AMENT_PREFIX_PATH is not set: run `source /opt/ros/"), "{unset}");
    }
}
