//! What operator and agents say to each other: JSON, one question and one answer at a time.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vc_plan::machine::{Asked, Found};
use vc_plan::{MachineName, OnOperatorLost, Plan};
use vc_supervise::{Event, Line, Name, NodeChange, Order, StopReason, Summary, WireFigures};
use vc_words::{NodeName, TopicName};

/// The version of all this. Two sides of different versions do not work together.
pub const VERSION: u32 = 2;
/// The most programs that are asked for at a time.
pub const MOST_ASKED: usize = 10_000;
/// The longest name of a run.
const LONGEST_RUN: usize = 64;

/// A question of an operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// [`VERSION`] of who asks.
    pub protocol: u32,
    /// Its program's version, for people.
    pub vclaunch: String,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Who are you, and what runs there?
    Hello,
    /// Which of these programs do you have, and what are they?
    LookUp(Vec<Asked>),
    /// Start this.
    Start(Box<Start>),
    /// What has happened since? Asked again and again: silence means that the operator is lost.
    Told {
        /// The run.
        run: String,
        /// How much was told already.
        after: u64,
    },
    /// Do this in the run.
    Order {
        /// The run.
        run: String,
        /// Counts the operator's orders from 1. One that comes twice, because its answer was lost, counts once.
        number: u64,
        /// What to do.
        order: Order,
    },
    /// What time is it there? By the way, the operator of the run is here.
    Time {
        /// The run.
        run: String,
    },
    /// I take over the run that is there.
    Attach,
}

/// One machine's part of a circuit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    /// Names the run on all machines.
    pub run: String,
    /// What people call it: the launch file's name.
    pub title: String,
    /// What to start.
    pub part: Plan,
    /// `ROS_DOMAIN_ID`; none: not set.
    pub domain: Option<String>,
    /// What to do when the operator is lost.
    pub on_operator_lost: OnOperatorLost,
    /// How long a block may take to say that it is ready.
    pub ready_timeout: Duration,
    /// Whether every line of every node is told.
    pub show_all_output: bool,
    /// For each node of the part, how far downstream it is in the whole circuit.
    pub layers: Vec<usize>,
    /// Whom the part's relay connects to, in zenoh's form.
    pub connect: Vec<String>,
}

/// An answer of an agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Who it is.
    Hello {
        /// Its machine's name.
        name: MachineName,
        /// Its program's version.
        vclaunch: String,
        /// The launch file whose part runs there.
        running: Option<String>,
    },
    /// For each program asked for: where and what it is, or why there is none.
    Found(Vec<Result<Found, String>>),
    /// It is done.
    Done,
    /// What has happened.
    Told {
        /// In order.
        told: Vec<Told>,
        /// How much was told with this.
        next: u64,
        /// How much is forgotten that was never told.
        forgotten: u64,
    },
    /// What runs there, for who takes it over.
    Attached {
        /// What was started.
        start: Box<Start>,
        /// How many orders came for it.
        orders: u64,
    },
    /// What time it is there, in nanoseconds since 1970.
    Time {
        /// When the question came.
        came_ns: i64,
        /// When the answer left.
        left_ns: i64,
    },
    /// It is not done.
    Refused {
        /// Why, for people.
        why: String,
    },
}

/// Something that happened in a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Supervision has begun.
    Began {
        /// The folder of the log files there.
        log_folder: Option<PathBuf>,
    },
    /// A node's state changed.
    State(NodeChange),
    /// A node described what it does.
    Status {
        /// The node.
        #[serde(with = "vc_supervise::observer::name_as_text")]
        node: Name,
        /// Its words.
        text: String,
    },
    /// The wires' figures of the last second.
    Wires(Vec<WireFigures>),
    /// Something an operator should know.
    Warning(String),
    /// No node is on its way to being ready any more.
    Settled,
    /// The gates of a layer, and of all downstream of it, are open.
    Opened {
        /// The layer.
        layer: usize,
    },
    /// The part's relay carries a topic to or from a node elsewhere.
    Flows {
        /// The topic.
        topic: TopicName,
        /// The node at its other end.
        end: NodeName,
    },
    /// The launch file wants the circuit to stop.
    Planned {
        /// Why, in its words.
        reason: String,
    },
    /// The part ought to stop because a node that the circuit cannot do without has ended.
    RequiredEnded {
        /// The node.
        #[serde(with = "vc_supervise::observer::name_as_text")]
        node: Name,
    },
    /// A line of a node's output.
    Line(Line),
    /// All of the part has ended.
    Summary(Summary),
}

