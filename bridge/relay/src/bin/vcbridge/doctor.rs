//! What a relay says of itself, as text: who is connected, who sees whom, why a topic is silent, what crosses.

use std::fmt::Write;
use std::time::Duration;

use vc_relay::status::{Status, Topic, Way};

/// Two looks at a relay, so long apart.
pub(crate) struct Examination {
    pub(crate) before: Status,
    pub(crate) after: Status,
    pub(crate) between: Duration,
}

impl Examination {
    /// The whole report.
    pub(crate) fn report(&self) -> String {
        let mut text = self.head();
        for topic in &self.after.topics {
            let way = if topic.way == Way::Out { "out" } else { "in" };
            let _ = writeln!(text, "{:<3}  {}  {}", way, topic.name, topic.type_name);
            let _ = writeln!(text, "     {}", self.state(topic));
            for (cause, count) in &topic.losses {
                let _ = writeln!(text, "     lost: {count}, {cause}");
            }
        }
        for (name, way) in &self.after.denied {
            let way = if *way == Way::Out { "out" } else { "in" };
            let _ = writeln!(text, "{way:<3}  {name}\n     not allowed by this relay's rules");
        }
        for name in &self.after.topics_there {
            let _ = writeln!(text, "     {name}  only others have it");
        }
        if self.after.topics.is_empty() && self.after.denied.is_empty() {
            let _ = writeln!(text, "no node of this host has a topic");
        }
        for mismatch in &self.after.mismatches {
            let _ = writeln!(text, "problem: {mismatch}");
        }
        if self.after.tokens_refused > 0 {
            let refused = self.after.tokens_refused;
            let _ =
                writeln!(text, "problem: {refused} texts that others showed as nodes or topics were none");
        }
        text
    }

    fn head(&self) -> String {
        let Status { version, domain, wire_domain, session, place, .. } = &self.after;
        let wire = if wire_domain == domain { String::new() } else { format!(", {wire_domain} on the wire") };
        let mut text =
            format!("relay of domain {domain}{wire}, version {version}, session {}\n", short(session));
        let _ = writeln!(text, "{place}");
        for link in &self.after.links {
            let _ = writeln!(text, "connected: {} {} at {}", link.role, short(&link.session), link.address);
        }
        if self.after.links.is_empty() {
            let _ = writeln!(
                text,
                "connected: nobody; start it with `--connect tcp/OTHER:7447`, or with `--listen tcp/0.0.0.0:7447` \
                 and let others connect"
            );
        }
        let _ = writeln!(text, "nodes here: {}", list(self.after.nodes_here.iter().cloned()));
        let there =
            self.after.nodes_there.iter().map(|(node, session)| format!("{node} ({})", short(session)));
        let _ = writeln!(text, "nodes there: {}\n", list(there));
        text
    }

    /// Whether a topic crosses; if not, why.
    fn state(&self, topic: &Topic) -> String {
        let (here, there) = (list(topic.here.iter().cloned()), list(topic.there.iter().cloned()));
        let mismatched = self.after.mismatches.iter().any(|text| text.contains(&format!("`{}`", topic.name)));
        match (topic.way, topic.is_open) {
            (_, false) if mismatched => {
                format!("silent: {here} and {there} do not mean the same type, see below")
            }
            (Way::Out, false) if topic.there.is_empty() => "silent: nobody elsewhere subscribes".to_owned(),
            (Way::In, false) if topic.there.is_empty() => "silent: nobody elsewhere publishes".to_owned(),
            (_, false) => format!("silent: {there} is seen, but no way leads there"),
            (Way::Out, true) => format!("{here} → {there}: {}", self.rate(topic)),
            (Way::In, true) => format!("{there} → {here}: {}", self.rate(topic)),
        }
    }

    fn rate(&self, topic: &Topic) -> String {
        let same = |other: &&Topic| other.name == topic.name && other.way == topic.way;
        let before = self.before.topics.iter().find(same);
        let (samples, bytes) = before.map_or((0, 0), |before| (before.samples, before.bytes));
        let each_second = |now: u64, before: u64| {
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let change = now.saturating_sub(before) as f64;
            change / self.between.as_secs_f64()
        };
        let (rate, bytes) = (each_second(topic.samples, samples), each_second(topic.bytes, bytes));
        if rate > 0.0 {
            format!("{rate:.1} samples/s, {:.3} MB/s", bytes / 1e6)
        } else if topic.samples > 0 {
            format!("no sample now; {} so far", topic.samples)
        } else {
            "joined, but no sample yet: its publisher is silent".to_owned()
        }
    }
}

