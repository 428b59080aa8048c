//! The Python code of projects that are run directly: files by their content, below the user's cache.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::describe::cache::{user_cache, write_whole};

/// Why code cannot be laid out.
#[derive(Debug, thiserror::Error)]
pub(super) enum LayError {
    #[error("there is no folder for the project's Python code: set HOME or XDG_CACHE_HOME")]
    NoFolder,
    #[error("cannot write the project's Python code to `{}`: {source}", .file.display())]
    Write { file: PathBuf, source: std::io::Error },
}

/// The file with this text: the one that is there, or a new one. Two runs at once write the same, each whole.
pub(super) fn lay(folder: Option<&Path>, stem: &str, text: &str) -> Result<PathBuf, LayError> {
    let of_user = || user_cache("blocks");
    let folder = folder.map(Path::to_owned).or_else(of_user).ok_or(LayError::NoFolder)?;
    let digest = Sha256::digest(text.as_bytes());
    let name = digest.iter().take(16).fold(String::new(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    });
    let file = folder.join(name).join(format!("{stem}.py"));
    // A file that was changed since is written anew.
    if !std::fs::read(&file).is_ok_and(|known| known == text.as_bytes()) {
        write_whole(&file, text.as_bytes())
            .map_err(|source| LayError::Write { file: file.clone(), source })?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_lies_in_one_place_and_is_always_whole() {
        let folder = tempfile::tempdir().unwrap();
        let lay = |text: &str| lay(Some(folder.path()), "Code", text).unwrap();

        let file = lay("a = 1\n");
        assert_eq!(lay("a = 1\n"), file);
        assert_ne!(lay("a = 2\n"), file);
        assert!(file.ends_with("Code.py"));
        std::fs::write(&file, "a = ").unwrap();
        assert_eq!(lay("a = 1\n"), file);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "a = 1\n");
    }

    #[test]
    fn many_at_once_write_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let text = "x".repeat(1 << 20);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let file = lay(Some(folder.path()), "Code", &text).unwrap();
                    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
                });
            }
        });
    }
}
