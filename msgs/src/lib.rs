//! The stock ROS 2 message types.
