//! The wires' figures: what the nodes' own counters say, joined by the plan.
//!
//! A node that restarts has a new page of counters and new publisher identities. What the old page
//! said last is kept, so that figures are sums over all of a node's processes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use vc_counters::{Histogram, Page, SourceReading};
use vc_plan::{Plan, PlannedWire, PortRef};
use vc_words::TopicName;

/// The figures of one wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WireFigures {
    /// The output.
    pub from: PortRef,
    /// The input.
    pub to: PortRef,
    /// The topic that joins them.
    pub topic: TopicName,
    /// Samples the output sent.
    pub sent: u64,
    /// Samples the input received from this output.
    pub received: u64,
    /// Samples of this output that the input never received.
    pub lost: u64,
    /// Samples received a second: over the last second while the circuit runs, over the time from
    /// the first to the last sample in the summary.
    pub rate_hz: f64,
    /// From send to receipt, over the same time as the rate; none: nothing was received in it.
    pub latency: Option<Latency>,
}

impl WireFigures {
    /// Those of a wire that nothing was sent on yet.
    pub fn nothing(wire: &PlannedWire) -> Self {
        Self {
            from: wire.from.clone(),
            to: wire.to.clone(),
            topic: wire.topic.clone(),
            sent: 0,
            received: 0,
            lost: 0,
            rate_hz: 0.0,
            latency: None,
        }
    }
}

/// How long samples took from send to receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of them took at most this long.
    pub p50: Duration,
    /// 99 of 100 took at most this long.
    pub p99: Duration,
    /// None took longer.
    pub max: Duration,
}

impl Latency {
    fn of(histogram: &Histogram) -> Option<Self> {
        let ns = Duration::from_nanos;
        (histogram.count() > 0).then(|| Self {
            p50: ns(histogram.p50_ns()),
            p99: ns(histogram.p99_ns()),
            max: ns(histogram.max_ns()),
        })
    }
}

/// What an input received from one output.
#[derive(Debug, Clone, Default)]
struct Received {
    samples: u64,
    lost: u64,
    latency: Histogram,
}

impl Received {
    fn add(&mut self, other: &Self) {
        self.samples = self.samples.saturating_add(other.samples);
        self.lost = self.lost.saturating_add(other.lost);
        self.latency.merge(&other.latency);
    }
}

/// One node's counters, over all of its processes.
#[derive(Debug, Default)]
struct NodeLog {
    page: Option<Page>,
    /// Samples sent by processes that have ended, by output.
    sent_before: HashMap<String, u64>,
    /// The outputs that ever had an identity.
    outputs: HashMap<u128, String>,
}

impl NodeLog {
    fn sent(&self, port: &str) -> u64 {
        let now = self.page.as_ref().map(Page::outputs).unwrap_or_default();
        let now: u64 = now.iter().filter(|output| output.port == port).map(|output| output.sent).sum();
        self.sent_before.get(port).copied().unwrap_or(0).saturating_add(now)
    }
}

/// One wire's counters, over all processes at both ends.
#[derive(Debug)]
struct WireLog {
    from: PortRef,
    to: PortRef,
    topic: TopicName,
    /// The two nodes' places in the plan; none: on another machine.
    ends: (Option<usize>, Option<usize>),
    /// By receiving processes that have ended.
    before: Received,
    /// By all, at the last look.
    total: Received,
    /// What `total` was at the last report.
    reported: Received,
    /// When the first look saw samples and how many, and when the count last grew.
    first: Option<(Instant, u64)>,
    last: Option<Instant>,
    /// The last look that saw nothing yet.
    silent: Instant,
}

/// All counters of a circuit.
#[derive(Debug)]
pub(crate) struct Ledger {
    nodes: Vec<NodeLog>,
    wires: Vec<WireLog>,
    /// The topics that something was sent on.
    topics: HashSet<String>,
    reported: Instant,
}

