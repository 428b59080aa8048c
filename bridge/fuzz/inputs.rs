//! What each fuzz target does with what a stranger sends. A test of `vc-ros2` does the same with all of the corpus.

use vc_ros2::dds::{Announcement, DdsQos};
use vc_ros2::{Attachment, DataKey, Token, WireQos, type_name};

/// Texts of the graph: whatever can be read is written, and means the same when it is read again.
pub(crate) fn graph(text: &str) {
    if let Ok(token) = Token::parse(text) {
        assert_eq!(Token::parse(&token.to_string()).as_ref(), Ok(&token));
        let _ = token.gid();
    }
    if let Some(key) = DataKey::parse(text) {
        assert_eq!(key.exact().as_deref().and_then(DataKey::parse), Some(key));
    }
    if let Some(qos) = WireQos::decode(text) {
        assert_eq!(WireQos::decode(&qos.to_string()), Some(qos));
        let _ = qos.to_local();
    }
    if let Some(qos) = DdsQos::decode(text) {
        assert_eq!(DdsQos::decode(&qos.to_string()), Some(qos));
    }
    if let Some(announced) = Announcement::parse(text) {
        for namespace in [None, Some("/"), Some("/robot")] {
            let _ = announced.topic(namespace);
        }
        if let Some(qos) = announced.qos {
            let _ = qos.to_local(announced.kind);
        }
    }
    if let Some(name) = type_name::from_wire(text) {
        assert_eq!(type_name::to_wire(&name).as_deref(), Some(text));
    }
}

/// What travels beside a sample.
pub(crate) fn attachment(bytes: &[u8]) {
    if let Some(attachment) = Attachment::decode(bytes) {
        assert_eq!(Attachment::decode(&attachment.encode()), Some(attachment));
    }
}
