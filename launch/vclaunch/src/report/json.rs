//! The view for programs: one JSON object a line. The form is documented in launch/README.md.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use vc_supervise::child_state::{ChildState, End};
use vc_supervise::{Event, Line, Name, NodeChange, StopReason, Stream, Summary, WireFigures};

use super::board::Places;
use super::queue::{Item, What};
use super::reporter::View;
use crate::exit_code::Code;

/// JSON lines.
#[derive(Debug)]
pub(crate) struct JsonView {
    began: Instant,
    places: Places,
}

impl JsonView {
    pub(crate) fn new(places: Places) -> Self {
        Self { began: Instant::now(), places }
    }

    /// Every event but the last says when it was, in seconds since the launch.
    fn timed(&self, at: Instant, event: &str, mut rest: Value) -> Value {
        let seconds = (at.saturating_duration_since(self.began).as_secs_f64() * 1000.0).round() / 1000.0;
        let mut all = Map::new();
        all.insert("event".into(), event.into());
        all.insert("t".into(), seconds.into());
        if let Some(rest) = rest.as_object_mut() {
            all.append(rest);
        }
        Value::Object(all)
    }

    /// With the node's machine, where there are several.
    fn placed(&self, node: &Name, mut value: Value) -> Value {
        if let Some(machine) = self.places.get(node) {
            value["machine"] = machine.as_str().into();
        }
        value
    }

    fn value(&self, item: &Item) -> Option<Value> {
        let timed = |event, rest| self.timed(item.at, event, rest);
        Some(match &item.what {
            What::Line(Line { node, stream, text }) => {
                let stream = match stream {
                    Stream::Stdout => "stdout",
                    Stream::Stderr => "stderr",
                };
                timed("line", json!({"node": **node, "stream": stream, "text": text}))
            }
            What::Event(Event::Began { log_folder, nodes, wires }) => {
                let nodes: Vec<&str> = nodes.iter().map(|node| &**node).collect();
                let ends = |wire: &WireFigures| json!({"from": wire.from.to_string(), "to": wire.to.to_string(), "topic": wire.topic});
                let wires: Vec<Value> = wires.iter().map(ends).collect();
                timed("began", json!({"log_folder": log_folder, "nodes": nodes, "wires": wires}))
            }
            What::Event(Event::State(change)) => timed("state", self.placed(&change.node, state(change))),
            What::Event(Event::Waits { node, conditions }) => {
                let conditions: Vec<String> = conditions.iter().map(ToString::to_string).collect();
                timed("waits", json!({"node": **node, "for": conditions}))
            }
            What::Event(Event::Status { node, text }) => {
                timed("status", json!({"node": **node, "text": text}))
            }
            What::Event(Event::Wires(wires)) => timed("wires", json!({"wires": all(wires)})),
            What::Event(Event::Stopping(StopReason::Asked { signal, times })) => {
                timed("stopping", json!({"signal": signal, "times": times}))
            }
            What::Event(Event::Stopping(StopReason::RequiredNode { node })) => {
                timed("stopping", json!({"required_node": **node}))
            }
            What::Event(Event::Stopping(StopReason::Planned { reason })) => {
                timed("stopping", json!({"planned": reason}))
            }
            What::Event(Event::Warning(warning)) => timed("warning", json!({"text": warning.to_string()})),
            What::Event(Event::Clock { machine, ahead_ns, uncertainty }) => {
                let ahead = *ahead_ns / 1000;
                timed(
                    "clock",
                    json!({"machine": machine, "ahead_us": ahead, "uncertainty_us": micros(*uncertainty)}),
                )
            }
            What::Event(Event::Summary(end)) => self.summary(end),
            // An event that this form does not know yet.
            What::Event(_) => return None,
        })
    }
}

impl JsonView {
    fn summary(&self, summary: &Summary) -> Value {
        let node = |node: &vc_supervise::observer::NodeSummary| {
            let value = json!({
                "name": *node.node,
                "state": node.state.word(),
                "exit": node.exit.as_ref().map(exit),
                "restarts": node.restarts,
            });
            self.placed(&node.node, value)
        };
        let nodes: Vec<Value> = summary.nodes.iter().map(node).collect();
        json!({
            "event": "summary",
            "exit": Code::of(summary.verdict).number(),
            "nodes": nodes,
            "wires": all(&summary.wires),
        })
    }
}

impl View for JsonView {
    fn show(&mut self, items: Vec<Item>) -> String {
        let lines = items.iter().filter_map(|item| self.value(item)).map(|value| value.to_string() + "\n");
        lines.collect()
    }
}

fn state(change: &NodeChange) -> Value {
    let mut value = json!({
        "node": *change.node,
        "state": change.state.word(),
        "pid": change.pid,
        "restarts": change.restarts,
        "exit": change.state.end().map(exit),
    });
    if let ChildState::Resting { pause, .. } = &change.state {
        value["pause_s"] = pause.as_secs_f64().into();
    }
    if let Some(bytes) = change.memory_limit {
        value["memory_limit"] = bytes.into();
    }
    if !change.last_words.is_empty() {
        value["last_words"] = change.last_words.clone().into();
    }
    value
}

/// A number for an exit code, the signal's name for a signal, a sentence for all else.
fn exit(end: &End) -> Value {
    match end {
        End::Code(code) => (*code).into(),
        other => other.to_string().into(),
    }
}

fn all(wires: &[WireFigures]) -> Vec<Value> {
    wires.iter().map(wire).collect()
}

fn micros(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e7).round() / 10.0
}

fn wire(wire: &WireFigures) -> Value {
    let latency = wire.latency.map(
        |latency| json!({"p50": micros(latency.p50), "p99": micros(latency.p99), "max": micros(latency.max)}),
    );
    json!({
        "from": wire.from.to_string(),
        "to": wire.to.to_string(),
        "sent": wire.sent,
        "received": wire.received,
        "lost": wire.lost,
        "rate_hz": (wire.rate_hz * 100.0).round() / 100.0,
        "latency_us": latency,
    })
}
