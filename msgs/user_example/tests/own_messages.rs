//! A user's own package: defaults, bounds, keywords, references to stock types and to each other.

use vc_msgs::{Action, DecodeError, EncodeError, InPlace, Message, Service};
use vc_user_example::my_msgs::{
    action::{Hand, HandFeedback, HandGoal, HandResult},
    msg::{Gripper, Joint},
    srv::{Grip, GripRequest, GripResponse},
};

fn encoded(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![0xAA; message.cdr_size()];
    assert_eq!(message.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

fn gripper() -> Gripper {
    let joint = Joint { turns: 7, ..Joint::default() };
    let mut gripper = Gripper { joints: vec![joint.clone(), Joint::default()], ..Gripper::default() };
    gripper.sides = ["left".into(), String::new()];
    gripper.touching = vec![true, false];
    gripper.ends[1] = joint;
    gripper.pressure = vec![1.5; 9];
    gripper
}

#[test]
fn defaults_and_constants_are_those_of_the_text() {
    let gripper = Gripper::default();

    assert_eq!((gripper.name.as_str(), gripper.r#type), ("left hand", 1));
    assert_eq!(gripper.fingers, ["a", "b, c"]);
    assert_eq!(gripper.force.map(f32::to_bits), [0.5, -1.0, 1000.0].map(f32::to_bits));
    assert_eq!(gripper.ends[1].angle.to_bits(), 0.25_f64.to_bits());
    assert_eq!((gripper.ends[0].turns, gripper.ends[0].history.len()), (u64::MAX, 40));
    assert_eq!((Gripper::CLOSED, Gripper::LOWEST, Gripper::UNIT), (1, -16, "newton"));
}

#[test]
fn own_messages_come_back_owned_and_borrowed() {
    let gripper = gripper();
    let bytes = encoded(&gripper);

    let view = Gripper::view(&bytes).unwrap();

    assert_eq!(view.r#type(), 1);
    assert_eq!(view.fingers().iter().collect::<Vec<_>>(), ["a", "b, c"]);
    assert_eq!(view.touching(), [true, false]);
    assert_eq!(view.ends().get(1).map(|joint| joint.turns()), Some(7));
    assert_eq!(view.pressure().len(), 9);
    assert_eq!(Gripper::from_view(&view), gripper);
    assert_eq!(Gripper::REGION, "pressure");
    assert_eq!(Gripper::DEFAULT_DEPTH, 4);
}

#[test]
fn bounds_inside_sequences_hold() {
    let long = Gripper { fingers: vec!["too long a name".into()], ..gripper() };
    let many = Gripper { fingers: vec![String::new(); 5], ..gripper() };

    let mut room = [0; 2048];
    assert_eq!(long.encode(&mut room), Err(EncodeError::OverBound { field: "fingers", len: 15, bound: 8 }));
    assert_eq!(many.encode(&mut room), Err(EncodeError::OverBound { field: "fingers", len: 5, bound: 4 }));

    let goal = encoded(&HandGoal { order: vec![1, 2, 3, 4] });
    let mut five = [&goal[..], &[5]].concat();
    five[4] = 5;
    assert_eq!(HandGoal::decode(&five), Err(DecodeError::OverBound { at: 0, len: 5, bound: 4 }));
}

#[test]
fn services_and_actions_hold_together() {
    fn request<S: Service>() -> (&'static str, &'static str) {
        (S::TYPE_NAME, S::Request::TYPE_NAME)
    }

    assert_eq!(request::<Grip>(), ("my_msgs/srv/Grip", "my_msgs/srv/Grip_Request"));
    assert_eq!(
        request::<<Hand as Action>::SendGoal>(),
        ("my_msgs/action/Hand_SendGoal", "my_msgs/action/Hand_SendGoal_Request")
    );
    assert_eq!(GripResponse::decode(&encoded(&GripResponse::default())), Ok(GripResponse::default()));
    assert_eq!(GripRequest::default().r#where, vc_msgs::geometry_msgs::msg::Pose::default());
    assert_eq!(encoded(&HandResult::default()), [0, 1, 0, 0, 0]);
    assert_eq!(HandFeedback::default().now, Gripper::default());
}

/// Expected values: `hash_rihs01` of the Python package rosbags 0.11.9 for the same texts.
#[test]
fn bounds_count_in_the_hash() {
    assert_eq!(Gripper::TYPE_HASH, "RIHS01_d47eae5db7a03474960fa3823a1ddb0dd9569c98a606b07b3b95266f65102297");
    assert_eq!(Joint::TYPE_HASH, "RIHS01_69335229bd9a8148d72ff10d23273d3e5343bfe198cdc2ce0166946eaea1b1d4");
}

#[test]
fn the_schema_is_complete() {
    let names: Vec<_> = Gripper::SCHEMA.lines().filter_map(|line| line.strip_prefix("MSG: ")).collect();

    assert!(Gripper::SCHEMA.starts_with("# What a gripper reports."));
    assert_eq!(names, ["builtin_interfaces/Time", "my_msgs/Joint", "std_msgs/Header"]);
}
