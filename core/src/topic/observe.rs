//! Looking at a topic's ports without taking part.

use iceoryx2::prelude::*;
use iceoryx2::service::Service;
use vc_words::{Qos, TopicName, TypeInfo};

use super::ALIGNMENT;
use super::label::read_label;
use super::service::{HASH, Samples, TYPE};
use super::transport::Shared;
use crate::domain::TransportNode;
use crate::envelope::Envelope;

/// The topics that exist in a domain, with their types.
pub(crate) fn service_names(config: &Config) -> Result<Vec<(TopicName, TypeInfo)>, String> {
    let mut found = Vec::new();
    Shared::list(config, |details| {
        let details = &details.static_details;
        let is_topic = matches!(
            details.messaging_pattern(),
            iceoryx2::service::static_config::messaging_pattern::MessagingPattern::PublishSubscribe(_)
        );
        let attribute = |key: &str| {
            let key = key.try_into().ok()?;
            details.attributes().key_value(&key, 0).map(ToString::to_string)
        };
        // What keeps samples or carries requests has a name that is no topic's.
        if is_topic
            && let Ok(topic) = TopicName::absolute(details.name().as_str())
            && let (Some(name), Some(hash)) = (attribute(TYPE), attribute(HASH))
        {
            found.push((topic, TypeInfo { name, hash }));
        }
        CallbackProgression::Continue
    })
    .map_err(|error| format!("{error:?}"))?;
    Ok(found)
}

/// A port of a topic.
#[derive(Debug)]
pub(crate) struct ObservedPort {
    /// The node that has it.
    pub(crate) node: u128,
    /// The port's own number; a publisher's gid.
    pub(crate) id: u128,
    /// Its quality of service.
    pub(crate) qos: Qos,
    /// What its node calls it.
    pub(crate) name: String,
}

/// A topic that is looked at. Its ports are read from shared memory: no file, no system call.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) carried: TypeInfo,
    service: Samples<Shared>,
}

impl Observed {
    /// `None` if the topic has gone, or is of another version of this library.
    pub(crate) fn open(node: &TransportNode<Shared>, topic: &TopicName, carried: TypeInfo) -> Option<Self> {
        let service = node
            .service_builder(&ServiceName::new(topic.as_str()).ok()?)
            .publish_subscribe::<[u8]>()
            .user_header::<Envelope>()
            .payload_alignment(Alignment::new(ALIGNMENT)?)
            .open()
            .ok()?;
        Some(Self { carried, service })
    }

    pub(crate) fn publishers(&self) -> Vec<ObservedPort> {
        let mut found = Vec::new();
        self.service.dynamic_config().list_publishers(|port| {
            found.push(observed(
                port.node_id.value(),
                port.publisher_id.value(),
                port.publisher_name.as_str(),
            ));
            CallbackProgression::Continue
        });
        found
    }

    pub(crate) fn subscribers(&self) -> Vec<ObservedPort> {
        let mut found = Vec::new();
        self.service.dynamic_config().list_subscribers(|port| {
            found.push(observed(
                port.node_id.value(),
                port.subscriber_id.value(),
                port.subscriber_name.as_str(),
            ));
            CallbackProgression::Continue
        });
        found
    }
}

fn observed(node: u128, id: u128, label: &str) -> ObservedPort {
    let (qos, name) = read_label(label);
    ObservedPort { node, id, qos, name }
}
