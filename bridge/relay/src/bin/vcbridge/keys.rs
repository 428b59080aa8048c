//! This host's keys, and what keeps others from it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, TcpStream, ToSocketAddrs as _};
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

/// Tells of addresses at which zenoh believes others than our authority, too.
pub(crate) fn warn_of_the_web(connect: &[String]) {
    for endpoint in connect.iter().filter(|endpoint| host(endpoint).is_some_and(is_of_the_web)) {
        tracing::warn!(
            "{endpoint} is a name or an address of the internet: zenoh also believes whoever has a certificate of the \
             web's authorities for it; reach it through a tunnel, at a private address"
        );
    }
}

/// `tls/10.0.0.2:7447#iface=eth0` → `10.0.0.2`.
fn host(endpoint: &str) -> Option<&str> {
    let address = endpoint.strip_prefix("tls/")?.split(['#', '?']).next()?;
    Some(address.rsplit_once(':')?.0.trim_matches(['[', ']']))
}

/// Whether authorities of the web certify such a name or address.
fn is_of_the_web(host: &str) -> bool {
    match host.parse() {
        Ok(IpAddr::V4(ip)) => {
            let is_shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || is_shared)
        }
        Ok(IpAddr::V6(ip)) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()),
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            let own = ["local", "internal", "localhost", "test", "home.arpa"];
            host.contains('.') && !own.iter().any(|own| host.ends_with(&format!(".{own}")))
        }
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
            let whom = Whom::Host(host(endpoint).unwrap_or(address));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_web_certifies_is_known() {
        for endpoint in
            ["tls/robot.example.com:7447", "tls/8.8.8.8:1", "tls/[2001:db8::1]:1", "tls/a.com.:1#b=c"]
        {
            assert!(host(endpoint).is_some_and(is_of_the_web), "{endpoint}");
        }
        let own =
            ["arm", "arm.local", "a.vc.internal", "10.0.0.2", "192.168.1.1", "100.64.0.1", "169.254.0.1"];
        for address in own.into_iter().chain(["127.0.0.1", "[::1]", "[fe80::1]", "[fd00::1]", "localhost"]) {
            let endpoint = format!("tls/{address}:7447");
            assert!(!host(&endpoint).is_some_and(is_of_the_web), "{endpoint}");
        }
        assert_eq!(host("tcp/8.8.8.8:1"), None);
    }
}
