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
use super::run::run;
use super::{Describe, DescribeError};
use crate::python::{Interpreter, Obstacle, Program, Script, hosted_manifest};

const ELF: &[u8] = b"\x7fELF";
const TIMEOUT: Duration = Duration::from_secs(5);

/// Runs `program --describe`, and keeps the answers in memory and on disk.
///
/// Only a compiled program that contains [`BLOCK_MARKER`] is run, and a Python file that imports `vc` near its top: without
/// a shell, without input, for at most 5 s (Python: 20 s) and 4 MiB of output. The cache lies below `$XDG_CACHE_HOME` or `~/.cache`, in
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
        let mut command = Command::new(program);
        let told = run(command.arg("--describe").stderr(Stdio::null()), program, self.timeout)?;
        // One that closed its output but went on has answered all the same.
        if told.ended.is_some_and(|status| !status.success()) {
            return Ok(None);
        }
        manifest(&told.text, program)
    }

    /// Has Python run a file that declares a block.
    fn ask_script(&self, file: &Path, python: &Interpreter) -> Result<Option<Manifest>, DescribeError> {
        let mut command = Command::new(&python.exe);
        command.arg(file).arg("--describe").stderr(Stdio::piped());
        for (name, value) in python.environment() {
            command.env(name, value.unwrap_or_default());
        }
        // What it imports may be large.
        let told = run(&mut command, file, self.timeout * 4)?;
        let failed = |said: &str| DescribeError::Failed {
            program: file.to_owned(),
            said: said.to_owned(),
            place: place_in_traceback(&told.errors),
        };
        if told.ended.is_some_and(|status| !status.success()) {
            return Err(failed(told.errors.trim_end().lines().last().unwrap_or("it ended without a word")));
        }
        // It may have printed something else before.
        let last = told.text.trim_end().lines().last().unwrap_or_default();
        match manifest(last, file)? {
            Some(manifest) => Ok(Some(manifest)),
            None => Err(failed("it imports `vc`, but opens no block, which would have answered")),
        }
    }

    fn describe_script(&self, file: &Path, python: &Interpreter) -> Result<Option<Manifest>, DescribeError> {
        let line = |source| DescribeError::HostLine { program: file.to_owned(), source };
        match Script::of(file).map_err(line)? {
            None => Ok(None),
            Some(Script::Hosted(line)) => Ok(hosted_manifest(&line, file)),
            Some(Script::Block) => {
                let read = |source| DescribeError::Read { program: file.to_owned(), source };
                let key = Key::of_script(file, python).map_err(read)?;
                if let Some(known) = self.cache.get(&key) {
                    return Ok(known.0);
                }
                let answer = self.ask_script(file, python)?;
                self.cache.put(&key, Known(answer.clone()));
                Ok(answer)
            }
        }
    }
}

fn manifest(text: &str, program: &Path) -> Result<Option<Manifest>, DescribeError> {
    match Manifest::from_json(text) {
        Ok(manifest) => Ok(Some(manifest)),
        Err(ManifestError::Form(_)) => Ok(None),
        Err(source) => Err(DescribeError::Newer { program: program.to_owned(), source }),
    }
}

/// The innermost place that a traceback names.
fn place_in_traceback(errors: &str) -> Option<String> {
    let last = errors.lines().rev().find_map(|line| line.trim_start().strip_prefix("File \""))?;
    let (file, rest) = last.split_once("\", line ")?;
    let line: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{file}:{line}"))
}

impl Default for ProcessDescribe {
    fn default() -> Self {
        Self::new()
    }
}

impl Describe for ProcessDescribe {
    fn describe(&self, program: &Program) -> Result<Option<Manifest>, DescribeError> {
        if let Some(python) = &program.python {
            return self.describe_script(&program.file, python);
        }
        let program = &program.file;
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

    fn examine(
        &self,
        python: &Interpreter,
        blocks: &[(&Path, Option<&Path>)],
    ) -> Result<Vec<Obstacle>, DescribeError> {
        crate::python::examine(python, blocks, self.timeout * 4)
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

    fn program_of(file: &Path) -> Program {
        Program::of(file.to_owned())
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
    fn a_traceback_tells_its_innermost_place() {
        let errors = "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    f()\n  \
                      File \"/x/b.py\", line 12, in f\n    1 / 0\nZeroDivisionError: division by zero\n";
        assert_eq!(place_in_traceback(errors).as_deref(), Some("/x/b.py:12"));
        assert_eq!(place_in_traceback("no"), None);
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
        assert_eq!(second.describe(&program_of(&program)).unwrap(), Some(manifest));
        std::fs::write(&program, "#!/bin/sh\necho another\n").unwrap();
        assert_eq!(second.describe(&program_of(&program)).unwrap(), None);
    }

    #[test]
    fn a_broken_cache_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let program = script(folder.path(), "echo no block");
        let cache = folder.path().join("cache");
        ProcessDescribe::with_cache(&cache).describe(&program_of(&program)).unwrap();
        for entry in std::fs::read_dir(&cache).unwrap() {
            std::fs::write(entry.unwrap().path(), "{broken").unwrap();
        }

        assert_eq!(ProcessDescribe::with_cache(&cache).describe(&program_of(&program)).unwrap(), None);
        assert_eq!(
            ProcessDescribe::with_cache("/proc/nowhere").describe(&program_of(&program)).unwrap(),
            None
        );
    }
}
