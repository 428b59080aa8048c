//! The signals that ask to stop, as calls.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Calls `asked` with a signal's name each time one comes that asks to stop.
///
/// # Errors
/// The system's, if there can be no pipe or thread.
pub(crate) fn on_stop(asked: impl Fn(&'static str) + Send + Clone + 'static) -> io::Result<()> {
    for (signal, name) in [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")] {
        let (mut reading, writing) = UnixStream::pair()?;
        signal_hook::low_level::pipe::register(signal, writing)?;
        let asked = asked.clone();
        thread::Builder::new().name("vc-signal".into()).spawn(move || {
            while reading.read_exact(&mut [0]).is_ok() {
                asked(name);
            }
        })?;
    }
    Ok(())
}