impl Ledger {
    pub(crate) fn new(plan: &Plan, now: Instant) -> Self {
        let places: BTreeMap<_, _> = plan.nodes.iter().enumerate().map(|(i, node)| (&node.name, i)).collect();
        let wires = plan.wires.iter().filter_map(|wire| {
            let ends = (places.get(&wire.from.node).copied(), places.get(&wire.to.node).copied());
            ends.0.or(ends.1)?;
            Some(WireLog {
                from: wire.from.clone(),
                to: wire.to.clone(),
                topic: wire.topic.clone(),
                ends,
                before: Received::default(),
                total: Received::default(),
                reported: Received::default(),
                first: None,
                last: None,
                silent: now,
            })
        });
        let nodes = plan.nodes.iter().map(|_| NodeLog::default()).collect();
        Self { nodes, wires: wires.collect(), topics: HashSet::new(), reported: now }
    }

    /// Whether a node was seen to have sent something on a topic.
    pub(crate) fn has_message(&self, topic: &TopicName) -> bool {
        self.topics.contains(topic.as_str())
    }

    /// A node's new process counts on this page.
    pub(crate) fn attach(&mut self, node: usize, page: Page) {
        self.nodes[node].page = Some(page);
    }

    /// A node's process has ended: what its page says now is final.
    pub(crate) fn detach(&mut self, node: usize, now: Instant) {
        self.look(now);
        let Some(page) = self.nodes[node].page.take() else { return };
        for output in page.outputs() {
            let sent = self.nodes[node].sent_before.entry(output.port).or_default();
            *sent = sent.saturating_add(output.sent);
        }
        for wire in self.wires.iter_mut().filter(|wire| wire.ends.1 == Some(node)) {
            wire.before = wire.total.clone();
        }
    }

    /// Reads all pages.
    pub(crate) fn look(&mut self, now: Instant) {
        for node in &mut self.nodes {
            let outputs = node.page.as_ref().map(Page::outputs).unwrap_or_default();
            for output in outputs.iter().filter(|output| output.sent > 0) {
                if !self.topics.contains(&output.topic) {
                    self.topics.insert(output.topic.clone());
                }
            }
            node.outputs.extend(outputs.into_iter().map(|output| (output.gid, output.port)));
        }
        let sources: Vec<_> =
            self.nodes.iter().map(|node| node.page.as_ref().map(Page::sources).unwrap_or_default()).collect();
        let here: HashSet<u128> = self.nodes.iter().flat_map(|node| node.outputs.keys().copied()).collect();
        for wire in &mut self.wires {
            let Some(to) = wire.ends.1 else { continue };
            let senders = wire.ends.0.map(|from| &self.nodes[from].outputs);
            // Whoever sends from another machine is known by the topic.
            let is_from = |source: &SourceReading| match senders {
                Some(senders) => senders.get(&source.gid) == Some(&wire.from.port),
                None => source.topic == wire.topic.as_str() && !here.contains(&source.gid),
            };
            let mut total = wire.before.clone();
            for source in &sources[to] {
                if source.port == wire.to.port && is_from(source) {
                    let (samples, lost) = (source.received, source.lost);
                    total.add(&Received { samples, lost, latency: source.latency.clone() });
                }
            }
            wire.update(total, now);
        }
    }

    /// The figures since the last report.
    pub(crate) fn report(&mut self, now: Instant) -> Vec<WireFigures> {
        self.look(now);
        let seconds = now.duration_since(self.reported).as_secs_f64();
        self.reported = now;
        let nodes = &self.nodes;
        let figures = |wire: &mut WireLog| {
            let samples = wire.total.samples.saturating_sub(wire.reported.samples);
            let latency = wire.total.latency.since(&wire.reported.latency);
            wire.reported = wire.total.clone();
            wire.figures(nodes, rate(samples, seconds), Latency::of(&latency))
        };
        self.wires.iter_mut().map(figures).collect()
    }

    /// The figures over the whole life of each wire.
    pub(crate) fn summary(&mut self, now: Instant) -> Vec<WireFigures> {
        self.look(now);
        let figures = |wire: &WireLog| {
            wire.figures(&self.nodes, wire.rate_over_life(), Latency::of(&wire.total.latency))
        };
        self.wires.iter().map(figures).collect()
    }
}

impl WireLog {
    fn update(&mut self, total: Received, now: Instant) {
        if total.samples == 0 {
            self.silent = now;
        } else if total.samples != self.total.samples {
            self.first.get_or_insert((now, total.samples));
            self.last = Some(now);
        }
        self.total = total;
    }

