//! Opening: as the host's router, or as the client of the one that is there.

use std::fmt;
use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use zenoh::config::WhatAmI;
use zenoh::{Session, Wait};

use crate::config::{Ends, config};
use crate::environment::{Attempts, Environment, ROUTER_CONFIG};
use crate::error::SessionError;

/// Where a host's router listens unless it is told otherwise: nobody outside of the host reaches it.
pub const LOOPBACK: &str = "tcp/127.0.0.1:7447";

/// The same with keys.
const LOOPBACK_WITH_KEYS: &str = "tls/127.0.0.1:7447";

/// What a session is opened with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// What to listen on as a router; [`LOOPBACK`] if it is empty.
    pub listen: Vec<String>,
    /// Whom to reach, such as `tcp/10.0.0.2:7447`. Who is not there yet is tried again and again.
    pub connect: Vec<String>,
    /// Whether to be the client of whom it connects to, and never a router.
    pub client: bool,
    /// What may pass over which link: zenoh's `access_control`, as JSON.
    pub access_control: Option<String>,
    /// With them, all that leaves this host is certified on both sides, and secret.
    pub keys: Option<Keys>,
    /// Whether to listen nowhere: nobody comes in, on this host neither.
    pub nowhere: bool,
}

/// Keys, as files in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Whose they are, for people.
    pub own: String,
    /// The certificate of whom to believe.
    pub authority: PathBuf,
    /// This host's certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// As what a session was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The host's router, which listens there.
    Router {
        /// The addresses.
        listen: Vec<String>,
    },
    /// The client of a router.
    Client {
        /// The router's addresses, the first that answers.
        router: Vec<String>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Router { listen } if listen.is_empty() => f.write_str("router that listens nowhere"),
            Self::Router { listen } => write!(f, "router on {}", listen.join(", ")),
            Self::Client { router } => write!(f, "client of {}", router.join(", ")),
        }
    }
}

impl Place {
    /// The addresses at which others than this host's programs reach it, and nobody is asked who he is.
    pub fn plain(&self) -> Vec<&str> {
        let Self::Router { listen } = self else { return Vec::new() };
        listen.iter().map(String::as_str).filter(|endpoint| is_plain(endpoint)).collect()
    }
}

impl Settings {
    /// Opens a session: as a router; where another one has the port already, as its client. Blocks for at most some
    /// seconds, but as long as `ZENOH_ROUTER_CHECK_ATTEMPTS` says if it is to be a client. Not from within a runtime
    /// of tokio with one thread.
    ///
    /// # Errors
    /// [`SessionError`]: an address or a variable cannot be used, or nobody can be reached.
    pub fn open(&self, environment: &Environment) -> Result<(Session, Place), SessionError> {
        if self.client {
            return self.client(&self.connect, environment);
        }
        if let Some(file) = environment.get(ROUTER_CONFIG).filter(|_| self.listen.is_empty()) {
            let (session, _) = self.router(&[], environment)?;
            return Ok((session, Place::Router { listen: vec![format!("what {file} says")] }));
        }
        if self.nowhere {
            return self.router(&[], environment);
        }
        let standard = [if self.keys.is_some() { LOOPBACK_WITH_KEYS } else { LOOPBACK }.to_owned()];
        let listen = if self.listen.is_empty() { &standard[..] } else { &self.listen };
        match listen.iter().find(|endpoint| is_taken(endpoint)) {
            None => self.router(listen, environment),
            Some(endpoint) if !self.connect.is_empty() => {
                Err(SessionError::Taken { endpoint: endpoint.clone() })
            }
            Some(endpoint) => self.client(&[reachable(endpoint)], environment),
        }
    }

    fn router(&self, listen: &[String], environment: &Environment) -> Result<(Session, Place), SessionError> {
        let ends = self.ends(WhatAmI::Router, listen, &self.connect);
        let session = zenoh::open(config(ends, environment)?).wait().map_err(|error| SessionError::Open {
            action: format!("listen on {}", listen.join(", ")),
            reason: error.to_string(),
        })?;
        Ok((session, Place::Router { listen: listen.to_vec() }))
    }

    fn client(
        &self,
        connect: &[String],
        environment: &Environment,
    ) -> Result<(Session, Place), SessionError> {
        let attempts = environment.attempts()?;
        let mut config = config(self.ends(WhatAmI::Client, &[], connect), environment)?;
        if attempts == Attempts::None {
            let _ = config.insert_json5("connect/exit_on_failure", "false");
        }
        let mut tried = 0;
        loop {
            match zenoh::open(config.clone()).wait() {
                Ok(session) => return Ok((session, Place::Client { router: connect.to_vec() })),
                Err(error) => {
                    tried += 1;
                    if matches!(attempts, Attempts::Some(most) if tried >= most) {
                        let action = format!("connect to {}", connect.join(", "));
                        return Err(SessionError::Open { action, reason: error.to_string() });
                    }
                    tracing::warn!(router = connect.join(", "), %error, "no router yet; trying again");
                    std::thread::sleep(Duration::from_secs(1));
                }
            }
        }
    }

