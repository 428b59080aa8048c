//! The folder of a run's log files: where it is, and how many old ones are kept.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::clock_text;

/// Runs whose logs are kept, the present one included.
const KEPT: usize = 20;

/// Where runs are logged: `given`, else `$ROS_LOG_DIR`, else `$ROS_HOME/log`, else
/// `$XDG_STATE_HOME/vc/log`, else `~/.local/state/vc/log`.
pub fn base(given: Option<PathBuf>, variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    given
        .or_else(|| path("ROS_LOG_DIR"))
        .or_else(|| Some(path("ROS_HOME")?.join("log")))
        .or_else(|| Some(path("XDG_STATE_HOME")?.join("vc/log")))
        .or_else(|| Some(path("HOME")?.join(".local/state/vc/log")))
        .unwrap_or_else(|| std::env::temp_dir().join("vc-log"))
}

/// The folder of a run that this process begins now: `<date>-<time>-<pid>` below `base`.
pub fn of_run(base: &Path) -> PathBuf {
    base.join(format!("{}-{}", clock_text::folder(SystemTime::now()), std::process::id()))
}

/// The log file of a node, `camera` or `robot1/camera`, in a run's folder.
pub fn file(folder: &Path, node: &str) -> PathBuf {
    folder.join(format!("{}.log", node.replace('/', ".")))
}

/// Makes a run's folder, points `latest` beside it at it and removes the oldest runs.
///
/// # Errors
/// The system's, if the folder cannot be made. The link and the removal are done as far as possible.
pub(crate) fn create(folder: &Path) -> io::Result<()> {
    // The same process may run two circuits within a second.
    fs::create_dir_all(folder)?;
    if let (Some(base), Some(name)) = (folder.parent(), folder.file_name()) {
        point_latest(base, name);
        prune(base);
    }
    Ok(())
}

/// Replaces the link in one step. What is there and is no link of ours stays.
fn point_latest(base: &Path, name: &OsStr) {
    let link = base.join("latest");
    let is_other = fs::symlink_metadata(&link).is_ok_and(|found| !found.is_symlink());
    let fresh = base.join(format!(".latest-{}", std::process::id()));
    if !is_other && std::os::unix::fs::symlink(name, &fresh).is_ok() && fs::rename(&fresh, &link).is_err() {
        let _ = fs::remove_file(&fresh);
    }
}

/// Removes the oldest runs of ours: folders of our name whose launcher is gone, and in them the
/// files of our name only.
fn prune(base: &Path) {
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    let mut runs: Vec<String> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| launcher(name).is_some())
        .collect();
    runs.sort_unstable();
    let surplus = runs.len().saturating_sub(KEPT);
    for run in &runs[..surplus] {
        let is_over = launcher(run).is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists());
        if is_over {
            remove(&base.join(run));
        }
    }
}

/// The process id in the name of a run's folder; none: not a run of ours.
fn launcher(name: &str) -> Option<u32> {
    let mut parts = name.split('-');
    let mut digits = |count: usize| {
        let part = parts.next()?;
        (part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(())
    };
    digits(8)?;
    digits(6)?;
    let pid = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some(pid)
}

fn remove(folder: &Path) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let stem = name.to_str().map(|name| name.strip_suffix(".1").unwrap_or(name));
        let is_log = stem.is_some_and(|stem| Path::new(stem).extension().is_some_and(|end| end == "log"));
        if is_log && file.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(file.path());
        }
    }
    // Refused if somebody put something else there.
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ros_variables_come_first() {
        let variables = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        };
        let all =
            variables(&[("ROS_LOG_DIR", "/a"), ("ROS_HOME", "/b"), ("XDG_STATE_HOME", "/c"), ("HOME", "/d")]);

        assert_eq!(base(Some("/x".into()), all), Path::new("/x"));
        assert_eq!(base(None, all), Path::new("/a"));
        assert_eq!(base(None, variables(&[("ROS_HOME", "/b"), ("HOME", "/d")])), Path::new("/b/log"));
        assert_eq!(
            base(None, variables(&[("ROS_LOG_DIR", ""), ("HOME", "/d")])),
            Path::new("/d/.local/state/vc/log")
        );
    }

    #[test]
    fn only_the_newest_runs_are_kept_and_nothing_else_is_touched() {
        let base = tempfile::tempdir().unwrap();
        for run in 0..30 {
            let folder = base.path().join(format!("20200101-0000{run:02}-999999999"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("camera.log"), "x").unwrap();
        }
        fs::write(base.path().join("20200101-000000-999999999/notes.txt"), "mine").unwrap();
        fs::create_dir(base.path().join("2020-01-01-00-00-00-robot-7")).unwrap();

        let folder = of_run(base.path());
        create(&folder).unwrap();

        assert_eq!(fs::read_link(base.path().join("latest")).unwrap(), folder.file_name().unwrap());
        assert!(base.path().join("20200101-000000-999999999/notes.txt").exists());
        assert!(base.path().join("2020-01-01-00-00-00-robot-7").exists());
        assert!(!base.path().join("20200101-000001-999999999").exists());
        let left = fs::read_dir(base.path()).unwrap().count();
        assert_eq!(left, KEPT + 1 + 1 + 1, "20 runs, one with notes, one of ROS, the link");
    }
}
