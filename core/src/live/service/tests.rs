use vc_msgs::rcl_interfaces::msg::ParameterType;
use vc_words::{Descriptor, ParameterValue};

use super::*;

fn table() -> Table {
    let lower = Descriptor {
        min: Some(0.0),
        max: Some(255.0),
        ..Descriptor::new("lower", ParameterValue::Double(100.0), "Weaker edges go.")
    };
    let source = Descriptor::new("source", ParameterValue::String("synthetic".into()), "Where from.");
    let gain = Descriptor::new("pid.gain.p", ParameterValue::Integer(3), "Proportional.");
    let values = [&lower, &source, &gain].map(|descriptor| descriptor.default.clone()).to_vec();
    let table = Table::new(vec![lower, source, gain], values);
    table.make_live(0, None);
    table.make_live(
        2,
        Some(std::sync::Arc::new(|value| {
            if *value == ParameterValue::Integer(13) { Err("13 brings bad luck".to_owned()) } else { Ok(()) }
        })),
    );
    table
}

fn node() -> NodeName {
    NodeName::parse("/robot/edges").unwrap()
}

fn packet(service: u32, request: &impl Message) -> Vec<u8> {
    let mut cdr = vec![0; request.cdr_size()];
    request.encode(&mut cdr).unwrap();
    [&service.to_le_bytes(), &*cdr].concat()
}

fn asked<A: Message>(table: &Table, service: Service, request: &impl Message) -> A {
    let answer = answer(table, &node(), &packet(service as u32, request));
    assert_eq!(answer[..4], ANSWERED.to_le_bytes(), "{}", String::from_utf8_lossy(&answer[4..]));
    A::decode(&answer[4..]).unwrap()
}

