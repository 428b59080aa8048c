//! Relays: each machine that a wire leaves or enters has one, `vcbridge`, and so has one that is to meet ROS 2 robots.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vc_words::{NodeName, Priority, Reliability, TopicName};

use crate::machine::MachineName;
use crate::plan::{Grace, Limits, NodeKind, OnExit, Output, Plan, PlannedNode, Restart, RestartPolicy};

/// The program that relays.
pub const PROGRAM: &str = "vcbridge";
/// The port that relays meet at: zenoh's own.
pub const PORT: u16 = 7447;
/// How often in a row a relay is started again.
const MOST_RETRIES: u32 = 5;

/// What a machine's relay carries, and whom it meets.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PlannedRelay {
    /// The topics of the circuit that leave the machine, each with the nodes elsewhere that read it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub leaves: BTreeMap<TopicName, BTreeSet<NodeName>>,
    /// The topics of the circuit that come in, each with the nodes elsewhere that write it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub comes: BTreeMap<TopicName, BTreeSet<NodeName>>,
    /// How topics leave, where the launch file says something about it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub carriage: BTreeMap<TopicName, Carriage>,
    /// The machines whose relays it connects to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meets: Vec<MachineName>,
    /// Whether relays of other machines connect to it.
    #[serde(default)]
    pub is_met: bool,
    /// What the user wants of it beside the wires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<PlannedBridge>,
}

/// How a topic is carried to another machine.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Carriage {
    /// Samples a second at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rate: Option<f64>,
    /// How urgent they are where they share a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Whether the link is waited for; none: as the output says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
}

/// What a machine's relay is to do beside the wires: `bridge`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlannedBridge {
    /// Where it listens.
    pub listen: Vec<String>,
    /// Whom it connects to.
    pub connect: Vec<String>,
    /// Whether it speaks with `zenoh-bridge-ros2dds`.
    pub dds: bool,
    /// The domain on the wire; none: that of the circuit.
    pub wire_domain: Option<u32>,
    /// Topics that may leave; empty: all.
    pub allow_out: Vec<String>,
    /// Topics that may come in; empty: all.
    pub allow_in: Vec<String>,
}

