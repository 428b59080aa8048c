//! Bytes and values from anybody: an answer, never a panic, and never an allocation that a length asks for.
#![expect(clippy::unwrap_used, reason = "a failure is the answer a test wants")]

use proptest::prelude::*;
use vc_dynamic::{EncodeError, Item, Schema, Value, View, encode};

fn schema() -> Schema {
    let text = "bool yes\nInner[] many\nstring<=4 word\nfloat64[<=3] few\nint16[2] pair\nbool[] flags\n\
                uint8[] data\n================================================================================\n\
                MSG: a_msgs/Inner\nstring name\nuint32[] counts\n";
    Schema::new("a_msgs/msg/Outer", text).unwrap()
}

fn full() -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let inner = |name: &str| {
        Value::message([
            ("name", text(name)),
            ("counts", Value::List(vec![Value::Unsigned(7), Value::Signed(8)])),
        ])
    };
    Value::message([
        ("yes", Value::Bool(true)),
        ("many", Value::List(vec![inner("a"), inner("bc")])),
        ("word", text("four")),
        ("few", Value::List(vec![Value::Float(0.5), Value::Signed(-1)])),
        ("pair", Value::List(vec![Value::Signed(-2), Value::Float(3.0)])),
        ("flags", Value::List(vec![Value::Bool(true), Value::Bool(false)])),
        ("data", Value::Bytes(vec![1, 2, 3])),
    ])
}

fn written(schema: &Schema, value: &Value) -> Vec<u8> {
    let mut cdr = vec![0xAA; encode::size(schema, value).unwrap()];
    encode::encode(schema, value, &mut cdr).unwrap();
    cdr
}

fn walk(schema: &Schema, cdr: &[u8]) -> bool {
    View::open(schema, cdr).is_ok_and(|view| serde_json::to_string(&view).is_ok())
}

#[test]
fn every_truncation_is_refused() {
    let schema = schema();
    let cdr = written(&schema, &full());

    assert!(walk(&schema, &cdr));
    for end in 0..cdr.len() {
        assert!(View::open(&schema, &cdr[..end]).is_err(), "cut at {end}");
        assert!(
            matches!(encode::encode(&schema, &full(), &mut vec![0; end]), Err(EncodeError::TooSmall { room }) if room == end)
        );
    }
}

#[test]
fn bytes_that_change_after_the_check_are_an_answer() {
    let schema = schema();
    let (cdr, mut changed) = (written(&schema, &full()), written(&schema, &full()));
    let spot = View::open(&schema, &cdr).unwrap().spot();
    for at in 4..changed.len() {
        for value in [0xFF, 0x7F, 0] {
            let before = std::mem::replace(&mut changed[at], value);
            let view = View::at(&schema, &changed, spot).unwrap();
            let read = view.items().filter(|(_, item)| item.is_ok()).count();
            assert!(read <= 7);
            for (_, item) in view.items() {
                if let Ok(Item::List(list)) = item {
                    assert!(list.iter().count() <= cdr.len());
                }
            }
            changed[at] = before;
        }
    }
}

#[test]
fn values_that_do_not_fit_name_the_field() {
    let schema = schema();
    let many = |inner| Value::message([("many", Value::List(vec![Value::message([]), inner]))]);
    let ints = |count| Value::List(vec![Value::Signed(1); count]);
    for (value, message) in [
        (
            Value::message([("yess", Value::Bool(true))]),
            "`a_msgs/msg/Outer` has no field `yess`; it has `yes`,",
        ),
        (Value::message([("yes", Value::Signed(2))]), "`yes` is bool, which cannot hold 2"),
        (Value::message([("pair", ints(3))]), "`pair` holds 3 elements, but its type has exactly 2"),
        (Value::message([("few", ints(4))]), "`few` holds 4 elements, but its type allows at most 3"),
        (
            Value::message([("word", Value::Text("fünf".into()))]),
            "`word` holds 5 elements, but its type allows at most 4",
        ),
        (
            many(Value::message([("counts", Value::List(vec![Value::Signed(-1)]))])),
            "`many[1].counts[0]` is uint32, which cannot hold -1",
        ),
        (
            many(Value::message([("name", Value::Float(1.5))])),
            "`many[1].name` is text, but a floating-point number was given",
        ),
        (
            Value::message([("pair", Value::List(vec![Value::Float(0.5); 2]))]),
            "`pair[0]` is int16, but a floating-point number",
        ),
        (
            Value::message([("few", Value::Text("x".into()))]),
            "`few` is a list of float64, but text was given",
        ),
        (Value::Signed(1), "`` is a `a_msgs/msg/Outer`, but a whole number"),
        (Value::message([("data", Value::Room(1 << 40))]), "larger than 4294967295 bytes"),
    ] {
        let error = encode::size(&schema, &value).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn rooms_are_where_the_elements_are_read() {
    let schema = schema();
    let value = Value::message([
        ("many", Value::List(vec![Value::message([("counts", Value::Room(2))])])),
        ("few", Value::Room(0)),
        ("data", Value::Room(5)),
    ]);
    let mut cdr = vec![0; encode::size(&schema, &value).unwrap()];
    let rooms = encode::encode(&schema, &value, &mut cdr).unwrap();
    let names: Vec<(&str, usize)> =
        rooms.iter().map(|room| (room.field.as_str(), room.range.len())).collect();
    assert_eq!(names, [("many[0].counts", 8), ("few", 0), ("data", 5)]);

    cdr[rooms[2].range.clone()].copy_from_slice(b"hello");

    let view = View::open(&schema, &cdr).unwrap();
    let Some(Item::Numbers(data)) = view.get("data").unwrap() else { panic!() };
    assert_eq!(data.bytes, b"hello");
    assert_eq!(view.get("nothing").unwrap(), None);
}

#[test]
fn defaults_of_the_text_are_written() {
    let schema =
        Schema::new("a_msgs/msg/D", "int32 a -5\nstring b \"hi\"\nfloat32[] c [1, 2.5]\nuint8[3] d").unwrap();

    let cdr = written(&schema, &Value::message([]));

    let view = View::open(&schema, &cdr).unwrap();
    assert_eq!(serde_json::to_string(&view).unwrap(), r#"{"a":-5,"b":"hi","c":[1.0,2.5],"d":[0,0,0]}"#);
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), big in 0..2u8) {
        let schema = schema();
        if let Some(header) = bytes.get_mut(..2) {
            header.copy_from_slice(&[0, big]);
        }
        walk(&schema, &bytes);
    }

    #[test]
    fn flipped_bits_are_an_answer(at in 0usize..100, bit in 0..8u8) {
        let schema = schema();
        let mut cdr = written(&schema, &full());
        let at = at % cdr.len();
        cdr[at] ^= 1 << bit;
        walk(&schema, &cdr);
    }

    #[test]
    fn any_text_is_an_answer(text in "[a-zA-Z0-9_/\\[\\]<=# \n\"'.-]{0,200}") {
        let _ = Schema::new("a_msgs/msg/Any", &text);
    }
}
