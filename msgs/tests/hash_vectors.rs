//! Published RIHS01 hashes: values that ROS 2 itself or several independent implementations gave.

use vc_msgs::{
    Action as _, Message as _, Service as _, action_msgs, action_tutorials_interfaces::action as fibonacci,
    builtin_interfaces, example_interfaces, geometry_msgs, nav_msgs, rcl_interfaces, rosgraph_msgs,
    sensor_msgs, std_msgs, std_srvs,
};

#[test]
fn published_hashes_are_ours() {
    let whole = [
        (
            std_msgs::msg::String::TYPE_HASH,
            "df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18",
        ),
        (
            builtin_interfaces::msg::Time::TYPE_HASH,
            "b106235e25a4c5ed35098aa0a61a3ee9c9b18d197f398b0e4206cea9acf9c197",
        ),
        (
            std_msgs::msg::Header::TYPE_HASH,
            "f49fb3ae2cf070f793645ff749683ac6b06203e41c891e17701b1cb597ce6a01",
        ),
        (
            std_srvs::srv::SetBool::TYPE_HASH,
            "abe9e4bb6b41b40e6789712c00ec8871923e089af3f667a79992a428cff2da0a",
        ),
        (std_srvs::srv::Empty::TYPE_HASH, "5888399dedec5ccc85ea6451949fd2c9f97bfdf963f9a588821639fcd31b5d19"),
        (
            example_interfaces::srv::AddTwoInts::TYPE_HASH,
            "e118de6bf5eeb66a2491b5bda11202e7b68f198d6f67922cf30364858239c81a",
        ),
        (
            fibonacci::FibonacciSendGoal::TYPE_HASH,
            "a0603060ed69fe2dfbd1a6f3b982a1749957ef346e4a4d2b311a05e305ec37bb",
        ),
        (
            fibonacci::FibonacciGetResult::TYPE_HASH,
            "8b47e383f1e31f6d8df6417ab54957e7d5ea24dad315646ad711ac3fdea81d58",
        ),
        (
            fibonacci::FibonacciFeedbackMessage::TYPE_HASH,
            "50fc26b9cac313652ecbeab3adf9b5414d59fd4d4d5f9058ddcc7525169927f1",
        ),
        (
            action_msgs::msg::GoalStatusArray::TYPE_HASH,
            "6c1684b00f177d37438febe6e709fc4e2b0d4248dca4854946f9ed8b30cda83e",
        ),
        (
            action_msgs::srv::CancelGoal::TYPE_HASH,
            "573d8b0a534451d7bc2ac8c5ffde8ac14b8593b7001175d0cd6516dcbeb8689a",
        ),
    ];

    for (ours, published) in whole {
        assert_eq!(ours, format!("RIHS01_{published}"));
    }
}

#[test]
fn hashes_published_in_part_begin_and_end_like_ours() {
    let parts = [
        (sensor_msgs::msg::Image::TYPE_HASH, "d31d41a9", "27d47"),
        (sensor_msgs::msg::PointCloud2::TYPE_HASH, "9198cabf", "ae2b5"),
        (sensor_msgs::msg::LaserScan::TYPE_HASH, "64c19139", "bd828"),
        (geometry_msgs::msg::Twist::TYPE_HASH, "9c45bf16", "b8d2a"),
        (nav_msgs::msg::Odometry::TYPE_HASH, "3cc97dc7", "ec6e0"),
        (rosgraph_msgs::msg::Clock::TYPE_HASH, "692f7a66", "58564"),
        (rcl_interfaces::msg::Log::TYPE_HASH, "e28ce254", ""),
        (rcl_interfaces::msg::ParameterEvent::TYPE_HASH, "043e6277", ""),
        (rcl_interfaces::srv::GetParameters::TYPE_HASH, "bf9803d5", ""),
        (rcl_interfaces::srv::GetParameterTypes::TYPE_HASH, "da199c87", ""),
        (rcl_interfaces::srv::SetParameters::TYPE_HASH, "56eed9a6", ""),
        (rcl_interfaces::srv::SetParametersAtomically::TYPE_HASH, "0e192ef2", ""),
        (rcl_interfaces::srv::ListParameters::TYPE_HASH, "3e6062bf", ""),
        (rcl_interfaces::srv::DescribeParameters::TYPE_HASH, "845b484d", ""),
    ];

    for (ours, begins, ends) in parts {
        assert!(ours.starts_with(&format!("RIHS01_{begins}")) && ours.ends_with(ends), "{ours}");
    }
}

#[test]
fn services_and_actions_name_their_parts() {
    fn parts<A: vc_msgs::Action>() -> [&'static str; 4] {
        use vc_msgs::{Message, Service};
        [
            A::TYPE_NAME,
            <A::SendGoal as Service>::TYPE_NAME,
            <<A::SendGoal as Service>::Request as Message>::TYPE_NAME,
            A::FeedbackMessage::TYPE_NAME,
        ]
    }

    let package = "action_tutorials_interfaces/action/Fibonacci";
    let expected =
        ["", "_SendGoal", "_SendGoal_Request", "_FeedbackMessage"].map(|part| format!("{package}{part}"));
    assert_eq!(parts::<fibonacci::Fibonacci>().map(str::to_owned), expected);
    assert_eq!(fibonacci::Fibonacci::TYPE_HASH.len(), 71);
}
