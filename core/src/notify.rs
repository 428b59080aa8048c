//! `sd_notify`: readiness, status and watchdog, as systemd and vclaunch understand them.

use std::env;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The way to whoever started this process; silent if nobody listens.
#[derive(Debug)]
pub struct Notify(Option<UnixDatagram>);

impl Notify {
    /// Speaks to the socket that `NOTIFY_SOCKET` names, and takes the variable away from children.
    pub fn from_env() -> Self {
        let Some(name) = env::var_os("NOTIFY_SOCKET") else { return Self(None) };
        let connect = || {
            let address = match name.as_bytes() {
                [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
                _ => SocketAddr::from_pathname(&name)?,
            };
            let socket = UnixDatagram::unbound()?;
            socket.connect_addr(&address)?;
            // A supervisor that does not read must not hold up the node.
            socket.set_nonblocking(true)?;
            std::io::Result::Ok(socket)
        };
        match connect() {
            Ok(socket) => Self(Some(socket)),
            Err(error) => {
                tracing::warn!(%error, "cannot reach the supervisor named by NOTIFY_SOCKET");
                Self(None)
            }
        }
    }

    /// Speaks to nobody.
    pub(crate) fn silent() -> Self {
        Self(None)
    }

    /// Sends one state, such as `READY=1`.
    pub fn send(&self, state: &str) {
        if let Some(socket) = &self.0
            && let Err(error) = socket.send(state.as_bytes())
        {
            tracing::debug!(%error, state, "the supervisor did not take a notification");
        }
    }
}

/// How often the supervisor expects a sign of life; none: it does not.
pub(crate) fn watchdog_period() -> Option<Duration> {
    let micros: u64 = env::var("WATCHDOG_USEC").ok()?.parse().ok()?;
    let meant_for_us = match env::var("WATCHDOG_PID") {
        Ok(pid) => pid.parse() == Ok(std::process::id()),
        Err(_) => true,
    };
    (micros > 0 && meant_for_us).then(|| Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_supervisor_nothing_is_said() {
        Notify(None).send("READY=1");
    }
}
