//! Opens a topic's services: the one profile that all topics share, and the check of types.

use std::collections::HashMap;

use iceoryx2::prelude::*;
use iceoryx2::service::builder::publish_subscribe::{
    PublishSubscribeOpenError, PublishSubscribeOpenOrCreateError,
};
use iceoryx2::service::port_factory::event::PortFactory as EventFactory;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory as PubSubFactory;
use vc_words::qos::{MAX_DEPTH, MAX_KEPT, USUAL_ROOM};
use vc_words::{Port, TopicName, TypeInfo};

use super::transport::Transport;
use super::{ALIGNMENT, MAX_HELD_SAMPLES, MAX_NODES, MAX_PUBLISHERS, MAX_SUBSCRIBERS};
use crate::domain::TransportNode;
use crate::envelope::Envelope;
use crate::error::Error;

/// The service that carries samples.
pub(super) type Samples<S> = PubSubFactory<S, [u8], Envelope>;
/// The service that wakes sleepers.
pub(super) type Wakes<S> = EventFactory<S>;

pub(super) const TYPE: &str = "ros.type";
pub(super) const HASH: &str = "ros.hash";

/// The longest queue on a topic, where the launcher told of one that is longer than usual.
#[derive(Debug, Default)]
pub(crate) struct LongestQueues(pub(crate) HashMap<TopicName, u32>);

const _: () = assert!(MAX_KEPT <= USUAL_ROOM);

/// Opens the sample service of a topic, or makes it with room for the longest queue that is known here, for [`USUAL_ROOM`] at least.
///
/// All topics have the same limits but for that room, and no node's wish shuts out another's: a topic that is there with
/// less is opened as it is. More is not for all, because a connection's shared memory grows with it, whatever the
/// queues are: a wire touches 0.2 MB with 16, 2.3 MB with 256. A port's own depth is set at the port. Overflow drops the
/// oldest, as keep-last asks.
pub(super) fn samples<S: Transport>(
    node: &TransportNode<S>,
    (topic, longest): (&TopicName, &LongestQueues),
    port: &Port,
) -> Result<Samples<S>, Error> {
    let told = longest.0.get(topic).copied().unwrap_or_default();
    open(node, topic, port, None, told.max(port.qos.depth).clamp(USUAL_ROOM, MAX_DEPTH))
}

/// Opens the service that keeps the last `depth` samples of each of a topic's transient-local publishers of
/// that depth, or makes it.
///
/// It is another one than that of the live samples, and another for each depth, because a service keeps as many samples
/// of each of its publishers, and keeping sixteen camera frames that nobody asked for costs 100 MB.
pub(super) fn latched<S: Transport>(
    node: &TransportNode<S>,
    topic: &TopicName,
    port: &Port,
    depth: u32,
) -> Result<Samples<S>, Error> {
    open(node, topic, port, Some(depth), USUAL_ROOM)
}

/// Which depths the transient-local publishers that are there have.
pub(super) fn latched_depths<S: Transport>(
    node: &TransportNode<S>,
    topic: &TopicName,
) -> Result<Vec<u32>, Error> {
    let exists = |depth| {
        let name = service_name(topic, &latched_suffix(depth))?;
        // What cannot be read is just being made.
        let exists = S::does_exist(&name, node.config(), MessagingPattern::PublishSubscribe).unwrap_or(true);
        Ok(exists.then_some(depth))
    };
    (1..=MAX_KEPT).filter_map(|depth| exists(depth).transpose()).collect()
}

fn latched_suffix(depth: u32) -> String {
    format!("@latched{depth}")
}

