//! What is typed at the terminal: read by a thread of its own, and handed on to the one node that is to get it.
//!
//! Nodes are process groups of their own, so none of them could read the terminal itself: the system would stop it.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

/// Between two looks at whether the terminal is ours again.
const LOOK: Duration = Duration::from_millis(100);

/// Hands on what is typed.
#[derive(Debug, Default)]
pub(crate) struct Typed(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The node's standard input; none: it has no process.
    to: Option<PipeWriter>,
    /// Nothing more will come, or nobody more wants it.
    is_over: bool,
}

impl Typed {
    /// Reads from `source` as soon as there is a node; none: there is nothing to be read.
    ///
    /// # Errors
    /// The system's, if there can be no thread.
    pub(crate) fn start(source: Option<OwnedFd>) -> io::Result<Self> {
        let typed = Self::default();
        let Some(source) = source else {
            typed.0.lock().is_over = true;
            return Ok(typed);
        };
        let shared = Arc::clone(&typed.0);
        let read = move || {
            shared.hand_on(&source);
            shared.end();
        };
        thread::Builder::new().name("vc-typed".into()).stack_size(256 * 1024).spawn(read)?;
        Ok(typed)
    }

    /// The standard input of the node's next process.
    ///
    /// # Errors
    /// The system's, if there can be no pipe.
    pub(crate) fn next(&self) -> io::Result<PipeReader> {
        let (reader, writer) = io::pipe()?;
        let mut state = self.0.lock();
        state.to = (!state.is_over).then_some(writer);
        self.0.changed.notify_all();
        Ok(reader)
    }

    /// The node's process has gone: what is typed from here on is for the next one.
    pub(crate) fn gone(&self) {
        self.0.lock().to = None;
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on the node reads the end of the file.
    fn end(&self) {
        *self.lock() = State { to: None, is_over: true };
        self.changed.notify_all();
    }

    /// Reads to the end of `source`, or of the circuit. Nothing is read while no process wants it.
    fn hand_on(&self, source: &OwnedFd) {
        let mut chunk = [0; 4096];
        while self.is_wanted() {
            match is_readable(source) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(_) => return,
            }
            let Some(mut to) = self.lock().to.as_ref().and_then(|to| to.try_clone().ok()) else { continue };
            match rustix::io::read(source, &mut chunk) {
                Ok(0) => return,
                // Somebody who goes in this moment hears no more.
                Ok(length) => drop(to.write_all(&chunk[..length])),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return,
            }
        }
    }

    /// Waits for a process; false: the circuit is over.
    fn is_wanted(&self) -> bool {
        let mut state = self.lock();
        while state.to.is_none() && !state.is_over {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.is_over
    }
}

/// Waits until there is something to read, or the end of it. A terminal in whose background we are is somebody else's:
/// reading it would stop this process.
fn is_readable(source: &OwnedFd) -> io::Result<bool> {
    match poll(&mut [PollFd::new(source, PollFlags::IN)], None) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let is_ours = tcgetpgrp(source).map_or(true, |group| group == getpgrp());
    if !is_ours {
        thread::sleep(LOOK);
    }
    Ok(is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn line(reader: &mut PipeReader) -> String {
        let mut bytes = [0; 100];
        let length = reader.read(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[test]
    fn each_process_hears_what_is_typed_while_it_is_there() {
        let (source, mut keyboard) = io::pipe().unwrap();
        let typed = Typed::start(Some(source.into())).unwrap();

        let mut first = typed.next().unwrap();
        keyboard.write_all(b"one\n").unwrap();
        assert_eq!(line(&mut first), "one\n");
        typed.gone();
        keyboard.write_all(b"two\n").unwrap();
        let mut second = typed.next().unwrap();
        assert_eq!(line(&mut second), "two\n");
        assert_eq!(line(&mut first), "", "the first one's has ended");
        drop(keyboard);
        assert_eq!(line(&mut second), "");
        assert_eq!(line(&mut typed.next().unwrap()), "");
    }

    #[test]
    fn without_a_source_there_is_nothing_to_read() {
        assert_eq!(line(&mut Typed::start(None).unwrap().next().unwrap()), "");
    }

    #[test]
    fn a_circuit_that_is_over_closes_it() {
        let (source, _keyboard) = io::pipe().unwrap();
        let typed = Typed::start(Some(source.into())).unwrap();
        let mut reader = typed.next().unwrap();
        drop(typed);
        assert_eq!(line(&mut reader), "");
    }
}
