//! A session's configuration, from its settings and the environment.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use zenoh::Session;
use zenoh::config::{Config, WhatAmI};

use crate::environment::{Environment, ROUTER_CONFIG, SESSION_CONFIG};
use crate::error::SessionError;
use crate::open::{Keys, is_plain};

/// A link from which nothing comes for so long is taken to be cut.
const LEASE_MS: u32 = 3000;
const LEASE: &str = "transport/link/tx/lease";
/// How long a broken link rests before it is tried again.
const RETRY_MS: u32 = 250;
/// The largest message that is taken from others, in bytes.
const LARGEST: u32 = 256 << 20;
/// How long one sample that may not be dropped may take a link, in µs; then the link is closed. Until then nobody can
/// close it who does not find it broken.
const SLOWEST_US: u64 = 20_000_000;
/// How long the opening of one link may take.
const OPEN_MS: u32 = 2000;

/// What a session listens on and connects to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends<'a> {
    pub(crate) mode: WhatAmI,
    pub(crate) listen: &'a [String],
    pub(crate) connect: &'a [String],
    pub(crate) access_control: Option<&'a str>,
    pub(crate) keys: Option<&'a Keys>,
}

/// How long a session waits for a sign of life on a link before it takes it to be cut.
pub fn lease(session: &Session) -> Duration {
    let set = session.config().get(LEASE).ok();
    Duration::from_millis(set.and_then(|text| text.parse().ok()).unwrap_or(LEASE_MS.into()))
}

/// The whole configuration: ours, or the user's file; then the ends, unless a file says otherwise; then the single
/// values; then the keys, which nothing else overrides.
pub(crate) fn config(ends: Ends<'_>, environment: &Environment) -> Result<Config, SessionError> {
    let keys = ends.keys;
    let variable = if ends.mode == WhatAmI::Router { ROUTER_CONFIG } else { SESSION_CONFIG };
    let mut config = match environment.get(variable) {
        Some(file) => Config::from_file(file)
            .map_err(|error| Environment::refused(variable, file, error.to_string()))?,
        None => ours()?,
    };
    set(&mut config, "mode", &quoted(ends.mode.to_str()))?;
    if environment.get(variable).is_none() || !ends.listen.is_empty() {
        set(&mut config, "listen/endpoints", &list(ends.listen)?)?;
    }
    if !ends.connect.is_empty() {
        set(&mut config, "connect/endpoints", &list(ends.connect)?)?;
    }
    if let Some(rules) = ends.access_control {
        set(&mut config, "access_control", rules)?;
    }
    // Samples that are kept for late joiners are fetched by their time.
    set(&mut config, "timestamping/enabled", "true")?;
    for (key, value) in environment.overrides()? {
        // Nothing but JSON can be a value; a bare word is meant as a text.
        config
            .insert_json5(key, value)
            .or_else(|_| config.insert_json5(key, &quoted(value)))
            .map_err(|error| environment.override_refused(format!("`{key}`: {error}")))?;
    }
    let ends: Vec<String> =
        ["listen/endpoints", "connect/endpoints"].iter().flat_map(|key| endpoints(&config, key)).collect();
    match keys {
        Some(keys) => secure(&mut config, keys, &ends)?,
        // Who writes a configuration of his own may have written keys of his own into it.
        None if *environment == Environment::default() => {
            if let Some(endpoint) = ends.into_iter().find(|endpoint| endpoint.starts_with("tls/")) {
                return Err(SessionError::NoKeys { endpoint });
            }
        }
        None => {}
    }
    Ok(config)
}

