//! How ROS 2 speaks over zenoh, as pure functions: no network, no clock, no zenoh.
//!
//! Two dialects are known. `rmw_zenoh`'s is what a relay speaks with other relays and with ROS 2 robots:
//!
//! * [`type_name`]: `sensor_msgs/msg/Image` ↔ `sensor_msgs::msg::dds_::Image_`
//! * [`key`]: the key of a topic's samples
//! * [`token`]: the liveliness tokens that make up the ROS graph
//! * [`qos`]: quality of service as tokens carry it
//! * [`gid`]: a publisher's identity, which follows from its token
//! * [`attachment`]: what travels beside each sample
//!
//! [`dds`] is the other one: what `zenoh-bridge-ros2dds` speaks for robots on DDS.
//!
//! All readers take text and bytes of strangers: whatever is no such thing is an error, never a panic, and no
//! length is believed before it is seen.

pub mod attachment;
pub mod dds;
pub mod gid;
pub mod key;
mod mangle;
pub mod qos;
pub mod token;
pub mod type_name;

pub use attachment::Attachment;
pub use gid::Gid;
pub use key::DataKey;
pub use qos::WireQos;
pub use token::{Endpoint, EndpointKind, Entity, Token, TokenError};

/// What stands for a type's hash where ROS 2 Humble speaks.
pub const NO_HASH: &str = "TypeHashNotSupported";
/// Longer chunks of a key are no type or hash of anybody's.
const LONGEST_CHUNK: usize = 512;