fn open<S: Transport>(
    node: &TransportNode<S>,
    topic: &TopicName,
    port: &Port,
    kept: Option<u32>,
    room: u32,
) -> Result<Samples<S>, Error> {
    let failed = |reason: String| Error::Topic { action: "open", topic: topic.clone(), reason };
    let name = service_name(topic, &kept.map(latched_suffix).unwrap_or_default())?;
    let history = kept.unwrap_or_default() as usize;
    let alignment = Alignment::new(ALIGNMENT).ok_or_else(|| failed("alignment".to_owned()))?;
    let carried = port.type_info();
    let verifier = verifier(&carried).map_err(&failed)?;
    let with_room_for = |room: u32| {
        node.service_builder(&name)
            .publish_subscribe::<[u8]>()
            .user_header::<Envelope>()
            .payload_alignment(alignment)
            .enable_safe_overflow(true)
            .max_publishers(MAX_PUBLISHERS)
            .max_subscribers(MAX_SUBSCRIBERS)
            .max_nodes(MAX_NODES)
            .subscriber_max_buffer_size(room as usize)
            .subscriber_max_borrowed_samples(MAX_HELD_SAMPLES)
            .history_size(history)
            .open_or_create_with_attributes(&verifier)
    };
    let opened = match with_room_for(room) {
        Err(PublishSubscribeOpenOrCreateError::PublishSubscribeOpenError(
            PublishSubscribeOpenError::DoesNotSupportRequestedMinBufferSize,
        )) => with_room_for(USUAL_ROOM),
        other => other,
    };
    opened.map_err(|error| {
        mismatch(node, topic, (&carried, &port.name), &name).unwrap_or_else(|| failed(reason(&error)))
    })
}

/// Opens the wake-up service of a topic, or makes it.
pub(super) fn wakes<S: Transport>(node: &TransportNode<S>, topic: &TopicName) -> Result<Wakes<S>, Error> {
    event(node, topic, &service_name(topic, "")?)
}

/// Opens the service by which late joiners wake the publishers of a transient-local topic.
pub(super) fn joins<S: Transport>(node: &TransportNode<S>, topic: &TopicName) -> Result<Wakes<S>, Error> {
    event(node, topic, &service_name(topic, "@join")?)
}

fn event<S: Transport>(
    node: &TransportNode<S>,
    topic: &TopicName,
    name: &ServiceName,
) -> Result<Wakes<S>, Error> {
    node.service_builder(name)
        .event()
        .max_notifiers(MAX_PUBLISHERS + MAX_SUBSCRIBERS)
        .max_listeners(MAX_SUBSCRIBERS)
        .max_nodes(MAX_NODES)
        .event_id_max_value(1)
        .open_or_create()
        .map_err(|error| Error::Topic { action: "open", topic: topic.clone(), reason: reason(&error) })
}

/// The transport's reason, and what it means where all topics have the same limits.
fn reason(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    if text.contains("DoesNotSupportRequested") || text.contains("IncompatibleTypes") {
        return format!(
            "a node built with another version of this library has it open ({text}); rebuild all programs of the circuit"
        );
    }
    text
}

fn service_name(topic: &TopicName, suffix: &str) -> Result<ServiceName, Error> {
    ServiceName::new(&format!("{topic}{suffix}")).map_err(|error| Error::Topic {
        action: "open",
        topic: topic.clone(),
        reason: format!("{error:?}"),
    })
}

fn verifier(carried: &TypeInfo) -> Result<AttributeVerifier, String> {
    let mut verifier = AttributeVerifier::new();
    for (key, value) in [(TYPE, carried.name.as_str()), (HASH, carried.hash.as_str())] {
        let key = key.try_into().map_err(|error| format!("{error:?}"))?;
        let value = value.try_into().map_err(|error| format!("{error:?}"))?;
        verifier = verifier.require(&key, &value).map_err(|error| format!("{error:?}"))?;
    }
    Ok(verifier)
}

/// If the topic exists with another type: the error that names both.
fn mismatch<S: Transport>(
    node: &TransportNode<S>,
    topic: &TopicName,
    (ours, port): (&TypeInfo, &str),
    name: &ServiceName,
) -> Option<Error> {
    let details = S::details(name, node.config(), MessagingPattern::PublishSubscribe).ok()??;
    let attribute = |key: &str| {
        let key = key.try_into().ok()?;
        details.static_details.attributes().key_value(&key, 0).map(ToString::to_string)
    };
    let theirs = TypeInfo { name: attribute(TYPE)?, hash: attribute(HASH)? };
    if theirs == *ours {
        return None;
    }
    let describe =
        |TypeInfo { name, hash }: &TypeInfo| format!("{name} ({})", hash.get(..15).unwrap_or(hash));
    Some(Error::TypeMismatch {
        topic: topic.clone(),
        port: port.to_owned(),
        ours: describe(ours),
        theirs: describe(&theirs),
    })
}
