//! Lists that are for one peer only, as zenoh keeps them: by the link over which something comes or goes.
//!
//! A sample does not tell from whom it came, beyond what its sender writes beside it, and a token is whatever somebody
//! declares. What a sender cannot choose is the link. So these lists become zenoh's access control, which knows of each
//! link the certificate shown, the session at its other end and the interface it runs over, and looks at each message on
//! it: also at those that only pass through this router. Who is behind another router is that router's link.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};
use zenoh::key_expr::OwnedKeyExpr;

use crate::error::RelayError;
use crate::rules::{Entry, Pattern, Rules};

/// Who is at the other end of a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// By the name in the certificate it has shown.
    Certificate(String),
    /// By its zenoh session, which it chooses itself.
    Session(String),
    /// By the interface of this host that the link runs over.
    Interface(String),
}

impl Peer {
    /// Reads `certificate:robot1`, `session:1a2b` or `interface:wlan0`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        let name = Some(name.to_owned()).filter(|name| !name.is_empty())?;
        match kind {
            "certificate" => Some(Self::Certificate(name)),
            "session" if is_session(&name) => Some(Self::Session(name)),
            "interface" => Some(Self::Interface(name)),
            _ => None,
        }
    }

    /// Which of its properties it is told by, in zenoh's word; and the property.
    fn told_by(&self) -> (&'static str, &str) {
        match self {
            Self::Certificate(name) => ("cert_common_names", name),
            Self::Session(name) => ("zids", name),
            Self::Interface(name) => ("interfaces", name),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(name) => write!(f, "certificate:{name}"),
            Self::Session(name) => write!(f, "session:{name}"),
            Self::Interface(name) => write!(f, "interface:{name}"),
        }
    }
}

