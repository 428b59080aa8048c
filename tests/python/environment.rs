//! An interpreter with what a test needs.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use vc_tests::harness::python_with;

/// What a test needs of Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing but Python.
    Python,
    /// NumPy.
    Numpy,
    /// What builds the wheel.
    Maturin,
}

const NUMPY: &[&str] = &["numpy<3"];
const MATURIN: &[&str] = &["maturin>=1.7,<2"];

/// The interpreter; none, and a word on standard output, if it cannot be had.
pub(crate) fn python(needs: Needs) -> Option<PathBuf> {
    static NUMPY_MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    static MATURIN_MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = match needs {
        Needs::Python => return Some(PathBuf::from("python3")),
        Needs::Numpy => NUMPY_MADE.get_or_init(|| made("numpy", NUMPY)),
        Needs::Maturin => MATURIN_MADE.get_or_init(|| made("maturin", MATURIN)),
    };
    match found {
        Ok(python) => Some(python.clone()),
        Err(why) => {
            println!("SKIPPED: no Python with {needs:?}: {why}");
            None
        }
    }
}

fn made(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    python_with(Path::new(env!("CARGO_TARGET_TMPDIR")), name, packages)
}
