//! Our parameters in the words of `rcl_interfaces`.

use vc_msgs::rcl_interfaces::msg::{
    FloatingPointRange, IntegerRange, ParameterDescriptor, ParameterType as RosType, ParameterValue as Ros,
};
use vc_words::{Descriptor, ParameterType, ParameterValue};

/// A value as ROS 2's messages hold it.
pub fn value_to_ros(value: ParameterValue) -> Ros {
    let mut ros = Ros { r#type: type_to_ros(value.kind()), ..Ros::default() };
    match value {
        ParameterValue::Bool(value) => ros.bool_value = value,
        ParameterValue::Integer(value) => ros.integer_value = value,
        ParameterValue::Double(value) => ros.double_value = value,
        ParameterValue::String(value) => ros.string_value = value,
        ParameterValue::BoolArray(value) => ros.bool_array_value = value,
        ParameterValue::IntegerArray(value) => ros.integer_array_value = value,
        ParameterValue::DoubleArray(value) => ros.double_array_value = value,
        ParameterValue::StringArray(value) => ros.string_array_value = value,
    }
    ros
}

/// A value of ROS 2's messages; `None` if it holds none, or bytes, which no block declares.
pub fn value_from_ros(ros: Ros) -> Option<ParameterValue> {
    Some(match ros.r#type {
        RosType::PARAMETER_BOOL => ParameterValue::Bool(ros.bool_value),
        RosType::PARAMETER_INTEGER => ParameterValue::Integer(ros.integer_value),
        RosType::PARAMETER_DOUBLE => ParameterValue::Double(ros.double_value),
        RosType::PARAMETER_STRING => ParameterValue::String(ros.string_value),
        RosType::PARAMETER_BOOL_ARRAY => ParameterValue::BoolArray(ros.bool_array_value),
        RosType::PARAMETER_INTEGER_ARRAY => ParameterValue::IntegerArray(ros.integer_array_value),
        RosType::PARAMETER_DOUBLE_ARRAY => ParameterValue::DoubleArray(ros.double_array_value),
        RosType::PARAMETER_STRING_ARRAY => ParameterValue::StringArray(ros.string_array_value),
        _ => return None,
    })
}

pub(super) fn type_to_ros(kind: ParameterType) -> u8 {
    match kind {
        ParameterType::Bool => RosType::PARAMETER_BOOL,
        ParameterType::Integer => RosType::PARAMETER_INTEGER,
        ParameterType::Double => RosType::PARAMETER_DOUBLE,
        ParameterType::String => RosType::PARAMETER_STRING,
        ParameterType::BoolArray => RosType::PARAMETER_BOOL_ARRAY,
        ParameterType::IntegerArray => RosType::PARAMETER_INTEGER_ARRAY,
        ParameterType::DoubleArray => RosType::PARAMETER_DOUBLE_ARRAY,
        ParameterType::StringArray => RosType::PARAMETER_STRING_ARRAY,
    }
}

/// The other way; `None` for no type, and for bytes.
pub(super) fn type_from_ros(kind: u8) -> Option<ParameterType> {
    Some(match kind {
        RosType::PARAMETER_BOOL => ParameterType::Bool,
        RosType::PARAMETER_INTEGER => ParameterType::Integer,
        RosType::PARAMETER_DOUBLE => ParameterType::Double,
        RosType::PARAMETER_STRING => ParameterType::String,
        RosType::PARAMETER_BOOL_ARRAY => ParameterType::BoolArray,
        RosType::PARAMETER_INTEGER_ARRAY => ParameterType::IntegerArray,
        RosType::PARAMETER_DOUBLE_ARRAY => ParameterType::DoubleArray,
        RosType::PARAMETER_STRING_ARRAY => ParameterType::StringArray,
        _ => return None,
    })
}

/// What was declared, with choices and unit as constraints in words.
pub(super) fn descriptor_to_ros(descriptor: &Descriptor, read_only: bool) -> ParameterDescriptor {
    let mut ros = ParameterDescriptor {
        name: descriptor.name.clone(),
        r#type: type_to_ros(descriptor.kind),
        description: descriptor.description.clone(),
        additional_constraints: constraints(descriptor),
        read_only,
        ..ParameterDescriptor::default()
    };
    let (min, max) = (descriptor.min, descriptor.max);
    match descriptor.kind {
        _ if min.is_none() && max.is_none() => {}
        ParameterType::Integer => ros.integer_range.push(integer_range(min, max)),
        _ => ros.floating_point_range.push(FloatingPointRange {
            from_value: min.unwrap_or(f64::NEG_INFINITY),
            to_value: max.unwrap_or(f64::INFINITY),
            step: 0.0,
        }),
    }
    ros
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of a float stops at the largest integer")]
fn integer_range(min: Option<f64>, max: Option<f64>) -> IntegerRange {
    IntegerRange {
        from_value: min.map_or(i64::MIN, |min| min as i64),
        to_value: max.map_or(i64::MAX, |max| max as i64),
        step: 0,
    }
}

fn constraints(descriptor: &Descriptor) -> String {
    let unit = descriptor.unit.as_ref().map(|unit| format!("in {unit}"));
    let choices =
        (!descriptor.choices.is_empty()).then(|| format!("one of {}", descriptor.choices.join(", ")));
    unit.into_iter().chain(choices).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(kind: ParameterType, default: ParameterValue) -> Descriptor {
        Descriptor {
            name: "rate".to_owned(),
            kind,
            default,
            description: "How often.".to_owned(),
            unit: Some("Hz".to_owned()),
            min: Some(1.0),
            max: None,
            choices: Vec::new(),
            live: true,
        }
    }

    #[test]
    fn every_value_survives_both_ways() {
        for text in ["true", "-7", "0.5", "'text'", "[true, false]", "[1, 2]", "[0.5]", "[a, '']"] {
            let value = ParameterValue::parse(text).unwrap();
            let ros = value_to_ros(value.clone());
            assert_eq!(type_from_ros(ros.r#type), Some(value.kind()));
            assert_eq!(value_from_ros(ros), Some(value));
        }
        assert_eq!(value_from_ros(Ros::default()), None);
        assert_eq!(type_from_ros(RosType::PARAMETER_BYTE_ARRAY), None);
    }

    #[test]
    fn ranges_open_on_one_side_have_ends_all_the_same() {
        let double = descriptor_to_ros(&declared(ParameterType::Double, ParameterValue::Double(1.0)), true);
        let range = &double.floating_point_range[0];
        assert_eq!((range.from_value, range.to_value), (1.0, f64::INFINITY));
        assert!(double.read_only && double.integer_range.is_empty());
        assert_eq!(double.additional_constraints, "in Hz");

        let integer = descriptor_to_ros(&declared(ParameterType::Integer, ParameterValue::Integer(1)), false);
        assert_eq!((integer.integer_range[0].from_value, integer.integer_range[0].to_value), (1, i64::MAX));
        assert!(integer.floating_point_range.is_empty());
    }
}