fn is_session(text: &str) -> bool {
    text.len() <= 32 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

/// What carries samples, and what asks for them.
const CARRY: [&str; 3] = ["put", "delete", "reply"];
const ASK: [&str; 2] = ["declare_subscriber", "query"];
/// What else there is: it is not restricted, or nobody would find anybody.
const ELSE: [&str; 4] =
    ["declare_queryable", "liveliness_token", "declare_liveliness_subscriber", "liveliness_query"];
/// All keys: what begins with `@` is not matched by `**`.
const ALL: [&str; 4] = ["**", "**/@adv/**", "@ros2_lv/**", "@/*/@ros2_lv/**"];

/// zenoh's access control that keeps the lists that are for one peer only, as JSON; none if there are none.
///
/// As soon as something is allowed to one peer, whoever is not named may nothing.
///
/// # Errors
/// [`RelayError::Peers`] if peers are told apart in more than one way: zenoh lets pass what is right by any of them.
pub fn access_control(rules: &Rules, dds: bool) -> Result<Option<String>, RelayError> {
    let ways = [(&rules.out, "egress"), (&rules.r#in, "ingress")];
    let entries = ways.iter().flat_map(|(way, _)| way.allow.iter().chain(&way.deny));
    let peers: BTreeSet<&Peer> = entries.filter_map(|entry| entry.peer.as_ref()).collect();
    let told_by: BTreeSet<&str> = peers.iter().map(|peer| peer.told_by().0).collect();
    let ([first, ..], Some(last)) = (&peers.iter().collect::<Vec<_>>()[..], peers.last()) else {
        return Ok(None);
    };
    if told_by.len() > 1 {
        return Err(RelayError::Peers { one: first.to_string(), other: last.to_string() });
    }
    let is_named = |entry: &Entry| entry.peer.is_some();
    let strict = ways.iter().any(|(way, _)| way.allow.iter().any(is_named));

    let all = ALL.map(str::to_owned);
    let (mut written, mut subjects, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    for peer in peers {
        let first = written.len();
        let mut rule = |permission, messages: &[&str], flows: &[&str], keys: &[String]| {
            // A list of none is no list to zenoh.
            if !keys.is_empty() {
                written.push(json!({
                    "id": format!("rule{}", written.len()), "permission": permission, "messages": messages,
                    "flows": flows, "key_exprs": keys,
                }));
            }
        };
        for (way, flow) in ways {
            let of = |entries: &[Entry]| keys(entries, peer, dds);
            let (allowed, denied) = (of(&way.allow), of(&way.deny));
            rule("deny", &CARRY, &[flow], &denied);
            // What may not go there is not asked for either: so nobody reads it here.
            if flow == "egress" {
                rule("deny", &ASK, &["ingress"], &denied);
            }
            if strict {
                rule("allow", &CARRY, &[flow], if allowed.is_empty() { &all } else { &allowed });
            }
        }
        if strict {
            rule("allow", &[&ASK[..], &ELSE].concat(), &["ingress", "egress"], &all);
        }
        let (property, value) = peer.told_by();
        let rules: Vec<&Value> = written[first..].iter().map(|rule| &rule["id"]).collect();
        policies.push(json!({ "rules": rules, "subjects": [peer.to_string()] }));
        subjects.push(json!({ "id": peer.to_string(), property: [value] }));
    }
    let default = if strict { "deny" } else { "allow" };
    let control = json!({
        "enabled": true, "default_permission": default, "rules": written, "subjects": subjects, "policies": policies,
    });
    Ok(Some(control.to_string()))
}

/// The keys of those topics of a list that are for this peer.
fn keys(entries: &[Entry], peer: &Peer, dds: bool) -> Vec<String> {
    let of = entries.iter().filter(|entry| entry.peer.as_ref() == Some(peer));
    of.flat_map(|entry| keys_of(&entry.pattern, dds)).collect()
}

/// The keys of what matches a pattern, in each dialect, and of what late joiners fetch.
fn keys_of(pattern: &Pattern, dds: bool) -> Vec<String> {
    let words = pattern.words();
    let mut keys = vec![format!("*/{words}/*/*")];
    if dds {
        keys.push(words);
    }
    let each = keys.into_iter().flat_map(|key| [format!("{key}/@adv/**"), key]);
    each.filter_map(|key| OwnedKeyExpr::autocanonize(key).ok()).map(|key| key.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Way;

    fn rules(out_deny: &[&str], in_allow: &[&str], in_deny: &[&str]) -> Rules {
        let list = |texts: &[&str]| texts.iter().map(|text| Entry::parse(text).unwrap()).collect();
        Rules {
            out: Way { deny: list(out_deny), ..Way::default() },
            r#in: Way { allow: list(in_allow), deny: list(in_deny) },
            ..Rules::default()
        }
    }

    fn written(rules: &Rules) -> Value {
        serde_json::from_str(&access_control(rules, false).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn peers_are_read_as_they_are_written() {
        for text in ["certificate:robot 1", "session:1a2b", "interface:wlan0"] {
            assert_eq!(Peer::parse(text).unwrap().to_string(), text);
        }
        for bad in ["", "robot1", "certificate:", "session:XY", "host:a", "session:"] {
            assert_eq!(Peer::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn lists_for_all_need_no_access_control() {
        assert_eq!(access_control(&rules(&["/a"], &["/b"], &[]), false).unwrap(), None);
    }

    #[test]
    fn what_is_denied_to_one_is_open_to_others() {
        let control = written(&rules(&["/camera/**@interface:wlan0"], &[], &["/cmd_vel@interface:wlan0"]));

        assert_eq!(control["default_permission"], "allow");
        let [carry, ask, come] = &control["rules"].as_array().unwrap()[..] else { panic!("{control}") };
        assert_eq!((&carry["flows"][0], &carry["messages"]), (&json!("egress"), &json!(CARRY)));
        assert_eq!(carry["key_exprs"], json!(["*/camera/*/*/**/@adv/**", "*/camera/*/*/**"]));
        assert_eq!((&ask["flows"][0], &ask["messages"]), (&json!("ingress"), &json!(ASK)));
        assert_eq!(come["key_exprs"][1], "*/cmd_vel/*/*");
        assert_eq!(control["subjects"], json!([{ "id": "interface:wlan0", "interfaces": ["wlan0"] }]));
    }

    #[test]
    fn what_is_allowed_to_one_is_closed_to_others() {
        let control = written(&rules(&[], &["/cmd_vel@certificate:operator"], &[]));

        assert_eq!(control["default_permission"], "deny");
        let [out, come, rest] = &control["rules"].as_array().unwrap()[..] else { panic!("{control}") };
        assert_eq!((&out["flows"][0], &out["key_exprs"]), (&json!("egress"), &json!(ALL)));
        assert_eq!(come["key_exprs"][1], "*/cmd_vel/*/*");
        assert_eq!(rest["flows"], json!(["ingress", "egress"]));
        assert!([out, come, rest].iter().all(|rule| rule["permission"] == "allow"));
    }

    #[test]
    fn peers_are_told_apart_one_way() {
        let error = access_control(&rules(&["/a@session:1a"], &[], &["/b@interface:lo"]), false).unwrap_err();
        assert!(
            error.to_string().contains("`interface:lo`") || error.to_string().contains("`session:1a`"),
            "{error}"
        );
    }

    #[test]
    fn zenoh_takes_what_is_written() {
        let rules =
            rules(&["/**@session:1a2b"], &["/a/*@session:1a2b", "/b@session:3c"], &["/**/c@session:3c"]);
        let control = access_control(&rules, true).unwrap().unwrap();
        let settings = vc_session::Settings {
            listen: vec!["tcp/127.0.0.1:0".to_owned()],
            access_control: Some(control),
            ..Default::default()
        };
        settings.open(&vc_session::Environment::default()).unwrap();
    }
}
