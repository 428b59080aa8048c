//! What a relay says of itself, as text: who is connected, what crosses at which rate, who sees whom, and why a topic is
//! silent.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use vc_relay::status::{NodeThere, Status, Topic, Way};

/// Two looks at a relay, so long apart.
pub(crate) struct Examination {
    pub(crate) before: Status,
    pub(crate) after: Status,
    pub(crate) between: Duration,
}

/// What is told together, under a heading.
const PARTS: [(&[Way], &str); 3] = [
    (&[Way::Out], "leaves this host"),
    (&[Way::In], "comes to this host"),
    (&[Way::ToDds, Way::ToRmw], "passes between others"),
];
/// The width of a topic's name and type, and of each figure.
const WIDE: usize = 56;
const FIGURE: usize = 11;
/// As many nodes as one line names.
const FEW: usize = 4;

impl Examination {
    /// The whole report.
    pub(crate) fn report(&self) -> String {
        let mut text = self.head();
        for (ways, heading) in PARTS {
            let topics: Vec<&Topic> =
                self.after.topics.iter().filter(|topic| ways.contains(&topic.way)).collect();
            let denied: Vec<&String> = self.denied(ways).collect();
            if topics.is_empty() && denied.is_empty() {
                continue;
            }
            text += &self.part(heading, &topics);
            for name in denied {
                let _ = writeln!(text, "  {name}\n    not allowed by this relay's rules");
            }
        }
        if self.after.topics.is_empty() && self.after.denied.is_empty() {
            text += "\nno node of this host has a topic\n";
        }
        if !self.after.topics_there.is_empty() {
            let _ = writeln!(text, "\nonly others have");
            for name in &self.after.topics_there {
                let _ = writeln!(text, "  {name}");
            }
        }
        text + &self.judgements()
    }

    fn denied(&self, ways: &[Way]) -> impl Iterator<Item = &String> {
        let denied = self.after.denied.iter();
        denied.filter(move |denied| ways.contains(&denied.way)).map(|denied| &denied.name)
    }

    fn head(&self) -> String {
        let Status { version, domain, wire_domain, session, place, .. } = &self.after;
        let wire = if wire_domain == domain { String::new() } else { format!(", {wire_domain} on the wire") };
        let mut text = format!(
            "relay of domain {domain}{wire}, version {version}, session {}\n{place}\n",
            short(session)
        );
        match &self.after.interpreter {
            Some(other) => {
                let other = short(other);
                let _ =
                    writeln!(text, "robots on DDS are interpreted to others by the relay of session {other}");
            }
            None if self.after.dds => text += "interprets between robots on DDS and rmw_zenoh\n",
            None => {}
        }
        if let Some(own) = &self.after.own {
            let _ = writeln!(text, "with the keys of {own}");
        }
        text += "\nconnected\n";
        for link in &self.after.links {
            let who = match (&link.certificate, &self.after.own) {
                (Some(name), _) => format!("  certificate {name}"),
                (None, Some(_)) => "  no certificate: plain, and within this host".to_owned(),
                (None, None) => String::new(),
            };
            let _ = writeln!(text, "  {} {}  {}{who}", link.role, short(&link.session), link.address);
        }
        if self.after.links.is_empty() {
            let _ = writeln!(
                text,
                "  nobody; start it with `--connect tcp/OTHER:7447`, or with `--listen tcp/0.0.0.0:7447` and let others \
                 connect"
            );
        }
        text += "\nnodes\n";
        let _ = writeln!(text, "  here      {}", list(&self.after.nodes_here));
        let mut there: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (node, session) in &self.after.nodes_there {
            there.entry(short(session)).or_default().push(node.clone());
        }
        for (session, nodes) in there {
            let _ = writeln!(text, "  {session:8}  {}", list(&nodes));
        }
        text
    }

    /// Some topics, those that carry most first.
    fn part(&self, heading: &str, topics: &[&Topic]) -> String {
        let (mut alone, mut rated) = (BTreeMap::<&str, Vec<&Topic>>::new(), Vec::new());
        for topic in topics {
            match why_alone(topic) {
                Some(reason) => alone.entry(reason).or_default().push(topic),
                None => rated.push((*topic, self.rate(topic))),
            }
        }
        rated.sort_by(|a, b| b.1.bytes.total_cmp(&a.1.bytes));
        let mut text =
            format!("\n{heading:<WIDE$}{:>FIGURE$}{:>FIGURE$}{:>FIGURE$}\n", "samples/s", "B/s", "lost");
        for (topic, rate) in &rated {
            let title = format!("  {}  {}", topic.name, topic.type_name);
            let lost: u64 = topic.losses.values().sum();
            let figures = if topic.is_open {
                let (samples, bytes) = (format!("{:.1}", rate.samples), people(rate.bytes));
                format!("{samples:>FIGURE$}{bytes:>FIGURE$}{lost:>FIGURE$}")
            } else {
                String::new()
            };
            let _ = writeln!(text, "{}", format!("{title:<WIDE$}{figures}").trim_end());
            let _ = writeln!(text, "    {}", self.state(topic, rate));
            for (cause, count) in &topic.losses {
                let _ = writeln!(text, "    lost {count}: {cause}");
            }
        }
        if rated.iter().filter(|(topic, _)| topic.is_open).count() > 1 {
            let sum = |of: fn(&Rate) -> f64| rated.iter().map(|(_, rate)| of(rate)).sum::<f64>();
            let (samples, bytes) =
                (format!("{:.1}", sum(|rate| rate.samples)), people(sum(|rate| rate.bytes)));
            let _ = writeln!(text, "{:<WIDE$}{samples:>FIGURE$}{bytes:>FIGURE$}", "  together");
        }
        for (reason, topics) in alone {
            let _ = writeln!(text, "  silent: {reason}");
            for topic in topics {
                let _ = writeln!(text, "    {}  {}", topic.name, topic.type_name);
            }
        }
        text
    }