/// The settings of `vcbridge`, as its `--settings` reads them.
#[derive(Debug, Serialize)]
struct Settings<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<Listen<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    connect: &'a [String],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dds: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    wire_domain: Option<u32>,
    out: Way,
    r#in: Way,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    topics: &'a BTreeMap<TopicName, Carriage>,
    /// A relay that is there already is used.
    share: bool,
    expect: Expect<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Listen<'a> {
    At(&'a [String]),
    Nowhere(&'static str),
}

#[derive(Debug, Serialize)]
struct Way {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allow: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deny: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Expect<'a> {
    out: &'a BTreeMap<TopicName, BTreeSet<NodeName>>,
    r#in: &'a BTreeMap<TopicName, BTreeSet<NodeName>>,
}

impl PlannedRelay {
    /// The command line of `vcbridge`, which listens for and connects to relays of other machines there.
    pub fn arguments(&self, listen: &[String], connect: &[String]) -> Vec<String> {
        let bridge = self.bridge.clone().unwrap_or_default();
        // Where the user says where it listens, it listens there.
        let listen = if bridge.listen.is_empty() { listen } else { &bridge.listen };
        let connect = [connect, &bridge.connect].concat();
        let settings = Settings {
            // Without a bridge the wires are all there is to do: nobody else is let in.
            listen: match (&self.bridge, listen) {
                (None, []) => Some(Listen::Nowhere("none")),
                (Some(_), []) => None,
                (_, some) => Some(Listen::At(some)),
            },
            connect: &connect,
            dds: bridge.dds,
            wire_domain: bridge.wire_domain,
            out: way(self.leaves.keys(), self.bridge.as_ref().map(|bridge| &bridge.allow_out)),
            r#in: way(self.comes.keys(), self.bridge.as_ref().map(|bridge| &bridge.allow_in)),
            topics: &self.carriage,
            share: true,
            expect: Expect { out: &self.leaves, r#in: &self.comes },
        };
        // Plain data: there is nothing in it that JSON cannot hold.
        vec!["--settings".to_owned(), serde_json::to_string(&settings).unwrap_or_default()]
    }

    /// The topics that must flow before the circuit begins.
    pub fn topics(&self) -> BTreeSet<&TopicName> {
        self.leaves.keys().chain(self.comes.keys()).collect()
    }
}

/// The wires' topics, and what a bridge lets through; a bridge that says nothing lets all through.
fn way<'a>(topics: impl Iterator<Item = &'a TopicName>, bridge: Option<&Vec<String>>) -> Way {
    let allow: Vec<String> = topics.map(ToString::to_string).collect();
    match bridge {
        Some(all) if all.is_empty() => Way { allow: Vec::new(), deny: Vec::new() },
        Some(some) => Way { allow: [some.as_slice(), &allow].concat(), deny: Vec::new() },
        None if allow.is_empty() => Way { allow, deny: vec!["/**".to_owned()] },
        None => Way { allow, deny: Vec::new() },
    }
}

impl Plan {
    /// Adds a relay to each machine that a wire leaves or enters, or that is to have one by `bridges`; none: the
    /// machine where the launch is started.
    pub(crate) fn add_relays(&mut self, bridges: Vec<(Option<MachineName>, PlannedBridge)>) {
        let mut relays: BTreeMap<Option<MachineName>, PlannedRelay> = BTreeMap::new();
        for (machine, bridge) in bridges {
            relays.entry(machine).or_default().bridge.get_or_insert_default().add(bridge);
        }
        let nodes: HashMap<&NodeName, &PlannedNode> =
            self.nodes.iter().map(|node| (&node.name, node)).collect();
        // Of programs that are no blocks nobody knows when they are there.
        let block =
            |node: &PlannedNode| matches!(node.kind, NodeKind::Block { .. }).then(|| node.name.clone());
        let mut meetings = BTreeSet::new();
        for wire in self.crossing() {
            let (Some(from), Some(to)) = (nodes.get(&wire.from.node), nodes.get(&wire.to.node)) else {
                continue;
            };
            let leaving = relays.entry(from.machine.clone()).or_default();
            leaving.leaves.entry(wire.topic.clone()).or_default().extend(block(to));
            if wire.carriage != Carriage::default() {
                leaving.carriage.insert(wire.topic.clone(), wire.carriage);
            }
            let coming = relays.entry(to.machine.clone()).or_default();
            coming.comes.entry(wire.topic.clone()).or_default().extend(block(from));
            let mut ends =
                [&from.machine, &to.machine].map(|machine| (self.order(machine.as_ref()), machine.clone()));
            ends.sort();
            meetings.insert(ends.map(|(_, machine)| machine));
        }
        for [first, second] in meetings {
            // Where the launch is started it is known how all others are reached; of two others the later one
            // connects.
            let (who, whom) = if first.is_none() { (first, second) } else { (second, first) };
            relays.entry(who).or_default().meets.extend(whom.clone());
            relays.entry(whom).or_default().is_met = true;
        }
        for (machine, relay) in relays {
            let node = self.relay(machine, relay);
            self.nodes.push(node);
        }
    }

    /// The machine where the launch is started comes first, then the others as declared.
    fn order(&self, machine: Option<&MachineName>) -> usize {
        let Some(machine) = machine else { return 0 };
        1 + self.machines.iter().position(|one| one.name == *machine).unwrap_or(self.machines.len())
    }

    fn relay(&self, machine: Option<MachineName>, relay: PlannedRelay) -> PlannedNode {
        PlannedNode {
            name: self.relay_name(machine.as_ref()),
            machine,
            kind: NodeKind::Relay(Box::new(relay)),
            program: PROGRAM.into(),
            args: Vec::new(),
            prefix: Vec::new(),
            env: Vec::new(),
            cwd: None,
            stdin: false,
            emulate_tty: false,
            output: Output::Log,
            restart: Restart {
                policy: RestartPolicy::Always,
                delay: Duration::from_millis(200),
                max_retries: Some(MOST_RETRIES),
            },
            on_exit: OnExit::Shutdown,
            grace: Grace { sigterm: Duration::from_secs(2), sigkill: Duration::from_secs(1) },
            watchdog: None,
            limits: Limits::default(),
            parameters: Vec::new(),
            after: Vec::new(),
            place: String::new(),
        }
    }

    /// `relay` here, `arm/relay` on the arm: a name that no node has.
    fn relay_name(&self, machine: Option<&MachineName>) -> NodeName {
        let place = machine.map(|machine| format!("/{}", word(machine.as_str()))).unwrap_or_default();
        let mut number = 1_u64;
        loop {
            let last = if number == 1 { "relay".to_owned() } else { format!("relay_{number}") };
            let name = NodeName::parse(&format!("{place}/{last}")).or_else(|_| NodeName::parse(&last));
            if let Ok(free) = name
                && self.nodes.iter().all(|node| node.name != free)
            {
                return free;
            }
            number += 1;
        }
    }
}

/// A machine's name as a word of a node's: `10.0.0.2` becomes `_10_0_0_2`.
fn word(machine: &str) -> String {
    let word: String = machine.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_ascii_digit()) { format!("_{word}") } else { word }
}

impl PlannedBridge {
    /// What two of one machine want together.
    fn add(&mut self, other: Self) {
        self.listen.extend(other.listen);
        self.connect.extend(other.connect);
        self.dds |= other.dds;
        self.wire_domain = self.wire_domain.or(other.wire_domain);
        self.allow_out.extend(other.allow_out);
        self.allow_in.extend(other.allow_in);
    }
}
