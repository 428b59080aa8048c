//! What the benches that start `vclaunch` have in common.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::report::BenchError;

/// `vclaunch`, in the domain of all measurements of ours.
pub(crate) fn vclaunch() -> Result<Command, BenchError> {
    let mut command = Command::new(sibling("vclaunch")?);
    command.env("ROS_DOMAIN_ID", crate::ours::domain().id().to_string()).stdin(Stdio::null());
    Ok(command)
}

/// `vclaunch` running a launch file, its events on standard output and its log in `folder`.
pub(crate) fn run(folder: &Folder, file: &Path) -> Result<Command, BenchError> {
    let mut command = vclaunch()?;
    command.args(["run", "--json", "--log-dir"]).arg(folder.0.join("log")).arg(file).stdout(Stdio::piped());
    Ok(command)
}

/// A program that is built with this one.
pub(crate) fn sibling(program: &str) -> Result<PathBuf, BenchError> {
    let path = std::env::current_exe()?.with_file_name(program);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("no {}; build it with `cargo build --release --workspace --bins`", path.display()).into())
    }
}

/// A folder of our own in the system's one for temporary files, removed on drop.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self, BenchError> {
        let path = std::env::temp_dir().join(format!("vc-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Writes a launch file with these entries into the folder.
    pub(crate) fn launch_file(&self, name: &str, entries: &str) -> Result<PathBuf, BenchError> {
        let path = self.0.join(name);
        std::fs::write(&path, format!("launch:\n{entries}"))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system cleans up its folder of temporary files too.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
