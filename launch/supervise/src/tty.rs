//! Pseudo-terminals for nodes with `emulate_tty`: what they write there is read as if it came through a pipe.

use std::io;
use std::os::fd::OwnedFd;

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    LocalModes, OptionalActions, OutputModes, Winsize, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize,
};

/// What a terminal is as large as if ours is none.
const SIZE: Winsize = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };

/// A pseudo-terminal: our end, which is read, and the node's. It becomes nobody's controlling terminal, so closing it
/// signals nobody. Once all of the node's descriptors are closed, reading ours ends with an error.
///
/// # Errors
/// The system's, if there are no more.
pub(crate) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = openpt(flags)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let theirs = ioctl_tiocgptpeer(&ours, flags)?;
    let mut modes = tcgetattr(&theirs)?;
    // Bytes come as they are written, and nothing comes of what nobody types.
    modes.output_modes.remove(OutputModes::OPOST);
    modes.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    let size = tcgetwinsize(io::stdout()).ok().filter(|size| size.ws_col > 0).unwrap_or(SIZE);
    tcsetwinsize(&theirs, size)?;
    Ok((ours, theirs))
}