    fn ends<'a>(&'a self, mode: WhatAmI, listen: &'a [String], connect: &'a [String]) -> Ends<'a> {
        Ends {
            mode,
            listen,
            connect,
            access_control: self.access_control.as_deref(),
            keys: self.keys.as_ref(),
        }
    }
}

/// Whether somebody else listens there. What is no TCP address is left to zenoh to find out.
fn is_taken(endpoint: &str) -> bool {
    let address = address(endpoint);
    let refused = address.and_then(|address| TcpListener::bind(address).err());
    refused.is_some_and(|error| error.kind() == ErrorKind::AddrInUse)
}

/// Whether that speaks plainly to other hosts, or lets them speak so.
pub(crate) fn is_plain(endpoint: &str) -> bool {
    let Some(address) = address(endpoint) else { return true };
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let ip: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let is_own = host == "localhost" || ip.is_some_and(|ip| ip.is_loopback());
    !is_own && !endpoint.starts_with("tls/")
}

/// `tcp/127.0.0.1:7447#iface=eth0` → `127.0.0.1:7447`.
fn address(endpoint: &str) -> Option<&str> {
    let (protocol, rest) = endpoint.split_once('/')?;
    let address = rest.split(['#', '?']).next()?;
    matches!(protocol, "tcp" | "tls").then_some(address)
}

/// Where one connects to reach who listens there: "all addresses" is none to connect to.
fn reachable(endpoint: &str) -> String {
    endpoint.replace("/0.0.0.0:", "/127.0.0.1:").replace("/[::]:", "/127.0.0.1:")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address that nobody has at the moment.
    fn free() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("tcp/{}", listener.local_addr().unwrap())
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(address("tcp/127.0.0.1:7447#iface=eth0"), Some("127.0.0.1:7447"));
        assert_eq!(address("tls/[::]:7447?rel=0"), Some("[::]:7447"));
        assert_eq!(address("unixsock-stream//tmp/a"), None);
        assert_eq!(reachable("tcp/[::]:7447"), "tcp/127.0.0.1:7447");
        assert_eq!(reachable("tcp/10.0.0.2:7447"), "tcp/10.0.0.2:7447");
    }

    #[test]
    fn what_stays_on_this_host_or_is_tls_is_not_plain() {
        for endpoint in ["tls/0.0.0.0:7447", "tcp/127.0.0.1:7447", "tcp/[::1]:1#iface=lo", "tcp/localhost:1"]
        {
            assert!(!is_plain(endpoint), "{endpoint}");
        }
        for endpoint in
            ["tcp/0.0.0.0:7447", "tcp/robot:7447", "tcp/[::]:1", "udp/127.0.0.1:1", "tcp/127.0.0.1.a.b:1"]
        {
            assert!(is_plain(endpoint), "{endpoint}");
        }
    }

    #[test]
    fn the_first_is_the_router_and_the_second_its_client() {
        let settings = Settings { listen: vec![free()], ..Settings::default() };
        let environment = Environment::default();

        let (router, first) = settings.open(&environment).unwrap();
        let (client, second) = settings.open(&environment).unwrap();

        assert_eq!(first, Place::Router { listen: settings.listen.clone() });
        assert_eq!(second, Place::Client { router: settings.listen.clone() });
        let routers: Vec<_> = client.info().routers_zid().wait().collect();
        assert_eq!(routers, [router.zid()]);
    }

    #[test]
    fn who_is_to_reach_others_must_be_the_router() {
        let settings = Settings { listen: vec![free()], ..Settings::default() };
        let (_router, _) = settings.open(&Environment::default()).unwrap();

        let reaching = Settings { connect: vec!["tcp/127.0.0.1:1".to_owned()], ..settings.clone() };
        let error = reaching.open(&Environment::default()).unwrap_err();

        assert!(matches!(error, SessionError::Taken { .. }), "{error}");
    }

    #[test]
    fn a_client_without_a_router_is_told() {
        let settings = Settings { connect: vec![free()], client: true, ..Settings::default() };
        let error = settings.open(&Environment::default()).unwrap_err().to_string();
        assert!(error.contains("connect to tcp/127.0.0.1:"), "{error}");
    }

    #[test]
    fn a_routers_file_says_where_it_listens() {
        let (folder, address) = (std::env::temp_dir(), free());
        let file = folder.join(format!("vc-session-{}.json5", std::process::id()));
        std::fs::write(&file, format!("{{ listen: {{ endpoints: [\"{address}\"] }} }}")).unwrap();
        let text = file.display().to_string();
        let environment = Environment::of(|variable| (variable == ROUTER_CONFIG).then(|| text.clone()));

        let (_router, place) = Settings::default().open(&environment).unwrap();

        assert_eq!(place.to_string(), format!("router on what {text} says"));
        assert!(is_taken(&address), "it listens elsewhere");
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn a_router_waits_for_no_other() {
        let settings = Settings { listen: vec![free()], connect: vec![free()], ..Settings::default() };
        let (_session, place) = settings.open(&Environment::default()).unwrap();
        assert!(matches!(place, Place::Router { .. }));
    }
}
