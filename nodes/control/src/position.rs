//! Where a robot is on the plane, of `odometer`.

use vc::prelude::*;
use vc_gate::OpenGate;
use vc_msgs::nav_msgs::msg::Odometry;
use vc_msgs::std_msgs::msg::Float64MultiArray;

use crate::attitude::angles;
use crate::numbers;
use crate::turtlesim::msg::Pose;

/// Opens whichever of the inputs is wired, and tells [x, y, yaw] of each message, in m and rad.
///
/// # Errors
/// [`Error::Usage`] if none is wired, else as [`numbers::of_each`].
pub fn tell(
    node: &mut Node,
    gate: &OpenGate,
    (odometry, pose): (&Input<Odometry>, &Input<Pose>),
    position: &Output<Float64MultiArray>,
) -> Result<(), Error> {
    let (of_robot, of_turtle) = (node.has_source(odometry), node.has_source(pose));
    if !of_robot && !of_turtle {
        let message = "neither `odometry` nor `pose` is wired; for example `-r odometry:=/odom`";
        return Err(Error::Usage { message: message.to_owned() });
    }
    if of_robot {
        numbers::of_each(node, gate, odometry, position, |robot, _| {
            let (at, [.., yaw]) =
                (robot.pose().pose().position(), angles(&robot.pose().pose().orientation()));
            Ok([at.x(), at.y(), yaw])
        })?;
    }
    if of_turtle {
        numbers::of_each(node, gate, pose, position, |turtle, _| {
            Ok([turtle.x(), turtle.y(), turtle.theta()].map(f64::from))
        })?;
    }
    Ok(())
}
