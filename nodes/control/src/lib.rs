//! Blocks between numbers and robots: controllers, velocities, and what a robot says of itself.
//!
//! * Algorithms: [`pid`], [`chase`] (of the block `teleoperator`), [`attitude`] (of `imu`), [`position`] (of
//!   `odometer`).
//! * [`drive`]: velocities as a robot takes them, and when it is told to stand (of `motor_driver`).
//! * [`numbers`]: a block that makes a row of numbers of each message; [`turtlesim`]: the message of ROS's turtle.

pub mod attitude;
pub mod chase;
pub mod drive;
mod error;
pub mod numbers;
pub mod pid;
pub mod position;

pub use error::ControlError;

vc_msgs::include_messages!();
