//! The stock ROS 2 message types, generated at build time from the texts in `msgs/idl`.
//!
//! `sensor_msgs/msg/Image` is [`sensor_msgs::msg::Image`], its borrowed reading [`sensor_msgs::msg::ImageView`]; the
//! parts of `std_srvs/srv/SetBool` are [`std_srvs::srv::SetBoolRequest`] and [`std_srvs::srv::SetBoolResponse`].
//! What they can do stands in [`Message`], [`InPlace`], [`Service`] and [`Action`].
//!
//! A field whose name is a Rust keyword is written `r#type`.

pub use vc_cdr::{
    self as cdr, Action, DecodeError, ENCAPSULATION_LEN, Element, EncodeError, InPlace, Items, Message, Seq,
    Service,
};

pub mod stock;

/// Takes in what this crate's build script generated with `vc-msggen`: one public module for each package.
#[macro_export]
macro_rules! include_messages {
    () => {
        include!(concat!(env!("OUT_DIR"), "/messages.rs"));
    };
}

include_messages!();

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
