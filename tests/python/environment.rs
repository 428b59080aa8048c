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
}

const NUMPY: &[&str] = &["numpy<3"];

/// The interpreter; none, and a word on standard output, if it cannot be had.
pub(crate) fn python(needs: Needs) -> Option<PathBuf> {
    static NUMPY_MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = match needs {
        Needs::Python => return Some(PathBuf::from("python3")),
        Needs::Numpy => {
            NUMPY_MADE.get_or_init(|| python_with(Path::new(env!("CARGO_TARGET_TMPDIR")), "numpy", NUMPY))
        }
    };
    match made {
        Ok(python) => Some(python.clone()),
        Err(why) => {
            println!("SKIPPED: no Python with {needs:?}: {why}");
            None
        }
    }
}
