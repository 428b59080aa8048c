//! Interpreters with packages from the package index.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An interpreter with these packages: an environment called `name` below `folder`, made once. Why not, if the package
/// index or Python is not to be had.
pub fn python_with(folder: &Path, name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = folder.join(format!("python-{name}"));
    let (python, ready) = (folder.join("bin/python"), folder.join("ready"));
    if std::fs::read_to_string(&ready).is_ok_and(|made_of| made_of == packages.join(" ")) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:"])
        .args(packages))?;
    std::fs::write(ready, packages.join(" ")).map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(errors.trim_end().lines().last().unwrap_or("it failed").to_owned())
}
