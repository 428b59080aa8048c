//! What a viewer asks for: read once, at the door.

use hyper::header::HOST;
use hyper::{HeaderMap, Method, Uri};

/// A request that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// `/`, `/screen.css`, `/screen.js`: the page.
    Page(&'static str),
    /// `/frame?after=N`: the newest picture as soon as it is another than number N.
    Frame {
        /// The number the viewer has; 0: none.
        after: u64,
    },
    /// `/snapshot.png`: the newest picture without loss.
    Snapshot,
    /// `/status`: what is known about the source, as JSON.
    Status,
    /// `/stream`: pictures one after the other, for plain viewers.
    Stream,
}

/// A request that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not under a name of this host.
    Stranger,
    /// Neither GET nor HEAD.
    Method,
    /// Nothing there.
    Unknown,
    /// `after` is no number.
    Number,
}

/// Reads a request.
pub(super) fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Ask, Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let named = hosts.next().and_then(|host| host.to_str().ok()).is_some_and(is_this_host);
    let target_named = uri.authority().is_none_or(|authority| is_this_host(authority.as_str()));
    if !named || !target_named || hosts.next().is_some() {
        return Err(Refusal::Stranger);
    }
    if ![Method::GET, Method::HEAD].contains(method) {
        return Err(Refusal::Method);
    }
    match uri.path() {
        "/" => Ok(Ask::Page("index.html")),
        "/screen.css" => Ok(Ask::Page("screen.css")),
        "/screen.js" => Ok(Ask::Page("screen.js")),
        "/frame" => Ok(Ask::Frame { after: after(uri.query().unwrap_or_default())? }),
        "/snapshot.png" => Ok(Ask::Snapshot),
        "/status" => Ok(Ask::Status),
        "/stream" => Ok(Ask::Stream),
        _ => Err(Refusal::Unknown),
    }
}

/// Whether `host`, with or without a port, is a name by which only this host can be meant.
fn is_this_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")
}

fn after(query: &str) -> Result<u64, Refusal> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("after="));
    value.map_or(Ok(0), |number| number.parse().map_err(|_| Refusal::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &Method, target: &str, hosts: &[&str]) -> Result<Ask, Refusal> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, host.parse().unwrap());
        }
        read(method, &target.parse().unwrap(), &headers)
    }

    #[test]
    fn what_is_there_is_found() {
        let get = |target| ask(&Method::GET, target, &["localhost:8080"]);

        assert_eq!(get("/"), Ok(Ask::Page("index.html")));
        assert_eq!(get("/frame"), Ok(Ask::Frame { after: 0 }));
        assert_eq!(get("/frame?x=1&after=17"), Ok(Ask::Frame { after: 17 }));
        assert_eq!(get("/frame?after=-1"), Err(Refusal::Number));
        assert_eq!(get("/frame?after=99999999999999999999"), Err(Refusal::Number));
        assert_eq!(get("/../etc/passwd"), Err(Refusal::Unknown));
    }

    #[test]
    fn only_this_host_under_its_own_name_is_served() {
        let from = |host: &str| ask(&Method::GET, "/status", &[host]);

        for host in ["127.0.0.1", "127.0.0.1:9", "localhost", "LocalHost:8080"] {
            assert_eq!(from(host), Ok(Ask::Status), "{host}");
        }
        for host in
            ["evil.example", "127.0.0.1.evil.example", "localhost.evil:80", "evil@localhost", "", ":80"]
        {
            assert_eq!(from(host), Err(Refusal::Stranger), "{host}");
        }
        assert_eq!(ask(&Method::GET, "/", &[]), Err(Refusal::Stranger));
        assert_eq!(ask(&Method::GET, "/", &["localhost", "evil"]), Err(Refusal::Stranger));
        assert_eq!(ask(&Method::GET, "http://evil.example/", &["localhost"]), Err(Refusal::Stranger));
        assert_eq!(ask(&Method::POST, "/", &["localhost"]), Err(Refusal::Method));
    }
}
