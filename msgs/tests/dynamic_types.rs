//! The codec for types known at run time against the generated types, for every stock message and seeded random values.
#![expect(clippy::unwrap_used, reason = "a failure is the answer a test wants")]

use serde::Serialize;
use vc_dynamic::{Count, Field, Kind, Primitive, Schema, Value, View, encode};
use vc_msgs::Message;

/// What the comparison needs to know of a type.
struct Known {
    name: &'static str,
    hash: &'static str,
    text: &'static str,
    /// The bytes as the generated type writes what it read, and what it says of it.
    again: fn(&[u8]) -> (Vec<u8>, serde_json::Value),
}

fn again<M: Message + Serialize>(cdr: &[u8]) -> (Vec<u8>, serde_json::Value) {
    let message = M::decode(cdr).unwrap_or_else(|error| panic!("{}: {error}: {cdr:02x?}", M::TYPE_NAME));
    let mut bytes = vec![0xAA; message.cdr_size()];
    message.encode(&mut bytes).unwrap();
    (bytes, serde_json::to_value(&message).unwrap())
}

macro_rules! every_message {
    ($($path:path,)*) => {
        fn messages() -> Vec<Known> {
            use vc_msgs::*;
            vec![$(Known {
                name: <$path>::TYPE_NAME,
                hash: <$path>::TYPE_HASH,
                text: <$path>::SCHEMA,
                again: again::<$path>,
            },)*]
        }
    };
}
macro_rules! every_service {
    ($($path:path,)*) => {};
}
macro_rules! every_action {
    ($($path:path,)*) => {};
}
include!(concat!(env!("OUT_DIR"), "/every_type.rs"));

/// Numbers that a seed decides.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 16
    }

    fn below(&mut self, end: u64) -> usize {
        usize::try_from(self.next() % end).unwrap()
    }

    /// A byte below `end`; 0: any.
    fn byte(&mut self, end: u8) -> u8 {
        let any = self.next().to_le_bytes()[0];
        any.checked_rem(end).unwrap_or(any)
    }

    fn message(&mut self, schema: &Schema, fields: &[Field]) -> Value {
        let mut given = Vec::new();
        for field in fields {
            // What is left out has its default.
            if self.below(8) > 0 {
                given.push((field.name.clone(), self.field(schema, field)));
            }
        }
        Value::Message(given)
    }

    fn field(&mut self, schema: &Schema, field: &Field) -> Value {
        let len = match field.count {
            Count::One => return self.one(schema, field.kind),
            Count::Fixed(len) => len,
            Count::AtMost(bound) => self.below(bound as u64 + 1),
            Count::Any => self.below(4),
        };
        match field.kind {
            Kind::Primitive(Primitive::Uint8) => Value::Bytes((0..len).map(|_| self.byte(0)).collect()),
            kind => Value::List((0..len).map(|_| self.one(schema, kind)).collect()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "any number will do")]
    fn one(&mut self, schema: &Schema, kind: Kind) -> Value {
        match kind {
            Kind::Primitive(Primitive::Bool) => Value::Bool(self.below(2) == 1),
            Kind::Primitive(Primitive::Float32) => Value::Float(f64::from(self.next() as f32 / 1024.0)),
            Kind::Primitive(Primitive::Float64) => Value::Float(self.next() as f64 / 1024.0),
            Kind::Primitive(primitive) => {
                let range = primitive.range().unwrap();
                let width = u128::try_from(range.end() - range.start()).unwrap() + 1;
                let value = range.start() + i128::try_from(u128::from(self.next()) % width).unwrap();
                i64::try_from(value)
                    .map_or_else(|_| Value::Unsigned(u64::try_from(value).unwrap()), Value::Signed)
            }
            Kind::Text(bound) => {
                let len = self.below(bound.map_or(6, |bound| bound.min(6) as u64 + 1));
                Value::Text((0..len).map(|_| char::from(b'a' + self.byte(26))).collect())
            }
            Kind::Shape(at) => self.message(schema, &schema.shape(at).fields),
        }
    }
}

#[test]
fn the_codec_of_run_time_agrees_with_the_generated_types() {
    let messages = messages();
    for (seed, known) in (0..).zip(&messages) {
        let schema = Schema::known(known.name, known.text, known.hash, 10).unwrap();
        for turn in 0..20 {
            let mut random = Random((seed << 8) + turn);
            let value = random.message(&schema, &schema.root().fields);
            let mut cdr = vec![0x55; encode::size(&schema, &value).unwrap()];
            encode::encode(&schema, &value, &mut cdr).unwrap();

            let (bytes, said) = (known.again)(&cdr);

            assert_eq!(bytes, cdr, "{} of {value:?}", known.name);
            let view = View::open(&schema, &cdr).unwrap();
            assert_eq!(serde_json::to_value(view).unwrap(), said, "{}", known.name);
        }
    }
    println!("{} types, 20 values each", messages.len());
}

#[test]
fn hashes_of_texts_are_those_of_the_generated_types() {
    // Parts of actions name each other without their folder, so their texts alone do not tell their hash.
    for known in messages().iter().filter(|known| !known.name.contains("/action/")) {
        let schema = Schema::new(known.name, known.text).unwrap();

        assert_eq!(schema.hash(), known.hash, "{}", known.name);
        assert_eq!(schema.text(), known.text, "{}", known.name);
    }
}
