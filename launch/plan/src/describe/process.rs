//! Asks the program itself, and remembers the answer.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use vc_words::Manifest;
use vc_words::manifest::BLOCK_MARKER;
use vc_words::manifest::ManifestError;

use super::cache::{Cache, Key, Known};
use super::{Describe, DescribeError};
use crate::listen::{Bounds, Unheard, listen};

const ELF: &[u8] = b"\x7fELF";
const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 4 << 20;

/// Runs `program --describe`, and keeps the answers in memory and on disk.
///
/// Only a compiled program that contains [`BLOCK_MARKER`] is run: without a shell, without input,
/// for at most 5 s and 4 MiB of output. The cache lies below `$XDG_CACHE_HOME` or `~/.cache`, in
/// `vc/manifests`, one file a program; an entry counts as long as the program's path, size, inode and
/// time of change stay the same, and a broken one is ignored.
#[derive(Debug)]
pub struct ProcessDescribe {
    cache: Cache,
    timeout: Duration,
}

impl ProcessDescribe {
    /// With the user's cache.
    pub fn new() -> Self {
        Self { cache: Cache::of_user(), timeout: TIMEOUT }
    }

    /// With a cache in `folder`.
    pub fn with_cache(folder: impl Into<std::path::PathBuf>) -> Self {
        Self { cache: Cache::new(Some(folder.into())), timeout: TIMEOUT }
    }

    fn ask(&self, program: &Path) -> Result<Option<Manifest>, DescribeError> {
        let bounds = Bounds { time: self.timeout, bytes: MAX_ANSWER };
        let heard = listen(Command::new(program).arg("--describe").stderr(Stdio::null()), bounds);
        let program = program.to_owned();
        let heard = heard.map_err(|unheard| match unheard {
            Unheard::Start(source) => DescribeError::Start { program: program.clone(), source },
            Unheard::Timeout => {
                DescribeError::Timeout { program: program.clone(), seconds: self.timeout.as_secs() }
            }
            Unheard::Long => DescribeError::Long { program: program.clone(), mebibytes: MAX_ANSWER >> 20 },
        })?;
        // One that closed its output but went on has answered all the same.
        if heard.status.is_some_and(|status| !status.success()) {
            return Ok(None);
        }
        match Manifest::from_json(&String::from_utf8(heard.stdout).unwrap_or_default()) {
            Ok(manifest) => Ok(Some(manifest)),
            Err(ManifestError::Form(_)) => Ok(None),
            Err(source) => Err(DescribeError::Newer { program, source }),
        }
    }
}

impl Default for ProcessDescribe {
    fn default() -> Self {
        Self::new()
    }
}

impl Describe for ProcessDescribe {
    fn describe(&self, program: &Path) -> Result<Option<Manifest>, DescribeError> {
        let read = |source| DescribeError::Read { program: program.to_owned(), source };
        let key = Key::of(program).map_err(read)?;
        if let Some(known) = self.cache.get(&key) {
            return Ok(known.0);
        }
        // A file that may be run but not read is somebody's tool, not a block of ours.
        let marked = File::open(program).and_then(has_marker).unwrap_or(false);
        let answer = if marked { self.ask(program)? } else { None };
        self.cache.put(&key, Known(answer.clone()));
        Ok(answer)
    }
}

