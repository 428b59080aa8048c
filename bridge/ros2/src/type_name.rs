//! Names of types: ROS 2's, and those that DDS made of them, which the wire uses.

use crate::LONGEST_CHUNK;

/// `sensor_msgs/msg/Image` → `sensor_msgs::msg::dds_::Image_`. `None` if it is no name of a type.
pub fn to_wire(name: &str) -> Option<String> {
    let mut words = name.split('/');
    let (package, kind, base) = (words.next()?, words.next()?, words.next()?);
    let fits = words.next().is_none() && [package, kind, base].into_iter().all(is_word);
    (fits && name.len() <= LONGEST_CHUNK).then(|| format!("{package}::{kind}::dds_::{base}_"))
}

/// `sensor_msgs::msg::dds_::Image_` → `sensor_msgs/msg/Image`. `None` if it is not of this form.
pub fn from_wire(name: &str) -> Option<String> {
    if name.len() > LONGEST_CHUNK {
        return None;
    }
    let (scope, base) = name.split_once("::dds_::")?;
    let (package, kind) = scope.split_once("::")?;
    let base = base.strip_suffix('_')?;
    [package, kind, base].into_iter().all(is_word).then(|| format!("{package}/{kind}/{base}"))
}

/// A service's type from that of its request: `std_srvs::srv::dds_::SetBool_Request_` →
/// `std_srvs::srv::dds_::SetBool_`. The last `Request_` goes, so a service may be called `Request`.
pub fn service_of_request(request: &str) -> Option<&str> {
    request.strip_suffix("Request_")
}

fn is_word(word: &str) -> bool {
    let first = word.chars().next();
    first.is_some_and(|first| first.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn types_have_two_names() {
        for (ros, wire) in [
            ("std_msgs/msg/String", "std_msgs::msg::dds_::String_"),
            ("sensor_msgs/msg/Image", "sensor_msgs::msg::dds_::Image_"),
            ("std_srvs/srv/SetBool", "std_srvs::srv::dds_::SetBool_"),
            ("action_msgs/msg/GoalStatusArray", "action_msgs::msg::dds_::GoalStatusArray_"),
            ("p/action/F_FeedbackMessage", "p::action::dds_::F_FeedbackMessage_"),
        ] {
            assert_eq!(to_wire(ros).as_deref(), Some(wire));
            assert_eq!(from_wire(wire).as_deref(), Some(ros));
        }
    }

    #[test]
    fn a_request_names_its_service() {
        let request = "std_srvs::srv::dds_::SetBool_Request_";
        assert_eq!(service_of_request(request), Some("std_srvs::srv::dds_::SetBool_"));
        assert_eq!(service_of_request("std_msgs::msg::dds_::String_"), None);
        assert_eq!(service_of_request("p::srv::dds_::Request_Request_"), Some("p::srv::dds_::Request_"));
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for bad in ["", "a", "a/b", "a/b/c/d", "a/msg/", "/msg/A", "a/msg/*", "a/msg/A b", "1/msg/A"] {
            assert_eq!(to_wire(bad), None, "{bad}");
        }
        for bad in
            ["", "a::msg::dds_::A", "a::dds_::A_", "a::msg::A_", "a::msg::dds_::_", "a::b::c::dds_::A_"]
        {
            assert_eq!(from_wire(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn names_come_back(package in "[a-z][a-z0-9_]{0,20}", base in "[A-Z][A-Za-z0-9_]{0,20}") {
            let name = format!("{package}/msg/{base}");
            prop_assert_eq!(from_wire(&to_wire(&name).unwrap()), Some(name));
        }

        #[test]
        fn any_text_is_an_answer(text in "\\PC{0,80}") {
            if let Some(name) = from_wire(&text) {
                prop_assert_eq!(to_wire(&name), Some(text));
            }
        }
    }
}