/// Where it listens, or whom it connects to, as it stands in the configuration: a list, or one for each mode.
fn endpoints(config: &Config, key: &str) -> Vec<String> {
    let text = config.get_json(key).unwrap_or_default();
    let mode = config.get_json("mode").unwrap_or_default();
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let list = value.get(mode.trim_matches('"')).unwrap_or(&value);
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Both sides certified by the same authority, whoever connects to whom.
fn secure(config: &mut Config, keys: &Keys, ends: &[String]) -> Result<(), SessionError> {
    if let Some(endpoint) = ends.iter().find(|endpoint| is_plain(endpoint)) {
        let own = keys.own.clone();
        return Err(SessionError::Plain { endpoint: endpoint.clone(), own });
    }
    let file = |path: &Path| quoted(&path.display().to_string());
    let (certificate, key) = (file(&keys.certificate), file(&keys.key));
    let is_tcp = ends.iter().any(|endpoint| endpoint.starts_with("tcp/"));
    let protocols = if is_tcp { "[\"tls\",\"tcp\"]" } else { "[\"tls\"]" };
    set(config, "transport/link/protocols", protocols)?;
    for (name, value) in [
        ("root_ca_certificate", file(&keys.authority).as_str()),
        ("listen_certificate", &certificate),
        ("listen_private_key", &key),
        ("connect_certificate", &certificate),
        ("connect_private_key", &key),
        ("enable_mtls", "true"),
        ("verify_name_on_connect", "true"),
        ("close_link_on_expiration", "true"),
    ] {
        set(config, &format!("transport/link/tls/{name}"), value)?;
    }
    Ok(())
}

fn ours() -> Result<Config, SessionError> {
    let mut config = Config::default();
    // Nobody is found by chance: who is to be reached is named, as in ROS 2.
    set(&mut config, "scouting/multicast/enabled", "false")?;
    set(&mut config, "scouting/gossip/enabled", "true")?;
    set(&mut config, LEASE, &LEASE_MS.to_string())?;
    let slowest = "transport/link/tx/queue/congestion_control/block/wait_before_close";
    set(&mut config, slowest, &SLOWEST_US.to_string())?;
    set(&mut config, "transport/link/rx/max_message_size", &LARGEST.to_string())?;
    set(&mut config, "transport/unicast/open_timeout", &OPEN_MS.to_string())?;
    set(&mut config, "transport/unicast/accept_timeout", &OPEN_MS.to_string())?;
    let retry =
        format!("{{ period_init_ms: {RETRY_MS}, period_max_ms: {RETRY_MS}, period_increase_factor: 1 }}");
    set(&mut config, "connect/retry", &retry)?;
    Ok(config)
}

fn set(config: &mut Config, key: &str, value: &str) -> Result<(), SessionError> {
    config.insert_json5(key, value).map_err(|error| SessionError::Open {
        action: format!("set {key} to {value}"),
        reason: error.to_string(),
    })
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn list(endpoints: &[String]) -> Result<String, SessionError> {
    for endpoint in endpoints {
        let is_one = endpoint.parse::<zenoh::config::EndPoint>().is_ok();
        if !is_one {
            return Err(SessionError::Endpoint { endpoint: endpoint.clone() });
        }
    }
    let each: Vec<String> = endpoints.iter().map(|endpoint| quoted(endpoint)).collect();
    Ok(format!("[{}]", each.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router<'a>(listen: &'a [String], connect: &'a [String]) -> Ends<'a> {
        Ends { mode: WhatAmI::Router, listen, connect, access_control: None, keys: None }
    }

    fn keys() -> Keys {
        let file = |name: &str| Path::new("/k").join(name);
        Keys { own: "machine arm".into(), authority: file("a"), certificate: file("c"), key: file("\"k") }
    }

    fn value(config: &Config, key: &str) -> String {
        config.get_json(key).unwrap()
    }

    #[test]
    fn ends_and_our_own_values_are_set() {
        let (listen, connect) = (["tcp/127.0.0.1:1".to_owned()], ["tcp/10.0.0.2:7447".to_owned()]);
        let config = config(router(&listen, &connect), &Environment::default()).unwrap();

        assert_eq!(value(&config, "mode"), "\"router\"");
        assert!(value(&config, "listen/endpoints").contains("tcp/127.0.0.1:1"));
        assert!(value(&config, "connect/endpoints").contains("tcp/10.0.0.2:7447"));
        assert_eq!(value(&config, "scouting/multicast/enabled"), "false");
        assert_eq!(value(&config, "timestamping/enabled"), "true");
    }

    #[test]
    fn single_values_win_and_bare_words_are_texts() {
        let environment = Environment::of(|variable| {
            (variable == "ZENOH_CONFIG_OVERRIDE").then(|| {
                "transport/link/tx/lease=9000;mode=client;scouting/multicast/enabled=true".to_owned()
            })
        });
        let config = config(router(&[], &[]), &environment).unwrap();

        assert_eq!(value(&config, "transport/link/tx/lease"), "9000");
        assert_eq!(value(&config, "mode"), "\"client\"");
        assert_eq!(value(&config, "scouting/multicast/enabled"), "true");
    }

    #[test]
    fn keys_are_set_whatever_else_says_otherwise() {
        let (keys, listen) = (keys(), ["tls/0.0.0.0:7447".to_owned()]);
        let environment = Environment::of(|variable| {
            (variable == "ZENOH_CONFIG_OVERRIDE").then(|| {
                "transport/link/tls/enable_mtls=false;transport/link/tls/verify_name_on_connect=false"
                    .to_owned()
            })
        });
        let config = config(Ends { keys: Some(&keys), ..router(&listen, &[]) }, &environment).unwrap();

        let tls = |name: &str| value(&config, &format!("transport/link/tls/{name}"));
        assert_eq!([tls("enable_mtls"), tls("verify_name_on_connect")], ["true", "true"]);
        assert_eq!(tls("root_ca_certificate"), "\"/k/a\"");
        assert_eq!([tls("listen_private_key"), tls("connect_private_key")], ["\"/k/\\\"k\"", "\"/k/\\\"k\""]);
        assert_eq!(value(&config, "transport/link/protocols"), "[\"tls\"]");
    }

    #[test]
    fn plain_addresses_are_refused_beside_keys_wherever_they_are_from() {
        let keys = keys();
        let told = |listen: &[&str], connect: &[&str], variable: &str| {
            let own = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
            let (listen, connect) = (own(listen), own(connect));
            let environment = Environment::of(|asked| {
                (asked == "ZENOH_CONFIG_OVERRIDE" && !variable.is_empty()).then(|| variable.to_owned())
            });
            let ends = Ends { keys: Some(&keys), ..router(&listen, &connect) };
            config(ends, &environment).map_or_else(|error| error.to_string(), |_| "taken".to_owned())
        };

        assert_eq!(told(&["tcp/127.0.0.1:1"], &["tls/a:1"], ""), "taken");
        for told in [
            told(&["tcp/0.0.0.0:7447"], &[], ""),
            told(&["tls/0.0.0.0:1"], &["tcp/a:7447"], ""),
            told(&["tls/0.0.0.0:1"], &[], "connect/endpoints=[\"tcp/a:7447\"]"),
            told(&["tls/0.0.0.0:1"], &[], "listen/endpoints={router:[\"tcp/[::]:7447\"]}"),
        ] {
            assert!(
                told.contains("is plain") && told.contains("`tls/") && told.contains("--no-keys"),
                "{told}"
            );
        }
    }

    #[test]
    fn tls_without_keys_is_told() {
        let connect = ["tls/a:1".to_owned()];
        let error = config(router(&[], &connect), &Environment::default()).unwrap_err().to_string();
        assert!(error.contains("`tls/a:1` needs keys"), "{error}");
    }

    #[test]
    fn what_is_no_key_or_address_is_told() {
        let environment = Environment::of(|variable| {
            (variable == "ZENOH_CONFIG_OVERRIDE").then(|| "no/such/key=1".to_owned())
        });
        let error = config(router(&[], &[]), &environment).unwrap_err().to_string();
        assert!(error.contains("ZENOH_CONFIG_OVERRIDE") && error.contains("no/such/key"), "{error}");

        let connect = ["10.0.0.2".to_owned()];
        let error = config(router(&[], &connect), &Environment::default()).unwrap_err().to_string();
        assert!(error.contains("`10.0.0.2` is no address"), "{error}");
    }
}