/// As much of a session's id as people compare.
fn short(session: &str) -> &str {
    session.get(..8).unwrap_or(session)
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

#[cfg(test)]
mod tests {
    use vc_relay::status::Link;

    use super::*;

    fn topic(name: &str, way: Way, there: &[&str], is_open: bool, samples: u64) -> Topic {
        Topic {
            name: name.to_owned(),
            type_name: "std_msgs/msg/String".to_owned(),
            way,
            here: vec!["/here".to_owned()],
            there: there.iter().map(ToString::to_string).collect(),
            is_open,
            samples,
            bytes: samples * 1000,
            losses: [].into(),
        }
    }

    fn status(topics: Vec<Topic>) -> Status {
        Status {
            version: "0.1.0".to_owned(),
            domain: 7,
            wire_domain: 7,
            session: "0123456789abcdef".to_owned(),
            place: "router on tcp/127.0.0.1:7447".to_owned(),
            links: vec![],
            nodes_here: vec!["/here".to_owned()],
            nodes_there: [("/there".to_owned(), "fedcba9876543210".to_owned())].into(),
            topics,
            denied: vec![],
            topics_there: vec![],
            mismatches: vec![],
            tokens_refused: 0,
        }
    }

    fn report(before: Vec<Topic>, after: Status) -> String {
        Examination { before: status(before), after, between: Duration::from_secs(2) }.report()
    }

    #[test]
    fn each_silence_has_its_reason() {
        let mut after = status(vec![
            topic("/a", Way::Out, &[], false, 0),
            topic("/b", Way::In, &[], false, 0),
            topic("/c", Way::Out, &["/there"], false, 0),
            topic("/d", Way::In, &["/there"], true, 0),
            topic("/e", Way::In, &["/there"], false, 0),
        ]);
        after.mismatches = vec!["topic `/e`: they differ".to_owned()];
        after.denied = vec![("/secret".to_owned(), Way::Out)];

        let report = report(vec![], after);

        insta::assert_snapshot!(report, @r"
        relay of domain 7, version 0.1.0, session 01234567
        router on tcp/127.0.0.1:7447
        connected: nobody; start it with `--connect tcp/OTHER:7447`, or with `--listen tcp/0.0.0.0:7447` and let others connect
        nodes here: /here
        nodes there: /there (fedcba98)

        out  /a  std_msgs/msg/String
             silent: nobody elsewhere subscribes
        in   /b  std_msgs/msg/String
             silent: nobody elsewhere publishes
        out  /c  std_msgs/msg/String
             silent: /there is seen, but no way leads there
        in   /d  std_msgs/msg/String
             /there → /here: joined, but no sample yet: its publisher is silent
        in   /e  std_msgs/msg/String
             silent: /here and /there do not mean the same type, see below
        out  /secret
             not allowed by this relay's rules
        problem: topic `/e`: they differ
        ");
    }

    #[test]
    fn what_flows_has_its_rate_and_losses() {
        let before = vec![topic("/a", Way::Out, &["/there"], true, 100)];
        let mut now = topic("/a", Way::Out, &["/there"], true, 160);
        now.losses = [("link slower than the publisher".to_owned(), 3)].into();
        let mut after = status(vec![now]);
        after.links = vec![Link {
            session: "fedcba9876543210".to_owned(),
            role: "router".to_owned(),
            address: "tcp/10.0.0.2:7447".to_owned(),
        }];

        insta::assert_snapshot!(report(before, after), @r"
        relay of domain 7, version 0.1.0, session 01234567
        router on tcp/127.0.0.1:7447
        connected: router fedcba98 at tcp/10.0.0.2:7447
        nodes here: /here
        nodes there: /there (fedcba98)

        out  /a  std_msgs/msg/String
             /here → /there: 30.0 samples/s, 0.030 MB/s
             lost: 3, link slower than the publisher
        ");
    }
}
