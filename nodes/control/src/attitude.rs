//! Where a robot looks: of a quaternion, the angles.

use vc_msgs::geometry_msgs::msg::QuaternionView;

/// [roll, pitch, yaw] of a rotation, in radians: about the fixed axes x, y, z, in this order, as ROS has them. Where the
/// nose points straight up or down, roll and yaw are one; all of it is then given as roll. A quaternion need not be of
/// length 1; one without length, which drivers send if they know no orientation, gives three times NaN.
///
/// Source: J. Diebel, "Representing Attitude", 2006, section 8.
pub fn angles(rotation: &QuaternionView<'_>) -> [f64; 3] {
    of_quaternion([rotation.x(), rotation.y(), rotation.z(), rotation.w()])
}

fn of_quaternion(quaternion: [f64; 4]) -> [f64; 3] {
    /// What the cosine of pitch is taken to be zero below.
    const UPRIGHT: f64 = 1e-9;
    let length = quaternion.iter().map(|part| part * part).sum::<f64>().sqrt();
    if length.is_nan() || length < f64::MIN_POSITIVE {
        return [f64::NAN; 3];
    }
    let [x, y, z, w] = quaternion.map(|part| part / length);
    // The rows and columns of the rotation's matrix that are needed.
    let (m00, m10, m20) = (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + z * w), 2.0 * (x * z - y * w));
    let (m21, m22) = (2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y));
    let (m11, m12) = (1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w));
    let across = m00.hypot(m10);
    let pitch = (-m20).atan2(across);
    if across < UPRIGHT {
        return [(-m12).atan2(m11), pitch, 0.0];
    }
    [m21.atan2(m22), pitch, m10.atan2(m00)]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_PI_2, PI};

    use proptest::prelude::*;

    use super::*;

    /// Hamilton's product of quaternions x, y, z, w.
    fn product([ax, ay, az, aw]: [f64; 4], [bx, by, bz, bw]: [f64; 4]) -> [f64; 4] {
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ]
    }

    /// The rotations about the three axes, one after the other.
    fn turned(roll: f64, pitch: f64, yaw: f64) -> [f64; 4] {
        let about = |axis: usize, angle: f64| {
            let mut quaternion = [0.0, 0.0, 0.0, (angle / 2.0).cos()];
            quaternion[axis] = (angle / 2.0).sin();
            quaternion
        };
        product(about(2, yaw), product(about(1, pitch), about(0, roll)))
    }

    proptest! {
        #[test]
        fn angles_are_those_it_was_turned_by(
            roll in -3.1..3.1, pitch in -1.57..1.57, yaw in -3.1..3.1, length in 0.1..10.0,
        ) {
            let found = of_quaternion(turned(roll, pitch, yaw).map(|part| part * length));

            for (found, truth) in found.into_iter().zip([roll, pitch, yaw]) {
                prop_assert!((found - truth).abs() < 1e-6, "{found} for {truth}");
            }
        }

        #[test]
        fn any_numbers_are_answered(parts in prop::array::uniform4(prop::num::f64::ANY)) {
            let [roll, pitch, yaw] = of_quaternion(parts);

            let fits = |angle: f64, most: f64| angle.is_nan() || angle.abs() <= most + 1e-9;
            prop_assert!(fits(roll, PI) && fits(pitch, FRAC_PI_2) && fits(yaw, PI));
        }
    }

    #[test]
    fn straight_up_all_is_roll_and_nothing_is_unknown() {
        let [roll, pitch, yaw] = of_quaternion(turned(0.5, FRAC_PI_2, 0.0));
        assert!((roll - 0.5).abs() < 1e-6 && (pitch - FRAC_PI_2).abs() < 1e-6 && yaw == 0.0);

        assert!(of_quaternion([0.0; 4]).iter().all(|angle| angle.is_nan()));
    }
}
