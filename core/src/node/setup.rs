//! What a node becomes by its manifest, its command line and its environment.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use vc_counters::{PAGE_VARIABLE, Page};
use vc_words::suggest::nearest;
use vc_words::{Manifest, NodeName, ParameterValue, TopicName};

use crate::args::Args;
use crate::error::Error;
use crate::topic::LongestQueues;

/// Which topics the ports became.
#[derive(Debug, Default)]
pub(super) struct Topics {
    pub(super) inputs: HashMap<String, Vec<TopicName>>,
    /// Inputs that the command line gives a topic.
    pub(super) given: HashSet<String>,
    pub(super) outputs: HashMap<String, TopicName>,
    /// Outputs that the command line gives a topic.
    pub(super) given_outputs: HashSet<String>,
    pub(super) longest: LongestQueues,
}

pub(super) fn page() -> Result<Page, Error> {
    match std::env::var_os(PAGE_VARIABLE).map(|path| Page::open(Path::new(&path))) {
        Some(Ok(page)) => Ok(page),
        Some(Err(error)) => {
            tracing::warn!(%error, "the launcher's page of counters cannot be used");
            own_page()
        }
        None => own_page(),
    }
}

/// A page that nobody was promised: a watcher finds its descriptor below `/proc`.
fn own_page() -> Result<Page, Error> {
    let (page, fd) = Page::create().map_err(Error::io("make a page of counters"))?;
    // Kept open for the process's life, so that it can be found.
    let _ = std::os::fd::IntoRawFd::into_raw_fd(fd);
    Ok(page)
}

pub(super) fn name_of(manifest: &Manifest, args: &Args) -> Result<NodeName, Error> {
    let namespace = vc_words::Namespace::parse(args.remaps.namespace().unwrap_or_default())?;
    Ok(NodeName::new(namespace, args.remaps.node_name().unwrap_or(&manifest.block))?)
}

pub(super) fn topics_of(manifest: &Manifest, args: &Args, node: &NodeName) -> Result<Topics, Error> {
    let mut topics = Topics::default();
    for port in &manifest.outputs {
        topics.outputs.insert(port.name.clone(), args.remaps.topic(&port.name, node)?);
        if args.remaps.has_rule_for(&port.name, node) {
            topics.given_outputs.insert(port.name.clone());
        }
    }
    for port in &manifest.inputs {
        topics.inputs.insert(port.name.clone(), vec![args.remaps.topic(&port.name, node)?]);
        if args.remaps.has_rule_for(&port.name, node) {
            topics.given.insert(port.name.clone());
        }
    }
    for (port, topic) in &args.sources {
        let Some(input) = topics.inputs.get_mut(port) else {
            let known = manifest.inputs.iter().map(|port| port.name.as_str());
            return Err(unknown("input", port, known));
        };
        let topic = TopicName::resolve(topic, node)?;
        topics.given.insert(port.clone());
        if !input.contains(&topic) {
            input.push(topic);
        }
    }
    for (topic, depth) in &args.longest {
        topics.longest.0.insert(TopicName::resolve(topic, node)?, *depth);
    }
    Ok(topics)
}

pub(super) fn parameters_of(
    manifest: &Manifest,
    args: &Args,
    node: &NodeName,
) -> Result<Vec<ParameterValue>, Error> {
    let mut values: Vec<ParameterValue> =
        manifest.parameters.iter().map(|descriptor| descriptor.default.clone()).collect();
    for (name, value) in args.parameters_of(node) {
        match manifest.parameters.iter().position(|descriptor| descriptor.name == name) {
            Some(at) => values[at] = manifest.parameters[at].check(value.clone())?,
            // Every ROS 2 node has it; here only wall time exists so far.
            None if name == "use_sim_time" => {}
            None => {
                let known = manifest.parameters.iter().map(|descriptor| descriptor.name.as_str());
                return Err(unknown("parameter", name, known));
            }
        }
    }
    Ok(values)
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Error {
    let hint = if let Some(near) = nearest(name, known.clone()) {
        format!("did you mean `{near}`?")
    } else {
        let names: Vec<String> = known.map(|name| format!("`{name}`")).collect();
        if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) }
    };
    Error::Usage { message: format!("this block has no {what} `{name}`; {hint}") }
}
