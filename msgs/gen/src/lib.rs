//! ROS 2 interface text to Rust text.
