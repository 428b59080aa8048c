//! Your own messages: a folder of ROS 2 texts, three lines of build script, one line here.
//!
//! The texts stand in `my_msgs`; what comes of them is [`my_msgs::msg::Gripper`] and its neighbours.

vc_msgs::include_messages!();