    fn rate_over_life(&self) -> f64 {
        let (Some((first, at_first)), Some(last)) = (self.first, self.last) else { return 0.0 };
        if last > first {
            rate(self.total.samples.saturating_sub(at_first), (last - first).as_secs_f64())
        } else {
            // Everything came between two looks.
            rate(self.total.samples, (first - self.silent).as_secs_f64())
        }
    }

    fn figures(&self, nodes: &[NodeLog], rate_hz: f64, latency: Option<Latency>) -> WireFigures {
        WireFigures {
            from: self.from.clone(),
            to: self.to.clone(),
            topic: self.topic.clone(),
            sent: self.ends.0.map_or(0, |from| nodes[from].sent(&self.from.port)),
            received: self.total.samples,
            lost: self.total.lost,
            rate_hz,
            latency,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn rate(samples: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { samples as f64 / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plan_of, wire};

    fn page() -> Page {
        Page::create().unwrap().0
    }

    fn circuit() -> Plan {
        let mut plan = plan_of(["camera", "edges"].map(|name| crate::testing::shell(name, "true")));
        plan.wires = vec![wire("camera/image", "edges/image")];
        plan
    }

    #[test]
    fn figures_are_summed_over_restarts_of_both_ends() {
        let begin = Instant::now();
        let at = |millis| begin + Duration::from_millis(millis);
        let mut ledger = Ledger::new(&circuit(), begin);
        let (camera, edges) = (page(), page());
        ledger.attach(0, camera.clone());
        ledger.attach(1, edges.clone());
        let (mut output, source) =
            (camera.add_output("image", "/t", 7).unwrap(), edges.add_source("image", "/t", 7));
        let stranger = edges.add_source("image", "/t", 99);

        (0..10).for_each(|_| output.sent(100));
        (0..9).for_each(|_| source.received(1000));
        source.lost(1);
        stranger.received(5);
        let live = ledger.report(at(1000));

        assert_eq!((live[0].sent, live[0].received, live[0].lost), (10, 9, 1));
        assert!((live[0].rate_hz - 9.0).abs() < 0.01, "{live:?}");

        ledger.detach(0, at(1500));
        let camera = page();
        ledger.attach(0, camera.clone());
        camera.add_output("image", "/t", 8).unwrap().sent(100);
        edges.add_source("image", "/t", 8).received(3000);
        ledger.detach(1, at(2000));
        let edges = page();
        ledger.attach(1, edges.clone());
        edges.add_source("image", "/t", 8).received(2000);
        let total = ledger.summary(at(3000));

        assert_eq!((total[0].sent, total[0].received, total[0].lost), (11, 11, 1));
        assert!((total[0].rate_hz - 1.0).abs() < 0.01, "{total:?}");
        assert!(total[0].latency.is_some_and(|latency| latency.max >= Duration::from_micros(3)));
    }

    #[test]
    fn a_wire_from_another_machine_is_counted_by_its_topic() {
        let now = Instant::now();
        let mut plan =
            plan_of([crate::testing::shell("edges", "true"), crate::testing::shell("own", "true")]);
        plan.wires = vec![wire("camera/image", "edges/image"), wire("edges/edges", "screen/image")];
        let mut ledger = Ledger::new(&plan, now);
        let (edges, own) = (page(), page());
        ledger.attach(0, edges.clone());
        ledger.attach(1, own.clone());

        edges.add_source("image", "/camera/image", 99).received(1000);
        edges.add_source("image", "/other", 98).received(1000);
        // A node of this machine that writes the same topic.
        own.add_output("o", "/camera/image", 5).unwrap().sent(1);
        edges.add_source("image", "/camera/image", 5).received(1000);
        edges.add_output("edges", "/edges/edges", 6).unwrap().sent(1);
        let figures = ledger.report(now + Duration::from_secs(1));

        assert_eq!((figures[0].sent, figures[0].received), (0, 1));
        assert_eq!((figures[1].sent, figures[1].received), (1, 0));
    }

    #[test]
    fn a_silent_wire_has_no_latency() {
        let now = Instant::now();
        let mut ledger = Ledger::new(&circuit(), now);

        let figures = ledger.report(now + Duration::from_secs(1));

        assert_eq!((figures[0].received, figures[0].latency), (0, None));
    }
}
