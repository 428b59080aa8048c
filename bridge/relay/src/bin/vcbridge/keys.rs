//! This host's keys, and what keeps others from it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::thread;
use std::time::{Duration, SystemTime};

use vc_fleet::keys::{Channel, Keys, KeysError, Place, Refusal, Whom};

use crate::args::Args;

/// How long a look at another host may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long another host is given to refuse us after it was certified itself.
const REFUSAL: Duration = Duration::from_millis(500);
/// Between two looks at who is not there yet.
const AGAIN: Duration = Duration::from_secs(2);

/// The keys of a relay, if there are some and they are to be used. What to be careful about is told.
///
/// # Errors
/// What is wrong with keys that cannot be used, and what to do.
pub(crate) fn of(args: &Args) -> Result<Option<Keys>, String> {
    if args.command.is_some() {
        return Ok(None);
    }
    let place = Place::of_process(args.keys.as_deref());
    if args.no_keys {
        if !matches!(place.keys(), Ok(None)) {
            tracing::warn!("links to other hosts are plain, though there are keys: `--no-keys`");
        }
        return Ok(None);
    }
    let told = |error: KeysError| match error.hint() {
        Some(hint) => format!("{error}; {hint}"),
        None => error.to_string(),
    };
    let Some(keys) = place.keys().map_err(told)? else { return Ok(None) };
    if let Some(warning) = keys.check_time(SystemTime::now()).map_err(told)? {
        tracing::warn!("{warning}");
    }
    Ok(Some(keys))
}

/// What a session needs of them.
pub(crate) fn for_session(keys: &Keys) -> vc_session::Keys {
    vc_session::Keys {
        own: keys.own().to_string(),
        authority: keys.authority_file(),
        certificate: keys.certificate_file(),
        key: keys.key_file(),
    }
}

/// Looks at whom this host is to connect to, and says why it will not come to that: zenoh tries again in silence.
/// A look ends with the first answer.
pub(crate) fn explain(connect: Vec<String>, keys: Option<Keys>) {
    let look = move || {
        let mut connect = connect;
        while !connect.is_empty() {
            connect.retain(|endpoint| match look(endpoint, keys.as_ref()) {
                Ok(is_there) => !is_there,
                Err(refusal) => {
                    tracing::warn!("cannot connect to {endpoint}: {refusal}");
                    false
                }
            });
            thread::sleep(AGAIN);
        }
    };
    if let Err(error) = thread::Builder::new().name("vc-look".into()).spawn(look) {
        tracing::warn!(%error, "cannot look at other hosts");
    }
}

/// Whether somebody is there who takes us.
fn look(endpoint: &str, keys: Option<&Keys>) -> Result<bool, Refusal> {
    let Some((protocol, rest)) = endpoint.split_once('/') else { return Ok(true) };
    let address = rest.split(['#', '?']).next().unwrap_or(rest);
    let Some(stream) = connect(address) else { return Ok(false) };
    match (protocol, keys) {
        ("tls", Some(keys)) => {
            let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
            let whom = Whom::Host(host.trim_matches(['[', ']']));
            // A relay without keys takes a handshake for a message that is none.
            let connected = Channel::connect(stream, Some(keys), whom, PATIENCE);
            let mut channel = connected.map_err(|refusal| match refusal {
                Refusal::Gone => Refusal::Plain,
                other => other,
            })?;
            let silent = channel.set_patience(REFUSAL, REFUSAL).and_then(|()| channel.read(&mut [0]));
            match silent {
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    Err(Refusal::Other(error.to_string()))
                }
                _ => Ok(true),
            }
        }
        ("tcp", None) if demands_tls(stream) => Err(Refusal::NoKeysHere),
        _ => Ok(true),
    }
}

fn connect(address: &str) -> Option<TcpStream> {
    let addresses = address.to_socket_addrs().ok()?;
    addresses.take(4).find_map(|address| TcpStream::connect_timeout(&address, PATIENCE).ok())
}

/// Whether the other side answers the beginning of TLS as TLS does: with an alert, since there is nothing in it.
fn demands_tls(mut stream: TcpStream) -> bool {
    let mut answer = [0; 2];
    let asked = stream
        .set_read_timeout(Some(REFUSAL))
        .and_then(|()| stream.write_all(&[0x16, 3, 1, 0, 0]))
        .and_then(|()| stream.read_exact(&mut answer));
    asked.is_ok() && answer == [0x15, 3]
}
