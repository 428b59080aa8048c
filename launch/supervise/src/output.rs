//! What a node writes: read by a thread of its own, line by line, into its log file and to the observer.
//!
//! A thread per process, because writing to a disk or a terminal may take long: then only the node
//! that wrote has to wait, at its full pipe. Memory is bounded by one chunk and one line a stream.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::oneshot;
use vc_plan::plan::Output;

use crate::clock_text;
use crate::log_folder;
use crate::observer::{Event, Line, Name, Observer, Stream, Warning};

/// Longer lines are cut into pieces of this size.
const LONGEST_LINE: usize = 64 * 1024;
const CHUNK: usize = 16 * 1024;
/// A log file that grows beyond this becomes `<name>.log.1`, whose predecessor is dropped.
const LARGEST_LOG: u64 = 64 * 1024 * 1024;
/// How many last lines of standard error are kept, and how much of each.
const LAST_WORDS: usize = 8;
const LAST_WORD_CHARS: usize = 500;

/// Which streams the observer is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

impl Shown {
    /// What a node's `output` sends to the observer.
    pub(crate) fn of(output: Output, all: bool) -> Self {
        match output {
            _ if all => Self { stdout: true, stderr: true },
            Output::Screen => Self { stdout: true, stderr: true },
            Output::Log => Self { stdout: false, stderr: true },
            Output::LogOnly => Self { stdout: false, stderr: false },
        }
    }
}

/// The reading of one process's output.
pub(crate) struct Pump {
    pub(crate) node: Name,
    pub(crate) shown: Shown,
    pub(crate) log: Option<LogFile>,
    pub(crate) observer: Arc<dyn Observer>,
    /// One of the run's: as long as it is there, there may be more to read.
    pub(crate) _reading: Reading,
}

/// Counts the outputs of a run that are being read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading(Arc<()>);

impl Reading {
    /// Whether any output is still read, other than by who asks.
    pub(crate) fn goes_on(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

/// What the event loop holds of a running pump.
pub(crate) struct PumpHandle {
    done: oneshot::Receiver<()>,
    last_words: Arc<Mutex<VecDeque<String>>>,
}

impl PumpHandle {
    /// Waits until all writers have closed their ends and everything is read.
    pub(crate) async fn finished(&mut self) {
        let _ = (&mut self.done).await;
    }

    /// The last lines of standard error so far.
    pub(crate) fn last_words(&self) -> Vec<String> {
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        words.iter().cloned().collect()
    }
}

impl Pump {
    /// Starts to read.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn start(mut self, stdout: File, stderr: File) -> io::Result<PumpHandle> {
        let (finish, done) = oneshot::channel();
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let words = Arc::clone(&last_words);
        thread::Builder::new().name("vc-output".into()).stack_size(256 * 1024).spawn(move || {
            self.read_all(stdout, stderr, &words);
            let _ = finish.send(());
        })?;
        Ok(PumpHandle { done, last_words })
    }

    fn read_all(&mut self, stdout: File, stderr: File, words: &Mutex<VecDeque<String>>) {
        let mut sources = vec![Source::new(Stream::Stdout, stdout), Source::new(Stream::Stderr, stderr)];
        let mut chunk = vec![0; CHUNK];
        while !sources.is_empty() {
            let Ok(ready) = readable(&sources) else { return };
            // From the back, so that removing one does not move those still to be looked at.
            for index in (0..sources.len()).rev().filter(|index| ready[*index]) {
                let source = &mut sources[index];
                let stream = source.stream;
                let mut each = |line: &[u8]| self.line(stream, line, words);
                match source.pipe.read(&mut chunk) {
                    Ok(length @ 1..) => source.lines.feed(&chunk[..length], &mut each),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // A pseudo-terminal ends with an error.
                    Ok(0) | Err(_) => {
                        source.lines.finish(&mut each);
                        sources.remove(index);
                    }
                }
            }
        }
    }

    fn line(&mut self, stream: Stream, bytes: &[u8], words: &Mutex<VecDeque<String>>) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if let Some(log) = &mut self.log
            && let Err(error) = log.write(&text)
        {
            self.log = None;
            let warning = Warning::LogCut { node: self.node.clone(), reason: error.to_string() };
            self.observer.event(Event::Warning(warning));
        }
        if stream == Stream::Stderr {
            let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
            if words.len() == LAST_WORDS {
                words.pop_front();
            }
            words.push_back(text.chars().take(LAST_WORD_CHARS).collect());
        }
        let shown = match stream {
            Stream::Stdout => self.shown.stdout,
            Stream::Stderr => self.shown.stderr,
        };
        if shown {
            self.observer.line(Line { node: self.node.clone(), stream, text });
        }
    }
}