fn refusal(table: &Table, packet: &[u8]) -> String {
    let answer = answer(table, &node(), packet);
    assert_eq!(answer[..4], NOT_UNDERSTOOD.to_le_bytes());
    String::from_utf8(answer[4..].to_vec()).unwrap()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn listed(prefixes: &[&str], depth: u64) -> ListParametersResult {
    let request = ListParametersRequest { prefixes: names(prefixes), depth };
    asked::<ListParametersResponse>(&table(), Service::ListParameters, &request).result
}

fn setting(name: &str, value: ParameterValue) -> Parameter {
    Parameter { name: name.to_owned(), value: value_to_ros(value) }
}

fn set_to(table: &Table, name: &str, value: ParameterValue) -> SetParametersResult {
    let request = SetParametersRequest { parameters: vec![setting(name, value)] };
    asked::<SetParametersResponse>(table, Service::SetParameters, &request).results.remove(0)
}

#[test]
fn names_are_listed_by_prefix_and_depth() {
    assert_eq!(listed(&[], 0).names, ["lower", "source", "pid.gain.p"]);
    assert_eq!(listed(&[], 0).prefixes, ["pid.gain"]);
    assert_eq!(listed(&[], 1).names, ["lower", "source"]);
    assert_eq!(listed(&["pid"], 0).names, ["pid.gain.p"]);
    assert_eq!(listed(&["pid"], 1).names, [""; 0]);
    assert_eq!(listed(&["pi", "lower"], 9).names, ["lower"]);
}

#[test]
fn a_description_says_what_may_be_changed() {
    let request = DescribeParametersRequest { names: names(&["lower", "source", "nobody"]) };
    let described =
        asked::<DescribeParametersResponse>(&table(), Service::DescribeParameters, &request).descriptors;

    assert_eq!(described.iter().map(|d| d.read_only).collect::<Vec<_>>(), [false, true, false]);
    let range = &described[0].floating_point_range[0];
    assert_eq!((range.from_value, range.to_value), (0.0, 255.0));
    assert_eq!(described[2].r#type, ParameterType::PARAMETER_NOT_SET);
}

#[test]
fn values_and_types_come_in_the_order_asked_for() {
    let wanted = names(&["pid.gain.p", "nobody", "lower"]);
    let types = GetParameterTypesRequest { names: wanted.clone() };
    let types = asked::<GetParameterTypesResponse>(&table(), Service::GetParameterTypes, &types).types;
    let values = GetParametersRequest { names: wanted };
    let values = asked::<GetParametersResponse>(&table(), Service::GetParameters, &values).values;

    assert_eq!(types, values.iter().map(|value| value.r#type).collect::<Vec<_>>());
    let values: Vec<_> = values.into_iter().map(value_from_ros).collect();
    assert_eq!(values, [Some(ParameterValue::Integer(3)), None, Some(ParameterValue::Double(100.0))]);
}

#[test]
fn what_is_set_is_checked_against_the_declaration() {
    let table = table();
    let bell = table.bell(0).unwrap();

    assert!(set_to(&table, "lower", ParameterValue::Integer(12)).successful);
    assert_eq!(table.value(0), ParameterValue::Double(12.0));
    assert!(rustix::io::read(&bell, &mut [0u8; 8]).is_ok(), "the change is told");

    for (name, value, reason) in [
        ("lower", ParameterValue::Double(256.0), "parameter `lower` = 256 is outside its range 0 to 255"),
        ("lower", ParameterValue::String("x".into()), "parameter `lower` is double, but `x` is string"),
        (
            "source",
            ParameterValue::String("0".into()),
            "parameter `source` cannot be set because it is read-only",
        ),
        ("lwoer", ParameterValue::Double(1.0), "parameter `lwoer` cannot be set because it was not declared"),
        ("pid.gain.p", ParameterValue::Integer(13), "parameter `pid.gain.p`: 13 brings bad luck"),
    ] {
        let result = set_to(&table, name, value);
        assert!(!result.successful);
        assert_eq!(result.reason, reason);
    }
    assert_eq!(table.value(0), ParameterValue::Double(12.0));
    assert!(rustix::io::read(&bell, &mut [0u8; 8]).is_err(), "nothing changed, nothing is told");
}

#[test]
fn a_type_is_fixed() {
    let unset = Parameter { name: "lower".into(), value: RosValue::default() };
    let request = SetParametersRequest { parameters: vec![unset] };
    let result = asked::<SetParametersResponse>(&table(), Service::SetParameters, &request).results.remove(0);

    assert_eq!(result.reason, "parameter `lower` cannot be unset: its type is fixed");
}

#[test]
fn an_atomic_request_sets_all_or_none() {
    let table = table();
    let request = |gain| SetParametersAtomicallyRequest {
        parameters: vec![
            setting("lower", ParameterValue::Double(1.0)),
            setting("pid.gain.p", ParameterValue::Integer(gain)),
        ],
    };
    let set = |gain| {
        let service = Service::SetParametersAtomically;
        asked::<SetParametersAtomicallyResponse>(&table, service, &request(gain)).result.successful
    };

    assert!(!set(13));
    assert_eq!(table.value(0), ParameterValue::Double(100.0));
    assert!(set(14));
    assert_eq!((table.value(0), table.value(2)), (ParameterValue::Double(1.0), ParameterValue::Integer(14)));
}

#[test]
fn the_node_tells_its_name() {
    assert_eq!(&answer(&table(), &node(), &[0; 4])[4..], b"/robot/edges");
}

#[test]
fn hostile_packets_are_answered_in_words() {
    let table = table();
    let valid =
        packet(5, &SetParametersRequest { parameters: vec![setting("lower", ParameterValue::Double(1.0))] });

    assert!(refusal(&table, b"ab").contains("number of a service"));
    assert!(refusal(&table, &99u32.to_le_bytes()).contains("no service 99"));
    for cut in 4..valid.len() {
        // The padding behind the last field may be missing; nothing else may.
        let answer = answer(&table, &node(), &valid[..cut]);
        assert!(answer.len() < LONGEST_PACKET);
    }
    let lengths = [&5u32.to_le_bytes()[..], &[0, 1, 0, 0], &[0xff; 8]].concat();
    assert!(refusal(&table, &lengths).contains("cannot be read"));
    for at in 0..valid.len() {
        for bit in 0..8 {
            let mut flipped = valid.clone();
            flipped[at] ^= 1 << bit;
            assert!(answer(&table, &node(), &flipped).len() < LONGEST_PACKET);
        }
    }
}

#[test]
fn short_requests_do_not_make_long_responses() {
    let text = "x".repeat(100_000);
    let long = Descriptor::new("t", ParameterValue::String(text.clone()), "Text.");
    let table = Table::new(vec![long], vec![ParameterValue::String(text)]);
    let many = GetParametersRequest { names: names(&["t"; 1000]) };
    assert!(refusal(&table, &packet(4, &many)).contains("ask for fewer"));

    let parameters = vec![setting(&"n".repeat(600), ParameterValue::Bool(true)); 256];
    let response: SetParametersResponse =
        asked(&table, Service::SetParameters, &SetParametersRequest { parameters });
    assert_eq!(response.results.len(), 256);
    let parameters = vec![setting("n", ParameterValue::Bool(true)); 257];
    let refused = refusal(&table, &packet(5, &SetParametersRequest { parameters }));
    assert!(refused.contains("at most 256"), "{refused}");
}
