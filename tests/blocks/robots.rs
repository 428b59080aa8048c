//! Blocks between numbers and robots.

use vc_control::turtlesim::msg::Pose;
use vc_gate::arrays;
use vc_msgs::geometry_msgs::msg::Twist;
use vc_msgs::nav_msgs::msg::Odometry;
use vc_msgs::sensor_msgs::msg::{Imu, LaserScan};
use vc_msgs::std_msgs::msg::{Float64, Float64MultiArray};
use vc_words::ParameterValue;

use crate::rig::{A_WHILE, Feed, Heard, Rig};

fn error(feed: &Feed<Float64>, heard: &mut Heard<Float64MultiArray>, data: f64) -> Vec<f64> {
    feed.send(&Float64 { data });
    heard.next().data
}

#[test]
fn a_controller_sums_forgets_and_is_tuned_while_it_runs() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Float64>("error"), rig.hear::<Float64MultiArray>("velocity"));
    let enable = rig.feed::<Float64>("switch");
    rig.start("pid", &["-r", "enable:=/switch", "-p", "linear:=2.0", "-p", "kd:=0.0"]);
    enable.send(&Float64 { data: 1.0 });
    std::thread::sleep(A_WHILE);

    feed.send_bytes(&[0, 1, 0, 0]);
    feed.send(&Float64 { data: f64::NAN });
    assert_eq!(error(&feed, &mut heard, 3.0), [2.0, -6.0]);
    assert_eq!(error(&feed, &mut heard, 1.0), [2.0, -5.0]);

    rig.set("ki", ParameterValue::Double(0.0)).unwrap();
    rig.set("limit", ParameterValue::Double(4.0)).unwrap();
    rig.set("linear", ParameterValue::Double(0.5)).unwrap();
    assert_eq!(error(&feed, &mut heard, -9.0), [0.5, 4.0]);

    rig.set("ki", ParameterValue::Double(1.0)).unwrap();
    rig.set("limit", ParameterValue::Double(0.0)).unwrap();
    enable.send(&Float64 { data: 0.0 });
    std::thread::sleep(A_WHILE);
    enable.send(&Float64 { data: 1.0 });
    std::thread::sleep(A_WHILE);
    assert_eq!(error(&feed, &mut heard, 1.0), [0.5, -2.0], "a pause empties the sum");
    let told = rig.end().stderr;
    assert!(told.contains("messages are skipped"), "{told}");
}

#[test]
fn a_teleoperator_turns_to_the_side_of_the_box() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Float64MultiArray>("box"), rig.hear::<Float64MultiArray>("velocity"));
    rig.start("teleoperator", &[]);

    feed.send(&arrays::array(&[1.0, 2.0, 3.0]));
    feed.send(&arrays::array(&[100.0, 50.0, 40.0, 40.0]));
    assert_eq!(heard.next().data, [5.0, -0.5]);
    rig.set("middle", ParameterValue::Double(100.0)).unwrap();
    feed.send(&arrays::array(&[100.0, 50.0, 40.0, 40.0]));
    assert_eq!(heard.next().data, [5.0, 0.5]);
    rig.end();
}

/// Forward and turn of a velocity.
fn plane(twist: &Twist) -> (f64, f64) {
    (twist.linear.x, twist.angular.z)
}