struct Source {
    stream: Stream,
    pipe: File,
    lines: Lines,
}

impl Source {
    fn new(stream: Stream, pipe: File) -> Self {
        Self { stream, pipe, lines: Lines::default() }
    }
}

/// Sleeps until some of the pipes can be read (or are closed), and says which.
fn readable(sources: &[Source]) -> io::Result<Vec<bool>> {
    let mut polled: Vec<PollFd<'_>> =
        sources.iter().map(|source| PollFd::new(&source.pipe, PollFlags::IN)).collect();
    loop {
        match poll(&mut polled, None) {
            Ok(_) => return Ok(polled.iter().map(|fd| !fd.revents().is_empty()).collect()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Cuts a stream of bytes into lines of bounded length.
#[derive(Debug, Default)]
struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    fn feed(&mut self, mut bytes: &[u8], each: &mut impl FnMut(&[u8])) {
        while !bytes.is_empty() {
            let room = LONGEST_LINE - self.begun.len();
            let window = &bytes[..bytes.len().min(room)];
            if let Some(end) = window.iter().position(|byte| *byte == b'\n') {
                self.begun.extend_from_slice(&window[..end]);
                bytes = &bytes[end + 1..];
                self.emit(each);
            } else {
                self.begun.extend_from_slice(window);
                bytes = &bytes[window.len()..];
                if self.begun.len() == LONGEST_LINE {
                    self.emit(each);
                }
            }
        }
    }

    fn finish(&mut self, each: &mut impl FnMut(&[u8])) {
        if !self.begun.is_empty() {
            self.emit(each);
        }
    }

    fn emit(&mut self, each: &mut impl FnMut(&[u8])) {
        each(self.begun.strip_suffix(b"\r").unwrap_or(&self.begun));
        self.begun.clear();
    }
}

/// A node's log file.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    file: File,
    written: u64,
}

impl LogFile {
    /// Opens `<folder>/<ns.node>.log` to append to it.
    pub(crate) fn open(folder: &Path, node: &str) -> io::Result<Self> {
        let path = log_folder::file(folder, node);
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let written = file.metadata()?.len();
        Ok(Self { path, file, written })
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let text = format!("{} {line}\n", clock_text::stamp(SystemTime::now()));
        if self.written.saturating_add(text.len() as u64) > LARGEST_LOG {
            let mut old = self.path.clone().into_os_string();
            old.push(".1");
            fs::rename(&self.path, old)?;
            self.file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            self.written = 0;
        }
        self.written += text.len() as u64;
        self.file.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<String> {
        let mut seen = Vec::new();
        let mut lines = Lines::default();
        let mut each = |line: &[u8]| seen.push(String::from_utf8_lossy(line).into_owned());
        for chunk in chunks {
            lines.feed(chunk, &mut each);
        }
        lines.finish(&mut each);
        seen
    }

    #[test]
    fn lines_may_come_in_any_pieces() {
        assert_eq!(lines(&[b"a\nb", b"c\r\n\n", b"d"]), ["a", "bc", "", "d"]);
        assert_eq!(lines(&[b"\xff\xfe\n"]), ["\u{fffd}\u{fffd}"]);
        assert!(lines(&[b""]).is_empty());
    }

    #[test]
    fn an_endless_line_is_cut() {
        let seen = lines(&[&vec![b'x'; 3 * LONGEST_LINE + 5]]);

        assert_eq!(
            seen.iter().map(String::len).collect::<Vec<_>>(),
            [LONGEST_LINE, LONGEST_LINE, LONGEST_LINE, 5]
        );
    }

    #[test]
    fn a_log_file_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::open(folder.path(), "robot1/camera").unwrap();
        log.written = LARGEST_LOG - 10;

        log.write("first").unwrap();

        assert!(folder.path().join("robot1.camera.log.1").exists());
        let text = fs::read_to_string(folder.path().join("robot1.camera.log")).unwrap();
        assert!(text.ends_with("Z first\n"), "{text}");
    }
}
