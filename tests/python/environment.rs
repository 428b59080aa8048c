//! An interpreter with what a test needs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What a test needs of Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing but Python.
    Python,
    /// NumPy.
    Numpy,
}

const NUMPY: &[&str] = &["numpy<3"];

/// The interpreter; none, and a word on standard output, if it cannot be had.
pub(crate) fn python(needs: Needs) -> Option<PathBuf> {
    static NUMPY_MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = match needs {
        Needs::Python => return Some(PathBuf::from("python3")),
        Needs::Numpy => NUMPY_MADE.get_or_init(|| environment("numpy", NUMPY)),
    };
    match made {
        Ok(python) => Some(python.clone()),
        Err(why) => {
            println!("SKIPPED: no Python with {needs:?}: {why}");
            None
        }
    }
}

/// An environment with these packages, made once.
fn environment(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{name}"));
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