#[test]
fn a_robot_is_told_each_velocity_and_to_stand_when_none_comes() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Float64MultiArray>("velocity"), rig.hear::<Twist>("robot/cmd_vel"));
    rig.start("motor_driver", &["-r", "cmd_vel:=/robot/cmd_vel", "-p", "timeout:=0.1"]);

    for bad in [&[][..], &[1.0; 3], &[f64::NAN, 0.0]] {
        feed.send(&arrays::array(bad));
    }
    feed.send(&arrays::array(&[1.0, -0.5]));
    assert_eq!(plane(&heard.next()), (1.0, -0.5));
    assert_eq!(heard.next(), Twist::default(), "silence: stand");

    feed.send(&arrays::array(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let whole = heard.next();
    assert_eq!((whole.linear.y, whole.angular.x, plane(&whole)), (2.0, 4.0, (1.0, 6.0)));
    assert_eq!(heard.next(), Twist::default());
    std::thread::sleep(4 * A_WHILE);
    assert!(heard.take().is_none(), "who stands is not told again");
    let told = rig.end().stderr;
    assert!(told.contains("the robot is told to stand"), "{told}");
    assert!(told.contains("0 numbers came"), "{told}");
}

#[test]
fn a_robot_is_told_again_as_often_as_the_rate_says_and_stands_at_the_end() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Float64MultiArray>("velocity"), rig.hear::<Twist>("cmd_vel"));
    let enable = rig.feed::<Float64>("switch");
    rig.start("motor_driver", &["-r", "enable:=/switch", "-p", "timeout:=0.0", "-p", "rate:=100.0"]);

    feed.send(&arrays::array(&[3.0, 0.0]));
    enable.send(&Float64 { data: 1.0 });
    for _ in 0..5 {
        assert_eq!(plane(&heard.next()), (3.0, 0.0));
    }
    enable.send(&Float64 { data: 0.0 });
    heard.until(|twist| *twist == Twist::default());
    std::thread::sleep(A_WHILE);
    assert!(heard.take().is_none(), "paused");

    enable.send(&Float64 { data: 1.0 });
    std::thread::sleep(A_WHILE);
    feed.send(&arrays::array(&[0.0, 7.0]));
    assert_eq!(plane(&heard.next()), (0.0, 7.0));
    rig.end();
    heard.until(|twist| *twist == Twist::default());
    assert!(heard.take().is_none());
}

#[test]
fn an_imu_tells_degrees_and_an_odometer_where_it_is() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<Imu>("imu"), rig.hear::<Float64MultiArray>("attitude"));
    rig.start("imu", &["-p", "reliability:=reliable"]);
    let mut message = Imu::default();
    (message.orientation.z, message.orientation.w) = (1.0, 1.0);
    message.angular_velocity.y = 0.25;
    feed.send_bytes(&[0, 1, 0, 0]);
    feed.send(&message);
    let told = heard.next().data;
    assert!((told[2] - 90.0).abs() < 1e-9, "{told:?}");
    assert_eq!((told[0], told[1], told[3], told[4]), (0.0, 0.0, 0.0, 0.25));
    rig.end();

    let mut rig = Rig::new();
    let mut heard = rig.hear::<Float64MultiArray>("position");
    let (turtle, robot) = (rig.feed::<Pose>("turtle1/pose"), rig.feed::<Odometry>("odom"));
    rig.start("odometer", &["-r", "pose:=/turtle1/pose", "-r", "odometry:=/odom"]);
    turtle.send(&Pose { x: 1.5, y: 2.5, theta: -0.5, ..Pose::default() });
    assert_eq!(heard.next().data, [1.5, 2.5, -0.5]);
    let mut message = Odometry::default();
    message.pose.pose.position.x = 4.0;
    message.pose.pose.orientation.w = 2.0;
    robot.send(&message);
    assert_eq!(heard.next().data, [4.0, 0.0, 0.0]);
    rig.end();
}

#[test]
fn a_laser_tells_every_distance() {
    let mut rig = Rig::new();
    let (feed, mut heard) = (rig.feed::<LaserScan>("front"), rig.hear::<Float64MultiArray>("ranges"));
    rig.start("laser_scan", &["-r", "scan:=/front", "-p", "depth:=2"]);

    for ranges in [vec![0.5, f32::INFINITY, f32::NAN, 1e-3], vec![], vec![2.0; 10_000]] {
        feed.send(&LaserScan { ranges: ranges.clone(), ..LaserScan::default() });
        let told = heard.next();
        assert_eq!(told.layout.dim[0].size as usize, ranges.len());
        let same = |(a, b): (&f64, &f32)| *a == f64::from(*b) || (a.is_nan() && b.is_nan());
        assert_eq!(told.data.len(), ranges.len());
        assert!(told.data.iter().zip(&ranges).all(same));
    }
    feed.send_bytes(&[0, 1, 0, 0, 1]);
    let told = rig.end().stderr;
    assert!(told.contains("messages are skipped"), "{told}");
}

#[test]
fn an_odometer_without_a_wire_says_which_to_lay() {
    let mut rig = Rig::new();
    rig.start("odometer", &[]);

    let ended = rig.ends();

    assert!(
        ended.code != Some(0) && ended.stderr.contains("neither `odometry` nor `pose` is wired"),
        "{ended}"
    );
}