impl Told {
    /// What an event means to those who watch from elsewhere; none: nothing.
    pub fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::Began { log_folder, .. } => Self::Began { log_folder },
            Event::State(change) => Self::State(change),
            Event::Status { node, text } => Self::Status { node, text },
            Event::Wires(wires) => Self::Wires(wires),
            Event::Stopping(StopReason::RequiredNode { node }) => Self::RequiredEnded { node },
            Event::Stopping(StopReason::Planned { reason }) => Self::Planned { reason },
            Event::Settled => Self::Settled,
            Event::Opened { layer } => Self::Opened { layer },
            Event::Flows { topic, end } => Self::Flows { topic, end },
            Event::Warning(warning) => Self::Warning(warning.to_string()),
            Event::Summary(summary) => Self::Summary(summary),
            _ => return None,
        })
    }
}

impl Request {
    /// A question of this version.
    pub fn new(ask: Ask) -> Self {
        Self { protocol: VERSION, vclaunch: env!("CARGO_PKG_VERSION").to_owned(), ask }
    }

    /// Reads a question.
    ///
    /// # Errors
    /// Why it cannot be answered: it is of another version, or no question at all.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versions {
            protocol: u32,
            #[serde(default)]
            vclaunch: String,
        }
        let versions: Versions =
            serde_json::from_slice(bytes).map_err(|error| format!("not a question: {error}"))?;
        if versions.protocol != VERSION {
            let theirs: String = versions.vclaunch.chars().take(40).collect();
            return Err(format!(
                "the operator's vclaunch {} speaks version {} of the agents' protocol, the agent's vclaunch {} \
                 version {VERSION}: install the same on both",
                theirs.escape_default(),
                versions.protocol,
                env!("CARGO_PKG_VERSION"),
            ));
        }
        let request: Self =
            serde_json::from_slice(bytes).map_err(|error| format!("not a question: {error}"))?;
        match &request.ask {
            Ask::LookUp(asked) if asked.len() > MOST_ASKED => {
                Err(format!("more than {MOST_ASKED} programs asked for"))
            }
            Ask::Start(start) if start.run.is_empty() || start.run.len() > LONGEST_RUN => {
                Err("a run needs a name of at most 64 bytes".to_owned())
            }
            Ask::Start(start) if start.layers.len() != start.part.nodes.len() => {
                Err("a part needs a layer for each of its nodes".to_owned())
            }
            _ => Ok(request),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        match Request::read(text.as_bytes()) {
            Ok(request) => format!("{:?}", request.ask),
            Err(why) => why,
        }
    }

    #[test]
    fn a_question_survives_its_way() {
        let text = serde_json::to_string(&Request::new(Ask::Told { run: "a".into(), after: 7 })).unwrap();

        assert_eq!(read(&text), r#"Told { run: "a", after: 7 }"#);
    }

    #[test]
    fn another_version_is_refused_and_both_are_named() {
        let why = read(r#"{"protocol":9,"vclaunch":"3.1","ask":{"something":"new"}}"#);

        assert!(why.contains("vclaunch 3.1 speaks version 9"), "{why}");
        assert!(why.contains(&format!("vclaunch {} version 2", env!("CARGO_PKG_VERSION"))), "{why}");
    }

    #[test]
    fn what_is_beyond_bounds_is_refused() {
        let asked = Asked { pkg: None, exec: "a".into(), describe: true };
        let many = Request::new(Ask::LookUp(vec![asked; MOST_ASKED + 1]));
        assert!(read(&serde_json::to_string(&many).unwrap()).contains("more than 10000"));
        let deep = format!("{{\"protocol\":2,\"ask\":{}", "[".repeat(100_000));
        assert!(read(&deep).starts_with("not a question"));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..200) {
            let _ = Request::read(&bytes);
            let whole = serde_json::to_vec(&Request::new(Ask::Order {
                run: "run".into(),
                number: 1,
                order: Order::Stop { times: 1 },
            })).unwrap();
            let mut broken = whole.clone();
            broken.truncate(cut);
            broken.extend(&bytes);
            let _ = Request::read(&broken);
        }
    }
}
