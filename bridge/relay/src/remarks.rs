//! What the quality of service of a publisher and a subscription that meet means for them. As in `rmw_zenoh` it keeps
//! nobody apart; but who knows DDS expects it to, and what somebody asks for and nobody offers does not come about.

use vc_ros2::WireQos;
use vc_ros2::qos::{History, Liveliness, Span};
use vc_words::qos::MAX_KEPT;
use vc_words::{Durability, Qos, Reliability, TopicName};

/// One end of a topic.
#[derive(Debug, Clone)]
pub struct End {
    /// Its node, and whether that is here or there.
    pub node: String,
    /// Its quality of service.
    pub qos: WireQos,
}

impl End {
    /// One of this host.
    pub fn here(node: &impl ToString, qos: &Qos) -> Self {
        Self { node: format!("`{}` here", node.to_string()), qos: WireQos::from(qos) }
    }

    /// One of another host.
    pub fn there(node: &impl ToString, qos: &WireQos) -> Self {
        Self { node: format!("`{}` there", node.to_string()), qos: *qos }
    }

    /// How many samples it keeps.
    fn kept(&self) -> u32 {
        if self.qos.history == History::KeepAll { u32::MAX } else { self.qos.depth }
    }
}

/// What is to be said of the two.
pub fn remarks(topic: &TopicName, publisher: &End, subscriber: &End) -> Vec<String> {
    let (offered, asked) = (&publisher.qos, &subscriber.qos);
    let [speaks, listens] = [&publisher.node, &subscriber.node];
    let mut found = Vec::new();
    let mut say = |text: String| found.push(format!("topic `{topic}`: {text}"));
    if asked.reliability == Reliability::Reliable && offered.reliability == Reliability::BestEffort {
        say(format!(
            "{listens} asks for reliable, {speaks} is best effort: samples cross, but may be lost; on DDS they would \
             not meet"
        ));
    }
    if asked.durability == Durability::TransientLocal {
        if offered.durability == Durability::Volatile {
            say(format!(
                "{listens} asks for transient local, {speaks} is volatile: nothing comes that was sent before; on DDS \
                 they would not meet"
            ));
        } else if subscriber.kept() > publisher.kept() {
            let (asked, kept) = (depth(subscriber), depth(publisher));
            say(format!("{listens} asks for {asked} sent before, {speaks} keeps {kept}"));
        } else if subscriber.kept() > MAX_KEPT {
            let asked = depth(subscriber);
            say(format!("{listens} asks for {asked} sent before: at most the last {MAX_KEPT} cross"));
        }
    }
    for end in [publisher, subscriber] {
        for (is_set, what) in [
            (end.qos.deadline != Span::INFINITE, "a deadline"),
            (end.qos.lifespan != Span::INFINITE, "a lifespan"),
            (end.qos.lease != Span::INFINITE, "a lease of liveliness"),
            (end.qos.liveliness != Liveliness::Automatic, "liveliness by hand"),
        ] {
            if is_set {
                say(format!("{} has {what}: the relay does not carry that over", end.node));
            }
        }
    }
    found
}

fn depth(end: &End) -> String {
    if end.qos.history == History::KeepAll { "all".to_owned() } else { format!("the last {}", end.qos.depth) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn of(offered: &str, asked: &str) -> Vec<String> {
        let topic = TopicName::absolute("/map").unwrap();
        let end = |text| WireQos::decode(text).unwrap();
        let publisher = End::there(&"/mapper", &end(offered));
        remarks(&topic, &publisher, &End { node: "`/nav` here".to_owned(), qos: end(asked) })
    }

    #[test]
    fn who_offers_what_is_asked_for_is_passed_over() {
        for (offered, asked) in [
            ("::,10:,:,:,,", "::,10:,:,:,,"),
            ("::,10:,:,:,,", "2::,5:,:,:,,"),
            (":1:,10:,:,:,,", "::,1:,:,:,,"),
            (":1:,10:,:,:,,", ":1:,10:,:,:,,"),
        ] {
            assert_eq!(of(offered, asked), [""; 0], "{offered} {asked}");
        }
    }

    #[test]
    fn what_nobody_offers_is_told() {
        for (offered, asked, told) in [
            ("2::,5:,:,:,,", "::,10:,:,:,,", "`/nav` here asks for reliable, `/mapper` there is best effort"),
            (
                "::,5:,:,:,,",
                ":1:,1:,:,:,,",
                "`/nav` here asks for transient local, `/mapper` there is volatile",
            ),
            (
                ":1:,1:,:,:,,",
                ":1:,10:,:,:,,",
                "asks for the last 10 sent before, `/mapper` there keeps the last 1",
            ),
            (
                ":1:2,:,:,:,,",
                ":1:,100:,:,:,,",
                "asks for the last 100 sent before: at most the last 16 cross",
            ),
            (":1:,5:,:,:,,", ":1:2,:,:,:,,", "asks for all sent before, `/mapper` there keeps the last 5"),
            (
                "::,5:,:10,0:,,",
                "::,5:,:,:,,",
                "`/mapper` there has a lifespan: the relay does not carry that over",
            ),
        ] {
            let [told_of] = &of(offered, asked)[..] else { panic!("{offered} {asked}") };
            assert!(told_of.starts_with("topic `/map`: ") && told_of.contains(told), "{told_of}");
        }
    }

    #[test]
    fn each_side_and_each_thing_is_told() {
        let deadline = WireQos { deadline: Span::of(Duration::from_secs(1)), ..WireQos::default() };
        let text = WireQos {
            liveliness: Liveliness::ManualByTopic,
            lease: Span::of(Duration::from_secs(2)),
            ..deadline
        };
        assert_eq!(of(&text.to_string(), &deadline.to_string()).len(), 4);
    }
}
