//! The words of a circuit, as checked types: pure, without I/O, threads or clock.
//!
//! * [`name`]: node, namespace and topic names by ROS 2's rules
//! * [`remap`]: `from:=to` rules
//! * [`qos`]: quality of service in ROS 2's words
//! * [`parameter`]: typed parameter values, their descriptors and checks
//! * [`params_file`]: ROS 2 parameter files
//! * [`host_line`]: VisualCircuit's Python code as a block
//! * [`manifest`]: what a block says about itself
//! * [`suggest`]: "did you mean"
//! * [`yaml`]: YAML text as a tree that knows where each value stands

mod free_text;
pub mod host_line;
pub mod manifest;
pub mod name;
pub mod parameter;
pub mod params_file;
pub mod pattern;
pub mod qos;
pub mod remap;
pub mod suggest;
pub mod yaml;

pub use host_line::HostLine;
pub use manifest::{Manifest, Port, StandsFor, TypeInfo};
pub use name::{NameError, Namespace, NodeName, TopicName};
pub use parameter::{Descriptor, ParameterError, ParameterType, ParameterValue};
pub use qos::{Durability, Priority, Qos, Reliability};
pub use remap::{Remap, Remaps};