    /// Who sees whom; if nothing crosses, why.
    fn state(&self, topic: &Topic, rate: &Rate) -> String {
        let (here, there) = (list(&topic.here), list(&topic.there.iter().map(named).collect::<Vec<_>>()));
        let mismatched = self.after.mismatches.iter().any(|text| text.contains(&format!("`{}`", topic.name)));
        let (from, to) = if topic.way == Way::In { (&there, &here) } else { (&here, &there) };
        let languages = match topic.way {
            Way::ToDds => "rmw_zenoh → DDS: ",
            Way::ToRmw => "DDS → rmw_zenoh: ",
            Way::Out | Way::In => "",
        };
        let joined = format!("{languages}{from} → {to}");
        match topic.is_open {
            true if topic.samples == 0 => joined + "; joined, but no sample yet: its publisher is silent",
            true if rate.samples > 0.0 => joined,
            true => format!("{joined}; no sample now, {} so far", topic.samples),
            false if mismatched => format!("silent: {here} and {there} do not mean the same type, see below"),
            false => format!("silent: {joined}: they see each other, but no way leads there"),
        }
    }

    fn judgements(&self) -> String {
        let mut text = String::new();
        let refused = self.after.tokens_refused;
        let strangers =
            (refused > 0).then(|| format!("{refused} texts that others showed as nodes or topics were none"));
        let problems: Vec<&String> = self.after.mismatches.iter().chain(&strangers).collect();
        for (heading, all) in
            [("problems", problems), ("quality of service", self.after.remarks.iter().collect())]
        {
            if !all.is_empty() {
                let _ = writeln!(text, "\n{heading}");
            }
            for one in all {
                let _ = writeln!(text, "  {one}");
            }
        }
        text
    }

    fn rate(&self, topic: &Topic) -> Rate {
        let same = |other: &&Topic| other.name == topic.name && other.way == topic.way;
        let before = self.before.topics.iter().find(same);
        let (samples, bytes) = before.map_or((0, 0), |before| (before.samples, before.bytes));
        let each_second = |now: u64, before: u64| {
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let change = now.saturating_sub(before) as f64;
            change / self.between.as_secs_f64()
        };
        Rate { samples: each_second(topic.samples, samples), bytes: each_second(topic.bytes, bytes) }
    }
}

/// What crosses in a second.
struct Rate {
    samples: f64,
    bytes: f64,
}

/// Bytes a second as people read them: `187 MB`.
fn people(bytes: f64) -> String {
    let (value, unit) = match bytes {
        0.0..1e3 => return format!("{bytes:.0} B"),
        1e3..1e6 => (bytes / 1e3, "kB"),
        1e6..1e9 => (bytes / 1e6, "MB"),
        _ => (bytes / 1e9, "GB"),
    };
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// Why nothing can cross: one end is missing.
fn why_alone(topic: &Topic) -> Option<&'static str> {
    let nobody = |ends: usize| ends == 0 && !topic.is_open;
    let (here, there) = (topic.here.len(), topic.there.len());
    match topic.way {
        Way::Out => Some("nobody elsewhere subscribes").filter(|_| nobody(there)),
        Way::In => Some("nobody elsewhere publishes").filter(|_| nobody(there)),
        Way::ToDds if nobody(here) => Some("rmw_zenoh → DDS: nobody with rmw_zenoh publishes this type"),
        Way::ToDds => {
            Some("rmw_zenoh → DDS: nobody on DDS subscribes to this type").filter(|_| nobody(there))
        }
        Way::ToRmw if nobody(here) => Some("DDS → rmw_zenoh: nobody on DDS publishes this type"),
        Way::ToRmw => {
            Some("DDS → rmw_zenoh: nobody with rmw_zenoh subscribes to this type").filter(|_| nobody(there))
        }
    }
}

/// As much of a session's id as people compare.
fn short(session: &str) -> &str {
    session.get(..8).unwrap_or(session)
}

fn named(there: &NodeThere) -> String {
    format!("{} ({})", there.node, short(&there.session))
}

/// The first few, and how many more.
fn list(items: &[String]) -> String {
    match items.len() {
        0 => "none".to_owned(),
        number if number <= FEW + 1 => items.join(", "),
        number => format!("{} and {} more", items[..FEW].join(", "), number - FEW),
    }
}

#[cfg(test)]
mod tests;