/// Whether a compiled program contains the marker. Reads it in pieces: programs can be large.
fn has_marker(mut file: impl Read) -> std::io::Result<bool> {
    const PIECE: usize = 256 << 10;
    let marker = memchr::memmem::Finder::new(BLOCK_MARKER);
    let mut buffer = vec![0; PIECE];
    let mut filled = 0;
    let mut first = true;
    loop {
        let read = file.read(&mut buffer[filled..])?;
        filled += read;
        if first && (filled >= ELF.len() || read == 0) {
            if !buffer[..filled].starts_with(ELF) {
                return Ok(false);
            }
            first = false;
        }
        if read == 0 || filled == PIECE {
            if marker.find(&buffer[..filled]).is_some() {
                return Ok(true);
            }
            if read == 0 {
                return Ok(false);
            }
            // The marker may lie across two pieces.
            let kept = BLOCK_MARKER.len() - 1;
            buffer.copy_within(PIECE - kept.., 0);
            filled = kept;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(bytes: &[u8]) -> bool {
        has_marker(bytes).unwrap()
    }

    #[test]
    fn the_marker_is_found_wherever_it_lies() {
        for before in [0, 10, (256 << 10) - 30, (256 << 10) - 10, 600 << 10] {
            let bytes = [ELF, &vec![b'v'; before], BLOCK_MARKER.as_bytes(), b"tail"].concat();
            assert!(marked(&bytes), "after {before}");
        }
    }

    #[test]
    fn a_script_is_no_block_whatever_it_says() {
        assert!(!marked(format!("#!/bin/sh\n# {BLOCK_MARKER}\n").as_bytes()));
        assert!(!marked(b""));
        assert!(!marked(b"\x7fEL"));
        assert!(!marked(&[ELF, &vec![0; 700 << 10]].concat()));
    }

    /// `sh` stands in for a block here: `ask` is below the check for the marker.
    fn script(folder: &Path, body: &str) -> std::path::PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.join("block");
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn asked(body: &str) -> Result<Option<Manifest>, DescribeError> {
        let folder = tempfile::tempdir().unwrap();
        let mut describe = ProcessDescribe::with_cache(folder.path().join("cache"));
        describe.timeout = Duration::from_secs(1);
        let program = script(folder.path(), body);
        loop {
            match describe.ask(&program) {
                // A child that another test is just starting still holds the file open.
                Err(DescribeError::Start { source, .. })
                    if source.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
                answer => return answer,
            }
        }
    }

    const ANSWER: &str =
        r#"{"vc":1,"block":"b","version":"1","description":"","inputs":[],"outputs":[],"parameters":[]}"#;

    #[test]
    fn answers_are_read() {
        let manifest = asked(&format!("[ \"$1\" = --describe ] && echo '{ANSWER}'")).unwrap().unwrap();
        assert_eq!(manifest.block, "b");
    }

    #[test]
    fn what_is_no_answer_is_no_block() {
        assert_eq!(asked("echo hello").unwrap(), None);
        assert_eq!(asked(&format!("echo '{ANSWER}'; exit 3")).unwrap(), None);
        assert_eq!(asked("exit 0").unwrap(), None);
    }

    #[test]
    fn a_block_that_misbehaves_is_told() {
        assert!(matches!(asked("exec sleep 30"), Err(DescribeError::Timeout { .. })));
        assert!(matches!(asked("exec yes"), Err(DescribeError::Long { .. })));
        let newer = ANSWER.replace(":1,", ":99,");
        assert!(matches!(asked(&format!("echo '{newer}'")), Err(DescribeError::Newer { .. })));
    }

    #[test]
    fn an_answer_is_remembered_until_the_program_changes() {
        let folder = tempfile::tempdir().unwrap();
        let program = script(folder.path(), "echo no block");
        let cache = folder.path().join("cache");
        let first = ProcessDescribe::with_cache(&cache);
        let key = Key::of(&program).unwrap();
        let manifest = Manifest::from_json(ANSWER).unwrap();

        first.cache.put(&key, Known(Some(manifest.clone())));

        let second = ProcessDescribe::with_cache(&cache);
        assert_eq!(second.describe(&program).unwrap(), Some(manifest));
        std::fs::write(&program, "#!/bin/sh\necho another\n").unwrap();
        assert_eq!(second.describe(&program).unwrap(), None);
    }

    #[test]
    fn a_broken_cache_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let program = script(folder.path(), "echo no block");
        let cache = folder.path().join("cache");
        ProcessDescribe::with_cache(&cache).describe(&program).unwrap();
        for entry in std::fs::read_dir(&cache).unwrap() {
            std::fs::write(entry.unwrap().path(), "{broken").unwrap();
        }

        assert_eq!(ProcessDescribe::with_cache(&cache).describe(&program).unwrap(), None);
        assert_eq!(ProcessDescribe::with_cache("/proc/nowhere").describe(&program).unwrap(), None);
    }
}
